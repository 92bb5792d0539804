package gateway_test

import (
	"context"
	"crypto/rand"
	"sync"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

func TestAnEndedTaskIsReadAsItWasLastChanged(t *testing.T) {
	h := newHarness(t)
	done := h.run(t, h.submit(t, "a cat").ID)
	yes := true
	for range 2 {
		if _, err := h.EditAsset(t.Context(), h.who, done.Artifacts[0].ID, task.ArtifactEdit{Favorite: &yes}); err != nil {
			t.Fatal(err)
		}
		if got := h.read(t, done.ID); got.Artifacts[0].Favorite != yes {
			t.Errorf("favorite is %v after it was set %v", got.Artifacts[0].Favorite, yes)
		}
		yes = !yes
	}
	stored, err := h.store.Task(t.Context(), done.ID)
	if err != nil || stored.Version != h.read(t, done.ID).Version {
		t.Errorf("version %d is stored, %d is read, %v", stored.Version, h.read(t, done.ID).Version, err)
	}
}

func TestARevokedKeyIsRefusedWithinASecond(t *testing.T) {
	h := newHarness(t)
	plain, k, err := apikey.New(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	k.Account, k.Scopes, k.Created = 7, []apikey.Scope{apikey.Read}, h.now()
	admit := func() error {
		_, err := h.Admit(t.Context(), string(plain), apikey.Read)
		return err
	}
	if err := h.store.PutKey(t.Context(), k); err != nil {
		t.Fatal(err)
	}
	if err := admit(); err != nil {
		t.Fatal(err)
	}
	k.Revoked = h.now()
	if err := h.store.PutKey(t.Context(), k); err != nil {
		t.Fatal(err)
	}
	h.pass(time.Second)
	if err := admit(); task.CodeOf(err) != task.Unauthorized {
		t.Errorf("%v, want %s", err, task.Unauthorized)
	}
}

// lateStore calls late once, between the commit of an ended task and the return to whoever wrote it.
type lateStore struct {
	store.Store
	mu    sync.Mutex
	late  func(task.Task)
	fails bool // the write stands, and its writer is told that it failed
}

func (s *lateStore) Apply(ctx context.Context, c task.Change) (int64, error) {
	v, err := s.Store.Apply(ctx, c)
	if err != nil || !c.Task.State.Terminal() {
		return v, err
	}
	s.mu.Lock()
	late := s.late
	s.late = nil
	s.mu.Unlock()
	if late != nil {
		late(c.Task)
		if s.fails {
			return 0, errPulled
		}
	}
	return v, err
}

func TestAWriteThatComesLateToTheCacheDoesNotHideANewerOne(t *testing.T) {
	for name, c := range map[string]struct {
		size  int  // of the cache
		crowd bool // the newer version has to make room before the older one comes
		fails bool
	}{
		"both are there":                     {16, false, false},
		"the newer one had to make room":     {1, true, false},
		"its writer was told that it failed": {16, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			rows := &lateStore{Store: h.config.Store, fails: c.fails}
			h.config.Store, h.config.CacheSize = rows, c.size
			h.use(h.fake)
			other := h.finished(t)
			rows.late = func(made task.Task) { // a caller is quicker than the worker
				if _, err := h.EditAsset(t.Context(), h.who, made.Artifacts[0].ID, task.ArtifactEdit{Favorite: ptr(true)}); err != nil {
					t.Errorf("PATCH: %v", err)
				}
				if c.crowd {
					h.read(t, other.ID)
				}
			}
			done := h.run(t, h.submit(t, "a lake").ID)
			stored, err := h.store.Task(t.Context(), done.ID)
			if err != nil || done.Version != stored.Version || !done.Artifacts[0].Favorite {
				t.Errorf("version %d is read and %d is stored, %v; favorite %v", done.Version, stored.Version, err, done.Artifacts[0].Favorite)
			}
			if _, err := h.EditAsset(t.Context(), h.who, done.Artifacts[0].ID, task.ArtifactEdit{Reported: ptr(true)}); err != nil {
				t.Errorf("the next PATCH: %v", err)
			}
		})
	}
}

func TestAnEditIsMadeOverWhatIsStoredNotOverTheCache(t *testing.T) {
	h := newHarness(t)
	row := h.finished(t)
	h.read(t, row.ID) // it is cached
	row.Artifacts[0].Reported = true
	if _, err := h.store.Apply(t.Context(), task.Change{Task: row}); err != nil { // behind the gateway's back
		t.Fatal(err)
	}
	a, err := h.EditAsset(t.Context(), h.who, row.Artifacts[0].ID, task.ArtifactEdit{Favorite: ptr(true)})
	if err != nil || !a.Favorite || !a.Reported {
		t.Errorf("%+v, %v", a, err)
	}
}
