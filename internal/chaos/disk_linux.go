package chaos

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/filmgate/filmgate/internal/datafolder"
)

// disk is a small disk in memory, mounted for the run.
type disk struct{ dir string }

// mountDisk mounts a disk of that many bytes at an empty folder. It needs root.
func mountDisk(dir string, bytes int) (*disk, error) {
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d,mode=700", bytes)); err != nil {
		return nil, fmt.Errorf("a small disk can't be mounted, which needs root: %w", err)
	}
	return &disk{dir}, nil
}

func (d *disk) ballast() string { return filepath.Join(d.dir, "ballast") }

// fill uses up all space of the disk.
func (d *disk) fill() error {
	f, err := os.Create(d.ballast())
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	if _, err := io.Copy(f, zeros{}); !errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("the disk has not become full: %w", err)
	}
	return nil
}

// free gives the space back.
func (d *disk) free() error { return os.Remove(d.ballast()) }

// unmount removes the disk, even if an ffmpeg whose server was killed still has a file in it.
func (d *disk) unmount() error { return syscall.Unmount(d.dir, syscall.MNT_DETACH) }

// zeros reads zeros without end.
type zeros struct{}

// Read implements io.Reader.
func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// removeLeftovers unmounts the disks of runs that were killed, and removes their folders. A run that lives holds the lock of its
// folder, whose pattern is the one given.
func removeLeftovers(pattern string) error {
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return err
	}
	var errs []error
	for line := range strings.Lines(string(mounts)) {
		fields := strings.Fields(line)
		run := filepath.Dir(fields[1])
		if ok, err := filepath.Match(pattern, run); !ok || err != nil {
			continue
		}
		lock, err := datafolder.Folder(run).Lock()
		if err != nil {
			continue
		}
		errs = append(errs, syscall.Unmount(fields[1], syscall.MNT_DETACH), os.RemoveAll(run), lock.Close())
	}
	return errors.Join(errs...)
}
