package dialect_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
	"github.com/filmgate/filmgate/internal/task"
)

const awaited = "00000000-0000-4000-8000-000000000001"

func TestACallWaitsForTheEndOfItsTask(t *testing.T) {
	stopping := make(chan struct{})
	close(stopping)
	for name, c := range map[string]struct {
		change   func(gw *dialecttest.Awaiting, leave func(), n int)
		stopping chan struct{}
		state    task.State
		err      error
		took     time.Duration
		changes  int // including reads without a change
		beats    int
	}{
		"which is told at once": {change: func(gw *dialecttest.Awaiting, _ func(), n int) {
			gw.Put(task.Task{ID: awaited, Account: 7, State: []task.State{task.Running, task.Running, task.Failed}[n-1]})
		}, state: task.Failed, changes: 3},
		"for as long as its limit": {state: task.Queued, err: dialect.ErrWaited, took: 40 * time.Second, changes: 2, beats: 2},
		"until the caller goes":    {change: func(_ *dialecttest.Awaiting, leave func(), _ int) { leave() }, state: task.Queued, err: context.Canceled},
		"until the server ends":    {stopping: stopping, state: task.Queued, err: dialect.ErrStopping, took: 15 * time.Second, changes: 1},
		"while the database is away": {change: func(gw *dialecttest.Awaiting, _ func(), n int) {
			if gw.Broken = errors.New("away"); n == 20 {
				gw.Put(task.Task{ID: awaited, Account: 7, State: task.Succeeded})
			}
		}, state: task.Succeeded, took: 19 * time.Second, changes: 1, beats: 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				gw := &dialecttest.Awaiting{Gateway: &dialecttest.Gateway{}}
				made := task.Task{ID: awaited, Account: 7, State: task.Queued}
				gw.Put(made)
				ctx, leave := context.WithCancel(t.Context())
				defer leave()
				if c.change != nil {
					gw.Before = func(n int) { c.change(gw, leave, n) }
				}
				changes, beats, begun := 0, 0, time.Now()
				got, err := dialect.AwaitEnd(ctx, gw, apikey.Key{Account: 7}, made, dialect.Waiting{Limit: 40 * time.Second, Stopping: c.stopping,
					Changed: func(task.Task) { changes++ }, Beat: func() { beats++ }})
				if got.State != c.state || !errors.Is(err, c.err) || time.Since(begun) != c.took || changes != c.changes || beats != c.beats {
					t.Errorf("%s, %v after %v with %d changes and %d beats; want %+v", got.State, err, time.Since(begun), changes, beats, c)
				}
			})
		})
	}
}

func TestACallDoesNotWaitForATaskThatHasEnded(t *testing.T) {
	got, err := dialect.AwaitEnd(t.Context(), nil, apikey.Key{}, task.Task{State: task.Cancelled}, dialect.Waiting{})
	if err != nil || got.State != task.Cancelled {
		t.Errorf("%s, %v", got.State, err)
	}
}
