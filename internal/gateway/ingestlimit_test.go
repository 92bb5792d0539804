package gateway_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/fake"
	"github.com/filmgate/filmgate/internal/task"
)

// slowEngine is an engine with previews of its own, whose downloads begin when the test says so.
type slowEngine struct {
	*fake.Engine
	opened, release chan struct{}
}

func (e *slowEngine) Open(ctx context.Context, handle string, offset int64) (engine.Content, error) {
	e.opened <- struct{}{}
	select {
	case <-e.release:
	case <-ctx.Done():
		return engine.Content{}, ctx.Err()
	}
	return e.Engine.Open(ctx, handle, offset)
}

func (e *slowEngine) Previews(context.Context, string) ([]engine.Preview, error) {
	return slices.Repeat([]engine.Preview{{Role: task.Preview, Type: "image/jpeg", Bytes: []byte("a picture")}}, 5), nil
}

// recordWakes has the harness keep the wakes that belong to no change.
func (h *harness) recordWakes() func() []task.Wake {
	var mu sync.Mutex
	var wakes []task.Wake
	h.config.Wake = func(_ context.Context, w ...task.Wake) error {
		mu.Lock()
		defer mu.Unlock()
		wakes = append(wakes, w...)
		return nil
	}
	return func() []task.Wake {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(wakes)
	}
}

// Many jobs finish at one time. 64 results are ingested; the tasks of the others wait without a worker, in the order in which they came, and
// neither the wait nor the limit of their jobs makes them fail.
func TestResultsWaitWithoutAWorker(t *testing.T) {
	const places, more = 64, 3
	h := newHarness(t)
	woken := h.recordWakes()
	slow := &slowEngine{h.fake, make(chan struct{}, places+more), make(chan struct{})}
	h.use(slow)
	h.config.Registry.Engines[0].JobDeadline = 10 * time.Minute
	h.Gateway = h.config.build()
	var ids []string
	for n := range places + more {
		ids = append(ids, h.submit(t, fmt.Sprint("lake ", n)).ID)
		h.advanceAll(t, ids[n])
	}
	h.pass(time.Minute)
	var first sync.WaitGroup
	defer first.Wait()
	for _, id := range ids[:places] {
		first.Go(func() {
			if next, err := h.Advance(t.Context(), id); err != nil || !next.Done {
				t.Errorf("inside: %+v, %v", next, err)
			}
		})
		<-slow.opened
	}
	for _, id := range ids[places:] {
		h.mustWait(t, id)
	}
	h.pass(20 * time.Minute) // more than their jobs may take
	for _, id := range slices.Backward(ids[places:]) {
		h.mustWait(t, id)
	}
	close(slow.release)
	first.Wait()
	var got []string
	for _, w := range woken() {
		got = append(got, w.Task)
	}
	if !slices.Equal(got, ids[places:]) {
		t.Errorf("woken are %v, want %v", got, ids[places:])
	}
	for _, id := range ids {
		if got := h.run(t, id); got.State != task.Succeeded || got.ProgressText != "" || len(got.Attempts) != 1 {
			t.Errorf("%s, %+v, %q", got.State, got.Failure, got.ProgressText)
		}
	}
}

// mustWait takes a step that has to wait for other results.
func (h *harness) mustWait(t *testing.T, id string) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute) // only guards against a hanging test
	defer stop()
	next, err := h.Advance(ctx, id)
	if got := h.read(t, id); err != nil || next.Done || next.After != 61*time.Second || got.State.Terminal() || got.FailedPolls > 0 || !got.NotBefore.IsZero() ||
		got.ProgressText != "waiting for other videos to be stored" {
		t.Fatalf("%+v, %v; it is %s, %q", next, err, got.State, got.ProgressText)
	}
}

// A result is found to need a conversion while others are converted. It is left at its engine until they are.
func TestConversionsWaitWithoutAWorker(t *testing.T) {
	h := newHarness(t)
	h.config.Workers = 1
	woken := h.recordWakes()
	h.fake = fake.New(encode(t, "a.mkv", "-c:v", "mpeg4"), h.now)
	h.use(h.fake)
	converts, waits := h.submit(t, "a lake").ID, h.submit(t, "a hill").ID
	h.advanceAll(t, converts, waits)
	h.pass(time.Minute)
	begun, end := fifo(t), fifo(t)
	wrapFFmpeg(t, `if mkdir "$dir/first" 2> /dev/null; then echo > '`+begun+`'; read line < '`+end+`'; fi`)
	var first sync.WaitGroup
	first.Go(func() { h.advanceAll(t, converts) })
	if _, err := os.ReadFile(begun); err != nil {
		t.Fatal(err)
	}
	h.mustWait(t, waits)
	if len(woken()) > 0 {
		t.Errorf("woken too early: %v", woken())
	}
	if err := os.WriteFile(end, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	first.Wait()
	if got := woken(); len(got) != 1 || got[0].Task != waits || got[0].Lane != task.Remote {
		t.Errorf("woken are %+v", got)
	}
	for _, id := range []string{converts, waits} {
		if got := h.run(t, id); got.State != task.Succeeded || got.Artifacts[0].ConvertedFrom == "" {
			t.Errorf("%s, %+v", got.State, got.Failure)
		}
	}
}

// fifo returns the path of a named pipe.
func fifo(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
