package engine

import (
	"regexp"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// errorTextLimit is the length of an error's text in a [task.KeyHealth], in runes.
const errorTextLimit = 300

// lastError is the newest error of a key that says something about the vendor or the key, and not about one job alone.
type lastError struct {
	err *Error
	at  time.Time
}

// note records an error of a call. Its caller holds the mutex.
func (l *lastError) note(err error, now time.Time) {
	e := AsError(err)
	switch e.Class {
	case Unreachable, InvalidResponse, AuthError, ModelError, Overloaded:
		if !e.JobOnly {
			l.err, l.at = e, now
		}
	}
}

// Health says how each key does. Numbers of jobs are those of this process; pauses are those of all processes.
func (w wrapped) Health() []task.KeyHealth {
	var all []task.KeyHealth
	for _, m := range w.members {
		all = append(all, m.health(w.policy.Now()))
	}
	return all
}

func (m *poolKey) health(now time.Time) task.KeyHealth {
	h := m.breaker.health(m.Secrets)
	h.Name, h.InFlight, h.MaxInFlight = m.Name, m.limit.count(), m.InFlight
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.pausedUntil.After(now) && m.pausedUntil.After(h.PausedUntil) {
		h.State, h.PausedUntil, h.PauseReason = task.KeyPaused, m.pausedUntil, "the vendor refuses the key"
		if h.LastError == "" { // another process was refused
			h.LastError = withoutSecrets(m.refusal, m.Secrets)
		}
	}
	return h
}

// health returns what the breaker knows of its key.
func (b *breaker) health(secrets []string) task.KeyHealth {
	b.mu.Lock()
	defer b.mu.Unlock()
	h := task.KeyHealth{State: task.KeyWorking, LastErrorAt: b.last.at}
	switch {
	case b.circuit.IsHalfOpen() || b.circuit.IsOpen() && !b.openUntil.After(b.now()):
		h.State = task.KeyProbing
	case b.circuit.IsOpen():
		h.State, h.PausedUntil, h.PauseReason = task.KeyPaused, b.openUntil, "repeated failures"
		if b.heard {
			h.PauseReason = "repeated failures at another server"
		}
	}
	if b.last.err != nil {
		h.LastError = withoutSecrets(b.last.err, secrets)
	}
	return h
}

// What looks like a secret: the query of a URL, which may sign it, and a long run of letters and digits.
var (
	urlQuery  = regexp.MustCompile(`\?[^\s"'<>]+`)
	longToken = regexp.MustCompile(`[A-Za-z0-9_~-]{20,}`)
)

// withoutSecrets returns an error's text without the secrets and without what looks like one.
func withoutSecrets(e *Error, secrets []string) string {
	text := strings.TrimPrefix(e.Error(), "engine: ")
	for _, s := range secrets {
		if s != "" {
			text = strings.ReplaceAll(text, s, "***")
		}
	}
	text = longToken.ReplaceAllStringFunc(urlQuery.ReplaceAllString(text, "?***"), func(word string) string {
		if strings.ContainsAny(word, "0123456789") {
			return "***"
		}
		return word
	})
	if runes := []rune(text); len(runes) > errorTextLimit {
		text = string(runes[:errorTextLimit]) + "…"
	}
	return text
}
