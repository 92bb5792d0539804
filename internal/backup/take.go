package backup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
	"github.com/filmgate/filmgate/internal/transfer"
)

// maxMissing is how many files may be missing before the storage itself must be at fault.
const maxMissing = 10_000

// errMoved says that files which the copy of the database names are gone because their rows have changed.
var errMoved = errors.New("rows have changed since the database was copied")

// taking is one attempt at a backup.
type taking struct {
	Create
	files   blob.Storage
	last    bool // no other will follow
	list    *listWriter
	report  Report
	missing []transfer.NamedFile
	flawed  []transfer.FileError
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
		return nil //nolint:nilerr // it is reported, and the other files are backed up
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
	t.flawed = append(t.flawed, transfer.FileError{Key: f.Key, Owner: f.Owner, What: what})
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
