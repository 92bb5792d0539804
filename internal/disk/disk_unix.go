//go:build unix

package disk

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

func lock(f *os.File, k Kind, wait bool) error {
	how := unix.LOCK_SH
	if k == Exclusive {
		how = unix.LOCK_EX
	}
	if !wait {
		how |= unix.LOCK_NB
	}
	for {
		err := unix.Flock(int(f.Fd()), how) //nolint:gosec // a descriptor fits an int
		switch {
		case errors.Is(err, unix.EWOULDBLOCK):
			return ErrLocked
		case !errors.Is(err, unix.EINTR):
			return err
		}
	}
}

// SyncFolder has the names of new, renamed and removed files in a folder survive a crash of the machine.
func SyncFolder(folder *os.File) error { return folder.Sync() }

// Free returns how many bytes this user can still write to the disk of a folder.
func Free(folder string) (int64, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(folder, &fs); err != nil {
		return 0, &os.PathError{Op: "statfs", Path: folder, Err: err}
	}
	return int64(fs.Bavail) * int64(fs.Bsize), nil //nolint:gosec,unconvert // no disk is as large; Bsize has another type on macOS
}
