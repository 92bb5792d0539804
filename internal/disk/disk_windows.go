package disk

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// lock locks the first byte of the file, which may be beyond its end.
func lock(f *os.File, k Kind, wait bool) error {
	h, at := windows.Handle(f.Fd()), new(windows.Overlapped)
	_ = windows.UnlockFileEx(h, 0, 1, 0, at) // it fails if the file has no lock
	var flags uint32
	if k == Exclusive {
		flags |= windows.LOCKFILE_EXCLUSIVE_LOCK
	}
	if !wait {
		flags |= windows.LOCKFILE_FAIL_IMMEDIATELY
	}
	err := windows.LockFileEx(h, flags, 0, 1, 0, at)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return ErrLocked
	}
	return err
}

// SyncFolder does nothing: Windows has no such call, and NTFS keeps names in its journal.
func SyncFolder(*os.File) error { return nil }

// Free returns how many bytes this user can still write to the disk of a folder.
func Free(folder string) (int64, error) {
	name, err := windows.UTF16PtrFromString(folder)
	if err != nil {
		return 0, err
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(name, &free, nil, nil); err != nil {
		return 0, &os.PathError{Op: "GetDiskFreeSpaceEx", Path: folder, Err: err}
	}
	return int64(free), nil //nolint:gosec // no disk is as large
}
