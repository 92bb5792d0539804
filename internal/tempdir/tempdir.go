// Package tempdir holds the folder of files in the making: inputs that callers send and results that are copied. It bounds
// how many bytes they have together, and tells an error of this machine's disk from an error of a file.
package tempdir

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/filmgate/filmgate/internal/blob"
)

const (
	// defaultLimit is how many bytes all files may have together if New is given no limit.
	defaultLimit = 8 << 30
	// probeBytes is how much is written to see whether the disk takes more: about what previews need.
	probeBytes = 1 << 20
)

// Dir is a folder of files in the making. It is safe for use by many goroutines.
type Dir struct {
	path  string
	limit int64
	used  atomic.Int64
}

// New uses the folder at path, whose files may have limit bytes together; 0 = 8 GiB. Renders and previews are not counted:
// others bound how many of them there are at once.
func New(path string, limit int64) *Dir {
	if limit <= 0 {
		limit = defaultLimit
	}
	return &Dir{path: path, limit: limit}
}

// Path returns the folder's path.
func (d *Dir) Path() string { return d.path }

// File is a file of the folder, and the bytes that it has reserved there.
type File struct {
	*Reservation
	path string
}

// Path returns the file's path; "" if it could not be made.
func (f File) Path() string { return f.path }

// Remove deletes the file and releases its bytes. It may be called on a zero File.
func (f File) Remove() {
	if f.path != "" {
		_ = os.Remove(f.path)
		f.Release()
	}
}

// Save makes a file of what write writes. The caller removes it, even if there is an error.
func (d *Dir) Save(write func(io.Writer) error) (File, error) {
	f, err := os.CreateTemp(d.path, "input-*")
	if err != nil {
		return File{}, DiskError(err)
	}
	made := File{d.Reserve(), f.Name()}
	return made, errors.Join(write(made.Writer(f)), DiskError(f.Close()))
}

// Create makes an empty file of that name, and the folder if somebody removed it. An error wraps blob.ErrUnavailable.
func (d *Dir) Create(name string) (*os.File, error) {
	path := filepath.Join(d.path, name)
	f, err := os.Create(path) //nolint:gosec // the name is made of a UUID
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(d.path, 0o700); err != nil {
			return nil, DiskError(err)
		}
		f, err = os.Create(path) //nolint:gosec // as above
	}
	return f, DiskError(err)
}

// Check reports whether the disk can be written: it writes a small file and removes it. An error wraps blob.ErrUnavailable,
// and blob.IsFull knows a full disk.
func (d *Dir) Check() error {
	f, err := os.CreateTemp(d.path, "probe-*")
	if err != nil {
		return DiskError(err)
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.Write(make([]byte, probeBytes))
	return DiskError(errors.Join(err, f.Close()))
}

// CheckFile is Check, and also reads the file at path to its end: no program can decode what the disk does not give back.
func (d *Dir) CheckFile(path string) error {
	f, err := os.Open(path) //nolint:gosec // a file of ours
	if err != nil {
		return DiskError(err)
	}
	defer func() { _ = f.Close() }()
	if _, err := io.Copy(io.Discard, f); err != nil {
		return DiskError(err)
	}
	return d.Check()
}

// Clean removes everything that was last written before then: no step writes it any more.
func (d *Dir) Clean(before time.Time) error {
	entries, err := os.ReadDir(d.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // Create makes it again
		return fmt.Errorf("tempdir: list: %w", err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.ModTime().Before(before) {
			continue
		}
		if err := os.RemoveAll(filepath.Join(d.path, e.Name())); err != nil {
			return fmt.Errorf("tempdir: clean: %w", err)
		}
	}
	return nil
}

// DiskError marks an error as one of this machine's disk, so that it is never taken for an engine's or a caller's: the same
// step succeeds once the disk works again.
func DiskError(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("tempdir: %w: %w", blob.ErrUnavailable, err)
}
