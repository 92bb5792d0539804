package animatic

import (
	"errors"
	"strings"
	"syscall"
)

// DiskError means that a render could not be written: the disk is full, read-only or broken. It is temporary, as Unavailable
// says.
type DiskError struct{ cause error }

// Error returns what could not be written, for the log.
func (e *DiskError) Error() string {
	return "animatic: the disk can't be used now: " + e.cause.Error()
}

// Unwrap returns the cause.
func (e *DiskError) Unwrap() error { return e.cause }

// Unavailable reports that the same job may succeed later.
func (*DiskError) Unavailable() bool { return true }

// isDiskFault reports whether a render's error is about the disk. The encoder is another process: its last output says what
// stopped it.
func isDiskFault(err error) bool {
	said := strings.ToLower(err.Error())
	for _, cause := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EROFS, syscall.EIO} {
		if errors.Is(err, cause) || strings.Contains(said, cause.Error()) {
			return true
		}
	}
	return false
}
