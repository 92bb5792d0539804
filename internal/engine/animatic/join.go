package animatic

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/render"
	"github.com/filmgate/filmgate/internal/task"
)

// maxShotBytes is how many bytes the videos of one join may have together: they are copied to this machine's disk.
const maxShotBytes = 4 << 30

// join joins the videos of a job. They are copied into the folder first, and removed at the end.
func (e *Engine) join(ctx context.Context, job engine.Job, path string, progress func(done, total int)) (render.Result, error) {
	copies := map[string]string{} // by task: a video may be used several times
	defer func() {
		for _, to := range copies {
			_ = os.Remove(to)
		}
	}()
	size, sequence := int64(0), job.Request.Sequence
	spec := render.JoinSpec{Width: sequence.Width, Height: sequence.Height, FrameRate: sequence.FrameRate, Encoder: e.opts.Encoder, Dir: e.opts.Dir}
	for i, s := range job.Shots {
		if copies[s.Task] == "" {
			if size += s.Size; size > maxShotBytes {
				return render.Result{}, &render.ShotError{Shot: i + 1, Text: fmt.Sprintf("is too much: the videos may have %d bytes together", int64(maxShotBytes))}
			}
			copies[s.Task] = fmt.Sprintf("%s.shot%d", path, i+1)
			if err := copyShot(ctx, s, copies[s.Task]); err != nil {
				return render.Result{}, err
			}
		}
		cut := sequence.Shots[i]
		spec.Shots = append(spec.Shots, render.JoinShot{Path: copies[s.Task], Start: cut.Trim.Start, End: cut.Trim.End, Dissolve: cut.Transition.Duration})
	}
	return render.Join(ctx, spec, path, progress)
}

// copyShot copies a video to a file.
func copyShot(ctx context.Context, s engine.Shot, path string) error {
	in, err := s.Open(ctx)
	if err != nil {
		return fmt.Errorf("animatic: open the video of task %s: %w", s.Task, err)
	}
	defer func() { _ = in.Close() }()
	out, err := os.Create(path) //nolint:gosec // our own file
	if err != nil {
		return fmt.Errorf("animatic: %w", err)
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Close()); err != nil {
		return fmt.Errorf("animatic: copy the video of task %s: %w", s.Task, err)
	}
	return nil
}

func isShotError(err error) bool {
	var bad *render.ShotError
	return errors.As(err, &bad)
}

// shotFailure returns the failure of a join because of one of its videos.
func shotFailure(err error) *task.Failure {
	var bad *render.ShotError
	errors.As(err, &bad)
	return &task.Failure{Reason: task.AssetInvalid, Text: bad.Public(), Detail: err.Error()}
}
