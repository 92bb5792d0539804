package transfer

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/filmgate/filmgate/internal/blob"
)

// FileCopy describes a file at the destination after CopyFile.
type FileCopy struct {
	Size    int64  // bytes
	SHA256  string // 64 hex digits
	Present bool   // the destination had it before
	Want    string // the hash that the source keeps of it, if the bytes have another; else ""
}

// SourceError says that a file can't be read at its source. It wraps blob.ErrNotFound if there is none.
type SourceError struct{ Err error }

// Error implements error.
func (e *SourceError) Error() string { return e.Err.Error() }

// Unwrap returns what failed.
func (e *SourceError) Unwrap() error { return e.Err }

// CopyFile copies a file, unless the destination has one of the same size and SHA-256. It reads the copy again and compares its
// hash with that of the bytes that were read. A failure at the source is a *SourceError; any other is one of the destination.
func CopyFile(ctx context.Context, from, to blob.Bucket, key string) (FileCopy, error) {
	info, err := from.Stat(ctx, key)
	if err != nil {
		return FileCopy{}, &SourceError{err}
	}
	there, err := to.Stat(ctx, key)
	if err != nil && !errors.Is(err, blob.ErrNotFound) {
		return FileCopy{}, err
	}
	if err == nil && there.Size == info.Size {
		want, err := hashAt(ctx, from, key, info)
		if err != nil {
			return FileCopy{}, &SourceError{err}
		}
		got, err := hashAt(ctx, to, key, there)
		if err != nil {
			return FileCopy{}, err
		}
		if got == want {
			return FileCopy{Size: info.Size, SHA256: got, Present: true}, nil
		}
	}
	return copyFile(ctx, from, to, key, info)
}

func copyFile(ctx context.Context, from, to blob.Bucket, key string, info blob.Info) (FileCopy, error) {
	body, err := from.Open(ctx, key, 0, -1)
	if err != nil {
		return FileCopy{}, &SourceError{err}
	}
	source := &hashReader{r: body, hash: sha256.New()}
	_, err = to.Put(ctx, key, source, info.Type)
	closed := body.Close()
	if source.err != nil || err == nil && closed != nil {
		return FileCopy{}, &SourceError{errors.Join(source.err, closed)}
	}
	if err != nil {
		return FileCopy{}, err
	}
	copied, size, err := hashOf(ctx, to, key)
	if err == nil && copied != source.sum() {
		err = errors.Join(fmt.Errorf("%s was not stored as it was sent: it has the hash %s instead of %s", key, copied, source.sum()),
			to.Delete(context.WithoutCancel(ctx), key))
	}
	if err != nil {
		return FileCopy{}, err
	}
	out := FileCopy{Size: size, SHA256: copied}
	if info.SHA256 != "" && copied != info.SHA256 {
		out.Want = info.SHA256
	}
	return out, nil
}
