// Package backup writes and reads the folder of a backup: a copy of the database, and the files that its rows name. [Create]
// makes a backup or renews one, [Open] reads one, and [Backup.Restore] copies its files.
//
// The folder holds the manifest, the database and the list of files that the manifest names, and the files themselves. A new
// database and list are written beside the old ones. The manifest is replaced last, in one step, and what it no longer names is
// removed afterwards. So a backup that is interrupted at any moment leaves the one before it complete.
//
// The package knows databases as [store.Portable] and files as [blob.Bucket]. How a database is copied while a server runs, and
// where the data folder is, belongs to the caller.
package backup

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/filmgate/filmgate/internal/disk"
)

// Folder is the path of the folder of a backup.
type Folder string

// Files returns the path of the folder of videos and pictures. It has the form of the one in a data folder.
func (f Folder) Files() string { return f.path("files") }

func (f Folder) path(name string) string { return filepath.Join(string(f), name) }

const (
	manifestName = "manifest.json"
	lockName     = "lock"
	unfinished   = ".new"                  // ends the names of files that are being written
	newDatabase  = "database" + unfinished // SQLite keeps files beside it
)

// ours matches the names of what a backup writes into its folder.
var ours = regexp.MustCompile(`^(files|lock|manifest\.json|filmgate-[0-9a-f]{16}\.db|files-[0-9a-f]{16}\.sha256|(manifest|files|database)\.new(-wal|-shm|-journal)?)$`)

// lock makes the folder if it does not exist, and locks it until the returned file is closed. It refuses a folder that holds
// anything else than a backup.
func (f Folder) lock() (*os.File, error) {
	if err := os.MkdirAll(string(f), 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the folder: %w", err)
	}
	found, err := os.ReadDir(string(f))
	if err != nil {
		return nil, err
	}
	for _, e := range found {
		if !ours.MatchString(e.Name()) {
			return nil, fmt.Errorf("the folder %s holds %s, which is no part of a backup: name a new folder, or one with an earlier backup", string(f), e.Name())
		}
	}
	// It holds secrets and the hashes of keys. The file system may have no modes, or the folder may be another user's.
	if err := os.Chmod(string(f), 0o700); err != nil && !errors.Is(err, fs.ErrPermission) && !errors.Is(err, errors.ErrUnsupported) { //nolint:gosec // a folder
		return nil, err
	}
	return f.flock(os.O_CREATE|os.O_RDWR, disk.Exclusive)
}

// flock opens and locks the file by which two commands do not use the folder at once.
func (f Folder) flock(flag int, how disk.Kind) (*os.File, error) {
	lock, err := os.OpenFile(f.path(lockName), flag, 0o600)
	if err != nil {
		return nil, err
	}
	if err := disk.TryLock(lock, how); err != nil {
		_ = lock.Close()
		return nil, fmt.Errorf("another command uses the backup %s; wait until it has ended", string(f))
	}
	return lock, nil
}

// removeNew removes what an interrupted backup has left.
func (f Folder) removeNew() error {
	return f.removeIf(func(name string) bool { return strings.Contains(name, unfinished) })
}

// removeIf removes files of ours.
func (f Folder) removeIf(old func(name string) bool) error {
	found, err := os.ReadDir(string(f))
	if err != nil {
		return err
	}
	for _, e := range found {
		if name := e.Name(); !e.IsDir() && ours.MatchString(name) && old(name) {
			if err := os.Remove(f.path(name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeFile writes a new file that only this user may read, in place of what was there, and returns when it is on the disk.
func writeFile(path string, from io.Reader) error {
	to, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600) //nolint:gosec // the path comes from the operator
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	if err == nil {
		err = to.Sync()
	}
	return errors.Join(err, to.Close())
}

// syncDir brings the names in a folder to the disk.
func syncDir(path string) error {
	dir, err := os.Open(path) //nolint:gosec // the path comes from the operator
	if err != nil {
		return err
	}
	return errors.Join(disk.SyncFolder(dir), dir.Close())
}

// hashFile returns the SHA-256 of a file, in hex digits, and its size.
func hashFile(path string) (sum string, size int64, err error) {
	f, err := os.Open(path) //nolint:gosec // the path comes from the operator
	if err != nil {
		return "", 0, err
	}
	h := sha256.New()
	size, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), size, errors.Join(err, f.Close())
}
