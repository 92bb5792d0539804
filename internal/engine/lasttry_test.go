package engine_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// lastSubmit is an engine whose every submit fails with err. The one with the number takes makes its job all the same.
type lastSubmit struct {
	*scripted
	err   error
	takes int                // 0 = none
	end   context.CancelFunc // called by the submit that makes its job; nil = nothing is
}

func (l lastSubmit) Submit(ctx context.Context, j engine.Job) (engine.Submission, error) {
	n := l.counts["submit"] + 1
	if n != l.takes {
		l.counts["submit"] = n
		return engine.Submission{}, l.err
	}
	if _, err := l.scripted.Submit(ctx, j); err != nil {
		return engine.Submission{}, err
	}
	if l.end != nil {
		l.end()
	}
	return engine.Submission{}, l.err
}

// TestTheLastServerErrorToASubmitIsLookedUp holds that a job which the last try of a submit has made, whatever its answer said, is
// found before the task goes to another engine: a second video would cost money.
func TestTheLastServerErrorToASubmitIsLookedUp(t *testing.T) {
	unreachable := func(e engine.Error) *engine.Error {
		e.Class, e.Reason = engine.Unreachable, task.VendorUnavailable
		return &e
	}
	badGateway := unreachable(engine.Error{Status: http.StatusBadGateway})
	for _, c := range []struct {
		name     string
		err      *engine.Error
		takes    int
		hidden   bool // the engine can't look jobs up
		stranger bool // it gives the vendor no id of the task
		ends     bool // the caller's context ends with the last try
		found    bool
		submits  int
		finds    int // the first ones are before each repetition
	}{
		{name: "502", err: badGateway, takes: 3, found: true, submits: 3, finds: 3},
		{name: "500 in the vendor's words", err: unreachable(engine.Error{Said: "The server had an error"}), takes: 3, found: true, submits: 3, finds: 3},
		{name: "502, and come back later than a call may wait", err: unreachable(engine.Error{Status: http.StatusBadGateway, RetryAfter: time.Hour}), takes: 1, found: true, submits: 1, finds: 1},
		{name: "502, and nothing was made", err: badGateway, submits: 3, finds: 3},
		{name: "503: nobody handled it", err: unreachable(engine.Error{Status: http.StatusServiceUnavailable}), submits: 3, finds: 2},
		{name: "no connection", err: unreachable(engine.Error{}), submits: 3, finds: 2},
		{name: "an account refused", err: &engine.Error{Class: engine.AuthError, Status: http.StatusForbidden}, submits: 1},
		{name: "an engine that can't look jobs up", err: badGateway, takes: 3, hidden: true, submits: 3},
		{name: "a model whose jobs have no id of ours", err: badGateway, takes: 3, stranger: true, submits: 3},
		{name: "the caller is gone", err: badGateway, takes: 3, ends: true, submits: 3, finds: 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, end := context.WithCancel(t.Context())
			defer end()
			s := wrap(t, engine.Policy{}, "k")
			s.keys["k"].Caps.ExternalID, s.keys["k"].Caps.Models[0].NoTaskID = c.stranger, c.stranger
			last := lastSubmit{scripted: s.keys["k"], err: c.err, takes: c.takes}
			if c.ends {
				last.end = end
			}
			var e engine.Engine = last
			if c.hidden {
				e = struct{ engine.Engine }{last}
			}
			w, err := engine.Wrap(engine.Policy{Now: s.Now, Sleep: s.Sleep}, engine.Key{Name: "k", Engine: e})
			if err != nil {
				t.Fatal(err)
			}
			sub, err := w.Submit(ctx, job("a", "a cat"))
			if n := s.keys["k"].counts; n["submit"] != c.submits || n["find"] != c.finds {
				t.Errorf("%d submits, %d look-ups; want %d, %d", n["submit"], n["find"], c.submits, c.finds)
			}
			if c.found && (err != nil || sub.Handle != "k/fake-1") {
				t.Errorf("handle %q, %v", sub.Handle, err)
			}
			if !c.found && (err == nil || engine.AsError(err).Status != c.err.Status || sub.Handle != "") {
				t.Errorf("handle %q, %v, want the vendor's own error", sub.Handle, err)
			}
		})
	}
}
