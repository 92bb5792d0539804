package modelserver

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// program is a program of a test, which runs under a fake clock.
type program struct {
	run       func(p *program) error          // its exit
	check     func(since time.Duration) error // the result of a check so long after the first start; nil = it passes
	stubborn  bool                            // it does not end when it is asked to
	startFail error

	starts []time.Time
	told   []string
	asked  chan struct{} // closed by terminate
	killed chan struct{}
}

func (p *program) pid() int { return 100 + len(p.starts) }

func (p *program) wait() error { return p.run(p) }

func (p *program) terminate() {
	p.told = append(p.told, "SIGTERM")
	if !p.stubborn {
		close(p.asked)
	}
}

func (p *program) kill() {
	select {
	case <-p.killed:
	default:
		p.told = append(p.told, "SIGKILL")
		close(p.killed)
	}
}

// untilTold runs until it is told to end.
func untilTold(p *program) error {
	select {
	case <-p.asked:
	case <-p.killed:
	}
	return errors.New("signal: terminated")
}

// runFor runs for a time, or until it is told to end.
func runFor(d time.Duration) func(*program) error {
	return func(p *program) error {
		select {
		case <-time.After(d):
			return errors.New("exit status 1")
		case <-p.asked:
			return errors.New("signal: terminated")
		}
	}
}

// supervise runs the program for a time, and returns its Supervisor as it was before it was stopped, and the states it went through.
func (p *program) supervise(t *testing.T, d time.Duration) (Status, []State) {
	t.Helper()
	var states []State
	begun := time.Now()
	s := New(Options{
		Check: func(context.Context) (string, error) {
			if p.check == nil {
				return "ready to draw", nil
			}
			return "", p.check(time.Since(begun))
		},
		Rand:    func() float64 { return 0.5 },
		Changed: func(st Status) { states = append(states, st.State) }, Log: slog.New(slog.DiscardHandler),
	})
	s.free = func(context.Context, string) error { return nil }
	s.start = func(_ Program, out *output) (child, error) {
		p.starts = append(p.starts, time.Now())
		if p.startFail != nil {
			return nil, p.startFail
		}
		p.asked, p.killed = make(chan struct{}), make(chan struct{})
		_, _ = io.WriteString(out, "loading\nno such model\n")
		return p, nil
	}
	ctx, stop := context.WithTimeout(t.Context(), d)
	defer stop()
	ended := make(chan struct{})
	go func() { s.Run(ctx); close(ended) }()
	<-time.After(d - time.Millisecond)
	synctest.Wait()
	last := s.Status()
	<-ended
	if st := s.Status(); st.State != Stopped || st.PID != 0 {
		t.Errorf("in the end it is %+v", st)
	}
	return last, states
}

// waits returns the times between starts.
func (p *program) waits() []time.Duration {
	var all []time.Duration
	for i := range p.starts[1:] {
		all = append(all, p.starts[i+1].Sub(p.starts[i]))
	}
	return all
}

func TestAProgramThatEndsAtOnceIsStartedAgainLaterAndLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &program{run: func(*program) error { return errors.New("exit status 1") }}
		st, states := p.supervise(t, 30*time.Minute)
		want := []time.Duration{750 * time.Millisecond, 1500 * time.Millisecond, 3 * time.Second, 6 * time.Second, 12 * time.Second, 24 * time.Second, 48 * time.Second, 96 * time.Second, 192 * time.Second, 225 * time.Second}
		if got := p.waits(); !slices.Equal(got[:len(want)], want) || got[len(got)-1] != 225*time.Second {
			t.Errorf("waits %v", got)
		}
		if st.State != Waiting || st.Restarts != len(p.starts)-1 || st.Retry.Before(time.Now()) || slices.Contains(states, Healthy) {
			t.Errorf("%+v, %v", st, states)
		}
		if st.Failure != "it ended by itself 0s after its start (exit status 1); its last lines: loading / no such model" {
			t.Errorf("failure %q", st.Failure)
		}
	})
}

func TestAProgramThatWorkedForAWhileIsStartedAgainSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &program{run: runFor(2 * time.Minute)}
		st, states := p.supervise(t, 20*time.Minute)
		for _, got := range p.waits() {
			if got != 2*time.Minute+750*time.Millisecond {
				t.Errorf("waits %v", p.waits())
			}
		}
		if !slices.Equal(states[:4], []State{Starting, Healthy, Waiting, Starting}) || st.State != Healthy || st.Said != "ready to draw" || st.Failure != "" || st.PID == 0 {
			t.Errorf("%+v, %v", st, states)
		}
	})
}

func TestAProgramThatNeverWorksIsEndedAndStartedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &program{run: untilTold, check: func(time.Duration) error { return errors.New("connection refused") }}
		st, _ := p.supervise(t, 2*time.Minute+500*time.Millisecond)
		if st.State != Waiting || !strings.Contains(st.Failure, "did not work within 2m0s of its start (ready_within): connection refused; its last lines: ") {
			t.Errorf("%+v", st)
		}
		if !slices.Equal(p.told, []string{"SIGTERM", "SIGKILL"}) {
			t.Errorf("it was told %v", p.told)
		}
	})
}

func TestAProgramThatDoesNotAnswerAnyMoreIsEndedAndStartedAgain(t *testing.T) {
	for failed, want := range map[int]int{maxFailedChecks - 1: 1, maxFailedChecks: 2} {
		synctest.Test(t, func(t *testing.T) {
			p := &program{run: untilTold, check: func(since time.Duration) error {
				if since > time.Minute && since < time.Minute+time.Duration(failed)*healthyInterval {
					return errors.New("timeout")
				}
				return nil
			}}
			st, _ := p.supervise(t, 5*time.Minute)
			if len(p.starts) != want || st.State != Healthy {
				t.Errorf("%d failed checks: %d starts, %+v", failed, len(p.starts), st)
			}
		})
	}
}

func TestAProgramIsAskedToEndAndThenKilled(t *testing.T) {
	for _, stubborn := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			p := &program{run: untilTold, stubborn: stubborn}
			begun := time.Now()
			p.supervise(t, time.Minute)
			took := time.Since(begun) - time.Minute
			if want := map[bool]time.Duration{true: defaultStopGrace}[stubborn]; took != want || p.told[0] != "SIGTERM" || len(p.starts) != 1 {
				t.Errorf("stubborn: %v; it was told %v, and took %v", stubborn, p.told, took)
			}
		})
	}
}

func TestAProgramThatCannotBeStartedIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &program{startFail: errors.New("no such file")}
		st, _ := p.supervise(t, 5*time.Second)
		if len(p.starts) != 3 || st.State != Waiting || !strings.Contains(st.Failure, "can't be started: no such file") {
			t.Errorf("%d starts, %+v", len(p.starts), st)
		}
	})
}
