package engine

import (
	"context"
	"fmt"

	"github.com/filmgate/filmgate/task"
)

// Look asks a vendor how work stands: its status, and the link to the video where it SUCCEEDED. An engine whose vendor
// is polled writes it once, and has Poll and Open from it.
type Look func(ctx context.Context, handle string) (st Status, link string, err error)

// Poll is Engine.Poll. A success without a link is Garbled: the vendor may have it by the next poll.
func (l Look) Poll(ctx context.Context, handle string) (Status, error) {
	st, link, err := l(ctx, handle)
	if err == nil && st.State == task.Succeeded && link == "" {
		err = Nonsense("a success without a video")
	}
	return st, err
}

// Open is Engine.Open with a client's Download: a dead link is looked for again.
func (l Look) Open(ctx context.Context, c *Client, handle string, offset int64) (Content, error) {
	return c.Download(ctx, offset, func(ctx context.Context) (string, error) {
		st, link, err := l(ctx, handle)
		switch {
		case err != nil:
			return "", err
		case st.State != task.Succeeded:
			return "", &Error{Class: NotReady, Reason: task.VendorUnavailable, Detail: "the work is " + string(st.State)}
		case link == "":
			return "", Nonsense("a success without a video")
		}
		return link, nil
	})
}

// Nonsense is the error for an answer that makes no sense, with what was seen.
func Nonsense(format string, a ...any) *Error {
	return &Error{Class: Garbled, Reason: task.VendorUnavailable, Detail: fmt.Sprintf(format, a...)}
}

// StateOf translates a vendor's word for how work stands by a table. A word that is not in it is Garbled.
func StateOf(word string, table map[string]task.State) (task.State, error) {
	if s, ok := table[word]; ok {
		return s, nil
	}
	return "", Nonsense("a status %q", word)
}

// Accepted is the end of a Submit: the vendor's id of the work, or why there is none. Without an id the work
// may have been taken all the same.
func Accepted(id string, err error) (string, error) {
	if err == nil && id == "" {
		e := Nonsense("work was accepted without an id")
		e.Unconfirmed = true
		err = e
	}
	return id, err
}

// Unbegun marks an error of a call before the submit itself, an upload say: no video can have been begun by it.
func Unbegun(err error) error {
	if err == nil || !AsError(err).Unconfirmed {
		return err
	}
	e := *AsError(err)
	e.Unconfirmed = false
	return &e
}
