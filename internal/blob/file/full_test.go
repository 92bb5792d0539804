package file_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/blob/blobtest"
)

func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("mounting a small disk needs root: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	blobtest.RunFull(t, func(t *testing.T) (b blob.Bucket, fill, free func()) {
		ballast := filepath.Join(dir, "ballast")
		return open(t, filepath.Join(dir, "bucket")), func() { fillDisk(t, ballast) }, func() {
			if left := stored(t, filepath.Join(dir, "bucket", "tmp")); len(left) > 0 {
				t.Errorf("temporary files left on the full disk: %v", left)
			}
			if err := os.Remove(ballast); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// fillDisk writes to path until the disk is full.
func fillDisk(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path) //nolint:gosec // in the test's own folder
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if _, err := io.Copy(f, zeroReader{}); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk did not fill: %v", err)
	}
}

// zeroReader reads zeros without end.
type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
