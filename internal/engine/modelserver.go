package engine

import (
	"context"

	"github.com/filmgate/filmgate/internal/task"
)

// withModelServer makes no call while the engine's model server, which this server has started, does not work: a task waits or goes to
// the next engine, and the breaker counts no failures. A job that the server had when it ended is found to be lost once it works again.
func withModelServer(server func() *task.ModelServer, next callFunc) callFunc {
	if server == nil {
		return next
	}
	return func(ctx context.Context, c *call) error {
		if s := server(); s != nil && s.Problem() != "" {
			return &Error{Class: Overloaded, WaitCause: MachineBusy, Reason: task.VendorUnavailable, Text: s.Problem(), Detail: s.Failure}
		}
		err := next(ctx, c)
		if e := AsError(err); err != nil && e.Class == NotFound && server() != nil {
			certain := *e
			certain.Certain = true // it was one process that was asked, and no replica of it
			return &certain
		}
		return err
	}
}

// ModelServer returns how the engine's model server does; nil if this server has started none.
func (w wrapped) ModelServer() *task.ModelServer {
	if w.policy.ModelServer == nil {
		return nil
	}
	return w.policy.ModelServer()
}
