package engine_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/filmgate/filmgate/engine"
	"github.com/filmgate/filmgate/engine/fake"
)

func (s *set) mayTakeMore(t *testing.T) bool {
	t.Helper()
	h, err := s.Submit(t.Context(), job("probe", "a cat"))
	if err != nil {
		e := classed(t, err, engine.Overloaded)
		if e.RetryAfter != time.Second || e.Held != engine.HeldByLimit {
			t.Errorf("come back after %v, want the engine's interval of 1s", e.RetryAfter)
		}
		return false
	}
	if err := s.Cancel(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	return true
}

func TestWorkAboveTheLimitWaitsUntilOneEnds(t *testing.T) {
	for name, end := range map[string]func(*testing.T, *set, string){
		"succeeds": func(t *testing.T, s *set, h string) {
			s.pass(3 * time.Second)
			_, _ = s.Poll(t.Context(), h)
		},
		"is cancelled": func(t *testing.T, s *set, h string) { _ = s.Cancel(t.Context(), h) },
		"is lost": func(t *testing.T, s *set, h string) {
			s.keys["k"].errs["poll"] = repeat(1, engine.Lost)
			_, _ = s.Poll(t.Context(), h)
		},
		"is not asked after for long": func(_ *testing.T, s *set, _ string) { s.pass(time.Hour + time.Second) },
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

func TestARefusedSubmitGivesItsPlaceBack(t *testing.T) {
	s := wrap(t, engine.Policy{}, "k=1")
	_, err := s.Submit(t.Context(), job("a", "refuse:refused"))
	wantClass(t, err, engine.Refused)
	if !s.mayTakeMore(t) {
		t.Error("its place stays taken")
	}
}

func TestWorkFromBeforeARestartCountsOnceItIsPolled(t *testing.T) {
	s := wrap(t, engine.Policy{}, "k")
	handle := s.mustSubmit(t, "a")
	w, err := engine.Wrap(engine.Policy{Now: s.Now, Sleep: s.Sleep}, engine.Key{Name: "k", Engine: s.keys["k"], InFlight: 1})
	if err != nil {
		t.Fatal(err)
	}
	again := &set{clock: s.clock, Engine: w, keys: s.keys}
	if _, err := again.Poll(t.Context(), handle); err != nil {
		t.Fatal(err)
	}
	if again.mayTakeMore(t) {
		t.Error("the work that goes on was not counted")
	}
}

func TestAPieceOfWorkCountsOnceHoweverOftenItIsPolled(t *testing.T) {
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

func TestManySubmitsAtOnceKeepTheLimit(t *testing.T) {
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

// patient is a vendor whose polls answer when the test lets them.
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

func TestCallsAboveTheLimitAtOnceWaitTheirTurn(t *testing.T) {
	p := patient{fake.New(nil, time.Now), make(chan struct{}, 10), make(chan struct{})}
	w, err := engine.Wrap(engine.Policy{AtOnce: 2}, engine.Key{Engine: p})
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
