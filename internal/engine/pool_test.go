package engine_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

func TestJobsAreSpreadAndStayWithTheirKey(t *testing.T) {
	s := wrap(t, engine.Policy{}, "a", "b")
	first, second := s.mustSubmit(t, "1"), s.mustSubmit(t, "2")
	if first != "a/fake-1" || second != "b/fake-1" {
		t.Fatalf("handles %q and %q", first, second)
	}
	s.pass(3 * time.Second)
	for _, h := range []string{second, second, first} {
		if _, err := s.Poll(t.Context(), h); err != nil {
			t.Fatal(err)
		}
	}
	if c, err := s.Open(t.Context(), second, 0); err != nil || c.Size != 512 {
		t.Errorf("%+v, %v", c, err)
	}
	if a, b := s.keys["a"].counts, s.keys["b"].counts; a["poll"] != 1 || b["poll"] != 2 || a["open"] != 0 || b["open"] != 1 {
		t.Errorf("asked a %v, b %v", a, b)
	}
}

func TestSubmitTriesAnotherKeyOnlyIfSafe(t *testing.T) {
	for c, want := range map[engine.Class]string{
		engine.AuthError: "b/fake-1", engine.Overloaded: "b/fake-1", engine.Refused: "", engine.Unreachable: "", engine.InvalidResponse: "",
	} {
		t.Run(string(c), func(t *testing.T) {
			s := wrap(t, engine.Policy{}, "a", "b")
			s.keys["a"].errs["submit"] = repeat(3, c)
			sub, err := s.Submit(t.Context(), job("1", "a cat"))
			if sub.Handle != want {
				t.Errorf("handle %q, want %q", sub.Handle, want)
			}
			if want == "" {
				wantClass(t, err, c)
			}
		})
	}
}

func TestRefusedKeyKeepsItsJobs(t *testing.T) {
	s := wrap(t, engine.Policy{OpenTimeout: time.Minute}, "a", "b")
	old := s.mustSubmit(t, "1")
	if err := s.Cancel(t.Context(), s.mustSubmit(t, "2")); err != nil { // so that b has fewer jobs than a
		t.Fatal(err)
	}
	s.keys["b"].errs["submit"] = repeat(1, engine.AuthError)
	s.mustSubmit(t, "3")
	s.mustSubmit(t, "4")
	if n := s.keys["b"].counts["submit"]; n != 2 {
		t.Errorf("the key without money was asked %d times, want 2", n)
	}
	if _, err := s.Poll(t.Context(), old); err != nil {
		t.Error(err)
	}
	s.pass(time.Minute)
	if h := s.mustSubmit(t, "5"); !strings.HasPrefix(h, "b/") {
		t.Errorf("after the rest the work went to %s", h)
	}
}

func TestNoKeyCanTakeTheJob(t *testing.T) {
	busy := func(d time.Duration) []error { return []error{&engine.Error{Class: engine.Overloaded, RetryAfter: d}} }
	left := func(d time.Duration) []error {
		return []error{&engine.Error{Class: engine.Overloaded, WaitCause: engine.BreakerOpen, RetryAfter: d}}
	}
	for _, c := range []struct {
		name  string
		a, b  []error
		class engine.Class
		after time.Duration
	}{
		{"all are busy: the soonest counts", busy(time.Minute), busy(time.Second), engine.Overloaded, time.Second},
		{"one is busy, one has no money: it is worth waiting", repeat(1, engine.AuthError), busy(time.Second), engine.Overloaded, time.Second},
		{"one is left alone, one is busy: a vendor that answers is worth waiting for", left(time.Second), busy(time.Minute), engine.Overloaded, time.Minute},
		{"and in any order", busy(time.Minute), left(time.Second), engine.Overloaded, time.Minute},
		{"none has money", repeat(1, engine.AuthError), repeat(1, engine.AuthError), engine.AuthError, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := wrap(t, engine.Policy{}, "a", "b")
			s.keys["a"].errs["submit"], s.keys["b"].errs["submit"] = c.a, c.b
			_, err := s.Submit(t.Context(), job("1", "a cat"))
			if e := errorOfClass(t, err, c.class); e.RetryAfter != c.after {
				t.Errorf("after %v, want %v", e.RetryAfter, c.after)
			}
		})
	}
}

func TestPausedKeysReturnTheVendorsError(t *testing.T) {
	s := wrap(t, engine.Policy{OpenTimeout: time.Minute}, "a")
	s.keys["a"].errs["submit"] = []error{&engine.Error{Class: engine.AuthError, Reason: task.VendorRefused, Detail: "balance is 0"}}
	_, _ = s.Submit(t.Context(), job("1", "a cat"))
	_, err := s.Submit(t.Context(), job("2", "a cat"))
	if e := errorOfClass(t, err, engine.AuthError); e.Detail != "balance is 0" || e.RetryAfter != time.Minute {
		t.Errorf("%+v", e)
	}
	if n := s.keys["a"].counts["submit"]; n != 1 {
		t.Errorf("asked %d times", n)
	}
}

func TestJobOfARemovedKey(t *testing.T) {
	s := wrap(t, engine.Policy{}, "a", "b")
	_, err := s.Poll(t.Context(), "gone/fake-1")
	if e := errorOfClass(t, err, engine.AuthError); !strings.Contains(e.Detail, "gone") {
		t.Errorf("the detail %q does not name the key", e.Detail)
	}
}

func TestFindAsksEveryKey(t *testing.T) {
	for _, c := range []struct {
		name, task string
		silent     bool
		handle     string
		class      engine.Class
	}{
		{"the second has it", "2", false, "b/fake-1", ""},
		{"nobody has it", "3", false, "", engine.NotFound},
		{"one could not tell, so it may be there", "3", true, "", engine.Unreachable},
		{"one could not tell, another has it", "2", true, "b/fake-1", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := wrap(t, engine.Policy{}, "a", "b")
			s.mustSubmit(t, "1")
			s.mustSubmit(t, "2")
			if c.silent {
				s.keys["a"].errs["find"] = repeat(3, engine.Unreachable)
			}
			handle, err := s.Engine.(engine.Finder).Find(t.Context(), c.task)
			if handle != c.handle {
				t.Errorf("found %q, want %q", handle, c.handle)
			}
			if c.class != "" {
				wantClass(t, err, c.class)
			}
		})
	}
}

func TestSubmitReturnsItsTries(t *testing.T) {
	s := wrap(t, engine.Policy{Backoff: 2 * time.Second}, "a", "b")
	s.keys["a"].errs["submit"] = repeat(1, engine.AuthError)
	s.keys["b"].errs["submit"] = repeat(1, engine.Unreachable)
	sub, err := s.Submit(t.Context(), job("1", "a cat"))
	if err != nil || sub.Handle != "b/fake-1" {
		t.Fatalf("handle %q, %v", sub.Handle, err)
	}
	begin := time.Unix(1e9, 0)
	wantTries(t, sub.Tries, []try{
		{"a", "", begin, engine.AuthError}, {"b", "", begin, engine.Unreachable}, {"b", "fake-1", begin.Add(time.Second), ""},
	})
}

func TestFailedSubmitReturnsItsTries(t *testing.T) {
	s := wrap(t, engine.Policy{}, "a", "b")
	s.keys["a"].errs["submit"], s.keys["b"].errs["submit"] = repeat(1, engine.AuthError), repeat(1, engine.Refused)
	sub, err := s.Submit(t.Context(), job("1", "a cat"))
	wantClass(t, err, engine.Refused)
	if sub.Handle != "" {
		t.Errorf("handle %q", sub.Handle)
	}
	begin := time.Unix(1e9, 0)
	wantTries(t, sub.Tries, []try{{"a", "", begin, engine.AuthError}, {"b", "", begin, engine.Refused}})
}

func TestUnsentSubmitIsNoTry(t *testing.T) {
	s := wrap(t, engine.Policy{}, "k=1")
	s.mustSubmit(t, "1")
	sub, err := s.Submit(t.Context(), job("2", "a cat"))
	wantClass(t, err, engine.Overloaded)
	wantTries(t, sub.Tries, nil)
}

// try is an engine.Try as a test wants it; class is "" if the try succeeded.
type try struct {
	key, handle string
	begun       time.Time
	class       engine.Class
}

func wantTries(t *testing.T, got []engine.Try, want []try) {
	t.Helper()
	var tries []try
	for _, g := range got {
		w := try{key: g.Key, handle: g.Handle, begun: g.Begun}
		if g.Err != nil {
			w.class = engine.AsError(g.Err).Class
		}
		tries = append(tries, w)
	}
	if !slices.Equal(tries, want) {
		t.Errorf("tries %+v, want %+v", tries, want)
	}
}
