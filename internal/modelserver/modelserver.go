// Package modelserver runs a model server, such as sd-server or ComfyUI, as a child process: a [Supervisor] starts it, waits until it
// works, starts it again when it ends or does not answer any more, and ends it with all its processes.
//
// It knows programs, addresses and a check that it is given. What the server makes, and who waits for it, do not belong here.
package modelserver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/filmgate/filmgate/internal/panics"
)

const (
	defaultReadyWithin = 2 * time.Minute
	defaultStopGrace   = 10 * time.Second
	startingInterval   = 250 * time.Millisecond // between two checks of a program that starts
	healthyInterval    = 10 * time.Second       // between two checks of one that works
	checkTimeout       = 10 * time.Second
	maxFailedChecks    = 5 // checks in a row after which a program that worked is ended
	minBackoff         = time.Second
	maxBackoff         = 5 * time.Minute
	steadyAfter        = time.Minute // a program that worked so long is started again without a longer wait than the first
)

// Program is a server's program, and how it is run.
type Program struct {
	Path string // of the file, or a name that PATH has
	Args []string
	Env  []string // "NAME=value": added to the environment of this process, of which it gets no secrets
	Dir  string   // its working folder; "" = the current one
	// Addr is the "host:port" that it will listen on. The port must be free when it is started: some servers (sd-server is one) share
	// a port with another process in silence, and each then gets some of the calls.
	Addr string
}

// State says whether a program works.
type State string

// The states of a program.
const (
	Starting State = "starting" // it runs, and no check has passed yet
	Healthy  State = "healthy"
	Waiting  State = "waiting" // it does not run, and is started again later
	Stopped  State = "stopped" // it does not run: Run was not called, or has returned
)

// Status is how a program does.
type Status struct {
	State    State
	Since    time.Time
	PID      int       // 0 = it does not run
	Restarts int       // how often it was started again
	Said     string    // what the last check that passed has learned
	Failure  string    // why it last ended or could not be started, with its last lines; "" = it has not. It is for the operator
	Retry    time.Time // of Waiting: when it is started again
}

// Options configures a Supervisor.
type Options struct {
	Program
	ReadyWithin time.Duration // from a start to the first check that passes; then it is ended and started again; 0 = 2 min
	StopGrace   time.Duration // from SIGTERM to SIGKILL; 0 = 10 s
	// Check makes a cheap call of the server, and returns what it has learned, for the operator.
	Check   func(ctx context.Context) (said string, err error)
	Secrets []string         // are hidden in its output; "" is none
	Changed func(Status)     // is called at each change of state, and must return at once; nil = nobody is told
	Now     func() time.Time // nil = time.Now
	Rand    func() float64   // in [0,1); nil = math/rand/v2
	Log     *slog.Logger     // gets its output, line by line
	Panics  *panics.Recorder // may be nil
}

// Supervisor runs a program. Its methods may be called by many goroutines at once.
type Supervisor struct {
	o     Options
	start func(Program, *output) (child, error)
	free  func(ctx context.Context, addr string) error

	mu     sync.Mutex
	status Status
}

// child is a running program.
type child interface {
	pid() int
	wait() error // returns when it has ended, and its output has been read
	terminate()  // asks all its processes to end
	kill()       // ends them
}

// New returns a Supervisor. Nothing runs before Run.
func New(o Options) *Supervisor {
	setDefault(&o.ReadyWithin, defaultReadyWithin)
	setDefault(&o.StopGrace, defaultStopGrace)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Float64
	}
	s := &Supervisor{o: o, start: startProcess, free: checkFree}
	s.status = Status{State: Stopped, Since: o.Now()}
	return s
}

func setDefault(d *time.Duration, standard time.Duration) {
	if *d <= 0 {
		*d = standard
	}
}

// Status returns how the program does.
func (s *Supervisor) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status
}

// SetReadyWithin sets Options.ReadyWithin for the next start.
func (s *Supervisor) SetReadyWithin(d time.Duration) {
	setDefault(&d, defaultReadyWithin)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.o.ReadyWithin = d
}

func (s *Supervisor) readyWithin() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.o.ReadyWithin
}

// change changes the status.
func (s *Supervisor) change(do func(*Status)) {
	s.mu.Lock()
	before := s.status.State
	do(&s.status)
	now := s.status
	if now.State != before {
		s.status.Since = s.o.Now()
		now = s.status
	}
	s.mu.Unlock()
	if s.o.Changed != nil && now.State != before {
		s.o.Changed(now)
	}
}

// Run runs the program until ctx ends, and returns when all its processes have ended. When it ends by itself, can't be started or does
// not answer, it is started again after a wait that doubles up to five minutes.
func (s *Supervisor) Run(ctx context.Context) {
	defer s.change(func(st *Status) { st.State, st.PID, st.Retry = Stopped, 0, time.Time{} })
	for failures, starts := 0, 0; ctx.Err() == nil; starts++ {
		steady, err := s.runOnce(ctx, starts)
		if ctx.Err() != nil {
			return
		}
		if steady {
			failures = 0
		}
		failures++
		wait := s.backoff(failures)
		s.change(func(st *Status) {
			st.State, st.PID, st.Said, st.Failure, st.Retry = Waiting, 0, "", err.Error(), s.o.Now().Add(wait)
		})
		s.o.Log.ErrorContext(ctx, "the model server does not run", "err", err, "again in", wait)
		sleep(ctx, wait)
	}
}

// runOnce starts the program and returns when it has ended, with the reason. steady says that it had worked for a while.
func (s *Supervisor) runOnce(ctx context.Context, starts int) (steady bool, err error) {
	if err := s.free(ctx, s.o.Addr); err != nil {
		return false, err
	}
	out := newOutput(s.o.Log, s.o.Now, s.o.Secrets)
	c, err := s.start(s.o.Program, out)
	if err != nil {
		return false, fmt.Errorf("%s can't be started: %w", s.o.Path, cause(err))
	}
	s.change(func(st *Status) { st.State, st.PID, st.Retry, st.Restarts = Starting, c.pid(), time.Time{}, starts })
	s.o.Log.InfoContext(ctx, "the model server is starting", "program", s.o.Path, "pid", c.pid())
	ended := make(chan error, 1)
	s.o.Panics.Go(ctx, "model server", c.wait, func(err error) { ended <- err })
	began := s.o.Now()
	healthy, err := s.watch(ctx, ended, began, out)
	if !errors.As(err, new(*exitError)) {
		s.o.Log.InfoContext(ctx, "the model server was ended", "exit", s.stop(c, ended))
	}
	c.kill() // what it has started and left
	out.flush()
	return !healthy.IsZero() && s.o.Now().Sub(healthy) >= steadyAfter, err
}

// exitError says that the program has ended by itself.
type exitError struct{ text string }

// Error implements error.
func (e *exitError) Error() string { return e.text }

// watch checks the program until it ends, does not work, or ctx ends. healthy is when the first check passed.
func (s *Supervisor) watch(ctx context.Context, ended <-chan error, began time.Time, out *output) (healthy time.Time, err error) {
	within := s.readyWithin()
	late := time.NewTimer(within)
	defer late.Stop()
	interval, failed := startingInterval, 0
	last := errors.New("it was not asked")
	for {
		next := time.NewTimer(interval)
		select {
		case exit := <-ended:
			next.Stop()
			return healthy, &exitError{exitText(exit, s.o.Now().Sub(began)) + out.quoteLast()}
		case <-ctx.Done():
			next.Stop()
			return healthy, ctx.Err()
		case <-late.C:
			next.Stop()
			return healthy, fmt.Errorf("it did not work within %v of its start (ready_within): %w%s", within, last, out.quoteLast())
		case <-next.C:
		}
		said, err := s.check(ctx)
		switch {
		case err == nil:
			late.Stop()
			failed, interval = 0, healthyInterval
			if healthy.IsZero() {
				healthy = s.o.Now()
				s.change(func(st *Status) { st.State, st.Said, st.Failure = Healthy, said, "" })
				s.o.Log.InfoContext(ctx, "the model server works", "after", healthy.Sub(began).Round(time.Millisecond), "said", said)
			}
		case healthy.IsZero():
			last = err
		default:
			if failed++; failed >= maxFailedChecks {
				return healthy, fmt.Errorf("it did not answer %d checks in a row: %w%s", failed, err, out.quoteLast())
			}
		}
	}
}

// check makes one check, within its time limit.
func (s *Supervisor) check(ctx context.Context) (said string, err error) {
	ctx, stop := context.WithTimeout(ctx, checkTimeout)
	defer stop()
	err = s.o.Panics.Run(ctx, "model server", func() (err error) {
		said, err = s.o.Check(ctx)
		return err
	})
	return said, err
}

// stop asks the program to end, and ends it if it has not done so in time. It returns the program's exit.
func (s *Supervisor) stop(c child, ended <-chan error) error {
	c.terminate()
	late := time.NewTimer(s.o.StopGrace)
	defer late.Stop()
	select {
	case exit := <-ended:
		return exit
	case <-late.C:
		c.kill()
		return <-ended
	}
}

// backoff returns how long to wait before the next start after n failures in a row: a random part, but at least half, of a bound that
// doubles.
func (s *Supervisor) backoff(n int) time.Duration {
	bound := maxBackoff
	if shift := n - 1; shift < 16 && minBackoff<<shift < maxBackoff {
		bound = minBackoff << shift
	}
	return (bound/2 + time.Duration(s.o.Rand()*float64(bound/2))).Round(time.Millisecond)
}

// sleep waits for d, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// exitText says how a program ended after a time.
func exitText(exit error, after time.Duration) string {
	how := "exit status 0"
	if exit != nil {
		how = exit.Error()
	}
	return fmt.Sprintf("it ended by itself %v after its start (%s)", after.Round(time.Millisecond), how)
}
