package transfer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"sync"
	"sync/atomic"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/panics"
)

const (
	filesPage   = 500 // keys that are listed at once
	filesAtOnce = 4   // files that are copied at once
)

// Files counts files.
type Files struct {
	Copied, Present int64 // copied now, and found at the destination with the same hash
	Bytes           int64 // of all of them
	Problems        int64 // files that Move.Problem was called for
}

// FileError is a file that could not be moved as it should be.
type FileError struct {
	Key   string
	Owner string // whose it is: "task ID" or "dataset ID"; "" if no row names it
	What  string // what is wrong with it
}

// Error implements error.
func (e FileError) Error() string {
	owner := e.Owner
	if owner == "" {
		owner = "no row"
	}
	return fmt.Sprintf("%s, named by %s: %s", e.Key, owner, e.What)
}

// files copies all files, and compares those that rows name.
func (m Move) files(ctx context.Context) (Files, error) {
	if m.From.Files == nil || m.To.Files == nil {
		return Files{}, nil
	}
	c := &copier{move: m, flawed: map[string]flaw{}}
	for after := ""; ; {
		page, err := m.From.Files.List(ctx, "", after, filesPage)
		if err != nil {
			return c.count, m.From.failFiles(err)
		}
		err = AtOnce(ctx, page, func(ctx context.Context, e blob.Entry) error { return c.file(ctx, e.Key) })
		if err != nil {
			return c.count, err
		}
		m.show("copying files", c.count.Copied+c.count.Present, -1)
		if len(page) < filesPage {
			break
		}
		after = page[len(page)-1].Key
	}
	err := c.checkOwned(ctx)
	if err == nil {
		for key, u := range c.flawed {
			if !u.told {
				c.problem(FileError{Key: key, What: u.what})
			}
		}
	}
	return c.count, err
}

// AtOnce calls f with each of the values, four at a time. It returns the first error, which ends the other calls.
func AtOnce[T any](ctx context.Context, all []T, f func(context.Context, T) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var next atomic.Int64
	var workers panics.Group
	for range min(filesAtOnce, len(all)) {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(all)) && ctx.Err() == nil; i = next.Add(1) - 1 {
				if err := f(ctx, all[i]); err != nil {
					stop(err)
				}
			}
		})
	}
	workers.Wait()
	return context.Cause(ctx)
}

// copier copies files. Its methods may be called from many goroutines at once.
type copier struct {
	move Move

	mu     sync.Mutex
	count  Files
	flawed map[string]flaw // by key
}

// flaw is what is wrong with a file at the source.
type flaw struct {
	what string
	told bool // Move.Problem was called for it
}

// maxFlawed is how many files may be unreadable or damaged before the storage itself must be at fault.
const maxFlawed = 10_000

// file copies a file, unless the destination has it.
func (c *copier) file(ctx context.Context, key string) error {
	if c.move.Skip != nil && c.move.Skip(key) {
		return nil
	}
	done, err := CopyFile(ctx, c.move.From.Files, c.move.To.Files, key)
	var source *SourceError
	switch {
	case errors.As(err, &source):
		return c.sourceFailed(ctx, key, source.Err)
	case err != nil:
		return c.move.To.failFiles(err)
	case done.Present:
		c.add(Files{Present: 1, Bytes: done.Size})
		return nil
	}
	c.add(Files{Copied: 1, Bytes: done.Size})
	if done.Want != "" {
		return c.flaw(key, damaged(done.SHA256, done.Want))
	}
	return nil
}

// hashAt returns the SHA-256 that the storage keeps of a file. If it keeps none, the file is read.
func hashAt(ctx context.Context, files blob.Bucket, key string, info blob.Info) (string, error) {
	if info.SHA256 != "" {
		return info.SHA256, nil
	}
	sum, _, err := hashOf(ctx, files, key)
	return sum, err
}

// damaged describes a file that has another hash than it should have.
func damaged(got, want string) string {
	return fmt.Sprintf("it is damaged at the source, and was copied so: it has the hash %s instead of %s", got, want)
}

// sourceFailed notes that a file can't be read. It returns an error if the storage can't be read at all.
func (c *copier) sourceFailed(ctx context.Context, key string, err error) error {
	if errors.Is(err, blob.ErrNotFound) {
		return nil // it was deleted after it was listed
	}
	if ctx.Err() != nil {
		return c.move.From.failFiles(ctx.Err())
	}
	if down := c.move.From.Files.Ping(ctx); down != nil {
		return c.move.From.failFiles(errors.Join(err, down))
	}
	return c.flaw(key, "it can't be read at the source: "+err.Error())
}

// flaw notes what is wrong with a file at the source. It returns an error if too many files have flaws.
func (c *copier) flaw(key, what string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.flawed[key] = flaw{what: what}
	if len(c.flawed) > maxFlawed {
		return c.move.From.failFiles(fmt.Errorf("more than %d files are damaged or can't be read; the last is %s: %s", maxFlawed, key, what))
	}
	return nil
}

func (c *copier) add(f Files) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count.Copied += f.Copied
	c.count.Present += f.Present
	c.count.Bytes += f.Bytes
}

func (c *copier) problem(p FileError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count.Problems++
	if c.move.Problem != nil {
		c.move.Problem(p)
	}
}

// hashReader hashes what is read, and keeps the error that ended it.
type hashReader struct {
	r    io.Reader
	hash hash.Hash
	err  error
}

// Read implements io.Reader.
func (h *hashReader) Read(p []byte) (int, error) {
	n, err := h.r.Read(p)
	_, _ = h.hash.Write(p[:n]) // a hash never fails
	if err != nil && !errors.Is(err, io.EOF) {
		h.err = err
	}
	return n, err
}

func (h *hashReader) sum() string { return hex.EncodeToString(h.hash.Sum(nil)) }

// hashOf returns the SHA-256 of what is stored under a key, in hex digits, and its size.
func hashOf(ctx context.Context, files blob.Bucket, key string) (sum string, size int64, err error) {
	body, err := files.Open(ctx, key, 0, -1)
	if err != nil {
		return "", 0, err
	}
	h := sha256.New()
	size, err = io.Copy(h, body)
	return hex.EncodeToString(h.Sum(nil)), size, errors.Join(err, body.Close())
}
