package transfer

import (
	"context"
	"errors"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// NamedFile is a file that a row names.
type NamedFile struct {
	Key   string
	Owner string // "task ID" or "dataset ID"
	Hash  string // SHA-256 by the row; "" = the row has none
}

// Named copies the files that the rows of a database name. The database may be of an older version.
type Named struct {
	Rows     store.Portable
	From, To blob.Bucket
	Progress func(Progress)                                    // may be nil
	Task     func(task.Task)                                   // is called with each task; may be nil
	Done     func(f NamedFile, c FileCopy, failed error) error // is called for each file, once; failed is a *SourceError or nil
}

// Copy copies what the destination does not have. A file that the destination has with the hash of its row is not looked for at
// the source, and one that is missing at the source counts as copied if the destination has it.
func (n Named) Copy(ctx context.Context) error {
	seen := map[string]struct{}{}
	var page []NamedFile
	done := int64(0)
	flush := func() error {
		err := n.copyPage(ctx, page)
		done += int64(len(page))
		page = page[:0]
		if n.Progress != nil {
			n.Progress(Progress{"copying files", done, -1})
		}
		return err
	}
	err := EachNamed(ctx, n.Rows, n.Task, func(f NamedFile) error {
		if _, again := seen[f.Key]; again {
			return nil
		}
		seen[f.Key] = struct{}{}
		if page = append(page, f); len(page) >= filesPage {
			return flush()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

// copyPage copies some files at once, and then calls Done for each in their order.
func (n Named) copyPage(ctx context.Context, page []NamedFile) error {
	copies, failed := make([]FileCopy, len(page)), make([]error, len(page))
	places := make([]int, len(page))
	for i := range places {
		places[i] = i
	}
	err := AtOnce(ctx, places, func(ctx context.Context, i int) error {
		if c, err := n.earlier(ctx, page[i].Key, nil); err == nil && c.SHA256 != "" && c.SHA256 == page[i].Hash {
			copies[i] = c // what the source has may be damaged since
			return nil
		}
		c, err := CopyFile(ctx, n.From, n.To, page[i].Key)
		var source *SourceError
		switch {
		case err == nil:
			copies[i] = c
		case ctx.Err() != nil || !errors.As(err, &source):
			return err
		case errors.Is(err, blob.ErrNotFound):
			copies[i], failed[i] = n.earlier(ctx, page[i].Key, err)
		default:
			failed[i] = err
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i, f := range page {
		if err := n.Done(f, copies[i], failed[i]); err != nil {
			return err
		}
	}
	return nil
}

// earlier returns the copy that the destination has, or missing.
func (n Named) earlier(ctx context.Context, key string, missing error) (FileCopy, error) {
	there, err := n.To.Stat(ctx, key)
	if err != nil {
		return FileCopy{}, missing
	}
	sum, err := hashAt(ctx, n.To, key, there)
	if err != nil {
		return FileCopy{}, missing
	}
	return FileCopy{Size: there.Size, SHA256: sum, Present: true}, nil
}

// bodies returns the tables whose rows name files, with the columns that tell which; older versions have these too.
func bodies() []store.Table {
	var out []store.Table
	for _, t := range store.Tables() {
		if namesFiles(t) {
			t.Columns = []store.Column{t.Columns[0], t.Columns[len(t.Columns)-1]}
			out = append(out, t)
		}
	}
	return out
}

// EachNamed calls yield with each file that a row names and that must be there; with some of them several times. It calls each,
// which may be nil, with each task.
func EachNamed(ctx context.Context, rows store.Portable, each func(task.Task), yield func(NamedFile) error) error {
	for _, t := range bodies() {
		err := rows.Scan(ctx, t, nil, func(row store.Row) error {
			body, _ := row[len(row)-1].([]byte)
			found, err := namedBy(t, body, each)
			for _, f := range found {
				if err = yield(f); err != nil {
					break
				}
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// namesFiles reports whether the rows of a table name files.
func namesFiles(t store.Table) bool { return t.Name == "tasks" || t.Name == "datasets" }

// namedBy lists the files that a row names and that must be there, from the row's body. It calls each, which may be nil, with a task.
func namedBy(t store.Table, body []byte, each func(task.Task)) ([]NamedFile, error) {
	if t.Name != "tasks" {
		return datasetFiles(body)
	}
	tk, err := store.UnmarshalTask(body)
	if err != nil {
		return nil, err
	}
	if each != nil {
		each(tk)
	}
	return taskFiles(tk), nil
}

// datasetFiles lists the file of a dataset. An upload in parts has none yet.
func datasetFiles(body []byte) ([]NamedFile, error) {
	d, err := store.UnmarshalDataset(body)
	if err != nil || d.Key == "" {
		return nil, err
	}
	return []NamedFile{{Key: d.Key, Owner: "dataset " + d.ID}}, nil
}

// taskFiles lists the files of a task: its inputs, and those of its artifacts that are not deleted. While a job moves files, the row
// names those that are there.
func taskFiles(t task.Task) []NamedFile {
	owner := "task " + t.ID
	var out []NamedFile
	for _, a := range t.Artifacts {
		if a.Deleted {
			continue
		}
		for _, f := range a.Files {
			out = append(out, NamedFile{f.Key, owner, f.SHA256})
		}
	}
	for _, img := range t.Request.Pictures() {
		if img.Key != "" {
			out = append(out, NamedFile{Key: img.Key, Owner: owner})
		}
	}
	for _, a := range t.Request.ReferenceAudio {
		if a.Key != "" {
			out = append(out, NamedFile{Key: a.Key, Owner: owner})
		}
	}
	if v := t.Request.Video; v != nil && v.Key != "" {
		out = append(out, NamedFile{Key: v.Key, Owner: owner})
	}
	return out
}
