// Package file implements [blob.Bucket] with plain files: the key "cdn/20240909/abc.mp4" is the file
// files/cdn/20240909/abc.mp4 in the bucket's folder, so that people and backups find what they expect.
//
// Put writes a file in tmp/, syncs it, renames it to its place, and syncs the folders. So a Put that has returned survives a
// power cut, and one that has not leaves nothing but a file in tmp/, which the next [Open] removes. Media type and hash are
// stored in an extended attribute of the file, set before the rename. If the file system has no extended attributes, Stat
// takes the type from the extension and returns no hash. Unlike in an object store, a key cannot be both a file and the folder
// of another key.
package file

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"sync"
	"syscall"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/disk"
)

const (
	filesDir = "files" // holds the stored files
	tmpName  = "tmp"   // holds files that are being written
)

// Bucket implements blob.Bucket and blob.Lister in a folder of files. Make one with Open.
type Bucket struct {
	root    *os.Root // neither keys nor symbolic links lead out of it
	tmpLock *os.File // holds the lock that says that tmp/ is in use; nil if the bucket is only read
	close   func() error
}

var (
	_ blob.Bucket = (*Bucket)(nil)
	_ blob.Lister = (*Bucket)(nil)
)

// Open opens the bucket in the folder dir, and creates the folder if there is none. It removes what interrupted Puts left,
// unless another process has the bucket open.
func Open(dir string) (*Bucket, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("blob: make the folder %s: %w", dir, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("blob: open the folder %s: %w", dir, err)
	}
	b := &Bucket{root: root}
	if err := b.setUp(); err != nil {
		return nil, errors.Join(fmt.Errorf("blob: prepare the folder %s: %w", dir, err), root.Close())
	}
	b.close = sync.OnceValue(func() error { return errors.Join(b.tmpLock.Close(), b.root.Close()) })
	return b, nil
}

// OpenReadOnly opens the bucket in the folder dir as it is, to read and list its files: it makes and removes nothing. The error is
// fs.ErrNotExist (wrapped) if there is no such folder.
func OpenReadOnly(dir string) (*Bucket, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("blob: open the folder %s: %w", dir, err)
	}
	return &Bucket{root: root, close: sync.OnceValue(root.Close)}, nil
}

// setUp creates the two folders and empties tmp/. Every open bucket holds a shared lock on tmp/; a process that gets an
// exclusive one knows that no other is writing there.
func (b *Bucket) setUp() error {
	for _, name := range []string{filesDir, tmpName} {
		if err := b.root.Mkdir(name, 0o750); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	l, err := openLock(b.root)
	if err != nil {
		return err
	}
	if err = disk.TryLock(l, disk.Exclusive); err == nil {
		err = b.removeTemp()
	}
	if err == nil || errors.Is(err, disk.ErrLocked) {
		err = disk.Lock(l, disk.Shared)
	}
	if err != nil {
		return errors.Join(err, l.Close())
	}
	b.tmpLock = l
	return nil
}

func (b *Bucket) removeTemp() error {
	dir, err := b.root.Open(tmpName)
	if err != nil {
		return err
	}
	names, err := dir.Readdirnames(-1)
	if err := errors.Join(err, dir.Close()); err != nil {
		return err
	}
	for _, name := range names {
		if err := b.root.RemoveAll(path.Join(tmpName, name)); err != nil {
			return err
		}
	}
	return nil
}

// Open implements blob.Bucket. A body to the end of the file is an *os.File, and any other has a method File, so that net/http
// can let the kernel copy it.
func (b *Bucket) Open(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	if offset < 0 {
		return nil, fmt.Errorf("blob: open %s: offset %d is below 0", key, offset)
	}
	f, _, err := b.openKey(ctx, "open", key)
	if err != nil {
		return nil, err
	}
	if offset > 0 {
		if _, err := f.Seek(offset, io.SeekStart); err != nil {
			return nil, errors.Join(fmt.Errorf("blob: open %s: %w", key, blob.Classify(err)), f.Close())
		}
	}
	if length < 0 {
		return f, nil
	}
	return &section{f, io.LimitedReader{R: f, N: length}}, nil
}

// section is the beginning of what is left of a file.
type section struct {
	file *os.File
	io.LimitedReader
}

// Close implements io.Closer.
func (s *section) Close() error { return s.file.Close() }

// File returns the file, whose offset is that of the next Read.
func (s *section) File() *os.File { return s.file }

// openKey opens the file under key. Errors begin with verb.
func (b *Bucket) openKey(ctx context.Context, verb, key string) (*os.File, fs.FileInfo, error) {
	if err := blob.CheckKey(key); err != nil {
		return nil, nil, err
	}
	fail := func(err error) (*os.File, fs.FileInfo, error) {
		return nil, nil, fmt.Errorf("blob: %s %s: %w", verb, key, blob.Classify(err))
	}
	if err := ctx.Err(); err != nil {
		return fail(err)
	}
	f, err := b.root.Open(path.Join(filesDir, key))
	if isAbsent(err) {
		return fail(blob.ErrNotFound)
	}
	if err != nil {
		return fail(err)
	}
	stat, err := f.Stat()
	if err == nil && !stat.Mode().IsRegular() { // a folder of other keys
		err = blob.ErrNotFound
	}
	if err != nil {
		return fail(errors.Join(err, f.Close()))
	}
	return f, stat, nil
}

// isAbsent reports whether err means that a key has no file: there is none of that name, or a file where the key needs a
// folder.
func isAbsent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// Stat implements blob.Bucket.
func (b *Bucket) Stat(ctx context.Context, key string) (blob.Info, error) {
	f, stat, err := b.openKey(ctx, "stat", key)
	if err != nil {
		return blob.Info{}, err
	}
	info := blob.Info{Size: stat.Size(), Type: blob.TypeOf(key), Modified: stat.ModTime()}
	readMetadata(f, &info)
	if err := f.Close(); err != nil {
		return blob.Info{}, fmt.Errorf("blob: stat %s: %w", key, blob.Classify(err))
	}
	return info, nil
}

// Delete implements blob.Bucket. It leaves the folders: an empty one costs nothing, and a Put may be about to use it.
func (b *Bucket) Delete(ctx context.Context, key string) error {
	f, _, err := b.openKey(ctx, "delete", key)
	if errors.Is(err, blob.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	name := path.Join(filesDir, key)
	if err = errors.Join(b.root.Remove(name), f.Close()); err != nil && !isAbsent(err) {
		return fmt.Errorf("blob: delete %s: %w", key, blob.Classify(err))
	}
	if err := b.syncDir(path.Dir(name)); err != nil {
		return fmt.Errorf("blob: delete %s: %w", key, blob.Classify(err))
	}
	return nil
}

// Link implements blob.Bucket. It returns "", since files have no server of their own.
func (b *Bucket) Link(_ context.Context, key string, _ blob.LinkOptions) (string, error) {
	return "", blob.CheckKey(key)
}

// Ping implements blob.Bucket. It writes, reads and removes a small file.
func (b *Bucket) Ping(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("blob: ping: %w", err)
	}
	if err := b.writeAndRead(path.Join(tmpName, rand.Text())); err != nil {
		return fmt.Errorf("blob: ping: %w", blob.Classify(err))
	}
	return nil
}

// writeAndRead writes a file of that name, reads it and removes it. It removes the file even if writing fails: on a full disk
// a file can be created but not written.
func (b *Bucket) writeAndRead(name string) error {
	const want = "ping"
	err := b.root.WriteFile(name, []byte(want), 0o600)
	var got []byte
	if err == nil {
		got, err = b.root.ReadFile(name)
	}
	if err == nil && string(got) != want {
		err = fmt.Errorf("wrote %q, read %q", want, got)
	}
	if gone := b.root.Remove(name); !errors.Is(gone, fs.ErrNotExist) {
		err = errors.Join(err, gone)
	}
	return err
}

// Close implements blob.Bucket. It may be called twice.
func (b *Bucket) Close() error { return b.close() }
