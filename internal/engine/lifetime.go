package engine

import (
	"fmt"
	"slices"
	"time"
)

// Ended reports whether the vendor has switched the model off.
func (m Model) Ended(now time.Time) bool { return !m.Until.IsZero() && !now.Before(m.Until) }

// AllEnded reports whether there are models, and the vendors have switched all of them off.
func AllEnded(models []Model, now time.Time) bool {
	return len(models) > 0 && !slices.ContainsFunc(models, func(m Model) bool { return !m.Ended(now) })
}

// EndText says, for people, that the model has ended or will end, and what takes its place.
func (m Model) EndText(now time.Time) string {
	verb := "ends"
	if m.Ended(now) {
		verb = "ended"
	}
	text := fmt.Sprintf("model %s %s on %s", m.Name, verb, m.Until.Format(time.DateOnly))
	if m.Successor != "" {
		text += "; its successor is " + m.Successor
	}
	return text
}
