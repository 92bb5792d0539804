package file

import (
	"errors"
	"os"
)

// setAttribute stores nothing: Windows has no extended attributes that are set through an open file.
func setAttribute(*os.File, []byte) error { return errors.ErrUnsupported }

func getAttribute(*os.File, []byte) (int, error) { return 0, errors.ErrUnsupported }

// openLock opens what the lock is on that says that tmp/ is in use: a file beside it, because Windows locks no folders.
func openLock(root *os.Root) (*os.File, error) {
	return root.OpenFile(tmpName+".lock", os.O_CREATE|os.O_RDWR, 0o600)
}
