package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/filmgate/filmgate/internal/task"
)

// StatusFunc asks a vendor for a job's status, and for the link to the video if it SUCCEEDED. An engine whose vendor is
// polled writes this function, and its Poll and Open call the methods.
type StatusFunc func(ctx context.Context, handle string) (st Status, link string, err error)

// Poll implements Engine.Poll. A success without a link is the error NoVideo.
func (l StatusFunc) Poll(ctx context.Context, handle string) (Status, error) {
	st, link, err := l(ctx, handle)
	if err == nil && st.State == task.Succeeded && link == "" {
		err = NoVideo("a success without a video")
	}
	if err == nil && st.State == task.Failed && st.Failure == nil {
		st.Failure = &task.Failure{Reason: task.VendorUnavailable, Text: "It does not say why. Try again later.", Detail: "the work failed, and the vendor does not say why"}
	}
	return st, err
}

// Open implements Engine.Open with a client's Download: if the link has expired, it asks for a new one.
func (l StatusFunc) Open(ctx context.Context, c *Client, handle string, offset int64) (Content, error) {
	return c.Download(ctx, offset, func(ctx context.Context) (string, error) { return l.Link(ctx, handle) })
}

// Link asks for the link to the video of a job that has SUCCEEDED.
func (l StatusFunc) Link(ctx context.Context, handle string) (string, error) {
	st, link, err := l(ctx, handle)
	switch {
	case err != nil:
		return "", err
	case st.State != task.Succeeded:
		return "", &Error{Class: NotReady, Reason: task.VendorUnavailable, Detail: "the work is " + string(st.State)}
	case link == "":
		return "", NoVideo("a success without a video")
	}
	return link, nil
}

// InvalidResponseError returns the error for an answer that was read but makes no sense, with what was seen. It counts only
// against the job that it is about.
func InvalidResponseError(format string, a ...any) *Error {
	return &Error{Class: InvalidResponse, Reason: task.VendorUnavailable, JobOnly: true, Detail: fmt.Sprintf(format, a...)}
}

// NoVideo returns the error for a job that the vendor calls successful but gives no video for, with what was seen. Its class
// is InvalidResponse: a vendor may name the video a moment later, so it is polled a few more times. An engine whose vendor's
// success is final returns the state FAILED instead.
func NoVideo(format string, a ...any) *Error {
	e := InvalidResponseError(format, a...)
	e.Reason, e.Text = task.BadOutput, "It reported success, but gave no video. Try again later."
	return e
}

// StateOf translates a vendor's status word: by the table, or else by the word's usual meaning. A word that neither knows is
// an error of class InvalidResponse.
func StateOf(word string, table map[string]task.State) (task.State, error) {
	if s, ok := table[word]; ok {
		return s, nil
	}
	if s, ok := usualState(word); ok {
		return s, nil
	}
	e := InvalidResponseError("a status %q", task.Excerpt(word))
	e.Text = fmt.Sprintf("Its status %q is unknown. Try again later, or tell the operator of this server.", task.Excerpt(word))
	return "", e
}

// usualState returns the usual meaning of a status word, in any spelling. Ambiguous words, "ready" and "completing", are
// left out.
func usualState(word string) (task.State, bool) {
	plain := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, word)
	for state, words := range map[task.State]string{
		task.Pending: "pending queued queueing queuing inqueue waiting submitted submitting accepted created scheduled notstart notstarted " +
			"initialized initializing init throttled",
		task.Running: "running inprogress processing inprocess generating rendering working started starting executing active postprocessing " +
			"preprocessing uploading finalizing",
		task.Succeeded: "succeeded success successful succeed completed complete done finished",
		task.Failed:    "failed failure fail error errored timeout timedout expired rejected",
		task.Cancelled: "cancelled canceled aborted interrupted deleted",
	} {
		if slices.Contains(strings.Fields(words), plain) {
			return state, true
		}
	}
	return "", false
}

// SubmitResult ends an engine's Submit: the handle is the vendor's id of the job behind prefix. A success without an id is
// an error that is marked as unconfirmed.
func SubmitResult(prefix, id string, err error) (Submission, error) {
	if err != nil {
		return Submission{}, err
	}
	if id == "" {
		e := InvalidResponseError("a job was accepted without an id")
		e.Unconfirmed = true
		return Submission{}, e
	}
	return Submission{Handle: prefix + id}, nil
}

// NotSubmitted marks the error of a call before the submit itself, an upload say: the vendor can't have created a job by it.
func NotSubmitted(err error) error {
	if err == nil || !AsError(err).Unconfirmed {
		return err
	}
	e := *AsError(err)
	e.Unconfirmed = false
	return &e
}

// IgnoreNotFound ends an engine's Cancel: a job that the vendor does not know is already ended. A POST says so by ModelError.
func IgnoreNotFound(err error) error {
	if err == nil {
		return nil
	}
	if class := AsError(err).Class; class == NotFound || class == ModelError {
		return nil
	}
	return err
}

// IgnoreEnded is IgnoreNotFound for vendors that also refuse to cancel a job that has ended or that can no longer be stopped.
func IgnoreEnded(err error) error {
	if err != nil && AsError(err).Class == Refused {
		return nil
	}
	return IgnoreNotFound(err)
}
