package dialect

import (
	"context"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

// TaskReader reads tasks.
type TaskReader interface {
	// Read returns the account's task, even a deleted one. Error: NotFound for an unknown id, one that is no UUID, and
	// another account's.
	Read(ctx context.Context, who apikey.Key, id string) (task.Task, error)
	// Await is Read, but it returns when the task has changed since the call, has ended, or after the limit.
	Await(ctx context.Context, who apikey.Key, id string, limit time.Duration) (task.Task, error)
}

// FindTask reads the task that an id in the form of any dialect names, even a deleted one. In a call of LongPoll it may wait. The error has the code NotFound
// and the sentence missing if there is no such task.
func FindTask(ctx context.Context, from TaskReader, who apikey.Key, id, missing string) (task.Task, error) {
	uuid, ok := ParseID(id)
	if !ok {
		return task.Task{}, &task.Error{Code: task.NotFound, Detail: missing}
	}
	t, err := readTask(ctx, from, who, uuid)
	if err != nil && task.CodeOf(err) == task.NotFound {
		return task.Task{}, &task.Error{Code: task.NotFound, Detail: missing}
	}
	return t, err
}

// FindKept is FindTask for calls to which a deleted task is missing.
func FindKept(ctx context.Context, from TaskReader, who apikey.Key, id, missing string) (task.Task, error) {
	t, err := FindTask(ctx, from, who, id, missing)
	if err == nil && t.Deleted {
		return task.Task{}, &task.Error{Code: task.NotFound, Detail: missing}
	}
	return t, err
}

// UploadReader reads uploads.
type UploadReader interface {
	// OwnUpload reads an upload of the account's, complete or not. NotFound for an unknown id and another account's.
	OwnUpload(ctx context.Context, who apikey.Key, id string) (task.Dataset, error)
}

// LinkUploads replaces each input of req that names an upload by a signed link to its file. An input names an upload if its
// source is the prefix and then the upload's id. The error names every field whose upload is missing or has no file yet.
func LinkUploads(ctx context.Context, from UploadReader, who apikey.Key, req *task.Request, prefix string, links Links) error {
	var faults []task.FieldError
	link := func(source *string, field string) error {
		id, ok := strings.CutPrefix(*source, prefix)
		if !ok {
			return nil
		}
		d, err := from.OwnUpload(ctx, who, CanonicalID(id))
		switch {
		case task.CodeOf(err) == task.NotFound:
			faults = append(faults, task.FieldError{Field: field, Detail: "names no upload of yours; an upload lives for 24 hours"})
		case err != nil:
			return err
		case d.Uploading():
			faults = append(faults, task.FieldError{Field: field, Detail: "names an upload whose file was not sent yet"})
		default:
			*source = links.Signed(d.Key)
		}
		return nil
	}
	for _, img := range req.Pictures() {
		if err := link(&img.Source, img.Field); err != nil {
			return err
		}
	}
	for i := range req.ReferenceAudio {
		if err := link(&req.ReferenceAudio[i].Source, req.ReferenceAudio[i].Field); err != nil {
			return err
		}
	}
	if v := req.Video; v != nil {
		if err := link(&v.Source, v.Field); err != nil {
			return err
		}
	}
	if faults != nil {
		return &task.Error{Code: task.Invalid, Detail: "An upload can't be used.", Fields: faults}
	}
	return nil
}
