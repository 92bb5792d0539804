// Package blob defines [Bucket], the interface to the storage of files: finished videos, their pictures and uploaded inputs.
// [Handler] serves them over HTTP, and [Signer] makes and checks the tokens of signed URLs.
//
// It knows keys and bytes. Tasks, accounts and rules about who may see what do not belong here: whoever knows a file's URL,
// or its signed URL if it needs one, may read it. Each folder below it is one kind of storage; blobtest is the test suite
// that each of them passes.
package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"
	"time"
)

// ErrNotFound is returned (wrapped) if nothing is stored under a key.
var ErrNotFound = errors.New("blob: not found")

// ErrUnavailable is returned (wrapped) if the storage cannot be read or written now: it is full, broken or read-only. What
// was stored is still there, and the same call may succeed later. It has a method Unavailable() bool, by which packages that
// do not import this one recognize it.
var ErrUnavailable error = unavailable("blob: the storage can't be used now")

// unavailable is the type of ErrUnavailable.
type unavailable string

// Error implements error.
func (u unavailable) Error() string { return string(u) }

// Unavailable reports that the same call may succeed later.
func (unavailable) Unavailable() bool { return true }

// Classify adds ErrUnavailable to an error of the operating system that concerns the disk rather than one file: no space or
// quota left, a read-only or broken file system, no permission, too many open files. It returns any other error unchanged.
func Classify(err error) error {
	if errors.Is(err, ErrUnavailable) {
		return err
	}
	for _, cause := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EROFS, syscall.EIO, syscall.EACCES, syscall.EPERM,
		syscall.EMFILE, syscall.ENFILE} {
		if errors.Is(err, cause) {
			return fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
	}
	return err
}

// IsFull reports whether err says that the disk is full or the user's quota is used up.
func IsFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// Bucket stores bytes under keys such as "cdn/20240909/abc.mp4". Each method first checks the key with CheckKey, whose errors
// are not ErrNotFound. Methods may be called from many goroutines at once. Each may return ErrUnavailable.
type Bucket interface {
	// Put stores all bytes of r under key and replaces what was there. It stores all of them or nothing: if r fails or ctx
	// ends, what was there before stays. If mediaType is "", TypeOf(key) is used.
	Put(ctx context.Context, key string, r io.Reader, mediaType string) (Info, error)
	// Open returns length bytes from offset on, or all to the end if length is negative. At or past the end the body is
	// empty. A negative offset is an error; ErrNotFound means that nothing is stored under key. The caller closes the body.
	Open(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error)
	// Stat describes what is stored under key, or returns ErrNotFound.
	Stat(ctx context.Context, key string) (Info, error)
	// Delete removes what is stored under key. If there is nothing, it returns nil.
	Delete(ctx context.Context, key string) error
	// Link returns a URL at which the storage itself serves the key to GET, or "" if only this server can.
	Link(ctx context.Context, key string, how LinkOptions) (string, error)
	// Ping returns an error if the storage cannot be read or written.
	Ping(ctx context.Context) error
	// Close releases the storage. Other calls after it fail.
	Close() error
}

// Info describes stored bytes.
type Info struct {
	Size     int64     // bytes
	Type     string    // media type that Put was given
	SHA256   string    // 64 hex digits; Put fills it, and Stat if the storage keeps it
	ETag     string    // in quotation marks; Stat fills it if the storage serves files itself and has one of its own
	Modified time.Time // when it was put
}

// LinkOptions says for how long a link is valid, and how the storage answers it.
type LinkOptions struct {
	Life        time.Duration // from now on, at most
	Type        string        // Content-Type of the answer; "" = the stored type
	Disposition string        // Content-Disposition of the answer; "" = none
}
