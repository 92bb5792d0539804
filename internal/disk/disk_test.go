package disk_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/filmgate/filmgate/internal/disk"
)

// open opens the same file once more; each open file has a lock of its own.
func open(t *testing.T, name string) *os.File {
	t.Helper()
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func TestLocksExcludeOneAnother(t *testing.T) {
	name := filepath.Join(t.TempDir(), "lock")
	a, b := open(t, name), open(t, name)
	steps := []struct {
		what string
		file *os.File
		kind disk.Kind
		want error
	}{
		{"the first", a, disk.Exclusive, nil},
		{"a second exclusive one", b, disk.Exclusive, disk.ErrLocked},
		{"a shared one beside it", b, disk.Shared, disk.ErrLocked},
		{"the first, shared", a, disk.Shared, nil},
		{"a second shared one", b, disk.Shared, nil},
		{"an exclusive one beside a shared one", a, disk.Exclusive, disk.ErrLocked},
	}
	for _, s := range steps {
		if err := disk.TryLock(s.file, s.kind); !errors.Is(err, s.want) {
			t.Errorf("%s: %v, want %v", s.what, err, s.want)
		}
	}
	if err := errors.Join(a.Close(), disk.TryLock(b, disk.Exclusive)); err != nil {
		t.Errorf("after the other file was closed: %v", err)
	}
}

func TestLockWaits(t *testing.T) {
	name := filepath.Join(t.TempDir(), "lock")
	a, b := open(t, name), open(t, name)
	if err := disk.Lock(a, disk.Exclusive); err != nil {
		t.Fatal(err)
	}
	locked := make(chan error, 1)
	go func() { locked <- disk.Lock(b, disk.Shared) }()
	select {
	case err := <-locked:
		t.Fatalf("it did not wait: %v", err)
	default:
	}
	if err := errors.Join(a.Close(), <-locked); err != nil {
		t.Error(err)
	}
}

func TestFreeSpace(t *testing.T) {
	if n, err := disk.Free(t.TempDir()); err != nil || n <= 0 {
		t.Errorf("%d bytes, %v", n, err)
	}
	if _, err := disk.Free(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
}

func TestSyncFolder(t *testing.T) {
	folder, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(disk.SyncFolder(folder), folder.Close()); err != nil {
		t.Error(err)
	}
}
