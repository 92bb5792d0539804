package asset_test

import (
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// stray is a key that no row names.
const stray = "cdn/20261123/PXM1k9NUg4paxT7eirUVfbHYiK5lsW.mp4"

// sweepDays sweeps as if all files were old.
func (h *harness) sweepDays(t *testing.T) {
	t.Helper()
	for day := ""; ; {
		_, last, err := h.SweepDay(t.Context(), day, time.Now().Add(7*24*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if last == "" {
			return
		}
		day = last
	}
}

// TestFilesMoveToWhereTheirRowSays puts files where interrupted calls of older releases left them.
func TestFilesMoveToWhereTheirRowSays(t *testing.T) {
	for name, c := range map[string]struct {
		private bool // what the row says
		deleted bool
		spoil   func(t *testing.T, h *harness, f task.File)
	}{
		"private, with plain copies":     {true, false, func(t *testing.T, h *harness, f task.File) { h.put(t, plainKey(f)) }},
		"deleted, with plain files":      {false, true, func(t *testing.T, h *harness, f task.File) { h.put(t, plainKey(f)) }},
		"deleted, with sealed files":     {true, true, func(t *testing.T, h *harness, f task.File) { h.put(t, sealedKey(f)) }},
		"plain, with sealed copies":      {false, false, func(t *testing.T, h *harness, f task.File) { h.put(t, sealedKey(f)) }},
		"plain, with sealed files only":  {false, false, func(t *testing.T, h *harness, f task.File) { h.put(t, sealedKey(f)); h.remove(t, plainKey(f)) }},
		"private, with plain files only": {true, false, func(t *testing.T, h *harness, f task.File) { h.put(t, plainKey(f)); h.remove(t, sealedKey(f)) }},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			row := h.finished(t)
			id := row.Artifacts[0].ID
			if _, err := h.EditAsset(t.Context(), h.who, id, task.ArtifactEdit{Private: &c.private}); err != nil {
				t.Fatal(err)
			}
			if c.deleted {
				if err := h.DeleteAsset(t.Context(), h.who, id); err != nil {
					t.Fatal(err)
				}
			}
			for _, f := range row.Artifacts[0].Files {
				c.spoil(t, h, f)
			}
			h.sweepDays(t)
			if a := h.checkSettled(t, row.ID); a.Deleted != c.deleted || a.SignedOnly != c.private {
				t.Errorf("signed only %v, deleted %v", a.SignedOnly, a.Deleted)
			}
		})
	}
}

func TestArtifactWithoutVideoIsMarkedDeleted(t *testing.T) {
	for name, c := range map[string]struct {
		all  bool // then it may be another storage
		want bool
	}{"one of two": {false, true}, "both": {true, false}} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			rows := []task.Task{h.finished(t), h.finished(t)}
			for i, row := range rows {
				for _, f := range row.Artifacts[0].Files {
					if i == 0 || c.all {
						h.remove(t, f.Key)
					}
				}
			}
			h.put(t, stray)
			h.sweepDays(t)
			for i, row := range rows {
				if got := h.row(t, row.ID).Deleted; got != (c.want && i == 0) {
					t.Errorf("artifact %d is marked deleted: %v", i+1, got)
				}
			}
		})
	}
}
