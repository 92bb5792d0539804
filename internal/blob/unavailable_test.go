package blob_test

import (
	"errors"
	"io/fs"
	"syscall"
	"testing"

	"github.com/filmgate/filmgate/internal/blob"
)

func TestClassify(t *testing.T) {
	for name, c := range map[string]struct {
		cause             error
		unavailable, full bool
	}{
		"no space left":       {syscall.ENOSPC, true, true},
		"no quota left":       {syscall.EDQUOT, true, true},
		"a read-only disk":    {syscall.EROFS, true, false},
		"a broken disk":       {syscall.EIO, true, false},
		"no permission":       {syscall.EACCES, true, false},
		"too many open files": {syscall.EMFILE, true, false},
		"no such file":        {syscall.ENOENT, false, false},
		"another error":       {errors.New("the caller went away"), false, false},
	} {
		t.Run(name, func(t *testing.T) {
			err := blob.Classify(&fs.PathError{Op: "write", Path: "x", Err: c.cause})
			if errors.Is(err, blob.ErrUnavailable) != c.unavailable || blob.IsFull(err) != c.full {
				t.Errorf("%v: unavailable %v, full %v", err, errors.Is(err, blob.ErrUnavailable), blob.IsFull(err))
			}
			if !errors.Is(err, c.cause) {
				t.Errorf("%v lost its cause", err)
			}
			var hasMethod interface{ Unavailable() bool }
			if errors.As(err, &hasMethod) != c.unavailable {
				t.Errorf("%v: has the method Unavailable: %v", err, hasMethod != nil)
			}
		})
	}
	if blob.Classify(nil) != nil {
		t.Error("nil became an error")
	}
}
