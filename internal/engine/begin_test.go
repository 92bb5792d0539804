package engine_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/fake"
)

// begins submits a job, and returns how often it has begun.
func (s *wrappedKeys) begins(t *testing.T, id, prompt string, fail error) (n int, err error) {
	t.Helper()
	before := 0
	for _, k := range s.keys {
		before += k.counts["submit"]
	}
	_, done, err := engine.Submit(t.Context(), s.Engine, job(id, prompt), func(context.Context) error {
		n++
		for _, k := range s.keys {
			before -= k.counts["submit"]
		}
		if before != 0 {
			t.Error("the vendor was called before the submit has begun")
		}
		return fail
	})
	done()
	return n, err
}

func TestSubmitBeginsOnlyIfTheVendorIsCalled(t *testing.T) {
	for name, c := range map[string]struct {
		before func(t *testing.T, s *wrappedKeys)
		begins int
		class  engine.Class // "" = it succeeds
	}{
		"at once":         {func(*testing.T, *wrappedKeys) {}, 1, ""},
		"after two tries": {func(_ *testing.T, s *wrappedKeys) { s.keys["k"].errs["submit"] = repeat(2, engine.Unreachable) }, 1, ""},
		"never":           {func(_ *testing.T, s *wrappedKeys) { s.keys["k"].errs["submit"] = repeat(9, engine.Unreachable) }, 1, engine.Unreachable},
		"above the limit": {func(t *testing.T, s *wrappedKeys) {
			t.Helper()
			s.mustSubmit(t, "a")
			s.mustSubmit(t, "b")
		}, 0, engine.Overloaded},
		"while the key is paused": {func(t *testing.T, s *wrappedKeys) {
			t.Helper()
			s.keys["k"].errs["poll"] = repeat(5, engine.Unreachable)
			for _, handle := range []string{"k/a", "k/b"} {
				_, _ = s.Poll(t.Context(), handle)
			}
		}, 0, engine.Overloaded},
		"while the key is refused": {func(t *testing.T, s *wrappedKeys) {
			t.Helper()
			s.keys["k"].errs["submit"] = repeat(1, engine.AuthError)
			_, _ = s.Submit(t.Context(), job("a", "a cat"))
		}, 0, engine.AuthError},
	} {
		t.Run(name, func(t *testing.T) {
			s := wrap(t, engine.Policy{}, "k=2")
			c.before(t, s)
			n, err := s.begins(t, "c", "a cat", nil)
			if n != c.begins || (err == nil) != (c.class == "") {
				t.Errorf("begun %d times, %v", n, err)
			}
			if err != nil {
				wantClass(t, err, c.class)
			}
		})
	}
}

func TestSubmitWithTwoKeysBeginsOnce(t *testing.T) {
	s := wrap(t, engine.Policy{}, "a", "b")
	for _, k := range s.keys {
		k.errs["submit"] = repeat(1, engine.AuthError)
	}
	if n, err := s.begins(t, "c", "a cat", nil); n != 1 || err == nil {
		t.Errorf("begun %d times, %v", n, err)
	}
}

func TestSubmitThatCantBeginIsNotSentAndSaysNothingAboutTheVendor(t *testing.T) {
	away := errors.New("the database is away")
	for name, e := range map[string]engine.Engine{"wrapped": nil, "not wrapped": fake.New(video(), time.Now)} {
		t.Run(name, func(t *testing.T) {
			s := wrap(t, engine.Policy{FailureThreshold: 1, OpenTimeout: time.Minute}, "k=1")
			if e != nil {
				s.Engine = e
			}
			for range 3 {
				if n, err := s.begins(t, "a", "a cat", away); n != 1 || !errors.Is(err, away) {
					t.Errorf("begun %d times, %v", n, err)
				}
			}
			if n := s.keys["k"].counts["submit"]; n != 0 {
				t.Errorf("sent %d times", n)
			}
			if _, err := s.begins(t, "b", "a cat", nil); err != nil { // its place is free, and the key is not paused
				t.Error(err)
			}
		})
	}
}

// A paused key is tried by one call; if that one could not begin, the next call tries it.
func TestSubmitThatCantBeginIsNoProbe(t *testing.T) {
	s := wrap(t, oneTry, "k")
	handle := s.mustSubmit(t, "a")
	s.openBreaker(t, handle, s.mustSubmit(t, "b"))
	s.pass(time.Minute)
	if n, err := s.begins(t, "c", "a cat", errors.New("the database is away")); n != 1 || err == nil {
		t.Errorf("begun %d times, %v", n, err)
	}
	if n, err := s.begins(t, "c", "a cat", nil); n != 1 || err != nil {
		t.Errorf("begun %d times, %v", n, err)
	}
}
