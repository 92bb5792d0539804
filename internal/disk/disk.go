// Package disk locks files, syncs folders and tells how much space there is: what each operating system does in its own way.
package disk

import (
	"errors"
	"os"
)

// ErrLocked is returned for a file that is locked already, through another open file of this process or of another.
var ErrLocked = errors.New("disk: the file is locked")

// Kind is what a lock excludes.
type Kind int

// The kinds of locks.
const (
	Shared    Kind = iota // excludes exclusive locks
	Exclusive             // excludes all others
)

// TryLock locks an open file until it is closed or its process ends, in place of the lock that it has. It returns ErrLocked if another
// open file has a lock that excludes it. On Windows the file must not be a folder.
func TryLock(f *os.File, k Kind) error { return lock(f, k, false) }

// Lock is TryLock, but waits until the other lock has gone.
func Lock(f *os.File, k Kind) error { return lock(f, k, true) }
