package engine

import (
	"context"
	"errors"
	"math"
	"sync"
	"time"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"

	"github.com/filmgate/filmgate/internal/task"
)

// probeWait is the shortest wait of a call that finds another one probing the key, and the size of the random part that is
// added: the result is known within a moment.
const probeWait = time.Second

// errElsewhere is the failure of a pause that another process has announced.
var errElsewhere = errors.New("engine: another server found it failing")

// breaker pauses a key after failures in a row, then lets one call probe it. One job never shuts others out: if all failures
// in a row came from one job, only that job is held, and the next call of any other job probes the key at once. The library
// keeps the count and the states. Its clock can't be replaced, so it never leaves the open state by itself: we measure the
// time. If other processes use the key, they hear of a pause that failures of more than one job caused, and of its end; a process
// that has heard waits a little longer, so that the first call that tries the key is most likely that of who paused it.
type breaker struct {
	circuit     circuitbreaker.CircuitBreaker[any]
	now         func() time.Time
	rand        func() float64
	openTimeout time.Duration
	onPause     func(failure error)
	announce    func(pause time.Duration) // tells the other processes

	mu         sync.Mutex
	openUntil  time.Time       // when an open breaker lets any call probe
	failedJobs map[string]bool // the jobs that failed since the last success or the last pause
	paused     bool            // onPause was told so
	announced  time.Time       // openUntil of the pause that all processes know; zero = there is none
	heard      bool            // the pause is one that another process has announced
	last       lastError
}

// errPanicked is the result of a call that panicked.
var errPanicked = errors.New("engine: the call panicked")

// newBreaker returns the breaker of a key.
func newBreaker(p Policy, key string) *breaker {
	b := &breaker{now: p.Now, rand: p.Rand, openTimeout: p.OpenTimeout, failedJobs: map[string]bool{}}
	b.onPause = func(failure error) {
		if p.OnPause != nil {
			p.OnPause(key, failure)
		}
	}
	b.announce = func(pause time.Duration) {
		if p.Announce != nil {
			p.Announce(Pause{Key: key, For: pause})
		}
	}
	b.circuit = circuitbreaker.NewBuilder[any]().
		WithFailureThreshold(uint(p.FailureThreshold)).WithSuccessThreshold(1).WithDelay(math.MaxInt64).
		OnOpen(func(circuitbreaker.StateChangedEvent) {
			b.openUntil, b.heard = b.now().Add(b.openTimeout), false
		}).
		Build()
	return b
}

// isPaused reports whether the key is paused, or is being tried after a pause.
func (b *breaker) isPaused() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.paused
}

// withBreaker puts a breaker before next. A call that it stops is of class Overloaded: nothing was sent, and the caller may
// hold the task or use another key.
func withBreaker(b *breaker, next callFunc) callFunc {
	return func(ctx context.Context, c *call) error {
		job := jobOf(c)
		if err := b.admit(job); err != nil {
			return err
		}
		err := errPanicked
		defer func() { b.record(ctx, job, err) }() // a panic is a failure too, and the probe may have been this call
		err = next(ctx, c)
		return err
	}
}

// jobOf identifies the job of a call: by our task for submit and find, otherwise by the vendor's id.
func jobOf(c *call) string {
	switch c.verb {
	case verbSubmit:
		return "task " + c.job.Task
	case verbFind:
		return "task " + c.task
	default:
		return "handle " + c.handle
	}
}

func (b *breaker) admit(job string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	left := b.openUntil.Sub(b.now())
	if b.circuit.IsOpen() {
		switch {
		case left <= 0:
			clear(b.failedJobs)
			b.circuit.HalfOpen()
		case len(b.failedJobs) == 1 && !b.failedJobs[job]: // so far it may be the other job's fault
			b.circuit.HalfOpen()
		}
	}
	if b.circuit.TryAcquirePermit() {
		return nil
	}
	if b.circuit.IsHalfOpen() { // another call is probing now
		left = probeWait + time.Duration(2*b.rand()*float64(probeWait))
	}
	return &Error{
		Class: Overloaded, WaitCause: BreakerOpen, Reason: task.VendorUnavailable, RetryAfter: left, Detail: "paused after repeated failures",
	}
}

// record counts a call's result. Only unreachable and invalid responses count as failures: a vendor that refuses, asks to
// wait, or is odd about one job works. A call that its caller gave up proves nothing; if it was the probe, the next probe
// comes after another pause.
func (b *breaker) record(ctx context.Context, job string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	defer func() { b.tell(err) }()
	if err != nil && !errors.Is(ctx.Err(), context.Canceled) {
		b.last.note(err, b.now())
	}
	switch {
	case err == nil:
		b.succeeded()
	case notBegun(err): // the vendor was not called: the next call may try the key at once if this one was to
		if until := b.openUntil; b.circuit.IsHalfOpen() {
			b.circuit.Open()
			b.openUntil = until
		}
	case errors.Is(ctx.Err(), context.Canceled):
		if b.circuit.IsHalfOpen() {
			b.circuit.Open()
		}
	case AsError(err).JobOnly:
		b.succeeded()
	case AsError(err).Class == Unreachable || AsError(err).Class == InvalidResponse:
		b.failedJobs[job] = true
		b.circuit.RecordFailure()
		if b.circuit.IsOpen() && len(b.failedJobs) > 1 && !b.announced.Equal(b.openUntil) {
			b.announced = b.openUntil
			b.announce(b.openUntil.Sub(b.now()))
		}
	default:
		b.succeeded()
	}
}

// tell calls onPause if the last call, whose error is err, paused the key or showed that it works again.
func (b *breaker) tell(err error) {
	switch closed := b.circuit.IsClosed(); {
	case !closed && !b.paused:
		b.paused = true
		b.onPause(err)
	case closed && b.paused:
		b.paused = false
		b.onPause(nil)
	}
}

func (b *breaker) succeeded() {
	clear(b.failedJobs)
	b.circuit.RecordSuccess()
	if b.circuit.IsClosed() && !b.announced.IsZero() {
		b.announced = time.Time{}
		b.announce(0)
	}
}

// hear follows what another process has announced: a pause, or by 0 its end.
func (b *breaker) hear(pause time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	clear(b.failedJobs)
	if pause <= 0 {
		b.circuit.Close()
		b.announced = time.Time{}
		b.tell(nil)
		return
	}
	b.circuit.Open()
	b.heard = true
	b.openUntil = b.now().Add(heardPause(pause, b.rand()))
	b.announced = b.openUntil
	b.tell(errElsewhere)
}
