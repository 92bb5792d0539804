package chaos

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/filmgate/filmgate/internal/datafolder"
)

func TestDiskIsFullUntilItIsFreed(t *testing.T) {
	d, err := mountDisk(t.TempDir(), 1<<20)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() {
		if err := d.unmount(); err != nil {
			t.Error(err)
		}
	})
	write := func() error { return os.WriteFile(filepath.Join(d.dir, "file"), make([]byte, 5000), 0o600) }
	if err := d.fill(); err != nil {
		t.Fatal(err)
	}
	if err := write(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("a write to the full disk: %v", err)
	}
	if err := errors.Join(d.free(), write()); err != nil {
		t.Error(err)
	}
}

func TestDisksOfDeadRunsAreUnmounted(t *testing.T) {
	top := t.TempDir()
	living, dead := filepath.Join(top, "run-1"), filepath.Join(top, "run-2")
	lock, err := datafolder.Folder(living).Claim("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = lock.Close() })
	for _, run := range []string{living, dead} {
		data := filepath.Join(run, "data")
		if err := os.MkdirAll(data, 0o700); err != nil {
			t.Fatal(err)
		}
		d, err := mountDisk(data, 1<<20)
		if err != nil {
			t.Skip(err)
		}
		t.Cleanup(func() { _ = d.unmount() })
	}
	if err := removeLeftovers(filepath.Join(top, "run-*")); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(top); err != nil || len(left) != 1 || left[0].Name() != "run-1" {
		t.Errorf("%v are left, %v", left, err)
	}
}
