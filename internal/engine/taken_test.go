package engine_test

import (
	"testing"

	"github.com/filmgate/filmgate/internal/engine"
)

// TestServerErrorsThatSayThatNothingWasTaken holds which answers to a create leave no doubt, and how StrictSubmits reads the same ones.
func TestServerErrorsThatSayThatNothingWasTaken(t *testing.T) {
	const own, late, page = `{"error":{"message":"The server had an error"}}`, `{"error":{"message":"upstream request timed out"}}`, "<h1>Bad Gateway</h1>"
	for _, c := range []struct {
		name           string
		status         int
		body           string
		normal, strict bool
	}{
		{"500 in the vendor's words", 500, own, false, true},
		{"500 about a timeout", 500, late, true, true},
		{"500 with a page", 500, page, true, true},
		{"500 without a body", 500, "", true, true},
		{"502 of a front", 502, page, false, true},
		{"502 in the vendor's words", 502, own, false, true},
		{"502 about a timeout", 502, late, true, true},
		{"503", 503, own, false, false},
		{"504", 504, own, true, true},
		{"400", 400, own, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := vendor(t, answer(c.status, c.body))
			_, err := client.Do(t.Context(), engine.Call{Method: "POST", Path: "/"})
			if e := engine.AsError(err); err == nil || e.Unconfirmed != c.normal {
				t.Fatalf("%v, unconfirmed is %v", err, e.Unconfirmed)
			}
			for strict, want := range map[bool]bool{false: c.normal, true: c.strict} {
				s := wrap(t, engine.Policy{Tries: 1, StrictSubmits: strict}, "k")
				s.keys["k"].errs["submit"] = []error{err}
				_, got := s.Submit(t.Context(), engine.Job{Task: "t"})
				if e := engine.AsError(got); got == nil || e.Unconfirmed != want {
					t.Errorf("strict %v: %v, unconfirmed is %v", strict, got, e.Unconfirmed)
				}
			}
		})
	}
}
