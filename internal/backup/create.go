package backup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
	"github.com/filmgate/filmgate/internal/transfer"
)

// copies is how often the database is copied at most, because files of the copy before were moved or deleted meanwhile.
const copies = 3

// maxMissing is how many files may be missing before the storage itself must be at fault.
const maxMissing = 10_000

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

// Storage is storage that can list its files.
type Storage = transfer.Storage

// Create makes a backup, or renews the one in the folder.
type Create struct {
	Folder  Folder
	Program string           // version of this program
	Now     func() time.Time // must not be nil
	Rows    Rows
	Files   blob.Bucket // of the server; nil = they are in a bucket, and not backed up
	// OpenCopy opens a copy of the database, and OpenFiles the storage in a folder.
	OpenCopy  func(ctx context.Context, path string) (Copy, error)
	OpenFiles func(path string) (Files, error)
	Progress  func(transfer.Progress) // is called after every step; may be nil
	Problem   func(transfer.Problem)  // is called for each file that is not in the backup as it should be; may be nil
	Deleted   func(key string)        // is called for each file that was deleted after the database was copied; may be nil
}

// Files is storage that is to be closed.
type Files interface {
	Storage
	Close() error
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

// errMoved says that files which the copy of the database names are gone because their rows have changed.
var errMoved = errors.New("rows have changed since the database was copied")

// taking is one attempt at a backup.
type taking struct {
	Create
	files   Storage
	last    bool // no other will follow
	list    *listWriter
	report  Report
	missing []transfer.NamedFile
	flawed  []transfer.Problem
}

// take copies the database, then the files that the copy names, and gives both their names. It returns errMoved if another
// attempt can do better.
func (t *taking) take(ctx context.Context) (r Report, keys map[string]struct{}, err error) {
	t.show("copying the database")
	path, taken := t.Folder.path(newDatabase), t.Now().UTC().Truncate(time.Second)
	if err := t.Folder.removeNew(); err != nil {
		return r, nil, err
	}
	if err := t.Rows.CopyTo(ctx, path); err != nil {
		return r, nil, err
	}
	if t.list, err = t.Folder.newList(); err != nil {
		return r, nil, err
	}
	version, err := t.copyFiles(ctx, path)
	if err != nil {
		return r, nil, errors.Join(err, t.list.file.Close())
	}
	m := Manifest{Format: format, Program: t.Program, Taken: taken, Tasks: t.report.Tasks}
	if m.Files, err = t.list.close(t.Folder); err != nil {
		return r, nil, err
	}
	m.Files.Elsewhere = t.Files == nil
	if m.Database, err = t.nameDatabase(path); err != nil {
		return r, nil, err
	}
	m.Database.Version = version
	t.report.Manifest = m
	t.tell()
	return t.report, t.list.keys, nil
}

// nameDatabase brings the copy to the disk under the name that it has from now on.
func (t *taking) nameDatabase(path string) (d Database, err error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0) //nolint:gosec // the path comes from the operator
	if err != nil {
		return d, err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return d, err
	}
	if d.SHA256, d.Size, err = hashFile(path); err != nil {
		return d, err
	}
	d.Name = "filmgate-" + d.SHA256[:16] + ".db"
	return d, os.Rename(path, t.Folder.path(d.Name))
}

// copyFiles checks the copy of the database, and copies the files that it names. It returns the version of its tables.
func (t *taking) copyFiles(ctx context.Context, path string) (version int64, err error) {
	db, err := t.OpenCopy(ctx, path)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	version, known, err := db.Versions(ctx)
	if err == nil {
		err = store.CheckVersion(version, known)
	}
	if err == nil && version == 0 {
		err = errors.New("there are no tasks to back up: it has none of the tables")
	}
	if err == nil {
		err = transfer.Unfinished(ctx, db)
	}
	if err == nil {
		err = db.QuickCheck(ctx)
	}
	if err != nil {
		return 0, err
	}
	if t.Files == nil {
		return version, transfer.EachNamed(ctx, db, t.count, func(transfer.NamedFile) error { return nil })
	}
	named := transfer.Named{Rows: db, From: t.Files, To: t.files, Progress: t.Progress, Task: t.count, Done: t.done}
	if err := named.Copy(ctx); err != nil {
		return 0, err
	}
	return version, t.judge(ctx)
}

func (t *taking) count(tk task.Task) {
	n := &t.report.Tasks
	n.All++
	if tk.State.Terminal() {
		return
	}
	n.Live++
	if tk.Handle != "" {
		n.AtEngines++
	}
}

// done notes what became of a file.
func (t *taking) done(f transfer.NamedFile, c transfer.FileCopy, failed error) error {
	switch {
	case errors.Is(failed, blob.ErrNotFound):
		if t.missing = append(t.missing, f); len(t.missing) > maxMissing {
			return fmt.Errorf("more than %d files that rows name are missing; the last is %s, named by %s", maxMissing, f.Key, f.Owner)
		}
		return nil
	case failed != nil:
		t.flaw(f, "it can't be read: "+failed.Error())
		return nil
	case f.Hash != "" && f.Hash != c.SHA256:
		t.flaw(f, fmt.Sprintf("it is damaged, and was copied so: it has the hash %s instead of %s", c.SHA256, f.Hash))
	case c.Want != "":
		t.flaw(f, fmt.Sprintf("it is damaged, and was copied so: it has the hash %s instead of %s", c.SHA256, c.Want))
	}
	if c.Present {
		t.report.Present++
	} else {
		t.report.Copied++
	}
	return t.list.add(f.Key, c.SHA256, c.Size)
}

func (t *taking) flaw(f transfer.NamedFile, what string) {
	t.flawed = append(t.flawed, transfer.Problem{Key: f.Key, Owner: f.Owner, What: what})
}

// judge looks at the missing files again: the rows of some may have changed since the database was copied.
func (t *taking) judge(ctx context.Context) error {
	if len(t.missing) == 0 {
		return nil
	}
	still := map[string]bool{}
	for _, f := range t.missing {
		still[f.Key] = false
	}
	err := transfer.EachNamed(ctx, t.Rows, nil, func(f transfer.NamedFile) error {
		if _, is := still[f.Key]; is {
			still[f.Key] = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	var gone []transfer.NamedFile
	for _, f := range t.missing {
		if still[f.Key] {
			t.flaw(f, "it is missing")
		} else {
			gone = append(gone, f)
		}
	}
	if t.missing = gone; len(gone) > 0 && !t.last {
		return errMoved
	}
	return nil
}

// tell reports what is not in the backup as it should be.
func (t *taking) tell() {
	for _, p := range t.flawed {
		t.report.Problems++
		if t.Problem != nil {
			t.Problem(p)
		}
	}
	for _, f := range t.missing {
		t.report.Deleted++
		if t.Create.Deleted != nil {
			t.Create.Deleted(f.Key)
		}
	}
}

// removeOld removes what the manifest no longer names.
func (c Create) removeOld(ctx context.Context, files Storage, m Manifest, keys map[string]struct{}) (removed int64, err error) {
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
