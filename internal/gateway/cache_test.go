package gateway_test

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

func TestEndedTaskIsReadAsLastChanged(t *testing.T) {
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

func TestRevokedKeyIsRefusedWithinASecond(t *testing.T) {
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

func TestEditBeginsFromTheStoredTask(t *testing.T) {
	h := newHarness(t)
	row := h.finished(t)
	h.read(t, row.ID) // it is cached
	row.Artifacts[0].Reported = true
	if _, err := h.store.Apply(t.Context(), task.Change{Task: row}); err != nil { // past the cache
		t.Fatal(err)
	}
	a, err := h.EditAsset(t.Context(), h.who, row.Artifacts[0].ID, task.ArtifactEdit{Favorite: ptr(true)})
	if err != nil || !a.Favorite || !a.Reported {
		t.Errorf("%+v, %v", a, err)
	}
}
