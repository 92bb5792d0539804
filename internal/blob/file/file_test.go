package file_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/blob/blobtest"
	"github.com/filmgate/filmgate/internal/blob/file"
)

func TestSuite(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) blob.Bucket { return open(t, t.TempDir()) })
}

func open(t *testing.T, dir string) *file.Bucket {
	t.Helper()
	b, err := file.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return b
}

func put(t *testing.T, b *file.Bucket, key, data, mediaType string) blob.Info {
	t.Helper()
	info, err := b.Put(t.Context(), key, strings.NewReader(data), mediaType)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// stored lists the files below dir, slash-separated.
func stored(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestKeyIsAPlainFile(t *testing.T) {
	dir := t.TempDir()
	put(t, open(t, dir), "cdn/20240909/a.mp4", "a video", "video/mp4")
	if got := stored(t, dir); len(got) != 1 || got[0] != "files/cdn/20240909/a.mp4" {
		t.Fatalf("the folder holds %q", got)
	}
	data, err := os.ReadFile(filepath.Join(dir, "files/cdn/20240909/a.mp4"))
	if err != nil || string(data) != "a video" {
		t.Errorf("the file holds %q (%v)", data, err)
	}
}

func TestFailedPutLeavesNoFile(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir)
	put(t, b, "taken", "a file, not a folder", "")
	broken := io.MultiReader(strings.NewReader("half a video"), iotest.ErrReader(errors.New("cut")))
	if _, err := b.Put(t.Context(), "a.mp4", broken, ""); err == nil {
		t.Error("a reader that fails was stored")
	}
	if _, err := b.Put(t.Context(), "taken/b.mp4", strings.NewReader("x"), ""); err == nil {
		t.Error("a key below a file was stored")
	}
	if got := stored(t, dir); len(got) != 1 || got[0] != "files/taken" {
		t.Errorf("the folder holds %q", got)
	}
}

func TestOpenRemovesInterruptedPuts(t *testing.T) {
	dir := t.TempDir()
	first := open(t, dir)
	put(t, first, "a.mp4", "a video", "")
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "tmp", "half"), []byte("half a vid"), 0o600); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
	if got := stored(t, dir); len(got) != 1 || got[0] != "files/a.mp4" {
		t.Errorf("after a crash and a start the folder holds %q", got)
	}
}

func TestOpenKeepsConcurrentPuts(t *testing.T) {
	dir := t.TempDir()
	writer := open(t, dir)
	reader, pipe := io.Pipe()
	done := make(chan error)
	go func() {
		_, err := writer.Put(t.Context(), "a.mp4", reader, "")
		done <- err
	}()
	if _, err := pipe.Write([]byte("first half, ")); err != nil { // returns when Put has read it
		t.Fatal(err)
	}
	put(t, open(t, dir), "b.mp4", "from a second bucket", "")
	if _, err := pipe.Write([]byte("second half")); err != nil {
		t.Fatal(err)
	}
	if err := pipe.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Errorf("the concurrent Put: %v", err)
	}
	if got := strings.Join(stored(t, dir), " "); got != "files/a.mp4 files/b.mp4" {
		t.Errorf("the folder holds %s", got)
	}
}

func TestOpenErrorNamesTheFolder(t *testing.T) {
	taken := filepath.Join(t.TempDir(), "taken")
	if err := os.WriteFile(taken, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	inner := t.TempDir()
	if err := os.WriteFile(filepath.Join(inner, "tmp"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, dir := range map[string]string{"a file": taken, "below a file": taken + "/data", "tmp is a file": inner} {
		if b, err := file.Open(dir); err == nil {
			t.Errorf("%s was opened: %v", name, b.Close())
		} else if !strings.Contains(err.Error(), dir) {
			t.Errorf("%s: %v does not name the folder", name, err)
		}
	}
}

func TestSymbolicLinksDoNotLeadOut(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "secret.mp4"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	b := open(t, dir)
	if err := os.Symlink(outside, filepath.Join(dir, "files", "out")); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Open(t.Context(), "out/secret.mp4", 0, -1); err == nil {
		t.Error("a symbolic link led out of the bucket")
	}
	if _, err := b.Put(t.Context(), "out/new.mp4", strings.NewReader("x"), ""); err == nil {
		t.Error("a file was put outside of the bucket")
	}
	if got := stored(t, outside); len(got) != 1 {
		t.Errorf("the outside folder holds %q", got)
	}
}

func TestBodyToTheEndIsAFile(t *testing.T) {
	b := open(t, t.TempDir())
	put(t, b, "a.mp4", "0123456789", "")
	for _, offset := range []int64{0, 4} {
		body, err := b.Open(t.Context(), "a.mp4", offset, -1)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := body.(*os.File); !ok {
			t.Errorf("at %d it is a %T, want *os.File", offset, body)
		}
		if err := body.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestMetadataIsStoredOnTheFile(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir)
	name := filepath.Join(dir, "files", "a.bin")
	fromPut := put(t, b, "a.bin", "0123456789", "video/x-odd; codecs=a")
	fromStat, err := b.Stat(t.Context(), "a.bin")
	if err != nil {
		t.Fatal(err)
	}
	if fromStat.SHA256 == "" {
		t.Skip("this file system has no extended attributes")
	}
	if !fromStat.Modified.Equal(fromPut.Modified) {
		t.Errorf("stat returns %v, put returned %v", fromStat.Modified, fromPut.Modified)
	}
	if fromStat.Modified = fromPut.Modified; fromStat != fromPut {
		t.Errorf("stat returns %+v, put returned %+v", fromStat, fromPut)
	}
	touched := fromPut.Modified.Add(time.Second)
	for change, do := range map[string]func() error{
		"edited":  func() error { return os.WriteFile(name, []byte("longer than before"), 0o600) },
		"touched": func() error { return os.Chtimes(name, touched, touched) },
	} {
		put(t, b, "a.bin", "0123456789", "video/x-odd")
		if err := do(); err != nil {
			t.Fatal(err)
		}
		if fromStat, err = b.Stat(t.Context(), "a.bin"); err != nil || fromStat.SHA256 != "" || fromStat.Type != "video/x-odd" {
			t.Errorf("%s in place: %+v (%v), want its type and no hash", change, fromStat, err)
		}
	}
}

func TestStatOfAFileAddedByHand(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir)
	if err := os.WriteFile(filepath.Join(dir, "files", "a.jpg"), []byte("by hand"), 0o600); err != nil {
		t.Fatal(err)
	}
	info, err := b.Stat(t.Context(), "a.jpg")
	if err != nil || info.Type != "image/jpeg" || info.Size != 7 || info.SHA256 != "" {
		t.Errorf("stat: %+v, %v", info, err)
	}
}

func TestOverlongTypeIsNotStored(t *testing.T) {
	b := open(t, t.TempDir())
	put(t, b, "a.png", "x", "image/png; note="+strings.Repeat("x", 4096))
	if info, err := b.Stat(t.Context(), "a.png"); err != nil || info.Type != "image/png" {
		t.Errorf("stat: type %.40q, %v", info.Type, err)
	}
}

func TestClosedBucket(t *testing.T) {
	b := open(t, t.TempDir())
	put(t, b, "a.mp4", "x", "")
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Put(t.Context(), "b.mp4", strings.NewReader("x"), ""); err == nil {
		t.Error("put succeeded")
	}
	if _, err := b.Stat(t.Context(), "a.mp4"); err == nil || errors.Is(err, blob.ErrNotFound) {
		t.Errorf("stat: %v, want an error that is not ErrNotFound", err)
	}
}
