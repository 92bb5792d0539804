package asset_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

func TestEditChangesAnAsset(t *testing.T) {
	h := newHarness(t)
	a := h.artifact(t)
	name := "the boat"
	h.pass(time.Minute)
	got, err := h.EditAsset(t.Context(), h.who, a.ID, task.ArtifactEdit{Name: &name, Favorite: ptr(true), Reported: ptr(true), PrivateInTeam: ptr(false)})
	if err != nil {
		t.Fatal(err)
	}
	if got.Filename != "the boat.mp4" || !got.Favorite || !got.Reported || got.PrivateInTeam || !got.Updated.After(a.Updated) {
		t.Errorf("changed to %+v", got)
	}
	if read := h.row(t, a.Task); read.Filename != got.Filename {
		t.Errorf("its task says %q", read.Filename)
	}
	list, err := h.Assets(t.Context(), h.who, task.ArtifactQuery{Favorite: ptr(true)})
	if err != nil || len(list) != 1 || list[0].ID != a.ID {
		t.Errorf("the favorites are %+v, %v", list, err)
	}
}

func TestEditMovesAnAssetToAGroup(t *testing.T) {
	h := newHarness(t)
	a := h.artifact(t)
	lakes := "Lakes"
	moved, err := h.EditAsset(t.Context(), h.who, a.ID, task.ArtifactEdit{Group: &lakes})
	if err != nil || moved.Group == a.Group {
		t.Fatalf("it is in %q and was in %q, %v", moved.Group, a.Group, err)
	}
	groups, err := h.AssetGroups(t.Context(), h.who)
	if err != nil || !slices.ContainsFunc(groups, func(g task.AssetGroup) bool { return g.Name == lakes && g.ID == moved.Group }) {
		t.Errorf("the groups are %+v, %v; it is in %q", groups, err, moved.Group)
	}
	if again, err := h.EditAsset(t.Context(), h.who, a.ID, task.ArtifactEdit{Group: &lakes}); err != nil || again.Group != moved.Group {
		t.Errorf("a group that is there is used: %q, %v; want %q", again.Group, err, moved.Group)
	}
	for group, want := range map[string]int{moved.Group: 1, a.Group: 0} {
		if list, err := h.Assets(t.Context(), h.who, task.ArtifactQuery{Group: group}); err != nil || len(list) != want {
			t.Errorf("group %q has %+v, %v; want %d", group, list, err, want)
		}
	}
	slash := "a/b"
	if _, err := h.EditAsset(t.Context(), h.who, a.ID, task.ArtifactEdit{Group: &slash}); task.CodeOf(err) != task.Invalid {
		t.Errorf("a bad name: %v", err)
	}
}

func TestBadNamesAreRefused(t *testing.T) {
	h := newHarness(t)
	a := h.artifact(t)
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

func TestPrivateMovesTheFilesAndBack(t *testing.T) {
	h := newHarness(t)
	plain := h.artifact(t)
	sealed, err := h.EditAsset(t.Context(), h.who, plain.ID, task.ArtifactEdit{Private: ptr(true)})
	if err != nil || !sealed.SignedOnly || !sealed.Unlisted {
		t.Fatalf("%+v, %v", sealed, err)
	}
	for i, f := range plain.Files {
		if h.exists(t, f.Key) || !h.exists(t, sealed.Files[i].Key) || !strings.HasPrefix(sealed.Files[i].Key, "sealed/") {
			t.Errorf("%s moved to %s", f.Key, sealed.Files[i].Key)
		}
	}
	open, err := h.EditAsset(t.Context(), h.who, plain.ID, task.ArtifactEdit{Private: ptr(false)})
	if err != nil || open.SignedOnly || open.Unlisted {
		t.Fatalf("%+v, %v", open, err)
	}
	for i, f := range plain.Files {
		if open.Files[i].Key != f.Key || !h.exists(t, f.Key) || h.exists(t, sealed.Files[i].Key) {
			t.Errorf("%s came back as %s", f.Key, open.Files[i].Key)
		}
	}
}

func TestDeleteRemovesFilesAndPage(t *testing.T) {
	h := newHarness(t)
	a := h.artifact(t)
	shared, err := h.Share(t.Context(), h.who, a.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.DeleteAsset(t.Context(), h.who, a.ID); err != nil {
		t.Fatal(err)
	}
	for _, f := range a.Files {
		if h.exists(t, f.Key) {
			t.Errorf("%s still exists", f.Key)
		}
	}
	if got := h.row(t, a.Task); !got.Deleted {
		t.Errorf("its task has %+v", got)
	}
	if _, err := h.Asset(t.Context(), h.who, a.ID); task.CodeOf(err) != task.NotFound {
		t.Errorf("read: %v", err)
	}
	if _, _, err := h.Shared(t.Context(), shared.Share); task.CodeOf(err) != task.NotFound {
		t.Errorf("its page: %v", err)
	}
}

func TestSharedPageLastsUntilUnshare(t *testing.T) {
	h := newHarness(t)
	a := h.artifact(t)
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

func TestAnotherAccountFindsNothing(t *testing.T) {
	h := newHarness(t)
	a := h.artifact(t)
	other := apikey.Key{Account: 8}
	for what, do := range map[string]func() error{
		"read": func() error { _, err := h.Asset(t.Context(), other, a.ID); return err },
		"edit": func() error {
			_, err := h.EditAsset(t.Context(), other, a.ID, task.ArtifactEdit{Favorite: ptr(true)})
			return err
		},
		"delete":  func() error { return h.DeleteAsset(t.Context(), other, a.ID) },
		"share":   func() error { _, err := h.Share(t.Context(), other, a.ID); return err },
		"unshare": func() error { _, err := h.Unshare(t.Context(), other, a.ID); return err },
		"rename":  func() error { _, err := h.RenameGroup(t.Context(), other, a.Group, "mine"); return err },
		"unknown": func() error { _, err := h.Asset(t.Context(), h.who, "nothing"); return err },
	} {
		if err := do(); task.CodeOf(err) != task.NotFound {
			t.Errorf("%s: %v, want %s", what, err, task.NotFound)
		}
	}
}

func TestRenameGroupRefusesATakenName(t *testing.T) {
	h := newHarness(t)
	a := h.artifact(t)
	h.pass(time.Second) // so that the groups are ordered
	for range 2 {       // the second time it is found
		if _, err := h.Group(t.Context(), h.who.Account, "Dogs"); err != nil {
			t.Fatal(err)
		}
	}
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
