package engine

import (
	"context"
	"errors"
	"math"
	"sync"
	"time"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"

	"github.com/filmgate/filmgate/task"
)

// breaker leaves a key alone after failures in a row, then lets one call try it. The library counts and keeps the
// states; the time is ours, since its clock can't be handed in: it never leaves the open state by itself.
type breaker struct {
	states circuitbreaker.CircuitBreaker[any]
	now    func() time.Time
	rest   time.Duration

	mu    sync.Mutex
	until time.Time // when an open breaker lets a call try
}

// errBroken is what a call that never came back is judged by.
var errBroken = errors.New("engine: the call panicked")

// broken puts a breaker before next. What it stops is of class Overloaded: nothing was asked, and the caller may hold
// the task or use another key.
func broken(p Policy, next step) step {
	b := &breaker{now: p.Now, rest: p.Rest}
	b.states = circuitbreaker.NewBuilder[any]().
		WithFailureThreshold(uint(p.Trip)).WithSuccessThreshold(1).WithDelay(math.MaxInt64).
		OnOpen(func(circuitbreaker.StateChangedEvent) { b.until = b.now().Add(b.rest) }).
		Build()
	return func(ctx context.Context, c *call) error {
		if err := b.admit(); err != nil {
			return err
		}
		err := errBroken
		defer func() { b.judge(ctx, err) }() // a call that panics has failed too: it may be the one that others wait for
		err = next(ctx, c)
		return err
	}
}

func (b *breaker) admit() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	left := b.until.Sub(b.now())
	if b.states.IsOpen() && left <= 0 {
		b.states.HalfOpen()
	}
	if b.states.TryAcquirePermit() {
		return nil
	}
	if left <= 0 { // another call is trying it at this moment
		left = b.rest
	}
	return &Error{
		Class: Overloaded, Held: HeldByBreaker, Reason: task.VendorUnavailable, RetryAfter: left, Detail: "left alone after failures in a row",
	}
}

// judge counts a call. Only silence and nonsense are failures: a vendor that refuses, or asks for patience, is well. A
// call that its caller gave up proves nothing; if it was the one that tried the key, the next one tries after a rest.
func (b *breaker) judge(ctx context.Context, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case err == nil:
		b.states.RecordSuccess()
	case errors.Is(ctx.Err(), context.Canceled):
		if b.states.IsHalfOpen() {
			b.states.Open()
		}
	case AsError(err).Class == Unreachable || AsError(err).Class == Garbled:
		b.states.RecordFailure()
	default:
		b.states.RecordSuccess()
	}
}
