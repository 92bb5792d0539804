package tempdir_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/tempdir"
)

func TestReservationsShareTheLimit(t *testing.T) {
	dir := tempdir.New(t.TempDir(), 100)
	first, second := dir.Reserve(), dir.Reserve()
	if err := first.Add(60); err != nil {
		t.Fatal(err)
	}
	if err := second.Add(41); !blob.IsFull(err) || !errors.Is(err, blob.ErrUnavailable) {
		t.Errorf("one byte too many: %v, want a full quota", err)
	}
	if err := second.Add(40); err != nil {
		t.Errorf("the last bytes: %v", err)
	}
	first.Release()
	first.Release() // twice is no error
	if err := second.Add(60); err != nil {
		t.Errorf("released bytes: %v", err)
	}
	if err := second.Add(1); !blob.IsFull(err) {
		t.Errorf("above the limit: %v", err)
	}
}

func TestSavedFileReservesItsBytes(t *testing.T) {
	path := t.TempDir()
	dir := tempdir.New(path, 10)
	write := func(text string) (tempdir.File, error) {
		return dir.Save(func(w io.Writer) error { _, err := io.WriteString(w, text); return err })
	}
	f, err := write("12345678")
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(f.Path()); err != nil || string(b) != "12345678" {
		t.Errorf("saved %q, %v", b, err)
	}
	g, err := write("123")
	if !blob.IsFull(err) {
		t.Errorf("more than is left: %v", err)
	}
	g.Remove()
	f.Remove()
	tempdir.File{}.Remove()
	if h, err := write("1234567890"); err != nil {
		t.Errorf("after Remove: %v", err)
	} else {
		h.Remove()
	}
	if left, err := os.ReadDir(path); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

func TestCallersErrorIsReturnedAsItIs(t *testing.T) {
	wrong := errors.New("the body is wrong")
	f, err := tempdir.New(t.TempDir(), 0).Save(func(io.Writer) error { return wrong })
	defer f.Remove()
	if !errors.Is(err, wrong) || errors.Is(err, blob.ErrUnavailable) {
		t.Errorf("got %v, want %v", err, wrong)
	}
}

func TestCreateMakesARemovedFolderAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "temp")
	f, err := tempdir.New(path, 0).Create("a.mp4")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil || f.Name() != filepath.Join(path, "a.mp4") {
		t.Errorf("made %s, %v", f.Name(), err)
	}
}

func TestCheck(t *testing.T) {
	path := t.TempDir()
	file := filepath.Join(path, "a.mp4")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	dir, gone := tempdir.New(path, 0), tempdir.New(file, 0) // no folder can be made where a file is
	for _, c := range []struct {
		name string
		err  error
		ok   bool
	}{
		{"a disk that works", dir.Check(), true},
		{"a file that can be read", dir.CheckFile(file), true},
		{"a file that can't be read", dir.CheckFile(filepath.Join(path, "none")), false},
		{"a folder that can't be written", gone.Check(), false},
	} {
		if ok := c.err == nil; ok != c.ok || !ok && !errors.Is(c.err, blob.ErrUnavailable) {
			t.Errorf("%s: %v", c.name, c.err)
		}
	}
	if _, err := gone.Create("b"); !errors.Is(err, blob.ErrUnavailable) {
		t.Errorf("Create: %v", err)
	}
	if left, err := os.ReadDir(path); err != nil || len(left) != 1 {
		t.Errorf("left %v, %v", left, err)
	}
}

func TestFullDiskIsKnown(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("this system has no /dev/full")
	}
	defer func() { _ = full.Close() }()
	_, err = io.Copy(tempdir.New(t.TempDir(), 0).Reserve().Writer(full), strings.NewReader("x"))
	if !blob.IsFull(err) || !errors.Is(err, blob.ErrUnavailable) {
		t.Errorf("got %v, want a full disk", err)
	}
}

func TestCleanRemovesOldFiles(t *testing.T) {
	path, now := t.TempDir(), time.Now()
	for name, age := range map[string]time.Duration{"old": time.Hour, "new": time.Minute} {
		file := filepath.Join(path, name)
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, now, now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	if err := tempdir.New(path, 0).Clean(now.Add(-30 * time.Minute)); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(path)
	if err != nil || len(left) != 1 || left[0].Name() != "new" {
		t.Errorf("left %v, %v", left, err)
	}
	if err := tempdir.New(filepath.Join(path, "none"), 0).Clean(now); err != nil {
		t.Errorf("a folder that was removed: %v", err)
	}
}
