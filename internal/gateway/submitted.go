package gateway

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	// recordTime bounds one try to record a job's handle.
	recordTime = 15 * time.Second
	// maxRecordWait is the longest wait between two such tries.
	maxRecordWait = 10 * time.Second
	// maxRecordErrors is how many tries may fail for another reason than a database that can't be used.
	maxRecordErrors = 10
)

// submitted records the handle of the job that a submit made. If another step has written the task meanwhile, the handle is
// recorded over that version, so that no job is paid for nothing. If the task can no longer use the job (it has ended, has moved
// to another engine or has another job), the job is cancelled at the engine. While the database can't be used, the handle is
// kept here and recorded later: most engines can't find a job whose handle is lost. Only if ctx ends first it is lost, and logged.
func (g *Gateway) submitted(ctx context.Context, t task.Task, n registry.ConfiguredEngine, handle string) (Next, error) {
	prev, wait := t, minBackoff
	for failed := 1; ; failed++ {
		done, err := g.recordHandle(ctx, &prev, t, n, handle)
		switch {
		case done:
			return Next{}, nil
		case err == nil: // another step wrote the task: at once over its version
			continue
		case failed == 1:
			g.cfg.Log.WarnContext(ctx, "a submitted job could not be recorded; it is tried again", "task", t.ID, "engine", t.Engine, "handle", handle, "err", err)
		case failed >= maxRecordErrors && !isUnavailable(err):
			return g.loseHandle(ctx, t, handle, err)
		}
		select {
		case <-ctx.Done():
			return g.loseHandle(ctx, t, handle, err)
		case <-g.cfg.After(wait):
		}
		wait = min(2*wait, maxRecordWait)
	}
}

// recordHandle tries once to write the handle over prev, and reports whether nothing is left to do: it is written, or the task
// can't use the job, which is then cancelled. Else prev becomes the version to write over next.
func (g *Gateway) recordHandle(ctx context.Context, prev *task.Task, t task.Task, n registry.ConfiguredEngine, handle string) (done bool, err error) {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), recordTime) // the job exists: it must be recorded or cancelled
	defer stop()
	_, err = g.apply(ctx, *prev, withHandle(*prev, handle), "")
	if err == nil {
		return true, nil
	}
	stored, readErr := g.cfg.Store.Task(ctx, t.ID) // a failed write may be committed all the same
	switch {
	case errors.Is(readErr, store.ErrNotFound):
		g.cancelAtEngine(ctx, withHandle(t, handle), n)
		return true, nil
	case readErr != nil:
		return false, fmt.Errorf("gateway: record the job of task %s: %w", t.ID, errors.Join(err, readErr))
	case recorded(stored, handle):
		return true, nil
	case stored.State.Terminal() && stored.Engine == t.Engine && stored.Handle == "":
		if err = g.recordCancelled(ctx, stored, handle); errors.Is(err, store.ErrStale) {
			return false, nil
		}
		return err == nil, err
	case !stored.Submitting || stored.State.Terminal() || stored.Engine != t.Engine:
		g.cancelAtEngine(ctx, withHandle(t, handle), n)
		return true, nil
	}
	if lastRound(stored) == lastRound(t) {
		stored.Attempts = t.Attempts // with the tries of this submit
	}
	*prev = stored
	if errors.Is(err, store.ErrStale) {
		return false, nil
	}
	return false, err
}

// loseHandle gives up a job's handle. The log is then the only place where an operator finds it.
func (g *Gateway) loseHandle(ctx context.Context, t task.Task, handle string, err error) (Next, error) {
	g.cfg.Log.ErrorContext(ctx, "a submitted job could not be recorded", "task", t.ID, "engine", t.Engine, "handle", handle, "err", err)
	return Next{}, err
}

// withHandle returns t with the handle of the job that was submitted for it.
func withHandle(t task.Task, handle string) task.Task {
	t.Handle, t.Submitting, t.FailedPolls, t.ProgressText = handle, false, 0, ""
	t.NotBefore, t.WaitingSince = time.Time{}, time.Time{}
	if t.State != task.Running {
		t.State = task.Pending
	}
	t.Attempts = answered(t.Attempts, handle)
	return t
}

// answered returns the attempts of a task, of which the engine has answered the last one with a job.
func answered(all []task.Attempt, handle string) []task.Attempt {
	all = slices.Clone(all)
	if last := len(all) - 1; last >= 0 {
		all[last].Handle, all[last].Unconfirmed = handle, false
	}
	return all
}

// recorded reports whether t has the job, or had it.
func recorded(t task.Task, handle string) bool {
	return t.Handle == handle || slices.ContainsFunc(t.Attempts, func(a task.Attempt) bool { return a.Engine == t.Engine && a.Handle == handle })
}
