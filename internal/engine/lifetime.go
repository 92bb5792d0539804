package engine

import (
	"fmt"
	"time"
)

// Ended reports whether the vendor has switched the model off.
func (m Model) Ended(now time.Time) bool { return !m.Until.IsZero() && !now.Before(m.Until) }

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
