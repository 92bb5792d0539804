package engine_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/fake"
	"github.com/filmgate/filmgate/internal/task"
)

// recordsHandles is an engine that records the handles that it gets.
type recordsHandles struct {
	*fake.Engine
	asked *[]string
}

func (k recordsHandles) Submit(context.Context, engine.Job) (engine.Submission, error) {
	return engine.Submission{Handle: "models/m/op-1"}, nil
}

func (k recordsHandles) Poll(_ context.Context, handle string) (engine.Status, error) {
	*k.asked = append(*k.asked, handle)
	return engine.Status{State: task.Running}, nil
}

func TestVendorsGetTheirHandlesUnchanged(t *testing.T) {
	for name, want := range map[string]string{"": "models/m/op-1", "k": "k/models/m/op-1", "a key, with ü": "a key, with ü/models/m/op-1"} {
		t.Run(name, func(t *testing.T) {
			var asked []string
			w, err := engine.Wrap(engine.Policy{}, engine.Key{Name: name, Engine: recordsHandles{fake.New(nil, time.Now), &asked}})
			if err != nil {
				t.Fatal(err)
			}
			sub, err := w.Submit(t.Context(), job("a", "a cat"))
			if err != nil || sub.Handle != want {
				t.Fatalf("handle %q, %v, want %q", sub.Handle, err, want)
			}
			if _, err := w.Poll(t.Context(), sub.Handle); err != nil || !slices.Equal(asked, []string{"models/m/op-1"}) {
				t.Errorf("asked about %q, %v", asked, err)
			}
		})
	}
}

func TestHandlesWithoutAKeyAreNotFound(t *testing.T) {
	for _, c := range []struct {
		name, handle string
		class        engine.Class
	}{
		{"no key's name", "fake-1", engine.NotFound},
		{"nothing", "", engine.NotFound},
		{"a key that is gone", "c/fake-1", engine.AuthError},
		{"an empty name", "/fake-1", engine.AuthError},
		{"work that the key does not know", "a/fake-99", engine.NotFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := wrap(t, engine.Policy{Tries: 1}, "a", "b")
			_, err := s.Poll(t.Context(), c.handle)
			wantClass(t, err, c.class)
			_, err = s.Open(t.Context(), c.handle, 0)
			wantClass(t, err, c.class)
			if err := s.Cancel(t.Context(), c.handle); (err != nil) != (c.class != engine.NotFound) {
				t.Errorf("Cancel: %v; what is lost needs no end", err)
			}
		})
	}
}

func TestSubmitPrefersTheIdlestKey(t *testing.T) {
	s := wrap(t, engine.Policy{}, "a", "b", "c")
	var got []string
	for _, id := range []string{"1", "2", "3", "4"} {
		got = append(got, s.mustSubmit(t, id))
	}
	if want := []string{"a/fake-1", "b/fake-1", "c/fake-1", "a/fake-2"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q: keys in their order where they have as much to do", got, want)
	}
	if err := s.Cancel(t.Context(), "c/fake-1"); err != nil {
		t.Fatal(err)
	}
	if h := s.mustSubmit(t, "5"); h != "c/fake-2" {
		t.Errorf("%q, want the key that has nothing to do", h)
	}
}

func TestRefusedKeyIsPausedAtLeastAsAsked(t *testing.T) {
	for _, c := range []struct{ says, rests time.Duration }{{0, time.Minute}, {time.Second, time.Minute}, {time.Hour, time.Hour}} {
		s := wrap(t, engine.Policy{OpenTimeout: time.Minute}, "a")
		s.keys["a"].errs["submit"] = []error{&engine.Error{Class: engine.AuthError, RetryAfter: c.says}}
		_, err := s.Submit(t.Context(), job("1", "a cat"))
		wantClass(t, err, engine.AuthError)
		s.pass(c.rests - time.Second)
		_, err = s.Submit(t.Context(), job("1", "a cat"))
		if e := errorOfClass(t, err, engine.AuthError); e.RetryAfter != time.Second {
			t.Errorf("%v: come back after %v, want 1s", c.says, e.RetryAfter)
		}
		s.pass(time.Second)
		if _, err := s.Submit(t.Context(), job("1", "a cat")); err != nil {
			t.Errorf("%v: after the rest: %v", c.says, err)
		}
	}
}

func TestCancelledSubmitTriesNoOtherKey(t *testing.T) {
	s := wrap(t, engine.Policy{}, "a", "b")
	ctx, stop := context.WithCancel(t.Context())
	s.keys["a"].hook = stop
	s.keys["a"].errs["submit"] = repeat(1, engine.AuthError)
	if _, err := s.Submit(ctx, job("1", "a cat")); err == nil || s.keys["b"].counts["submit"] != 0 {
		t.Errorf("%v, and the second key was asked %d times", err, s.keys["b"].counts["submit"])
	}
}

// The wait before a try is a random part of its bound: at least zero, at most the whole bound.
func TestWaitsAreWithinTheirBound(t *testing.T) {
	for _, chance := range []float64{0, 0.001, 0.25, 0.999999} {
		s := wrap(t, engine.Policy{Tries: 6, FailureThreshold: 10, Backoff: 500 * time.Millisecond, MaxWait: 5 * time.Second, Rand: func() float64 { return chance }}, "k")
		handle := s.mustSubmit(t, "a")
		s.keys["k"].errs["poll"] = repeat(5, engine.Unreachable)
		if _, err := s.Poll(t.Context(), handle); err != nil {
			t.Fatal(err)
		}
		for i, bound := range []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 5 * time.Second} {
			if got := s.slept[i]; got < 0 || got >= bound || got != time.Duration(chance*float64(bound)) {
				t.Errorf("chance %v, wait %d: %v of at most %v", chance, i+1, got, bound)
			}
		}
	}
}

func TestContextEndsAWait(t *testing.T) {
	for verb, ask := range map[string]func(*wrappedKeys, context.Context, string) error{
		"poll": func(s *wrappedKeys, ctx context.Context, h string) error { _, err := s.Poll(ctx, h); return err },
		"submit": func(s *wrappedKeys, ctx context.Context, _ string) error {
			_, err := s.Submit(ctx, job("b", "a cat"))
			return err
		},
	} {
		t.Run(verb, func(t *testing.T) {
			s := wrap(t, engine.Policy{}, "k")
			handle := s.mustSubmit(t, "a")
			ctx, stop := context.WithCancel(t.Context())
			v, waits := s.keys["k"], 0
			v.counts[verb] = 0
			w, err := engine.Wrap(engine.Policy{Now: s.Now, Sleep: func(ctx context.Context, _ time.Duration) error { waits++; stop(); return ctx.Err() }},
				engine.Key{Name: "k", Engine: v})
			if err != nil {
				t.Fatal(err)
			}
			v.errs[verb] = repeat(3, engine.Unreachable)
			err = ask(&wrappedKeys{clock: s.clock, Engine: w, keys: s.keys}, ctx, handle)
			if waits != 1 || v.counts[verb] != 1 {
				t.Errorf("%d waits, %d tries, want one of each", waits, v.counts[verb])
			}
			if err == nil || errors.Is(err, context.Canceled) {
				t.Errorf("%v, want what the vendor said", err)
			}
		})
	}
}
