package file

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/disk"
)

// Put implements blob.Bucket. It checks ctx before each read of r, but cannot end a Read that hangs.
func (b *Bucket) Put(ctx context.Context, key string, r io.Reader, mediaType string) (blob.Info, error) {
	if err := blob.CheckKey(key); err != nil {
		return blob.Info{}, err
	}
	if mediaType == "" {
		mediaType = blob.TypeOf(key)
	}
	info, err := b.put(ctx, path.Join(filesDir, key), r, mediaType)
	if err != nil {
		return blob.Info{}, fmt.Errorf("blob: put %s: %w", key, blob.Classify(err))
	}
	return info, nil
}

func (b *Bucket) put(ctx context.Context, name string, r io.Reader, mediaType string) (blob.Info, error) {
	temp := path.Join(tmpName, rand.Text())
	f, err := b.root.OpenFile(temp, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return blob.Info{}, err
	}
	info, err := fill(ctx, f, r, mediaType)
	if err = errors.Join(err, f.Close()); err == nil {
		err = b.commit(ctx, temp, name)
	}
	if err != nil {
		if gone := b.root.Remove(temp); !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
		return blob.Info{}, err
	}
	return info, nil
}

// fill copies r to f, adds the metadata, and syncs f to the disk.
func fill(ctx context.Context, f *os.File, r io.Reader, mediaType string) (blob.Info, error) {
	hash := sha256.New()
	if _, err := io.Copy(io.MultiWriter(f, hash), &contextReader{ctx, r}); err != nil {
		return blob.Info{}, err
	}
	stat, err := f.Stat()
	if err != nil {
		return blob.Info{}, err
	}
	info := blob.Info{
		Size: stat.Size(), Type: mediaType, SHA256: hex.EncodeToString(hash.Sum(nil)), Modified: stat.ModTime(),
	}
	writeMetadata(f, info)
	return info, f.Sync()
}

// commit renames temp to name and syncs its parent folders to the disk.
func (b *Bucket) commit(ctx context.Context, temp, name string) error {
	if err := b.root.MkdirAll(path.Dir(name), 0o750); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := b.root.Rename(temp, name); err != nil {
		return err
	}
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if err := b.syncDir(dir); err != nil {
			return err
		}
	}
	return nil
}

func (b *Bucket) syncDir(name string) error {
	dir, err := b.root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(disk.SyncFolder(dir), dir.Close())
}

// contextReader is a reader that fails once ctx has ended.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

// Read implements io.Reader.
func (c *contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
