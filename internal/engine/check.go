package engine

import (
	"context"
	"strings"

	"github.com/filmgate/filmgate/internal/task"
)

// UnknownJob is an id that no vendor has given a job.
const UnknownJob = "00000000-0000-4000-8000-000000000000"

// Checker is an engine that can try its key without paying. It is optional.
type Checker interface {
	// Check makes a call that costs nothing, and returns what the answer says, for the operator: "1250 credits left". The error is
	// that of the call.
	Check(ctx context.Context) (learned string, err error)
}

// KeyCheck is what was learned about one key of an engine.
type KeyCheck struct {
	Key     string // its name
	Learned string // for the operator; "" = the engine can't be tried without paying, or Err says what is wrong
	Err     error
}

// CheckKeys tries every key of an engine that [Wrap] made, once. Keys of another engine are not known: the result is nil.
func CheckKeys(ctx context.Context, e Engine) []KeyCheck {
	if w, ok := e.(interface {
		checkKeys(ctx context.Context) []KeyCheck
	}); ok {
		return w.checkKeys(ctx)
	}
	return nil
}

// checkKeys calls the engines themselves: an operator who looks wants the answer of now, whatever is paused.
func (w wrapped) checkKeys(ctx context.Context) []KeyCheck {
	var all []KeyCheck
	for _, m := range w.members {
		k := KeyCheck{Key: m.Name}
		if c, ok := m.Engine.(Checker); ok {
			k.Learned, k.Err = c.Check(ctx)
		}
		all = append(all, k)
	}
	return all
}

// CheckedByUnknownJob ends the Check of an engine whose vendor has no free call that says more: it asked for a job that does not
// exist, with the result err. That the vendor does not find it shows that the key is accepted; a page instead of the vendor's own
// error shows that the address is wrong.
func CheckedByUnknownJob(err error) (learned string, _ error) {
	e := AsError(err)
	switch {
	case err == nil:
		return "", InvalidResponseError("a status of a job that does not exist")
	case e.Class != NotFound:
		return "", err
	case strings.Contains(e.Detail, " text/html "):
		return "", &Error{Class: ModelError, Reason: task.VendorRefused, Status: e.Status, Text: "It answers with a web page: its base_url may be wrong.", Detail: e.Detail}
	}
	return "the key is accepted", nil
}
