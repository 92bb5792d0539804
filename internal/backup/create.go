package backup

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/transfer"
)

// copies is how often the database is copied at most, because files of the copy before were moved or deleted meanwhile.
const copies = 3

// Rows is a database that can be copied while a server uses it.
type Rows interface {
	store.Portable
	// CopyTo writes a consistent copy to a new file that only this user may read.
	CopyTo(ctx context.Context, path string) error
}

// Copy is an open copy of a database.
type Copy interface {
	store.Portable
	// Versions returns the version of the tables and the newest that this program knows.
	Versions(ctx context.Context) (there, known int64, err error)
	// QuickCheck returns an error if the copy is damaged.
	QuickCheck(ctx context.Context) error
	Close() error
}

// Create makes a backup, or renews the one in the folder.
type Create struct {
	Folder  Folder
	Program string           // version of this program
	Now     func() time.Time // must not be nil
	Rows    Rows
	Files   blob.Bucket // of the server; nil = they are in a bucket, and not backed up
	// OpenCopy opens a copy of the database, and OpenFiles the storage in a folder.
	OpenCopy  func(ctx context.Context, path string) (Copy, error)
	OpenFiles func(path string) (blob.Storage, error)
	Progress  func(transfer.Progress)  // is called after every step; may be nil
	Problem   func(transfer.FileError) // is called for each file that is not in the backup as it should be; may be nil
	Deleted   func(key string)         // is called for each file that was deleted after the database was copied; may be nil
}

// Report is the result of Create.
type Report struct {
	Manifest
	Copied, Present int64 // files that were copied now, and that the folder had already
	Removed         int64 // files that an earlier backup had
	Problems        int64 // calls of Create.Problem
	Deleted         int64 // calls of Create.Deleted
}

// Run makes the backup. If it fails, the folder holds the backup that it held before.
func (c Create) Run(ctx context.Context) (r Report, err error) {
	lock, err := c.Folder.lock()
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	if err := c.Folder.removeNew(); err != nil {
		return r, err
	}
	files, err := c.OpenFiles(c.Folder.Files())
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, files.Close()) }()
	var keys map[string]struct{}
	for n := 1; ; n++ {
		t := taking{Create: c, files: files, last: n == copies}
		if r, keys, err = t.take(ctx); !errors.Is(err, errMoved) {
			break
		}
		c.show("files were moved or deleted meanwhile: once more")
	}
	if err == nil {
		err = c.Folder.write(r.Manifest)
	}
	if err != nil {
		return r, err
	}
	r.Removed, err = c.removeOld(ctx, files, r.Manifest, keys)
	return r, err
}

func (c Create) show(step string) {
	if c.Progress != nil {
		c.Progress(transfer.Progress{Step: step, Total: -1})
	}
}

// removeOld removes what the manifest no longer names.
func (c Create) removeOld(ctx context.Context, files blob.Storage, m Manifest, keys map[string]struct{}) (removed int64, err error) {
	err = c.Folder.removeIf(func(name string) bool {
		return strings.Contains(name, unfinished) || name != m.Database.Name && name != m.Files.Name && name != manifestName && name != lockName
	})
	if m.Files.Elsewhere { // what an earlier backup copied from a data folder may be all that is left of it
		return 0, err
	}
	const page = 500
	for after := ""; err == nil; {
		var found []blob.Entry
		if found, err = files.List(ctx, "", after, page); err != nil {
			break
		}
		for _, e := range found {
			after = e.Key
			if _, named := keys[e.Key]; named {
				continue
			}
			if err := files.Delete(ctx, e.Key); err != nil {
				return removed, err
			}
			removed++
		}
		if len(found) < page {
			break
		}
	}
	if err != nil {
		return removed, fmt.Errorf("the backup is complete, but what it no longer needs was not removed: %w", err)
	}
	return removed, nil
}
