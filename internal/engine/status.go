package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/filmgate/filmgate/internal/task"
)

// StatusFunc asks a vendor how work stands: its status, and the link to the video where it SUCCEEDED. An engine whose vendor
// is polled writes it once, and has Poll and Open from it.
type StatusFunc func(ctx context.Context, handle string) (st Status, link string, err error)

// Poll is Engine.Poll. A success without a link is NoVideo.
func (l StatusFunc) Poll(ctx context.Context, handle string) (Status, error) {
	st, link, err := l(ctx, handle)
	if err == nil && st.State == task.Succeeded && link == "" {
		err = NoVideo("a success without a video")
	}
	if err == nil && st.State == task.Failed && st.Failure == nil {
		st.Failure = (&Error{Class: Refused, Reason: task.Internal, Detail: "the work failed, and the vendor does not say why"}).Failure()
	}
	return st, err
}

// Open is Engine.Open with a client's Download: a dead link is looked for again.
func (l StatusFunc) Open(ctx context.Context, c *Client, handle string, offset int64) (Content, error) {
	return c.Download(ctx, offset, func(ctx context.Context) (string, error) {
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
	})
}

// InvalidResponseError is the error for an answer that was understood and makes no sense, with what was seen. It counts against the job
// that it is about and against nothing else.
func InvalidResponseError(format string, a ...any) *Error {
	return &Error{Class: InvalidResponse, Reason: task.VendorUnavailable, JobOnly: true, Detail: fmt.Sprintf(format, a...)}
}

// NoVideo is the error for work that ended well by the vendor's word and gave no video, with what was seen. It is Garbled: a
// vendor may name the video a moment later, so it is asked a few times more. An engine whose vendor's word is final says
// FAILED at once instead.
func NoVideo(format string, a ...any) *Error {
	e := InvalidResponseError(format, a...)
	e.Reason, e.Text = task.BadOutput, "The engine reported success, but gave no video."
	return e
}

// StateOf translates a vendor's word for how work stands: by the table, else by what it usually means. A word that neither
// knows is Garbled.
func StateOf(word string, table map[string]task.State) (task.State, error) {
	if s, ok := table[word]; ok {
		return s, nil
	}
	if s, ok := usualState(word); ok {
		return s, nil
	}
	e := InvalidResponseError("a status %q", truncate(word))
	e.Text = fmt.Sprintf("The engine answered with the unknown status %q.", truncate(word))
	return "", e
}

// usualState is what a word for how work stands usually means, however it is written. Words that are read in two ways
// ("ready", "complete…ing") are left out.
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

// truncate is the beginning of a vendor's word, which may be no word at all.
func truncate(word string) string {
	const most = 40
	if r := []rune(word); len(r) > most {
		return string(r[:most]) + "…"
	}
	return word
}

// SubmitResult ends an engine's Submit: it returns the vendor's id of the job behind prefix as the handle, or why there is
// none. Without an id the vendor may have taken the job all the same.
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

// NotSubmitted marks an error of a call before the submit itself, an upload say: no video can have been begun by it.
func NotSubmitted(err error) error {
	if err == nil || !AsError(err).Unconfirmed {
		return err
	}
	e := *AsError(err)
	e.Unconfirmed = false
	return &e
}

// IgnoreNotFound is the end of a Cancel: work that the vendor does not know needs no end.
func IgnoreNotFound(err error) error {
	if err != nil && AsError(err).Class == NotFound {
		return nil
	}
	return err
}
