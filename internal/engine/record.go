package engine

import (
	"context"
	"time"
)

// Try is one call that reached a vendor.
type Try struct {
	Verb   string // "submit", "poll", "open", "cancel", "find" or "stills"
	Key    string // the name of the key that was used, never the key
	Task   string // our task id, of a submit or find
	Handle string // the vendor's id of the work, without the key's name; "" where there was none
	Begun  time.Time
	Ended  time.Time
	Err    error // nil when it went well
}

type recordKey struct{}

// Record makes a context in which a wrapped engine tells record of every call it makes, so that a task can keep what was
// tried for it. record is called before the engine's own method returns, in the order of the calls.
func Record(ctx context.Context, record func(Try)) context.Context {
	return context.WithValue(ctx, recordKey{}, record)
}

// withRecording tells the context's recorder of each call.
func withRecording(p Policy, key string, next callFunc) callFunc {
	return func(ctx context.Context, c *call) error {
		record, ok := ctx.Value(recordKey{}).(func(Try))
		if !ok {
			return next(ctx, c)
		}
		t := Try{Verb: c.verb, Key: key, Task: c.task, Begun: p.Now()}
		if c.verb == verbSubmit {
			t.Task = c.job.Task
		}
		t.Err = next(ctx, c)
		t.Handle, t.Ended = c.handle, p.Now()
		record(t)
		return t.Err
	}
}
