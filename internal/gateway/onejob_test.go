package gateway_test

import (
	"context"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// oneOddJob is an engine whose polls of one job, the first, always fail.
type oneOddJob struct {
	engine.Engine
	err error
	odd string // its handle
}

func (o *oneOddJob) Submit(ctx context.Context, j engine.Job) (engine.Submission, error) {
	sub, err := o.Engine.Submit(ctx, j)
	if o.odd == "" {
		o.odd = sub.Handle
	}
	return sub, err
}

func (o *oneOddJob) Poll(ctx context.Context, handle string) (engine.Status, error) {
	if handle == o.odd {
		return engine.Status{}, o.err
	}
	return o.Engine.Poll(ctx, handle)
}

func TestOneOddJobFailsWithinItsLimitAndDelaysNoOther(t *testing.T) {
	for name, err := range map[string]error{
		"a status that nobody knows": engine.InvalidResponseError("a status %q", "warming_up"),
		"a success without a video":  engine.NoVideo("a success without a video"),
		"half of the JSON":           &engine.Error{Class: engine.InvalidResponse, Reason: task.VendorUnavailable, Detail: "cut"},
		"a 502":                      &engine.Error{Class: engine.Unreachable, Reason: task.VendorUnavailable, Detail: "answered 502"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			h.only("a", wrapped(t, h, &oneOddJob{Engine: h.fake, err: err}))
			odd := h.submit(t, "an odd cat").ID
			for range 20 { // its polls fail until they pause the key
				next, err := h.Advance(t.Context(), odd)
				if err != nil {
					t.Fatal(err)
				}
				h.pass(next.After)
				if next.Done {
					break
				}
			}
			healthy := h.submit(t, "a cat")
			got := h.run(t, healthy.ID)
			if took := got.Finished.Sub(got.Created); got.State != task.Succeeded || took > 10*time.Second {
				t.Errorf("the other job ended %s (%+v) after %v", got.State, got.Failure, took)
			}
			got = h.run(t, odd)
			if took := got.Finished.Sub(got.Created); got.State != task.Failed || took > 30*time.Minute {
				t.Errorf("the odd job ended %s (%+v) after %v", got.State, got.Failure, took)
			}
		})
	}
}

// wrapped returns e as the server calls it, with retries and the breaker.
func wrapped(t *testing.T, h *harness, e engine.Engine) engine.Engine {
	t.Helper()
	w, err := engine.Wrap(engine.Policy{Now: h.now, Sleep: func(context.Context, time.Duration) error { return nil }}, engine.Key{Engine: e})
	if err != nil {
		t.Fatal(err)
	}
	return w
}
