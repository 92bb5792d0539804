package dialect

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/filmgate/filmgate/internal/task"
)

// Query reads the parameters of a call and gathers their errors, as Fields does for a body. Parameters that no reader asks for are
// ignored; CheckQuery refuses them.
type Query struct {
	url.Values
	faults []task.FieldError
}

// AddError records what is wrong with a parameter and what is allowed.
func (q *Query) AddError(name, format string, a ...any) {
	q.faults = append(q.faults, task.FieldError{Field: "?" + name, Detail: fmt.Sprintf(format, a...)})
}

// Err returns every error, in the order in which they were recorded, with the code Invalid; nil if there is none.
func (q *Query) Err() error {
	if len(q.faults) == 0 {
		return nil
	}
	return &task.Error{Code: task.Invalid, Detail: "The query is not valid.", Fields: q.faults}
}

// Int reads a whole number. It returns fallback if the parameter is absent, empty or wrong.
func (q *Query) Int(name string, fallback, least, most int) int {
	given := q.Get(name)
	if given == "" {
		return fallback
	}
	n, err := strconv.Atoi(given)
	if err != nil || n < least || n > most {
		q.AddError(name, "must be a whole number from %d to %d", least, most)
		return fallback
	}
	return n
}

// OneOf reads one of the words allowed. It returns fallback if the parameter is absent, empty or wrong.
func (q *Query) OneOf(name, fallback string, allowed ...string) string {
	given := q.Get(name)
	if given == "" {
		return fallback
	}
	if !slices.Contains(allowed, given) {
		q.AddError(name, "%q is not possible; allowed: %s", task.Excerpt(given), strings.Join(allowed, ", "))
		return fallback
	}
	return given
}
