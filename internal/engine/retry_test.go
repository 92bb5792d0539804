package engine_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

func TestRetriesByClass(t *testing.T) {
	again := map[engine.Class]bool{engine.Unreachable: true, engine.InvalidResponse: true, engine.Overloaded: true}
	for _, c := range []engine.Class{engine.Refused, engine.Overloaded, engine.Unreachable, engine.AuthError, engine.NotFound, engine.NotReady, engine.InvalidResponse} {
		for verb, ask := range map[string]func(*wrappedKeys, string) error{
			"poll":   func(s *wrappedKeys, h string) error { _, err := s.Poll(t.Context(), h); return err },
			"open":   func(s *wrappedKeys, h string) error { _, err := s.Open(t.Context(), h, 0); return err },
			"cancel": func(s *wrappedKeys, h string) error { return s.Cancel(t.Context(), h) },
			"find": func(s *wrappedKeys, _ string) error {
				_, err := s.Engine.(engine.Finder).Find(t.Context(), "a")
				return err
			},
		} {
			t.Run(string(c)+" "+verb, func(t *testing.T) {
				s := wrap(t, engine.Policy{}, "k")
				handle := s.mustSubmit(t, "a")
				s.pass(time.Minute)
				s.keys["k"].errs[verb] = repeat(2, c)
				err := ask(s, handle)
				tries := s.keys["k"].counts[verb]
				switch {
				case again[c] && (err != nil || tries != 3):
					t.Errorf("%d tries, %v, want 3 and no error", tries, err)
				case !again[c] && tries != 1:
					t.Errorf("%d tries, want 1", tries)
				case !again[c] && (verb != "cancel" || c != engine.NotFound):
					wantClass(t, err, c)
				}
			})
		}
	}
}

func TestSubmitIsRepeatedOnlyIfSafe(t *testing.T) {
	for _, c := range []struct {
		name       string
		class      engine.Class
		taken      bool // as far as the gateway can know
		externalID bool
		tries      int
	}{
		{"no answer, with external id", engine.Unreachable, true, true, 2},
		{"nonsense, with external id", engine.InvalidResponse, true, true, 2},
		{"no answer, without", engine.Unreachable, true, false, 1},
		{"nonsense, without", engine.InvalidResponse, true, false, 1},
		{"no connection: it took nothing", engine.Unreachable, false, false, 2},
		{"refused", engine.Refused, false, true, 1},
		{"too busy: the caller holds the task", engine.Overloaded, false, true, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := wrap(t, engine.Policy{}, "k")
			v := s.keys["k"]
			v.Caps.ExternalID = c.externalID
			s = rewrap(t, s)
			v.errs["submit"] = []error{&engine.Error{Class: c.class, Unconfirmed: c.taken}}
			sub, err := s.Submit(t.Context(), job("a", "a cat"))
			if v.counts["submit"] != c.tries {
				t.Errorf("%d tries, want %d", v.counts["submit"], c.tries)
			}
			if c.tries > 1 && (err != nil || sub.Handle == "") {
				t.Errorf("handle %q, %v", sub.Handle, err)
			} else if c.tries == 1 {
				wantClass(t, err, c.class)
			}
		})
	}
}

// rewrap wraps the vendor "k" again, after a test has changed its capabilities.
func rewrap(t *testing.T, s *wrappedKeys) *wrappedKeys {
	t.Helper()
	w, err := engine.Wrap(engine.Policy{Now: s.Now, Sleep: s.Sleep}, engine.Key{Name: "k", Engine: s.keys["k"]})
	if err != nil {
		t.Fatal(err)
	}
	return &wrappedKeys{clock: s.clock, Engine: w, keys: s.keys}
}

// losesAnswer accepts the first job, but returns an error.
type losesAnswer struct{ *scripted }

func (d losesAnswer) Submit(ctx context.Context, j engine.Job) (engine.Submission, error) {
	sub, err := d.scripted.Submit(ctx, j)
	if d.counts["submit"] == 1 && err == nil {
		return engine.Submission{}, errorWithClass(engine.Unreachable)
	}
	return sub, err
}

func TestJobOfAFailedSubmitIsFound(t *testing.T) {
	s := wrap(t, engine.Policy{}, "k")
	w, err := engine.Wrap(engine.Policy{Now: s.Now, Sleep: s.Sleep}, engine.Key{Name: "k", Engine: losesAnswer{s.keys["k"]}})
	if err != nil {
		t.Fatal(err)
	}
	sub, err := w.Submit(t.Context(), job("a", "a cat"))
	if err != nil || sub.Handle != "k/fake-1" {
		t.Errorf("handle %q, %v", sub.Handle, err)
	}
	if n := s.keys["k"].Submits("a"); n != 1 {
		t.Errorf("%d pieces of work for one task", n)
	}
}

func TestRetryWaits(t *testing.T) {
	after := func(d time.Duration) error { return &engine.Error{Class: engine.Overloaded, RetryAfter: d} }
	for _, c := range []struct {
		name   string
		policy engine.Policy
		errs   []error
		slept  []time.Duration
		fails  bool
	}{
		{"a random part of a bound that doubles", engine.Policy{Tries: 4, Backoff: time.Second, MaxWait: time.Minute}, repeat(3, engine.Unreachable),
			[]time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second}, false},
		{"up to the longest wait", engine.Policy{Tries: 4, Backoff: 3 * time.Second, MaxWait: 4 * time.Second}, repeat(3, engine.Unreachable),
			[]time.Duration{1500 * time.Millisecond, 2 * time.Second, 2 * time.Second}, false},
		{"nothing where chance says so", engine.Policy{Rand: func() float64 { return 0 }}, repeat(1, engine.Unreachable), []time.Duration{0}, false},
		{"exactly what the vendor asks for", engine.Policy{}, []error{after(1700 * time.Millisecond)}, []time.Duration{1700 * time.Millisecond}, false},
		{"not longer than a call may take", engine.Policy{MaxWait: time.Second}, []error{after(time.Minute)}, nil, true},
		{"not more often than allowed", engine.Policy{Tries: 2}, repeat(2, engine.Unreachable), []time.Duration{250 * time.Millisecond}, true},
		{"the bound never overflows", engine.Policy{Tries: 70, FailureThreshold: 100, Backoff: time.Second, MaxWait: 2 * time.Second}, repeat(69, engine.Unreachable),
			append([]time.Duration{500 * time.Millisecond}, slices.Repeat([]time.Duration{time.Second}, 68)...), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := wrap(t, c.policy, "k")
			handle := s.mustSubmit(t, "a")
			s.keys["k"].errs["poll"] = c.errs
			_, err := s.Poll(t.Context(), handle)
			if (err != nil) != c.fails {
				t.Errorf("error %v", err)
			}
			if !slices.Equal(s.slept, c.slept) {
				t.Errorf("waited %v, want %v", s.slept, c.slept)
			}
		})
	}
}

func TestCancelledCallsAreNotRepeated(t *testing.T) {
	s := wrap(t, engine.Policy{}, "k")
	handle := s.mustSubmit(t, "a")
	s.keys["k"].errs["poll"] = repeat(5, engine.Unreachable)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := s.Poll(ctx, handle); err == nil {
		t.Error("no error")
	}
	if len(s.slept) > 0 || s.keys["k"].counts["poll"] != 1 {
		t.Errorf("slept %v after %d tries", s.slept, s.keys["k"].counts["poll"])
	}
}

// The failures of a job's polls count for that job, also when they pause its key in the middle of a poll's tries: were the job
// told to wait instead, it would never reach the limit of its failed polls.
func TestAFailedPollThatPausesItsKeyHasFailed(t *testing.T) {
	s := wrap(t, engine.Policy{Tries: 3, FailureThreshold: 5}, "k")
	handle := s.mustSubmit(t, "a")
	s.keys["k"].errs["poll"] = repeat(9, engine.Unreachable)
	for poll, calls := range []int{3, 5} {
		_, err := s.Poll(t.Context(), handle)
		if errorOfClass(t, err, engine.Unreachable); s.keys["k"].counts["poll"] != calls {
			t.Errorf("poll %d: %d calls in all, want %d", poll+1, s.keys["k"].counts["poll"], calls)
		}
	}
	_, err := s.Poll(t.Context(), handle)
	errorOfClass(t, err, engine.Overloaded) // nothing was sent
}

func TestFailedJobsAreNotRetried(t *testing.T) {
	s := wrap(t, engine.Policy{}, "k")
	sub, err := s.Submit(t.Context(), job("a", "fail:SAFETY.INPUT.TEXT"))
	if err != nil {
		t.Fatal(err)
	}
	s.pass(time.Minute)
	st, err := s.Poll(t.Context(), sub.Handle)
	if err != nil || st.Failure.Reason != task.SafetyInputText || s.keys["k"].counts["poll"] != 1 {
		t.Errorf("%+v, %v after %d polls", st, err, s.keys["k"].counts["poll"])
	}
}
