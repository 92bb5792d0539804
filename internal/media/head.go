package media

import (
	"errors"
	"io"
	"os"
)

// openHead opens the file at path and reads its first bytes, at most n. The caller closes the file, which is nil if there is an error.
func openHead(path string, n int) (f *os.File, head []byte, size int64, err error) {
	f, err = os.Open(path) //nolint:gosec // the caller's own file
	if err != nil {
		return nil, nil, 0, err
	}
	info, err := f.Stat()
	if err == nil {
		head = make([]byte, n)
		n, err = f.ReadAt(head, 0)
		if errors.Is(err, io.EOF) {
			err = nil
		}
	}
	if err != nil {
		_ = f.Close()
		return nil, nil, 0, err
	}
	return f, head[:n], info.Size(), nil
}
