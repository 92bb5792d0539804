package sqlite_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/filmgate/filmgate/internal/store"
)

// On a full disk rows can be read, but not written.
func TestCheckWriteFindsAFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=16m"); err != nil {
		t.Skipf("mounting a small disk needs root: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	s := populatedStore(t, filepath.Join(dir, "films.db"))
	defer func() { _ = s.Close() }()
	if err := s.CheckWrite(t.Context()); err != nil {
		t.Errorf("with space: %v", err)
	}
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 32<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk is not full: %v", err)
	}
	var err error
	for range 2000 { // the log has some space left
		if err = s.CheckWrite(t.Context()); err != nil {
			break
		}
	}
	if !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "full") {
		t.Errorf("on a full disk: %v", err)
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("rows can't be read: %v", err)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if err := s.CheckWrite(t.Context()); err != nil {
		t.Errorf("with space again: %v", err)
	}
}
