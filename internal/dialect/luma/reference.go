package luma

import (
	"context"
	"fmt"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// use is what a request takes of another generation.
type use int

const (
	useLastFrame  use = iota // as its first frame: the video goes on
	useFirstFrame            // as its last frame: the video leads to the other's beginning
	useVideo                 // as the video to change
)

// reference names another generation of the account.
type reference struct {
	field string // of the body, for errors: "keyframes/frame0/id"
	id    string // as the caller wrote it
	use   use
}

// resolve puts the files of the generations that w refers to into its request. Errors: Invalid, naming the field, for a generation
// that is unknown, not completed, or whose files were deleted.
func (c calls) resolve(ctx context.Context, who apikey.Key, w *wanted) error {
	for _, ref := range w.refs {
		t, err := c.byID(ctx, who, ref.id)
		if task.CodeOf(err) == task.NotFound {
			return refused(ref.field, "there is no generation with the id %q", task.Excerpt(ref.id))
		}
		if err != nil {
			return err
		}
		if t.State != task.Succeeded {
			return refused(ref.field, "the generation is %s; only a completed one can be used", stateOf(t.State))
		}
		if !w.take(ref, t) {
			return refused(ref.field, "the generation's files were deleted")
		}
		if w.request.ParentID == "" {
			w.request.ParentID = t.ID
		}
	}
	return nil
}

// byID reads a task by its id in the form of any dialect. A deleted one is not found.
func (c calls) byID(ctx context.Context, who apikey.Key, wire string) (task.Task, error) {
	return dialect.FindKept(ctx, c.gw, who, wire, "There is no generation with this id.")
}

// take puts the file of the task that the reference asks for into the request. It returns false if there is none.
func (w *wanted) take(ref reference, t task.Task) bool {
	if len(t.Artifacts) == 0 || t.Artifacts[0].Deleted {
		return false
	}
	a := t.Artifacts[0]
	switch ref.use {
	case useVideo:
		f, ok := a.FirstFile(task.Video)
		if ok {
			w.request.Video = &task.InputVideo{Source: task.StoredSource(f.Key), Field: ref.field}
		}
		return ok
	case useFirstFrame:
		key := firstFrame(t, a)
		if key != "" {
			w.request.Last = &task.Image{Source: task.StoredSource(key), Field: ref.field}
		}
		return key != ""
	default:
		f, ok := a.FirstFile(task.LastFrame)
		if ok {
			w.request.First = &task.Image{Source: task.StoredSource(f.Key), Field: ref.field}
		}
		return ok
	}
}

// firstFrame returns the blob key of the frame that a video begins with: the picture that it was made from, else its first
// preview. "" if there is none.
func firstFrame(t task.Task, a task.Artifact) string {
	if t.Request.First != nil && t.Request.First.Key != "" {
		return t.Request.First.Key
	}
	f, _ := a.FirstFile(task.Preview)
	return f.Key
}

func refused(field, format string, a ...any) error {
	return dialect.FieldError(task.Invalid, field, fmt.Sprintf(format, a...))
}
