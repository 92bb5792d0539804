package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/disk"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/transfer"
)

// Backup is a complete backup, which no other command changes until it is closed.
type Backup struct {
	Manifest
	folder Folder
	files  blob.Storage // nil = they are elsewhere
	lock   *os.File
}

// Open opens a backup and checks that it is complete: the database and the list have the hashes of the manifest, and all files of
// the list are there. known is the newest version of the tables that this program knows.
func Open(ctx context.Context, folder Folder, known int64, openFiles func(path string) (blob.Storage, error)) (b *Backup, err error) {
	b = &Backup{folder: folder}
	if b.Manifest, err = folder.manifest(); err != nil {
		return nil, err
	}
	if err := store.CheckVersion(b.Database.Version, known); err != nil {
		return nil, err
	}
	b.lock, err = folder.flock(os.O_RDONLY, disk.Shared)
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // without the lock file it is a copy of a backup
		return nil, err
	}
	err = nil
	if !b.Manifest.Files.Elsewhere {
		if _, err = os.Stat(folder.Files()); err == nil {
			b.files, err = openFiles(folder.Files())
		}
	}
	if err == nil {
		err = b.check(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// Close ends the use of the backup.
func (b *Backup) Close() error {
	var errs []error
	if b.files != nil {
		errs = append(errs, b.files.Close())
	}
	if b.lock != nil {
		errs = append(errs, b.lock.Close())
	}
	return errors.Join(errs...)
}

func (b *Backup) check(ctx context.Context) error {
	for name, want := range map[string]string{b.Database.Name: b.Database.SHA256, b.Manifest.Files.Name: b.Manifest.Files.SHA256} {
		got, _, err := hashFile(b.folder.path(name))
		if err != nil {
			return fmt.Errorf("the backup is not complete: %w", err)
		}
		if got != want {
			return fmt.Errorf("the backup is damaged: %s has the hash %s instead of %s", b.folder.path(name), got, want)
		}
	}
	var count, size, missing int64
	first := ""
	err := b.folder.each(b.Manifest.Files, func(key, _ string) error {
		count++
		info, err := b.files.Stat(ctx, key)
		if errors.Is(err, blob.ErrNotFound) {
			if missing++; first == "" {
				first = key
			}
			return nil
		}
		size += info.Size
		return err
	})
	switch {
	case err != nil:
		return err
	case missing > 0:
		return fmt.Errorf("the backup is not complete: %d of its %d files are missing; the first is %s", missing, count, first)
	case count != b.Manifest.Files.Count || size != b.Manifest.Files.Size:
		return fmt.Errorf("the backup is damaged: its %d files have %d bytes, and the manifest says %d files with %d bytes",
			count, size, b.Manifest.Files.Count, b.Manifest.Files.Size)
	}
	return nil
}

// restorePage is how many lines of the list are read before their files are copied.
const restorePage = 500

// RestoreFiles copies all files to a storage, except those that it has from an earlier call, and compares their hashes with the
// list. It returns how many it copied.
func (b *Backup) RestoreFiles(ctx context.Context, to blob.Storage, progress func(transfer.Progress)) (copied int64, err error) {
	if b.files == nil {
		return 0, nil
	}
	type line struct{ key, sum string }
	var page []line
	var mu sync.Mutex
	done := int64(0)
	flush := func() error {
		defer func() { page = page[:0] }()
		return transfer.AtOnce(ctx, page, func(ctx context.Context, l line) error {
			present, err := b.restoreFile(ctx, to, l.key, l.sum)
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			if done++; !present {
				copied++
			}
			if progress != nil {
				progress(transfer.Progress{Step: "copying files", Done: done, Total: b.Manifest.Files.Count})
			}
			return nil
		})
	}
	err = b.folder.each(b.Manifest.Files, func(key, sum string) error {
		if page = append(page, line{key, sum}); len(page) >= restorePage {
			return flush()
		}
		return nil
	})
	if err == nil {
		err = flush()
	}
	return copied, err
}

func (b *Backup) restoreFile(ctx context.Context, to blob.Storage, key, sum string) (present bool, err error) {
	c, err := transfer.CopyFile(ctx, b.files, to, key)
	if err != nil {
		return false, err
	}
	if c.SHA256 != sum {
		return false, errors.Join(fmt.Errorf("the backup is damaged: the file %s has the hash %s instead of %s", key, c.SHA256, sum),
			to.Delete(context.WithoutCancel(ctx), key))
	}
	return c.Present, nil
}

// RestoreDatabase writes the database to path, in one step, so that there is all of it or what was there before. SQLite must not
// have a database at path open.
func (b *Backup) RestoreDatabase(path string) (err error) {
	from, err := os.Open(b.folder.path(b.Database.Name))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	temp := path + unfinished
	if err := writeFile(temp, from); err != nil {
		return err
	}
	got, _, err := hashFile(temp)
	if err == nil && got != b.Database.SHA256 {
		err = fmt.Errorf("%s was not stored as it was sent: it has the hash %s instead of %s", temp, got, b.Database.SHA256)
	}
	for _, ending := range []string{"-wal", "-shm"} { // they would belong to the database that was there
		if gone := os.Remove(path + ending); !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
	}
	if err == nil {
		err = os.Rename(temp, path)
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	return err
}
