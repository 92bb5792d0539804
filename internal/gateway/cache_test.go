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

func TestNewKeyIsAdmittedAtOnceAndARevokedOneRefusedWithinASecond(t *testing.T) {
	h := newHarness(t)
	plain, k, err := apikey.New(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	k.Account, k.Scopes, k.Created = 7, []apikey.Scope{apikey.Read}, h.now()
	admit := func() (plainly, signed error) {
		_, plainly = h.Admit(t.Context(), string(plain), apikey.Read)
		_, signed = h.AdmitSigned(t.Context(), k.ID, apikey.Read, func([]byte) error { return nil })
		return plainly, signed
	}
	if plainly, signed := admit(); task.CodeOf(plainly) != task.Unauthorized || task.CodeOf(signed) != task.Unauthorized {
		t.Fatalf("before it is made: %v and %v", plainly, signed)
	}
	if err := h.store.PutKey(t.Context(), k); err != nil {
		t.Fatal(err)
	}
	if plainly, signed := admit(); plainly != nil || signed != nil {
		t.Fatalf("right after it is made: %v and %v", plainly, signed)
	}
	k.Revoked = h.now()
	if err := h.store.PutKey(t.Context(), k); err != nil {
		t.Fatal(err)
	}
	h.pass(time.Second)
	if plainly, signed := admit(); task.CodeOf(plainly) != task.Unauthorized || task.CodeOf(signed) != task.Unauthorized {
		t.Errorf("after it is revoked: %v and %v", plainly, signed)
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
