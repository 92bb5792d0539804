package engine_test

import (
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
)

// A job that a try may have created can exist whatever later tries say. It is not given to another key, and the caller is
// told, since a second video would cost money.
func TestEarlierUnconfirmedTriesCount(t *testing.T) {
	lost := &engine.Error{Class: engine.Unreachable, Unconfirmed: true}
	for _, c := range []struct {
		name   string
		errs   []error
		class  engine.Class
		after  time.Duration
		doubt  bool
		second bool // the second key is called
	}{
		{"then too busy", []error{lost, &engine.Error{Class: engine.Overloaded, RetryAfter: time.Second}}, engine.Overloaded, time.Second, true, false},
		{"then no connection, three times in all", []error{lost, errorWithClass(engine.Unreachable), errorWithClass(engine.Unreachable)}, engine.Unreachable, 0, true, false},
		{"then an account refused", []error{lost, errorWithClass(engine.AuthError)}, engine.AuthError, 0, true, false},
		{"then a refusal", []error{lost, errorWithClass(engine.Refused)}, engine.Refused, 0, true, false},
		{"then silence again", []error{lost, lost, lost}, engine.Unreachable, 0, true, false},
		{"no connection, then an account refused", []error{errorWithClass(engine.Unreachable), errorWithClass(engine.AuthError)}, "", 0, false, true},
		{"too busy at once", []error{errorWithClass(engine.Overloaded)}, "", 0, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := wrap(t, engine.Policy{}, "a", "b")
			for _, v := range s.keys {
				v.Caps.ExternalID = true
				v.errs["find"] = repeat(9, engine.Unreachable)
			}
			w, err := engine.Wrap(engine.Policy{Now: s.Now, Sleep: s.Sleep}, engine.Key{Name: "a", Engine: s.keys["a"]}, engine.Key{Name: "b", Engine: s.keys["b"]})
			if err != nil {
				t.Fatal(err)
			}
			s.keys["a"].errs["submit"] = c.errs
			sub, err := w.Submit(t.Context(), job("1", "a cat"))
			if asked := s.keys["b"].counts["submit"] > 0; asked != c.second {
				t.Errorf("the second key was asked: %v, want %v", asked, c.second)
			}
			if c.second {
				if err != nil || sub.Handle != "b/fake-1" {
					t.Errorf("%q, %v", sub.Handle, err)
				}
				return
			}
			if e := errorOfClass(t, err, c.class); e.Unconfirmed != c.doubt || e.RetryAfter != c.after || sub.Handle != "" {
				t.Errorf("handle %q, %+v", sub.Handle, *e)
			}
		})
	}
	if lost.RetryAfter != 0 || !lost.Unconfirmed {
		t.Error("the vendor's own error was changed")
	}
}

// A vendor that takes no id of ours for a model is not asked for its jobs, and gets no second submit.
func TestAModelThatTakesNoTaskIDIsNotRepeated(t *testing.T) {
	s := wrap(t, engine.Policy{}, "k")
	s.keys["k"].Caps.ExternalID, s.keys["k"].Caps.Models[0].NoTaskID = true, true
	w, err := engine.Wrap(engine.Policy{Now: s.Now, Sleep: s.Sleep}, engine.Key{Name: "k", Engine: s.keys["k"]})
	if err != nil {
		t.Fatal(err)
	}
	s.keys["k"].errs["submit"] = []error{&engine.Error{Class: engine.Unreachable, Unconfirmed: true}}
	_, err = w.Submit(t.Context(), job("1", "a cat"))
	if e := errorOfClass(t, err, engine.Unreachable); !e.Unconfirmed || s.keys["k"].counts["submit"] != 1 || s.keys["k"].counts["find"] != 0 {
		t.Errorf("%+v after %v", *e, s.keys["k"].counts)
	}
	if engine.FinderFor(w, "fake") != nil || engine.FinderFor(w, "another") == nil || w.Capabilities().RecognizesTask("fake") {
		t.Error("its jobs are said to be known by our task id")
	}
}

func TestOnlySubmitsAreUnconfirmed(t *testing.T) {
	s := wrap(t, engine.Policy{}, "k")
	handle := s.mustSubmit(t, "a")
	s.keys["k"].errs["poll"] = []error{errorWithClass(engine.Unreachable), errorWithClass(engine.AuthError)}
	_, err := s.Poll(t.Context(), handle)
	if e := errorOfClass(t, err, engine.AuthError); e.Unconfirmed {
		t.Errorf("%+v", *e)
	}
}

// panicky calls a wrapped engine whose vendor's code panics, and recovers.
func (s *wrappedKeys) panicky(ask func()) {
	s.keys["k"].hook = func() { panic("a bug") }
	defer func() { _ = recover() }()
	ask()
}

func TestPanicsReleaseEverything(t *testing.T) {
	t.Run("the try of a rested key", func(t *testing.T) {
		s := wrap(t, oneTry, "k")
		handle := s.mustSubmit(t, "a")
		s.openBreaker(t, handle)
		s.pass(time.Minute)
		s.panicky(func() { _, _ = s.Poll(t.Context(), handle) })
		_, err := s.Poll(t.Context(), handle)
		wantClass(t, err, engine.Overloaded)
		s.pass(time.Minute)
		if _, err := s.Poll(t.Context(), handle); err != nil {
			t.Errorf("the key stays shut: %v", err)
		}
	})
	t.Run("a place in flight", func(t *testing.T) {
		s := wrap(t, engine.Policy{}, "k=1")
		s.panicky(func() { _, _ = s.Submit(t.Context(), job("a", "a cat")) })
		if !s.mayTakeMore(t) {
			t.Error("its place stays taken")
		}
	})
	t.Run("a turn", func(t *testing.T) {
		s := wrap(t, engine.Policy{MaxConcurrent: 1}, "k")
		handle := s.mustSubmit(t, "a")
		s.panicky(func() { _, _ = s.Poll(t.Context(), handle) })
		if _, err := s.Poll(t.Context(), handle); err != nil {
			t.Error(err)
		}
	})
}
