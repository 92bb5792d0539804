package taskcache_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
	"github.com/filmgate/filmgate/internal/taskcache"
)

// rows is a store of tasks and keys that counts what is read.
type rows struct {
	store.Store
	tasks map[string]task.Task
	keys  map[apikey.Query]apikey.Key
	reads int
	// committed is called after each write; its error is returned although the write is committed.
	committed func(task.Task) error
	read      func(task.Task) // is called after the next read of a task; nil = nothing
}

func (r *rows) Task(_ context.Context, id string) (task.Task, error) {
	r.reads++
	t, ok := r.tasks[id]
	if !ok {
		return task.Task{}, store.ErrNotFound
	}
	if f := r.read; f != nil {
		r.read = nil
		f(t)
	}
	return t, nil
}

func (r *rows) Keys(_ context.Context, q apikey.Query) ([]apikey.Key, error) {
	r.reads++
	if k, ok := r.keys[q]; ok {
		return []apikey.Key{k}, nil
	}
	return nil, nil
}

func (r *rows) PutKey(_ context.Context, k apikey.Key) error {
	r.keys[apikey.Query{Hash: k.Hash}] = k
	return nil
}

func (r *rows) Apply(_ context.Context, c task.Change) (int64, error) {
	if r.tasks[c.Task.ID].Version != c.Task.Version {
		return 0, store.ErrStale
	}
	t := c.Task
	t.Version++
	r.tasks[t.ID] = t
	if f := r.committed; f != nil {
		r.committed = nil
		return t.Version, f(t)
	}
	return t.Version, nil
}

// open returns a cache of size over rows, and its clock.
func open(size int) (*taskcache.Store, *rows, *time.Time) {
	r := &rows{tasks: map[string]task.Task{}, keys: map[apikey.Query]apikey.Key{}}
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	return taskcache.New(r, size, func() time.Time { return now }), r, &now
}

func write(t *testing.T, s *taskcache.Store, one task.Task) int64 {
	t.Helper()
	v, err := s.Apply(t.Context(), task.Change{Task: one})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func version(t *testing.T, s *taskcache.Store, id string) int64 {
	t.Helper()
	got, err := s.CachedTask(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return got.Version
}

func TestEndedTasksAreReadOnce(t *testing.T) {
	for _, c := range []struct {
		name  string
		size  int
		state task.State
		reads int
	}{
		{"an ended task", 2, task.Succeeded, 1},
		{"a live task", 2, task.Running, 3},
		{"no cache", 0, task.Succeeded, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, r, _ := open(c.size)
			r.tasks["a"] = task.Task{ID: "a", State: c.state, Version: 4}
			for range 3 {
				if got := version(t, s, "a"); got != 4 {
					t.Errorf("version %d", got)
				}
			}
			if r.reads != c.reads {
				t.Errorf("%d reads, want %d", r.reads, c.reads)
			}
		})
	}
}

func TestLiveTasksAreReadOnceIfNobodyElseWrites(t *testing.T) {
	s, r, _ := open(2)
	s.CacheLive()
	one := task.Task{ID: "a", State: task.Queued}
	one.Version = write(t, s, one)
	for _, state := range []task.State{task.Queued, task.Running, task.Running, task.Succeeded, task.Succeeded} {
		one.State = state
		one.Version = write(t, s, one)
		for range 3 {
			if got, err := s.CachedTask(t.Context(), "a"); err != nil || got.Version != one.Version || got.State != state {
				t.Errorf("%s, version %d is read (%v), want %s, %d", got.State, got.Version, err, state, one.Version)
			}
		}
	}
	if r.reads != 1 {
		t.Errorf("%d reads, want one", r.reads)
	}
}

func TestWritesOfLiveTasksThatNobodyReadsTakeNoRoom(t *testing.T) {
	s, r, _ := open(2)
	s.CacheLive()
	write(t, s, task.Task{ID: "read", State: task.Succeeded})
	for _, id := range []string{"a", "b", "c"} {
		write(t, s, task.Task{ID: id, State: task.Running})
	}
	if version(t, s, "read"); r.reads != 0 {
		t.Error("the task that is read was evicted")
	}
}

func TestAReaderThatIsLateCachesNoOldVersion(t *testing.T) {
	s, r, _ := open(2)
	s.CacheLive()
	r.tasks["a"] = task.Task{ID: "a", State: task.Running, Version: 1}
	r.read = func(old task.Task) { write(t, s, old) } // between the read and its way into the cache
	if got := version(t, s, "a"); got != 1 {
		t.Fatalf("version %d", got)
	}
	if got := version(t, s, "a"); got != 2 {
		t.Errorf("version %d is read, 2 is stored", got)
	}
}

func TestUnknownTaskIsNotFound(t *testing.T) {
	s, _, _ := open(2)
	if _, err := s.CachedTask(t.Context(), "none"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("got %v, want %v", err, store.ErrNotFound)
	}
}

func TestWritesAreRead(t *testing.T) {
	s, r, _ := open(2)
	one := task.Task{ID: "a", State: task.Succeeded}
	for range 3 {
		one.Version = write(t, s, one)
		if got := version(t, s, "a"); got != one.Version {
			t.Errorf("version %d is read, %d was written", got, one.Version)
		}
	}
	if r.reads != 0 {
		t.Errorf("%d reads", r.reads)
	}
}

func TestLateWriterDoesNotHideANewerVersion(t *testing.T) {
	for _, c := range []struct {
		name   string
		size   int
		second string // another task that is read meanwhile
		err    error  // of the first writer, although its write is committed
	}{
		{"both are cached", 2, "", nil},
		{"the newer one was evicted", 1, "b", nil},
		{"the first writer failed", 2, "", errors.New("the disk failed")},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, r, _ := open(c.size)
			r.tasks["b"] = task.Task{ID: "b", State: task.Failed, Version: 1}
			r.committed = func(first task.Task) error { // a second writer is quicker
				write(t, s, first)
				if c.second != "" {
					version(t, s, c.second)
				}
				return c.err
			}
			if _, err := s.Apply(t.Context(), task.Change{Task: task.Task{ID: "a", State: task.Succeeded}}); !errors.Is(err, c.err) {
				t.Fatalf("Apply: %v", err)
			}
			if got := version(t, s, "a"); got != 2 {
				t.Errorf("version %d is read, 2 is stored", got)
			}
		})
	}
}

func TestKeysAreReadOnceASecond(t *testing.T) {
	s, r, now := open(2)
	for _, q := range []apikey.Query{{Hash: "hash"}, {ID: "key_1"}} {
		r.keys[q], r.reads = apikey.Key{ID: "key_1"}, 0
		for _, c := range []struct {
			pass  time.Duration
			reads int
		}{{0, 1}, {time.Second - 1, 1}, {1, 2}} {
			*now = now.Add(c.pass)
			if k, err := s.CachedKey(t.Context(), q); err != nil || k.ID != "key_1" || r.reads != c.reads {
				t.Errorf("%+v after %v: %+v, %v, %d reads, want %d", q, c.pass, k, err, r.reads, c.reads)
			}
		}
	}
	if _, err := s.CachedKey(t.Context(), apikey.Query{Hash: "none"}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an unknown key: %v", err)
	}
}

func TestAKeyThatIsRevokedHereIsRefusedAtOnce(t *testing.T) {
	s, r, now := open(2)
	q := apikey.Query{Hash: "hash"}
	r.keys[q] = apikey.Key{ID: "key_1", Hash: "hash"}
	if k, err := s.CachedKey(t.Context(), q); err != nil || !k.Revoked.IsZero() {
		t.Fatalf("%+v %v", k, err)
	}
	if err := s.PutKey(t.Context(), apikey.Key{ID: "key_1", Hash: "hash", Revoked: *now}); err != nil {
		t.Fatal(err)
	}
	if k, err := s.CachedKey(t.Context(), q); err != nil || k.Revoked.IsZero() {
		t.Errorf("it is still in force: %+v %v", k, err)
	}
}

// stepping reads a task as a step does.
func stepping(t *testing.T, s *taskcache.Store, id string) task.Task {
	t.Helper()
	got, err := s.StepTask(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestStepsOfATaskReadItFromMemoryUntilItEnds(t *testing.T) {
	s, r, _ := open(2)
	s.CacheSteps(10)
	r.tasks["a"] = task.Task{ID: "a", State: task.Queued, Version: 1}
	for i, c := range []struct {
		state task.State // to write
		reads int        // of the step after it, since the start
	}{{task.Pending, 1}, {task.Running, 1}, {task.Running, 1}, {task.Succeeded, 2}} {
		one := stepping(t, s, "a")
		one.State = c.state
		write(t, s, one)
		if got := stepping(t, s, "a"); got.State != c.state || got.Version != int64(i)+2 || r.reads != c.reads {
			t.Errorf("%s, version %d is read with %d reads, want %s, %d, %d", got.State, got.Version, r.reads, c.state, i+2, c.reads)
		}
	}
}

func TestAStepThatWasStaleReadsTheStoredVersion(t *testing.T) {
	s, r, _ := open(2)
	s.CacheSteps(10)
	write(t, s, task.Task{ID: "a", State: task.Running})
	r.tasks["a"] = task.Task{ID: "a", State: task.Running, Version: 7} // by nobody that the cache knows of
	if _, err := s.Apply(t.Context(), task.Change{Task: stepping(t, s, "a")}); !errors.Is(err, store.ErrStale) {
		t.Fatalf("the step got %v, want %v", err, store.ErrStale)
	}
	if got := stepping(t, s, "a"); got.Version != 7 {
		t.Errorf("the next step reads version %d, want the stored one", got.Version)
	}
}

func TestAStepThatFailedReadsWhatIsStored(t *testing.T) {
	s, r, _ := open(2)
	s.CacheSteps(10)
	one := task.Task{ID: "a", State: task.Running}
	one.Version = write(t, s, one)
	r.committed = func(task.Task) error { return errors.New("the disk failed") }
	if _, err := s.Apply(t.Context(), task.Change{Task: one}); err == nil {
		t.Fatal("the write did not fail")
	}
	if got := stepping(t, s, "a"); got.Version != 2 {
		t.Errorf("version %d is read, want the stored one", got.Version)
	}
}

func TestAStepMayChangeItsAttempts(t *testing.T) {
	s, _, _ := open(2)
	s.CacheSteps(10)
	write(t, s, task.Task{ID: "a", State: task.Pending, Attempts: []task.Attempt{{Engine: "x"}}})
	stepping(t, s, "a").Attempts[0].Unconfirmed = true
	if stepping(t, s, "a").Attempts[0].Unconfirmed {
		t.Error("another step sees what was never written")
	}
}

func TestStepsReadTheDatabaseWhileTheCacheIsDeaf(t *testing.T) {
	s, r, _ := open(2)
	s.CacheSteps(10)
	write(t, s, task.Task{ID: "a", State: task.Running})
	s.Deaf()
	r.tasks["a"] = task.Task{ID: "a", State: task.Running, Version: 2}
	if got := stepping(t, s, "a"); got.Version != 2 {
		t.Errorf("deaf: version %d is read", got.Version)
	}
	s.Listening()
	if got := stepping(t, s, "a"); got.Version != 2 {
		t.Errorf("listening again: version %d is read, want none of those before", got.Version)
	}
}
