package engine_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// oneTry limits each call to one try, so that a test can count calls.
var oneTry = engine.Policy{Tries: 1, FailureThreshold: 3, OpenTimeout: time.Minute}

// openBreaker polls the handles in turn, and lets each poll fail, until the breaker opens.
func (s *wrappedKeys) openBreaker(t *testing.T, handles ...string) {
	t.Helper()
	s.keys["k"].errs["poll"] = repeat(3, engine.Unreachable)
	for i := range 3 {
		_, err := s.Poll(t.Context(), handles[i%len(handles)])
		wantClass(t, err, engine.Unreachable)
	}
}

func TestKeyIsPausedAfterFailures(t *testing.T) {
	s := wrap(t, oneTry, "k")
	handle := s.mustSubmit(t, "a")
	s.openBreaker(t, handle, s.mustSubmit(t, "another"))
	s.pass(20 * time.Second)
	_, err := s.Submit(t.Context(), job("b", "a cat"))
	if e := errorOfClass(t, err, engine.Overloaded); e.RetryAfter != 40*time.Second || e.WaitCause != engine.BreakerOpen {
		t.Errorf("come back after %v, want 40s", e.RetryAfter)
	}
	if n := s.keys["k"].counts["submit"]; n != 2 {
		t.Errorf("the vendor was asked all the same")
	}
	s.pass(40 * time.Second)
	if _, err := s.Poll(t.Context(), handle); err != nil {
		t.Errorf("after the rest: %v", err)
	}
	s.keys["k"].errs["poll"] = repeat(1, engine.Unreachable)
	_, _ = s.Poll(t.Context(), handle)
	if _, err := s.Poll(t.Context(), handle); err != nil {
		t.Errorf("closed again, one failure does not open it: %v", err)
	}
}

func TestFailedProbePausesAgain(t *testing.T) {
	s := wrap(t, oneTry, "k")
	handle := s.mustSubmit(t, "a")
	s.openBreaker(t, handle)
	s.pass(time.Minute)
	s.keys["k"].errs["poll"] = repeat(3, engine.Unreachable)
	_, err := s.Poll(t.Context(), handle)
	for range 2 {
		wantClass(t, err, engine.Unreachable)
		_, err = s.Poll(t.Context(), handle)
		if engine.AsError(err).Class == engine.Overloaded {
			break
		}
	}
	if e := errorOfClass(t, err, engine.Overloaded); e.RetryAfter != time.Minute {
		t.Errorf("come back after %v, want 1m", e.RetryAfter)
	}
}

func TestErrorsThatOpenTheBreaker(t *testing.T) {
	for c, opens := range map[engine.Class]bool{
		engine.Unreachable: true, engine.InvalidResponse: true, engine.Overloaded: false, engine.Refused: false,
		engine.AuthError: false, engine.NotFound: false, engine.NotReady: false,
	} {
		t.Run(string(c), func(t *testing.T) {
			s := wrap(t, oneTry, "k")
			handle := s.mustSubmit(t, "a")
			s.keys["k"].errs["poll"] = repeat(5, c)
			for range 5 {
				_, _ = s.Poll(t.Context(), handle)
			}
			_, err := s.Poll(t.Context(), handle)
			if (err != nil) != opens {
				t.Errorf("after five: %v", err)
			}
		})
	}
}

func TestOneCallProbesAPausedKey(t *testing.T) {
	s := wrap(t, oneTry, "k")
	handle := s.mustSubmit(t, "a")
	s.openBreaker(t, handle)
	s.pass(time.Minute)
	var inside error
	s.keys["k"].hook = func() { _, inside = s.Open(t.Context(), handle, 0) }
	if _, err := s.Poll(t.Context(), handle); err != nil {
		t.Fatal(err)
	}
	if e := errorOfClass(t, inside, engine.Overloaded); e.RetryAfter > 3*time.Second || e.RetryAfter <= 0 {
		t.Errorf("sent away by the one that tries for %v, want a moment", e.RetryAfter)
	}
}

// The job that another one's failures have let try a key early keeps others away for a moment only, however long the pause still is.
func TestAnEarlyProbeSendsOthersAwayForAMoment(t *testing.T) {
	s := wrap(t, oneTry, "k")
	bad, good, third := s.mustSubmit(t, "bad"), s.mustSubmit(t, "good"), s.mustSubmit(t, "third")
	s.openBreaker(t, bad)
	var inside error
	s.keys["k"].hook = func() { _, inside = s.Poll(t.Context(), third) }
	if _, err := s.Poll(t.Context(), good); err != nil {
		t.Fatal(err)
	}
	if e := errorOfClass(t, inside, engine.Overloaded); e.RetryAfter > 3*time.Second || e.RetryAfter <= 0 {
		t.Errorf("sent away by the one that tries for %v, want a moment", e.RetryAfter)
	}
}

func TestJobOnlyErrorsDoNotPauseAKey(t *testing.T) {
	for name, odd := range map[string]error{
		"a status nobody knows":    engine.InvalidResponseError("a status %q", "warming_up"),
		"a success without video":  engine.NoVideo("a success without a video"),
		"JSON of an unknown shape": &engine.Error{Class: engine.InvalidResponse, JobOnly: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := wrap(t, engine.Policy{FailureThreshold: 3, OpenTimeout: time.Minute}, "k")
			handle := s.mustSubmit(t, "a")
			for range 10 {
				s.keys["k"].errs["poll"] = []error{odd}
				_, err := s.Poll(t.Context(), handle)
				wantClass(t, err, engine.InvalidResponse)
			}
			if n := s.keys["k"].counts["poll"]; n != 10 {
				t.Errorf("10 polls asked the vendor %d times: it says the same each time", n)
			}
			s.mustSubmit(t, "b")
		})
	}
}

func TestJobOnlyErrorClosesTheBreaker(t *testing.T) {
	s := wrap(t, oneTry, "k")
	handle := s.mustSubmit(t, "a")
	s.openBreaker(t, handle, s.mustSubmit(t, "b"))
	s.pass(time.Minute)
	s.keys["k"].errs["poll"] = []error{engine.InvalidResponseError("a status %q", "warming_up")}
	_, err := s.Poll(t.Context(), handle)
	wantClass(t, err, engine.InvalidResponse)
	s.mustSubmit(t, "c")
}

func TestOneFailingJobHoldsNoOther(t *testing.T) {
	s := wrap(t, oneTry, "k")
	bad := s.mustSubmit(t, "bad")
	s.openBreaker(t, bad)
	_, err := s.Poll(t.Context(), bad)
	if e := errorOfClass(t, err, engine.Overloaded); e.WaitCause != engine.BreakerOpen || e.RetryAfter != time.Minute {
		t.Errorf("held %q for %v, want by the breaker for its rest", e.WaitCause, e.RetryAfter)
	}
	good := s.mustSubmit(t, "good") // it probes the key, though its pause has just begun
	s.openBreaker(t, bad)
	if _, err := s.Poll(t.Context(), good); err != nil {
		t.Errorf("another job is held for it: %v", err)
	}
}

func TestFailedProbeOfOneJobHoldsNoOther(t *testing.T) {
	s := wrap(t, oneTry, "k")
	bad, good := s.mustSubmit(t, "bad"), s.mustSubmit(t, "good")
	s.openBreaker(t, bad, good)
	s.pass(time.Minute)
	s.keys["k"].errs["poll"] = repeat(1, engine.Unreachable)
	_, err := s.Poll(t.Context(), bad) // probes the key, and fails
	wantClass(t, err, engine.Unreachable)
	if _, err := s.Poll(t.Context(), good); err != nil {
		t.Errorf("the other job did not get to try: %v", err)
	}
}

func TestSecondFailingJobPausesTheKey(t *testing.T) {
	s := wrap(t, oneTry, "k")
	one, two := s.mustSubmit(t, "one"), s.mustSubmit(t, "two")
	s.openBreaker(t, one)
	s.keys["k"].errs["poll"] = repeat(1, engine.Unreachable)
	_, err := s.Poll(t.Context(), two)
	wantClass(t, err, engine.Unreachable)
	_, err = s.Submit(t.Context(), job("three", "a cat"))
	if e := errorOfClass(t, err, engine.Overloaded); e.RetryAfter != time.Minute {
		t.Errorf("come back after %v, want 1m", e.RetryAfter)
	}
}

func TestCancelledCallsDoNotCount(t *testing.T) {
	s := wrap(t, oneTry, "k")
	handle := s.mustSubmit(t, "a")
	gone, stop := context.WithCancel(t.Context())
	stop()
	for range 5 {
		_, _ = s.Poll(gone, handle)
	}
	s.openBreaker(t, handle) // all three are needed
	s.pass(time.Minute)
	_, _ = s.Poll(gone, handle) // the call that was to probe the key
	_, err := s.Poll(t.Context(), handle)
	wantClass(t, err, engine.Overloaded)
	s.pass(time.Minute)
	if st, err := s.Poll(t.Context(), handle); err != nil || st.State != task.Succeeded {
		t.Errorf("the key stays shut: %+v, %v", st, err)
	}
}

func TestPausesAreTold(t *testing.T) {
	var told []string
	p := oneTry
	p.OnPause = func(key string, failure error) {
		if failure == nil {
			told = append(told, key+" works")
			return
		}
		told = append(told, key+" fails: "+string(engine.AsError(failure).Class))
	}
	s := wrap(t, p, "k")
	paused := func() bool {
		return s.Engine.(interface{ PausedKeys() map[string]bool }).PausedKeys()["k"]
	}
	handle := s.mustSubmit(t, "a")
	if paused() || len(told) > 0 {
		t.Errorf("at first: paused %v, told %v", paused(), told)
	}
	s.openBreaker(t, handle, s.mustSubmit(t, "another"))
	if !paused() {
		t.Error("the key is not paused")
	}
	s.pass(time.Minute)
	s.keys["k"].errs["poll"] = repeat(1, engine.Unreachable)
	_, _ = s.Poll(t.Context(), handle) // the probe fails: still the same pause
	s.pass(time.Minute)
	if _, err := s.Poll(t.Context(), handle); err != nil {
		t.Fatal(err)
	}
	if want := []string{"k fails: " + string(engine.Unreachable), "k works"}; paused() || !slices.Equal(told, want) {
		t.Errorf("paused %v, told %q, want %q", paused(), told, want)
	}
}

// twoServers returns the same key in two processes, each of which hears what the other announces.
func twoServers(t *testing.T) (a, b *wrappedKeys, announced *[]string) {
	t.Helper()
	type hearer interface {
		Hear(told engine.Pause)
	}
	announced = &[]string{}
	of := func(name string, other **wrappedKeys) *wrappedKeys {
		p := oneTry
		p.Announce = func(told engine.Pause) {
			*announced = append(*announced, fmt.Sprint(name, " ", told.Key, " ", told.For))
			(*other).Engine.(hearer).Hear(told)
		}
		return wrap(t, p, "k")
	}
	a, b = of("a", &b), of("b", &a)
	return a, b, announced
}

func (s *wrappedKeys) wantPaused(t *testing.T, want bool) {
	t.Helper()
	if got := s.Engine.(interface{ PausedKeys() map[string]bool }).PausedKeys()["k"]; got != want {
		t.Errorf("the key is paused: %v", got)
	}
}

func TestOtherProcessesHearOfAPause(t *testing.T) {
	a, b, announced := twoServers(t)
	one, two := a.mustSubmit(t, "one"), a.mustSubmit(t, "two")
	other := b.mustSubmit(t, "other")
	a.openBreaker(t, one, two)
	b.wantPaused(t, true)
	_, err := b.Poll(t.Context(), other)
	// Its random part is half of two seconds: the process that paused the key tries it first.
	if e := errorOfClass(t, err, engine.Overloaded); e.WaitCause != engine.BreakerOpen || e.RetryAfter != time.Minute+2*time.Second {
		t.Errorf("the other process comes back after %v", e.RetryAfter)
	}
	a.pass(time.Minute)
	b.pass(time.Minute)
	if _, err := b.Poll(t.Context(), other); engine.AsError(err).Class != engine.Overloaded {
		t.Errorf("the other process tries the key at the same time: %v", err)
	}
	if _, err := a.Poll(t.Context(), one); err != nil {
		t.Fatal(err)
	}
	b.wantPaused(t, false)
	if _, err := b.Poll(t.Context(), other); err != nil {
		t.Errorf("when the key works again, the other process: %v", err)
	}
	if want := []string{"a k 1m0s", "a k 0s"}; !slices.Equal(*announced, want) {
		t.Errorf("announced %q, want %q", *announced, want)
	}
}

// The process that paused the key may have died, or have nothing to call for.
func TestAnotherProcessTriesAPausedKeyAfterAll(t *testing.T) {
	a, b, announced := twoServers(t)
	one, two := a.mustSubmit(t, "one"), a.mustSubmit(t, "two")
	other, another := b.mustSubmit(t, "other"), b.mustSubmit(t, "another")
	a.openBreaker(t, one, two)
	b.pass(time.Minute + 2*time.Second)
	b.keys["k"].errs["poll"] = repeat(2, engine.Unreachable)
	for _, handle := range []string{other, another} {
		_, err := b.Poll(t.Context(), handle)
		wantClass(t, err, engine.Unreachable)
	}
	if want := []string{"a k 1m0s", "b k 1m0s"}; !slices.Equal(*announced, want) {
		t.Errorf("announced %q, want %q", *announced, want)
	}
	b.pass(time.Minute)
	if _, err := b.Poll(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	a.wantPaused(t, false)
}

func TestPauseOfOneJobIsNotAnnounced(t *testing.T) {
	a, b, announced := twoServers(t)
	handle := a.mustSubmit(t, "bad")
	a.openBreaker(t, handle)
	a.pass(time.Minute)
	if _, err := a.Poll(t.Context(), handle); err != nil {
		t.Fatal(err)
	}
	b.wantPaused(t, false)
	if len(*announced) > 0 {
		t.Errorf("announced %q", *announced)
	}
}
