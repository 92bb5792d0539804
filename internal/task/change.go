package task

import (
	"cmp"
	"time"
)

// Change is what one step writes about one task. A store writes all of it or nothing.
type Change struct {
	Task        Task               // the new row, with the Version that was read; 0 = insert
	Events      []Event            // appended to the task's history
	Wakes       []Wake             // jobs, scheduled if the change is committed
	Deliveries  []Delivery         // inserted, with the ID and the version of Task; a webhook's come due one after another
	Idempotency *IdempotencyRecord // inserted with the task; nil = none
	First       bool               // committed before other changes that wait: a crash before that would lose what nobody can find out again
}

// Wake is a scheduled job that advances a task by one step. It is only a reminder: what is to be done is in the task's row,
// and the sweep schedules lost wakes again.
type Wake struct {
	Task string    // ID of the task, or of a webhook
	At   time.Time // zero = at once
	Lane Lane
	Low  bool // run after all others of its lane (explore mode)
	// Account and Created are those of the task. In the local lane, accounts take turns, and each account's oldest task is
	// first.
	Account int64
	Created time.Time
	// Notify is a state of which the request's CallbackURL is told, instead of a step; "" = a step. At and Lane have no effect
	// then.
	Notify State
}

// Lane is a queue of wakes with workers of its own, so that slow work does not delay quick steps.
type Lane string

// The lanes. A local wake keeps a worker busy until this machine has done the task's work, such as rendering. A remote wake
// is a short step of a task that is made elsewhere. A wake for webhooks has the ID of a webhook, in place of a task's, to which
// something is to be delivered.
const (
	Local    Lane = "local"
	Remote   Lane = "remote"
	Webhooks Lane = "webhooks"
)

// IdempotencyLife is how long an idempotency key returns its first request's task, unless the operator sets another time. After
// that, the key may be used again.
const IdempotencyLife = 24 * time.Hour

// IdempotencyRecord is the request that an idempotency key was first used for, so that a repeated request gets the same
// answer.
type IdempotencyRecord struct {
	Account     int64
	Key         string // the caller's Idempotency-Key
	Fingerprint string // SHA-256 of the call and its body, in hex
	Task        string // ID of the task that the first request created
	Created     time.Time
	Wait        time.Duration // the queue wait that the first answer gave
	Life        time.Duration // how long keys hold; 0 = IdempotencyLife. Not stored
}

// Expired returns the time up to which keys must have been used first to be free again when r is written.
func (r IdempotencyRecord) Expired() time.Time {
	return r.Created.Add(-cmp.Or(r.Life, IdempotencyLife))
}
