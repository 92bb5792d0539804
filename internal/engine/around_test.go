package engine_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
)

// Only calls that reach the vendor count: each try does, and one that the breaker stops does not.
func TestAroundIsCalledForEachCallThatReachesTheVendor(t *testing.T) {
	type mark struct{}
	var got []string
	policy := engine.Policy{Tries: 2, FailureThreshold: 3, OpenTimeout: time.Minute}
	policy.Around = func(ctx context.Context, verb string) (context.Context, func(error)) {
		return context.WithValue(ctx, mark{}, true), func(err error) {
			if err != nil {
				verb += " " + string(engine.AsError(err).Class)
			}
			got = append(got, verb)
		}
	}
	s := wrap(t, policy, "k")
	handle, other := s.mustSubmit(t, "a"), s.mustSubmit(t, "b")
	s.keys["k"].errs["poll"] = repeat(4, engine.Unreachable)
	for _, h := range []string{handle, other, handle} {
		_, _ = s.Poll(t.Context(), h)
	}
	s.pass(time.Minute)
	s.keys["k"].errs["poll"] = nil
	_, _ = s.Poll(t.Context(), handle)
	_ = s.Cancel(t.Context(), handle)
	want := []string{"submit", "submit", "poll unreachable", "poll unreachable", "poll unreachable", "poll", "cancel"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
