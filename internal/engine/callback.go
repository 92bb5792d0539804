package engine

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"
)

// Callbacks says what a vendor's callbacks are worth.
type Callbacks string

// The kinds of callbacks.
const (
	NoCallbacks       Callbacks = ""
	UnsignedCallbacks Callbacks = "unsigned" // anybody may have sent one: it is a hint to poll, and no more
	SignedCallbacks   Callbacks = "signed"   // one that Receive finds good is the vendor's
)

// Callback is a request that says of itself that a vendor sent it to a Job's CallbackURL. Nothing in it is believed: it
// is a reason to poll.
type Callback struct {
	Header http.Header
	Body   []byte
}

// CallbackReceiver is an engine that has something to say about callbacks before they count. It is optional: without it a
// callback counts as it is.
type CallbackReceiver interface {
	// Receive checks who sent the callback, and returns what the vendor wants to hear in answer, as JSON; nil = nothing.
	// The error wraps ErrBadSignature where the vendor did not send it, or not now; any other says that nobody can tell.
	Receive(ctx context.Context, c Callback) (answer []byte, err error)
}

// ErrBadSignature is a callback that the vendor did not sign, or signed long ago.
var ErrBadSignature = errors.New("engine: the callback is not the vendor's")

// callbackAge is how far a callback's time may be from ours: what Standard Webhooks and fal ask for.
const callbackAge = 5 * time.Minute

// FreshTimestamp reports whether a callback's own time, Unix seconds, is near enough to now that it was not kept and sent again.
func FreshTimestamp(seconds string, now time.Time) bool {
	n, err := strconv.ParseInt(seconds, 10, 64)
	return err == nil && now.Sub(time.Unix(n, 0)).Abs() <= callbackAge
}

// Receive asks the engines of all keys: a callback is good where one of them finds it so.
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
