package gateway_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// plant puts a file into the storage that nobody else put there.
func (h *house) plant(t *testing.T, keys ...string) {
	t.Helper()
	for _, key := range keys {
		if _, err := h.bucket.Put(t.Context(), key, strings.NewReader("left over"), ""); err != nil {
			t.Fatal(err)
		}
	}
}

// later sweeps when all that is there is older than anything in the making. The storage's clock is the machine's, so the
// house's is set by it.
func (h *house) later(t *testing.T, age time.Duration) {
	t.Helper()
	h.pass(time.Since(h.now()) + age)
	h.use(h.fake) // what was swept before does not matter
	for range 3 {
		if err := h.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

const (
	nobodys = "6a9b7e6c-1f87-40b0-b285-35a8b07ee18a"
	nameOf  = "PXM1k9NUg4paxT7eirUVfbHYiK5lsW"
)

func TestFilesThatNoRowNamesAreRemovedOnceTheyAreOld(t *testing.T) {
	left := []string{
		"uploads/" + nobodys + ".1", "uploads/" + nobodys + ".2", "datasets/" + nobodys + ".png",
		"cdn/20261123/" + nameOf + ".mp4", "sealed/20261123/" + nameOf + ".mp4", "cdn/20240909/" + nameOf + ".jpg",
	}
	for name, c := range map[string]struct {
		age  time.Duration
		want bool
	}{"of yesterday": {24 * time.Hour, true}, "of last week": {7 * 24 * time.Hour, false}} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.plant(t, left...)
			row := h.finished(t, 1)
			d, err := h.Upload(t.Context(), h.who, strings.NewReader(string(pngOf(t, 64, 48))))
			if err != nil {
				t.Fatal(err)
			}
			h.later(t, c.age)
			for _, key := range left {
				if got := h.there(t, key); got != c.want {
					t.Errorf("%s is there: %v", key, got)
				}
			}
			h.agree(t, row.ID)
			if !h.there(t, d.Key) {
				t.Error("an upload that nobody used yet is gone")
			}
		})
	}
}

func TestFilesOfWhatIsUnderWayAreLeftAlone(t *testing.T) {
	h := newHouse(t)
	h.pass(time.Since(h.now()) + 6*24*time.Hour)
	open := h.beginUpload(t, 1)
	open.mustPut(t, 1, []byte("x"))
	live := h.submit(t, "slow:1000h")
	day := "cdn/" + live.Created.Format("20060102") + "/"
	h.plant(t, day+nameOf+".mp4") // it may be that task's, from a step that was cut short
	h.pass(23 * time.Hour)
	h.use(h.fake)
	if err := h.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if open.partsThere(t) != 1 {
		t.Error("the part of an open upload is gone")
	}
	h.pass(6 * 24 * time.Hour)
	if err := h.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !h.there(t, day+nameOf+".mp4") {
		t.Error("a file of a day on which a task is still under way is gone")
	}
	if _, err := h.Cancel(t.Context(), h.who, live.ID); err != nil {
		t.Fatal(err)
	}
	h.later(t, 30*24*time.Hour)
	if h.there(t, day+nameOf+".mp4") {
		t.Error("it is still there after that task has ended")
	}
}

func TestALongStorageIsSweptInParts(t *testing.T) {
	h := newHouse(t)
	const many = 2600
	folder := filepath.Join(filepath.Dir(h.config.Temp), "files", "files", "uploads") // put as a bucket would, without waiting for the disk
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for n := range many {
		if err := os.WriteFile(filepath.Join(folder, nobodys+"."+strconv.Itoa(n)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h.pass(time.Since(h.now()) + 7*24*time.Hour)
	left := func() (n int) {
		for after := ""; ; {
			page, err := h.config.Files.List(t.Context(), "uploads/", after, 1000)
			if err != nil {
				t.Fatal(err)
			}
			if n += len(page); len(page) < 1000 {
				return n
			}
			after = page[len(page)-1].Key
		}
	}
	for _, want := range []int{many - 2000, 0} {
		if err := h.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := left(); got != want {
			t.Errorf("%d are left, want %d", got, want)
		}
	}
}

// TestFilesThatAreNotAsTheirRowSaysAreMended plants what cut calls of older releases left behind.
func TestFilesThatAreNotAsTheirRowSaysAreMended(t *testing.T) {
	for name, c := range map[string]struct {
		private bool // what the row says
		deleted bool
		spoil   func(t *testing.T, h *house, f task.File)
	}{
		"private, and the plain files are still there": {true, false, func(t *testing.T, h *house, f task.File) { h.plant(t, plainKey(f)) }},
		"deleted, and the plain files are still there": {false, true, func(t *testing.T, h *house, f task.File) { h.plant(t, plainKey(f)) }},
		"deleted, and sealed files are still there":    {true, true, func(t *testing.T, h *house, f task.File) { h.plant(t, sealedKey(f)) }},
		"plain, and sealed copies beside it":           {false, false, func(t *testing.T, h *house, f task.File) { h.plant(t, sealedKey(f)) }},
		"plain, and the files are sealed":              {false, false, func(t *testing.T, h *house, f task.File) { h.plant(t, sealedKey(f)); h.lose(t, plainKey(f)) }},
		"private, and the files are plain":             {true, false, func(t *testing.T, h *house, f task.File) { h.plant(t, plainKey(f)); h.lose(t, sealedKey(f)) }},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			row := h.finished(t, 1)
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
			h.later(t, 7*24*time.Hour)
			if a := h.agree(t, row.ID); a.Deleted != c.deleted || a.SignedOnly != c.private {
				t.Errorf("sealed %v, deleted %v", a.SignedOnly, a.Deleted)
			}
		})
	}
}

func (h *house) lose(t *testing.T, keys ...string) {
	t.Helper()
	for _, key := range keys {
		if err := h.bucket.Delete(t.Context(), key); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAnArtifactWhoseVideoIsLostSaysSoUnlessAllAreLost(t *testing.T) {
	for name, c := range map[string]struct {
		all  bool // the whole storage seems empty: it may be another one
		want bool
	}{"one of two": {false, true}, "both": {true, false}} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			rows := []task.Task{h.finished(t, 1), h.finished(t, 2)}
			for i, row := range rows {
				for _, f := range row.Artifacts[0].Files {
					if i == 0 || c.all {
						h.lose(t, f.Key)
					}
				}
			}
			h.plant(t, "cdn/20261123/"+nameOf+".mp4")
			h.later(t, 7*24*time.Hour)
			for i, row := range rows {
				if got := h.read(t, row.ID).Artifacts[0].Deleted; got != (c.want && i == 0) {
					t.Errorf("artifact %d says that its files are gone: %v", i+1, got)
				}
			}
		})
	}
}
