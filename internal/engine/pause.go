package engine

import (
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// Pause is what one process tells the others that use an engine: a key is paused, or works again.
type Pause struct {
	Key     string
	For     time.Duration // 0 = it works again; never with a Refusal
	Refusal *Refusal      // the vendor refused the key; nil = calls with it failed repeatedly
}

// Refusal is the error of class AuthError with which a vendor refused a key. Its fields are those of [Error].
type Refusal struct {
	Reason task.Reason `json:"reason"`
	Text   string      `json:"text,omitempty"`
	Detail string      `json:"detail,omitempty"`
}

// heardPause returns how long a process pauses a key that another one has paused: a little longer, so that the first call that tries
// the key is most likely that of who paused it.
func heardPause(pause time.Duration, random float64) time.Duration {
	return pause + probeWait + time.Duration(2*random*float64(probeWait))
}

// refuse pauses the key because the vendor refused it, and tells the other processes. Calls that were under way together are refused
// together: only the first one is told.
func (m *poolKey) refuse(p Policy, e *Error) {
	length, now := max(p.OpenTimeout, e.RetryAfter), p.Now()
	if wasPaused := m.pauseUntil(now.Add(length), e).After(now); !wasPaused && p.Announce != nil {
		p.Announce(Pause{m.Name, length, &Refusal{e.Reason, e.Text, e.Detail}})
	}
}

// hear follows what another process has announced.
func (m *poolKey) hear(p Policy, told Pause) {
	if told.Refusal == nil {
		m.breaker.hear(told.For)
		return
	}
	r := told.Refusal
	m.pauseUntil(p.Now().Add(heardPause(told.For, p.Rand())), &Error{Class: AuthError, Reason: r.Reason, Text: r.Text, Detail: r.Detail})
}

// pauseUntil gives the key no new jobs before a time. It returns the time that was set before.
func (m *poolKey) pauseUntil(until time.Time, refusal *Error) (before time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	before = m.pausedUntil
	m.pausedUntil, m.refusal = until, refusal
	return before
}
