package animatic

import (
	"errors"
	"strings"
	"syscall"
)

// DiskError is why a render could not be written: the disk is full, read-only or broken. It passes, and tells so by Unavailable.
type DiskError struct{ cause error }

// Error says what could not be written, for the log.
func (e *DiskError) Error() string {
	return "animatic: the disk can't be used now: " + e.cause.Error()
}

// Unwrap gives the cause.
func (e *DiskError) Unwrap() error { return e.cause }

// Unavailable reports that the same work may succeed later.
func (*DiskError) Unavailable() bool { return true }

// isDiskFault reports whether a render's error is about the disk. An encoder is a process of its own: what stopped it stands in
// its last words.
func isDiskFault(err error) bool {
	said := strings.ToLower(err.Error())
	for _, cause := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EROFS, syscall.EIO} {
		if errors.Is(err, cause) || strings.Contains(said, cause.Error()) {
			return true
		}
	}
	return false
}
