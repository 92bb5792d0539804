//go:build unix

package file

import (
	"os"

	"golang.org/x/sys/unix"
)

// attribute is the extended attribute that holds the metadata. It is renamed together with the file. A second file would need
// a second step, and a crash could come between the two.
const attribute = "user.filmgate"

func setAttribute(f *os.File, text []byte) error {
	return unix.Fsetxattr(int(f.Fd()), attribute, text, 0)
}

func getAttribute(f *os.File, to []byte) (int, error) {
	return unix.Fgetxattr(int(f.Fd()), attribute, to)
}

// openLock opens what the lock is on that says that tmp/ is in use: the folder itself.
func openLock(root *os.Root) (*os.File, error) { return root.Open(tmpName) }
