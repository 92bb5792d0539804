package engine

import (
	"context"
	"time"
)

// Places counts the jobs in flight with one key for all processes that use the key. Its errors are those of what keeps the count.
type Places interface {
	// Acquire takes a place for the job of a task, and reports whether it has one: not if most are taken. A task that has a place
	// keeps it. A job that is not renewed for ttl has none any more.
	Acquire(ctx context.Context, task string, most int, ttl time.Duration) (ok bool, err error)
	// Fill records which job has the task's place.
	Fill(ctx context.Context, task, handle string) error
	// Renew says that a job is in flight. It gives the job a place if it has none.
	Renew(ctx context.Context, handle string) error
	// Release gives back the place of a job that has ended; if handle is "", that of the task's submit, which made no job.
	Release(ctx context.Context, task, handle string) error
}

const (
	// placesTime bounds a call of Places after the vendor has answered.
	placesTime = 5 * time.Second
	// renewals is how often a place is renewed within its TTL.
	renewals = 4
)

// isShared reports whether other processes use the key too, and it has a limit.
func (r inFlightLimit) isShared() bool { return r.places != nil && r.limit > 0 }

// acquireShared takes a place among all processes.
func (r inFlightLimit) acquireShared(ctx context.Context, task string) (ok bool, err error) {
	if !r.isShared() {
		return true, nil
	}
	return r.places.Acquire(ctx, task, r.limit, r.inFlightTTL)
}

// fillShared records the job of a task's place. If that fails, the next poll renews it.
func (r inFlightLimit) fillShared(ctx context.Context, task, handle string) {
	r.tell(ctx, handle, func(ctx context.Context) error { return r.places.Fill(ctx, task, handle) })
}

// renewShared renews the place of a job that was not renewed for a while. So nearly all polls write nothing.
func (r inFlightLimit) renewShared(ctx context.Context, handle string) {
	r.inFlight.mu.Lock()
	recent := r.now().Sub(r.inFlight.renewed[handle]) < r.inFlightTTL/renewals
	r.inFlight.mu.Unlock()
	if !recent {
		r.tell(ctx, handle, func(ctx context.Context) error { return r.places.Renew(ctx, handle) })
	}
}

// releaseShared gives a place back. If that fails, Acquire finds it when the task has ended.
func (r inFlightLimit) releaseShared(ctx context.Context, task, handle string) {
	r.tell(ctx, "", func(ctx context.Context) error { return r.places.Release(ctx, task, handle) })
}

// tell calls f, which says what has become of a job, even if the caller has given up. If f succeeds, the job counts as renewed.
func (r inFlightLimit) tell(ctx context.Context, handle string, f func(context.Context) error) {
	if !r.isShared() {
		return
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), placesTime)
	defer stop()
	if f(ctx) == nil && handle != "" {
		r.inFlight.mu.Lock()
		defer r.inFlight.mu.Unlock()
		r.inFlight.renewed[handle] = r.now()
	}
}
