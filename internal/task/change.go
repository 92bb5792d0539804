package task

import "time"

// Change is what one step does to one task. A store writes all of it or nothing.
type Change struct {
	Task        Task               // the row as it shall be; Version is the one that was read, 0 to insert
	Events      []Event            // appended to the task's history
	Wakes       []Wake             // alarms that ring once the change stands
	Idempotency *IdempotencyRecord // kept so that the same idempotency key gets the same answer
}

// Event is one line of a task's history.
type Event struct {
	At   time.Time
	Kind string // "created", "state", "retry", "cancel"
	From State  // "" where the kind has none
	To   State
	Text string // for people
}

// Wake is an alarm: look at this task again. It is never the truth; lose them all and a sweep makes them anew.
type Wake struct {
	Task string
	At   time.Time // zero = at once
	Lane Lane
	Low  bool // behind all others of its lane (explore mode)
	// Account and Created are the task's: in the local lane accounts are served in turn, and the oldest task of each first.
	Account int64
	Created time.Time
}

// Lane keeps kinds of work from waiting behind one another.
type Lane string

// The lanes: work that this machine does itself and that holds a worker until it ends, and work that somewhere else is
// done and that we only ask after.
const (
	Local  Lane = "local"
	Remote Lane = "remote"
)

// IdempotencyLife is how long an idempotency key stands for its first request. After it, the key may be used anew.
const IdempotencyLife = 24 * time.Hour

// Replay is what an idempotency key stands for.
type IdempotencyRecord struct {
	Account     int64
	Key         string // the caller's Idempotency-Key
	Fingerprint string // SHA-256 of call and body, hex
	Task        string // the task that the first request made
	Created     time.Time
	Wait        time.Duration // the estimate that the first answer told
}
