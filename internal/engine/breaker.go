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

// probeWait is the shortest wait, and the random part that is added to it, of a call that finds another one trying the key:
// it knows within a moment how the key is.
const probeWait = time.Second

// breaker leaves a key alone after failures in a row, then lets one call try it. One job never shuts others out: where all
// failures in a row were of one job, that job alone is held, and the next call of any other tries the key at once. The
// library counts and keeps the states; the time is ours, since its clock can't be handed in: it never leaves the open state
// by itself.
type breaker struct {
	circuit     circuitbreaker.CircuitBreaker[any]
	now         func() time.Time
	rand        func() float64
	openTimeout time.Duration

	mu         sync.Mutex
	openUntil  time.Time       // when an open breaker lets any call try
	failedJobs map[string]bool // the jobs of the failures since the last success, or since the last rest
}

// errPanicked is what a call that never came back is judged by.
var errPanicked = errors.New("engine: the call panicked")

// withBreaker puts a breaker before next. What it stops is of class Overloaded: nothing was asked, and the caller may hold
// the task or use another key.
func withBreaker(p Policy, next callFunc) callFunc {
	b := &breaker{now: p.Now, rand: p.Rand, openTimeout: p.OpenTimeout, failedJobs: map[string]bool{}}
	b.circuit = circuitbreaker.NewBuilder[any]().
		WithFailureThreshold(uint(p.FailureThreshold)).WithSuccessThreshold(1).WithDelay(math.MaxInt64).
		OnOpen(func(circuitbreaker.StateChangedEvent) { b.openUntil = b.now().Add(b.openTimeout) }).
		Build()
	return func(ctx context.Context, c *call) error {
		job := jobOf(c)
		if err := b.admit(job); err != nil {
			return err
		}
		err := errPanicked
		defer func() { b.record(ctx, job, err) }() // a call that panics has failed too: it may be the one that others wait for
		err = next(ctx, c)
		return err
	}
}

// jobOf tells one job's calls from another's: those of a submit by our task, the others by the vendor's id.
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
	if b.circuit.IsHalfOpen() { // another call is trying it at this moment
		left = probeWait + time.Duration(2*b.rand()*float64(probeWait))
	}
	return &Error{
		Class: Overloaded, WaitCause: BreakerOpen, Reason: task.VendorUnavailable, RetryAfter: left, Detail: "left alone after failures in a row",
	}
}

// record counts a call. Only silence and garbage are failures: a vendor that refuses, asks for patience, or says something
// odd of one job, is well. A call that its caller gave up proves nothing; if it was the one that tried the key, the next
// one tries after a rest.
func (b *breaker) record(ctx context.Context, job string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case err == nil:
		b.succeeded()
	case errors.Is(ctx.Err(), context.Canceled):
		if b.circuit.IsHalfOpen() {
			b.circuit.Open()
		}
	case AsError(err).JobOnly:
		b.succeeded()
	case AsError(err).Class == Unreachable || AsError(err).Class == InvalidResponse:
		b.failedJobs[job] = true
		b.circuit.RecordFailure()
	default:
		b.succeeded()
	}
}

func (b *breaker) succeeded() {
	clear(b.failedJobs)
	b.circuit.RecordSuccess()
}
