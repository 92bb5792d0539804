package dataset

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/media"
	"github.com/filmgate/filmgate/internal/outbound"
	"github.com/filmgate/filmgate/internal/task"
)

// spaceRetry is when a caller is asked to send a file again that found no space.
const spaceRetry = time.Minute

func fieldError(c task.Code, field, detail string) *task.Error {
	return &task.Error{Code: c, Detail: field + ": " + detail, Fields: []task.FieldError{{Field: field, Detail: detail}}}
}

// inputError says what is wrong with the content of a picture or a video.
func inputError(field string, err error) error {
	switch {
	case errors.Is(err, media.ErrTooLarge):
		return fieldError(task.TooLarge, field, err.Error())
	case errors.Is(err, media.ErrUnsupported):
		return fieldError(task.Unsupported, field, err.Error())
	case errors.Is(err, media.ErrUnreadable), errors.Is(err, media.ErrTooSmall):
		return fieldError(task.Unreadable, field, err.Error())
	default:
		return err
	}
}

// fetchError says why a URL could not be fetched. It does not say which network refused, so that a caller learns nothing
// about ours; the log says it.
func (in *Inputs) fetchError(ctx context.Context, field string, err error) error {
	in.cfg.Log.InfoContext(ctx, "a caller's URL could not be fetched", "field", field, "reason", outbound.LogText(err))
	switch {
	case errors.Is(err, outbound.ErrTooLarge):
		return fieldError(task.TooLarge, field, err.Error())
	case errors.Is(err, context.Canceled):
		return err
	default:
		return fieldError(task.Unreadable, field, "the URL could not be fetched: "+err.Error())
	}
}

// noSpace returns NoSpace if err says that there was no space for a caller's file. Any other error is returned as it is.
func (in *Inputs) noSpace(ctx context.Context, err error) error {
	var public *task.Error
	if err == nil || errors.As(err, &public) || !blob.IsFull(err) {
		return err
	}
	in.cfg.Log.ErrorContext(ctx, "no space left for a caller's file", "err", err)
	return &task.Error{Code: task.NoSpace, Detail: "There is no space left on the server for the file. Send it again later.", RetryAfter: spaceRetry}
}

// orDiskError returns err, or that the disk can't be written if that is so: a child process says so in many words.
func (in *Inputs) orDiskError(err error) error {
	if err == nil {
		return nil
	}
	if disk := in.cfg.Temp.Check(); disk != nil {
		return fmt.Errorf("%w (%v)", disk, err) //nolint:errorlint // what the child took for the reason is none
	}
	return err
}
