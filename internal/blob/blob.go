// Package blob is the port to bytes: finished videos, their pictures and uploaded inputs. It puts, opens (with ranges),
// deletes and signs, and serves what it holds over HTTP, past everything else.
//
// What may enter: keys and bytes. What may not: tasks, accounts, any rule about who may see what; who holds a key's
// name, or a signed one, may read it. Each folder under it is one kind of storage; blobtest is the suite they pass.
package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"
	"time"
)

// ErrNotFound is returned (wrapped) where there is nothing under a key.
var ErrNotFound = errors.New("blob: not found")

// ErrUnavailable is returned (wrapped) where the storage can't be read or written now, and may be later: it is full, broken
// or read-only. What was there is still there. It tells so of itself, by a method Unavailable.
var ErrUnavailable error = unavailable("blob: the storage can't be used now")

// unavailable is the type of ErrUnavailable: packages that don't know this one find it by its method.
type unavailable string

// Error implements error.
func (u unavailable) Error() string { return string(u) }

// Unavailable reports that the same call may succeed later.
func (unavailable) Unavailable() bool { return true }

// Classify adds ErrUnavailable to an error of the operating system that is about the disk and not about a file: no space or
// quota left, a read-only or broken file system, no permission, too many open files. Any other error is returned as it is.
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

// IsFull reports whether err says that no space is left, or no more of the user's quota.
func IsFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// Bucket stores bytes under keys such as "cdn/20240909/abc.mp4". Keys are slash-separated, relative, without "." or
// ".." elements; others are refused with an error that is not ErrNotFound. All methods may be called by many
// goroutines at once. Any of them may return ErrUnavailable; the same call succeeds once the cause has passed.
type Bucket interface {
	// Put stores all of r under key and replaces what was there. Either the whole is stored or nothing: a reader that
	// fails, or a ctx that ends, leaves what was there before. An empty mediaType is TypeOf(key).
	Put(ctx context.Context, key string, r io.Reader, mediaType string) (Info, error)
	// Open reads length bytes from offset on; length < 0 means to the end. An offset at or past the end is an empty
	// body. The caller closes it.
	Open(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error)
	// Stat tells what is under key.
	Stat(ctx context.Context, key string) (Info, error)
	// Delete removes what is under key. Where nothing is, that is no error.
	Delete(ctx context.Context, key string) error
	// Link is a URL at which the storage itself serves the key until life has passed; "" where only this server can.
	Link(ctx context.Context, key string, life time.Duration) (string, error)
	// Ping tells whether the storage can be read and written.
	Ping(ctx context.Context) error
	// Close lets go of the storage.
	Close() error
}

// Info is what is known of stored bytes.
type Info struct {
	Size     int64  // bytes
	Type     string // media type, as Put was given it
	SHA256   string // 64 hex digits; filled by Put, and by Stat where the storage keeps it
	Modified time.Time
}
