package engine_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/fake"
)

func (s *wrappedKeys) mayTakeMore(t *testing.T) bool {
	t.Helper()
	sub, err := s.Submit(t.Context(), job("probe", "a cat"))
	if err != nil {
		e := errorOfClass(t, err, engine.Overloaded)
		if e.RetryAfter != time.Second || e.WaitCause != engine.InFlightLimit {
			t.Errorf("come back after %v, want the engine's interval of 1s", e.RetryAfter)
		}
		return false
	}
	if err := s.Cancel(t.Context(), sub.Handle); err != nil {
		t.Fatal(err)
	}
	return true
}

func TestSubmitsAboveTheLimitAreRefused(t *testing.T) {
	for name, end := range map[string]func(*testing.T, *wrappedKeys, string){
		"succeeds": func(t *testing.T, s *wrappedKeys, h string) {
			s.pass(3 * time.Second)
			_, _ = s.Poll(t.Context(), h)
		},
		"is cancelled": func(t *testing.T, s *wrappedKeys, h string) { _ = s.Cancel(t.Context(), h) },
		"is lost": func(t *testing.T, s *wrappedKeys, h string) {
			s.keys["k"].errs["poll"] = repeat(1, engine.NotFound)
			_, _ = s.Poll(t.Context(), h)
		},
		"is not asked after for long": func(_ *testing.T, s *wrappedKeys, _ string) { s.pass(time.Hour + time.Second) },
	} {
		t.Run(name, func(t *testing.T) {
			s := wrap(t, engine.Policy{}, "k=2")
			s.mustSubmit(t, "a")
			second := s.mustSubmit(t, "b")
			if s.mayTakeMore(t) {
				t.Fatal("a third was taken")
			}
			end(t, s, second)
			if !s.mayTakeMore(t) {
				t.Error("its place stays taken")
			}
		})
	}
}

func TestFailedSubmitFreesItsPlace(t *testing.T) {
	s := wrap(t, engine.Policy{}, "k=1")
	_, err := s.Submit(t.Context(), job("a", "refuse:refused"))
	wantClass(t, err, engine.Refused)
	if !s.mayTakeMore(t) {
		t.Error("its place stays taken")
	}
}

func TestPolledJobsCountAfterARestart(t *testing.T) {
	s := wrap(t, engine.Policy{}, "k")
	handle := s.mustSubmit(t, "a")
	w, err := engine.Wrap(engine.Policy{Now: s.Now, Sleep: s.Sleep}, engine.Key{Name: "k", Engine: s.keys["k"], InFlight: 1})
	if err != nil {
		t.Fatal(err)
	}
	again := &wrappedKeys{clock: s.clock, Engine: w, keys: s.keys}
	if _, err := again.Poll(t.Context(), handle); err != nil {
		t.Fatal(err)
	}
	if again.mayTakeMore(t) {
		t.Error("the work that goes on was not counted")
	}
}

func TestPolledJobsCountOnce(t *testing.T) {
	s := wrap(t, engine.Policy{}, "k=2")
	handle := s.mustSubmit(t, "a")
	for range 5 {
		if _, err := s.Poll(t.Context(), handle); err != nil {
			t.Fatal(err)
		}
	}
	if !s.mayTakeMore(t) {
		t.Error("one piece of work took two places")
	}
}

func TestConcurrentSubmitsKeepTheLimit(t *testing.T) {
	w, err := engine.Wrap(engine.Policy{}, engine.Key{Name: "a", Engine: fake.New(nil, time.Now), InFlight: 5},
		engine.Key{Name: "b", Engine: fake.New(nil, time.Now), InFlight: 3})
	if err != nil {
		t.Fatal(err)
	}
	var taken atomic.Int32
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if _, err := w.Submit(t.Context(), job("x", "a cat")); err == nil {
				taken.Add(1)
			}
		})
	}
	all.Wait()
	if n := taken.Load(); n != 8 {
		t.Errorf("%d taken, want 8", n)
	}
}

// patient is a vendor whose polls answer only when the test allows it.
type patient struct {
	*fake.Engine
	asked, answer chan struct{}
}

func (p patient) Poll(ctx context.Context, _ string) (engine.Status, error) {
	p.asked <- struct{}{}
	select {
	case <-p.answer:
		return engine.Status{State: "RUNNING"}, nil
	case <-ctx.Done():
		return engine.Status{}, ctx.Err()
	}
}

func TestConcurrentCallsAboveTheLimitWait(t *testing.T) {
	p := patient{fake.New(nil, time.Now), make(chan struct{}, 10), make(chan struct{})}
	w, err := engine.Wrap(engine.Policy{MaxConcurrent: 2}, engine.Key{Engine: p})
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	poll := func() {
		all.Go(func() {
			if _, err := w.Poll(t.Context(), "h"); err != nil {
				t.Error(err)
			}
		})
	}
	for range 2 {
		poll()
		<-p.asked
	}
	gone, stop := context.WithCancel(t.Context())
	stop()
	if _, err := w.Poll(gone, "h"); !errors.Is(err, context.Canceled) || len(p.asked) > 0 {
		t.Errorf("a third call came through, or waits for ever: %v", err)
	}
	poll()
	for range 3 {
		p.answer <- struct{}{}
	}
	all.Wait()
	if n := len(p.asked); n != 1 {
		t.Errorf("%d more calls came through, want the one that waited its turn", n)
	}
}

func TestReplacingKeyTakesOverTheCounter(t *testing.T) {
	for _, c := range []struct {
		name  string
		limit int  // of the new key
		ended bool // the old job has ended by then, and the old key has seen it
		takes bool
	}{
		{"the limit is reached by the old work", 1, false, false},
		{"the old work has ended", 1, true, true},
		{"there is room beside it", 2, false, true},
		{"there is no limit any more", 0, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := wrap(t, engine.Policy{}, "k")
			var flight engine.InFlight
			key := func(limit int) engine.Engine {
				w, err := engine.Wrap(engine.Policy{Now: s.Now, Sleep: s.Sleep}, engine.Key{Name: "k", Engine: s.keys["k"], InFlight: limit, Counter: &flight})
				if err != nil {
					t.Fatal(err)
				}
				return w
			}
			before := key(1)
			sub, err := before.Submit(t.Context(), job("a", "a cat"))
			if err != nil {
				t.Fatal(err)
			}
			after := &wrappedKeys{clock: s.clock, Engine: key(c.limit), keys: s.keys}
			if c.ended {
				s.pass(3 * time.Second)
				if st, err := before.Poll(t.Context(), sub.Handle); err != nil || !st.State.Terminal() {
					t.Fatalf("%+v, %v", st, err)
				}
			}
			if after.mayTakeMore(t) != c.takes {
				t.Errorf("it takes more: %v", !c.takes)
			}
		})
	}
}

func TestSubmitDuringAReplacementCounts(t *testing.T) {
	s := wrap(t, engine.Policy{}, "k")
	var flight engine.InFlight
	asked, answer := make(chan struct{}), make(chan struct{})
	slow := &slowSubmit{Engine: s.keys["k"], asked: asked, answer: answer}
	before, err := engine.Wrap(engine.Policy{Now: s.Now, Sleep: s.Sleep}, engine.Key{Name: "k", Engine: slow, InFlight: 1, Counter: &flight})
	if err != nil {
		t.Fatal(err)
	}
	next, err := engine.Wrap(engine.Policy{Now: s.Now, Sleep: s.Sleep}, engine.Key{Name: "k", Engine: s.keys["k"], InFlight: 1, Counter: &flight})
	if err != nil {
		t.Fatal(err)
	}
	after := &wrappedKeys{clock: s.clock, Engine: next, keys: s.keys}
	done := make(chan error, 1)
	go func() {
		_, err := before.Submit(t.Context(), job("a", "a cat"))
		done <- err
	}()
	<-asked
	if after.mayTakeMore(t) {
		t.Error("a submit that is under way has no place")
	}
	close(answer)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if after.mayTakeMore(t) {
		t.Error("what it began has no place")
	}
}

// slowSubmit reports that it was called, and answers when the test allows it.
type slowSubmit struct {
	engine.Engine
	asked, answer chan struct{}
}

func (s *slowSubmit) Submit(ctx context.Context, j engine.Job) (engine.Submission, error) {
	close(s.asked)
	<-s.answer
	return s.Engine.Submit(ctx, j)
}
