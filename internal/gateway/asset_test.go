package gateway_test

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/task"
)

func yes() *bool { b := true; return &b }
func no() *bool  { b := false; return &b }

// made is a finished task's artifact.
func (h *house) made(t *testing.T) task.Artifact {
	t.Helper()
	return h.run(t, h.submit(t, "a cat").ID).Artifacts[0]
}

func (h *house) there(t *testing.T, key string) bool {
	t.Helper()
	_, err := h.bucket.Stat(t.Context(), key)
	if err != nil && !errors.Is(err, blob.ErrNotFound) {
		t.Fatal(err)
	}
	return err == nil
}

func TestAnOwnerChangesAnAsset(t *testing.T) {
	h := newHouse(t)
	a := h.made(t)
	name := "the boat"
	h.pass(time.Minute)
	got, err := h.EditAsset(t.Context(), h.who, a.ID, task.ArtifactEdit{Name: &name, Favorite: yes(), Reported: yes(), PrivateInTeam: no()})
	if err != nil {
		t.Fatal(err)
	}
	if got.Filename != "the boat.mp4" || !got.Favorite || !got.Reported || got.PrivateInTeam || !got.Updated.After(a.Updated) {
		t.Errorf("changed to %+v", got)
	}
	if read := h.read(t, a.Task).Artifacts[0]; read.Filename != got.Filename {
		t.Errorf("its task says %q", read.Filename)
	}
	list, err := h.Assets(t.Context(), h.who, task.ArtifactQuery{Favorite: yes()})
	if err != nil || len(list) != 1 || list[0].ID != a.ID {
		t.Errorf("the favorites are %+v, %v", list, err)
	}
}

func TestNamesThatCantBeAreRefused(t *testing.T) {
	h := newHouse(t)
	a := h.made(t)
	for what, name := range map[string]string{"empty": " ", "a slash": "a/b", "a backslash": `a\b`, "a line end": "a\nb", "256 letters": strings.Repeat("é", 256)} {
		if _, err := h.EditAsset(t.Context(), h.who, a.ID, task.ArtifactEdit{Name: &name}); task.CodeOf(err) != task.Invalid {
			t.Errorf("%s: %v", what, err)
		}
	}
	name := strings.Repeat("é", 200)
	if _, err := h.EditAsset(t.Context(), h.who, a.ID, task.ArtifactEdit{Name: &name}); err != nil {
		t.Errorf("200 letters: %v", err)
	}
}

func TestSettingPrivateSealsTheFilesAndBack(t *testing.T) {
	h := newHouse(t)
	plain := h.made(t)
	sealed, err := h.EditAsset(t.Context(), h.who, plain.ID, task.ArtifactEdit{Private: yes()})
	if err != nil || !sealed.SignedOnly || !sealed.Unlisted {
		t.Fatalf("%+v, %v", sealed, err)
	}
	for i, f := range plain.Files {
		if h.there(t, f.Key) || !h.there(t, sealed.Files[i].Key) || !strings.HasPrefix(sealed.Files[i].Key, "sealed/") {
			t.Errorf("%s went to %s", f.Key, sealed.Files[i].Key)
		}
	}
	open, err := h.EditAsset(t.Context(), h.who, plain.ID, task.ArtifactEdit{Private: no()})
	if err != nil || open.SignedOnly || open.Unlisted {
		t.Fatalf("%+v, %v", open, err)
	}
	for i, f := range plain.Files {
		if open.Files[i].Key != f.Key || !h.there(t, f.Key) || h.there(t, sealed.Files[i].Key) {
			t.Errorf("%s came back as %s", f.Key, open.Files[i].Key)
		}
	}
}

func TestADeletedAssetIsGoneAndItsTaskSaysSo(t *testing.T) {
	h := newHouse(t)
	a := h.made(t)
	shared, err := h.Share(t.Context(), h.who, a.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.DeleteAsset(t.Context(), h.who, a.ID); err != nil {
		t.Fatal(err)
	}
	for _, f := range a.Files {
		if h.there(t, f.Key) {
			t.Errorf("%s is still there", f.Key)
		}
	}
	if got := h.read(t, a.Task); got.State != task.Succeeded || !got.Artifacts[0].Deleted {
		t.Errorf("its task says %s, deleted %v", got.State, got.Artifacts[0].Deleted)
	}
	if _, err := h.Asset(t.Context(), h.who, a.ID); task.CodeOf(err) != task.NotFound {
		t.Errorf("read: %v", err)
	}
	if _, _, err := h.Shared(t.Context(), shared.Share); task.CodeOf(err) != task.NotFound {
		t.Errorf("its page: %v", err)
	}
}

func TestSharesCanBeFoundUntilTheyAreRevoked(t *testing.T) {
	h := newHouse(t)
	a := h.made(t)
	first, err := h.Share(t.Context(), h.who, a.ID)
	if err != nil || len(first.Share) != 30 {
		t.Fatalf("%q, %v", first.Share, err)
	}
	again, err := h.Share(t.Context(), h.who, a.ID)
	if err != nil || again.Share != first.Share {
		t.Errorf("sharing twice gave %q and %q, %v", first.Share, again.Share, err)
	}
	if owner, got, err := h.Shared(t.Context(), first.Share); err != nil || got.ID != a.ID || owner.ID != a.Task {
		t.Errorf("the page shows %+v of %+v, %v", got, owner, err)
	}
	if _, err := h.Unshare(t.Context(), h.who, a.ID); err != nil {
		t.Fatal(err)
	}
	for _, token := range []string{first.Share, "", "x"} {
		if _, _, err := h.Shared(t.Context(), token); task.CodeOf(err) != task.NotFound {
			t.Errorf("%q: %v", token, err)
		}
	}
}

func TestAnotherAccountFindsNothingOfIt(t *testing.T) {
	h := newHouse(t)
	a := h.made(t)
	other := apikey.Key{Account: 8}
	for what, do := range map[string]func() error{
		"read": func() error { _, err := h.Asset(t.Context(), other, a.ID); return err },
		"edit": func() error {
			_, err := h.EditAsset(t.Context(), other, a.ID, task.ArtifactEdit{Favorite: yes()})
			return err
		},
		"delete":  func() error { return h.DeleteAsset(t.Context(), other, a.ID) },
		"share":   func() error { _, err := h.Share(t.Context(), other, a.ID); return err },
		"unshare": func() error { _, err := h.Unshare(t.Context(), other, a.ID); return err },
		"rename":  func() error { _, err := h.RenameGroup(t.Context(), other, a.Group, "mine"); return err },
		"retry":   func() error { _, err := h.Retry(t.Context(), other, a.Task); return err },
		"remove":  func() error { return h.Delete(t.Context(), other, a.Task) },
		"unknown": func() error { _, err := h.Asset(t.Context(), h.who, "nothing"); return err },
	} {
		if err := do(); task.CodeOf(err) != task.NotFound {
			t.Errorf("%s: %v, want %s", what, err, task.NotFound)
		}
	}
}

func TestGroupsAreRenamedButNeverToATakenName(t *testing.T) {
	h := newHouse(t)
	a := h.made(t)
	r := request("a dog")
	r.AssetGroup = "Dogs"
	second, err := h.Submit(t.Context(), h.who, r)
	if err != nil {
		t.Fatal(err)
	}
	h.run(t, second.ID)
	if _, err := h.RenameGroup(t.Context(), h.who, a.Group, "Dogs"); task.CodeOf(err) != task.Conflict {
		t.Errorf("a taken name: %v", err)
	}
	if _, err := h.RenameGroup(t.Context(), h.who, a.Group, ""); task.CodeOf(err) != task.Invalid {
		t.Errorf("no name: %v", err)
	}
	if g, err := h.RenameGroup(t.Context(), h.who, a.Group, "Cats"); err != nil || g.Name != "Cats" {
		t.Errorf("%+v, %v", g, err)
	}
	if all, err := h.AssetGroups(t.Context(), h.who); err != nil || len(all) != 2 || all[0].Name != "Cats" {
		t.Errorf("%+v, %v", all, err)
	}
}

func TestDeletingATask(t *testing.T) {
	h := newHouse(t)
	a := h.made(t)
	running := h.submit(t, "slow:1h").ID
	for range 2 {
		if _, err := h.Advance(t.Context(), running); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // twice is no error
		for _, id := range []string{a.Task, running} {
			if err := h.Delete(t.Context(), h.who, id); err != nil {
				t.Fatal(err)
			}
		}
	}
	if list, err := h.List(t.Context(), h.who, task.Query{}); err != nil || len(list) != 0 {
		t.Errorf("%d tasks are listed, %v", len(list), err)
	}
	if got := h.read(t, a.Task); got.State != task.Succeeded || !got.Deleted || !got.Artifacts[0].Deleted || h.there(t, a.Files[0].Key) {
		t.Errorf("the finished one is %s, deleted %v", got.State, got.Deleted)
	}
	if got := h.read(t, running); got.State != task.Cancelled || !got.Deleted || len(h.fake.Live()) != 0 {
		t.Errorf("the running one is %s, at work: %v", got.State, h.fake.Live())
	}
}

func TestRetryMakesTheSameRequestAnew(t *testing.T) {
	h := newHouse(t)
	failed := h.run(t, h.submit(t, "fail:SAFETY.INPUT.TEXT").ID)
	again, err := h.Retry(t.Context(), h.who, failed.ID)
	if err != nil || again.ID == failed.ID || again.RetryOf != failed.ID || *again.Request.Seed != *failed.Request.Seed || again.State != task.Queued {
		t.Fatalf("%+v, %v", again, err)
	}
	if _, err := h.Retry(t.Context(), h.who, h.made(t).Task); task.CodeOf(err) != task.Conflict {
		t.Errorf("a task that succeeded: %v", err)
	}
}

func TestOneKeyMakesOneTask(t *testing.T) {
	h := newHouse(t)
	once := func(key, print string) (task.Task, bool, error) {
		return h.SubmitOnce(t.Context(), h.who, request("a cat"), key, print)
	}
	first, replayed, err := once("k", "f")
	if err != nil || replayed {
		t.Fatalf("%v, %v", replayed, err)
	}
	h.run(t, first.ID)
	again, replayed, err := once("k", "f")
	if err != nil || !replayed || again.ID != first.ID || again.State != task.Queued || !again.Updated.Equal(first.Updated) || len(again.Artifacts) != 0 {
		t.Errorf("the repeat is %+v, %v, %v: want the task as it was when it was made", again, replayed, err)
	}
	if _, _, err := once("k", "another"); task.CodeOf(err) != task.Unreadable {
		t.Errorf("another payload: %v", err)
	}
	if other, replayed, err := once("l", "f"); err != nil || replayed || other.ID == first.ID {
		t.Errorf("another key: %v, %v", replayed, err)
	}
	h.pass(task.IdempotencyLife)
	if later, replayed, err := once("k", "f"); err != nil || replayed || later.ID == first.ID {
		t.Errorf("a day later: %v, %v", replayed, err)
	}
}

func TestOneKeyRetriesOnce(t *testing.T) {
	h := newHouse(t)
	failed := h.run(t, h.submit(t, "fail:SAFETY.INPUT.TEXT").ID)
	retry := func(key, print string) (task.Task, bool, error) {
		return h.RetryOnce(t.Context(), h.who, failed.ID, key, print)
	}
	first, replayed, err := retry("k", "f")
	if err != nil || replayed || first.RetryOf != failed.ID {
		t.Fatalf("%+v, %v, %v", first, replayed, err)
	}
	if again, replayed, err := retry("k", "f"); err != nil || !replayed || again.ID != first.ID || again.RetryOf != failed.ID {
		t.Errorf("the repeat is %+v, %v, %v", again, replayed, err)
	}
	if _, _, err := retry("k", "another"); task.CodeOf(err) != task.Unreadable {
		t.Errorf("another payload: %v", err)
	}
	if other, replayed, err := retry("l", "f"); err != nil || replayed || other.ID == first.ID {
		t.Errorf("another key: %v, %v", replayed, err)
	}
}

func TestOfRequestsAtOnceUnderOneKeyOneIsMade(t *testing.T) {
	h := newHouse(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			_, _, err := h.SubmitOnce(t.Context(), h.who, request("a cat"), "k", "f")
			if err != nil && task.CodeOf(err) != task.Conflict {
				t.Errorf("%v", err)
			}
		})
	}
	wg.Wait()
	if list, err := h.List(t.Context(), h.who, task.Query{}); err != nil || len(list) != 1 {
		t.Errorf("%d tasks were made, %v", len(list), err)
	}
}

func TestUploadsAreCheckedByContent(t *testing.T) {
	h := newHouse(t)
	d, err := h.Upload(t.Context(), h.who, bytes.NewReader(pngOf(t, 64, 48)))
	if err != nil || d.Width != 64 || d.Height != 48 || !h.there(t, d.Key) {
		t.Fatalf("%+v, %v", d, err)
	}
	if _, err := h.submitPicture(t, h.signed(d.Key), task.ImageLimits{}); err != nil {
		t.Errorf("using it: %v", err)
	}
	if _, err := h.Upload(t.Context(), h.who, strings.NewReader("<html>")); task.CodeOf(err) != task.Unsupported {
		t.Errorf("HTML: %v", err)
	}
}
