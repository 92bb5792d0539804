package engine

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"
)

// Callbacks says how far a vendor's callbacks can be trusted.
type Callbacks string

// The kinds of callbacks.
const (
	NoCallbacks       Callbacks = ""
	UnsignedCallbacks Callbacks = "unsigned" // anybody may have sent one: it is only a hint to poll
	SignedCallbacks   Callbacks = "signed"   // Receive checks that the vendor sent it
)

// Callback is a request to a Job's CallbackURL. Its content is not trusted: it is a reason to poll.
type Callback struct {
	Header http.Header
	Body   []byte
}

// CallbackReceiver is an engine that checks callbacks before they count. It is optional: without it every callback counts.
type CallbackReceiver interface {
	// Receive checks who sent the callback and returns the JSON to answer with; nil = an empty answer. The error wraps
	// ErrBadSignature if the vendor did not send it, or sent it long ago; any other error means that it could not be
	// checked.
	Receive(ctx context.Context, c Callback) (answer []byte, err error)
}

// ErrBadSignature means that the vendor did not sign the callback, or signed it long ago.
var ErrBadSignature = errors.New("engine: the callback is not the vendor's")

// callbackAge is the largest difference between a callback's time and ours, as in Standard Webhooks and at fal.
const callbackAge = 5 * time.Minute

// FreshTimestamp reports whether a callback's time, in Unix seconds, is close enough to now to rule out a replay.
func FreshTimestamp(seconds string, now time.Time) bool {
	n, err := strconv.ParseInt(seconds, 10, 64)
	return err == nil && now.Sub(time.Unix(n, 0)).Abs() <= callbackAge
}

// Receive asks the engine of each key in turn: a callback is good if one of them accepts it.
func (w wrapped) Receive(ctx context.Context, c Callback) ([]byte, error) {
	var all error
	for _, m := range w.members {
		r, ok := m.Engine.(CallbackReceiver)
		if !ok {
			return nil, nil
		}
		answer, err := r.Receive(ctx, c)
		if err == nil {
			return answer, nil
		}
		all = errors.Join(all, err)
	}
	return nil, all
}
