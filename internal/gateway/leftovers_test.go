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

// put puts files into the storage that no row names.
func (h *harness) put(t *testing.T, keys ...string) {
	t.Helper()
	for _, key := range keys {
		if _, err := h.bucket.Put(t.Context(), key, strings.NewReader("left over"), ""); err != nil {
			t.Fatal(err)
		}
	}
}

// sweepAfter sweeps the whole storage when its files are of that age. The storage's clock is the machine's, so the harness's
// is set by it.
func (h *harness) sweepAfter(t *testing.T, age time.Duration) {
	t.Helper()
	h.pass(time.Since(h.now()) + age)
	h.use(h.fake) // a sweep that begins with the first folder
	for range 3 {
		if err := h.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

const (
	unknownID = "6a9b7e6c-1f87-40b0-b285-35a8b07ee18a"
	fileName  = "PXM1k9NUg4paxT7eirUVfbHYiK5lsW"
)

func TestSweepDeletesOldFilesThatNoRowNames(t *testing.T) {
	left := []string{
		"uploads/" + unknownID + ".1", "uploads/" + unknownID + ".2", "datasets/" + unknownID + ".png",
		"cdn/20261123/" + fileName + ".mp4", "sealed/20261123/" + fileName + ".mp4", "cdn/20240909/" + fileName + ".jpg",
	}
	for name, c := range map[string]struct {
		age  time.Duration
		want bool
	}{"a day old": {24 * time.Hour, true}, "a week old": {7 * 24 * time.Hour, false}} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			h.put(t, left...)
			done := h.finished(t).Artifacts[0]
			d, err := h.Upload(t.Context(), h.who, strings.NewReader(string(pngOf(t, 64, 48))))
			if err != nil {
				t.Fatal(err)
			}
			h.sweepAfter(t, c.age)
			for _, key := range left {
				if got := h.exists(t, key); got != c.want {
					t.Errorf("%s exists: %v", key, got)
				}
			}
			for _, f := range done.Files {
				if !h.exists(t, f.Key) {
					t.Errorf("%s of an artifact is gone", f.Role)
				}
			}
			if !h.exists(t, d.Key) {
				t.Error("an upload that nobody used yet is gone")
			}
		})
	}
}

func TestSweepKeepsFilesInTheMaking(t *testing.T) {
	h := newHarness(t)
	h.pass(time.Since(h.now()) + 6*24*time.Hour)
	open, err := h.BeginUpload(t.Context(), h.who, "lake.png", 1)
	if err != nil {
		t.Fatal(err)
	}
	h.put(t, task.PartKey(open.ID, 1))
	live := h.submit(t, "slow:1000h")
	day := "cdn/" + live.Created.Format("20060102") + "/"
	h.put(t, day+fileName+".mp4") // it may be that task's, from an interrupted step
	h.pass(23 * time.Hour)
	h.use(h.fake)
	if err := h.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !h.exists(t, task.PartKey(open.ID, 1)) {
		t.Error("the part of an open upload is gone")
	}
	h.pass(6 * 24 * time.Hour)
	if err := h.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !h.exists(t, day+fileName+".mp4") {
		t.Error("a file of a day on which a task is still under way is gone")
	}
	if _, err := h.Cancel(t.Context(), h.who, live.ID); err != nil {
		t.Fatal(err)
	}
	h.sweepAfter(t, 30*24*time.Hour)
	if h.exists(t, day+fileName+".mp4") {
		t.Error("it still exists after that task has ended")
	}
}

func TestSweepLooksAtAPartOfALargeStorage(t *testing.T) {
	h := newHarness(t)
	const many = 2600
	folder := filepath.Join(filepath.Dir(h.config.Temp), "files", "files", "uploads") // put as a bucket would, without waiting for the disk
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for n := range many {
		if err := os.WriteFile(filepath.Join(folder, unknownID+"."+strconv.Itoa(n)), nil, 0o600); err != nil {
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
