package file

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/filmgate/filmgate/internal/blob"
)

// List implements blob.Lister. It reads whole folders, but examines only files that it returns.
func (b *Bucket) List(ctx context.Context, folder, after string, limit int) ([]blob.Entry, error) {
	if err := blob.CheckFolder(folder); err != nil {
		return nil, err
	}
	l := lister{bucket: b, after: after, limit: limit}
	if err := l.walk(ctx, folder); err != nil {
		return nil, fmt.Errorf("blob: list %q: %w", folder, blob.Classify(err))
	}
	return l.found, nil
}

type lister struct {
	bucket *Bucket
	after  string
	limit  int
	found  []blob.Entry
}

// walk adds the files below a folder until the limit is reached.
func (l *lister) walk(ctx context.Context, folder string) error {
	names, err := l.readDir(ctx, folder)
	if err != nil {
		return err
	}
	for _, name := range names {
		key := folder + name
		switch {
		case len(l.found) >= l.limit:
			return nil
		case strings.HasSuffix(key, "/"):
			if key > l.after || strings.HasPrefix(l.after, key) {
				if err := l.walk(ctx, key); err != nil {
					return err
				}
			}
		case key > l.after && blob.CheckKey(key) == nil:
			if err := l.add(key); err != nil {
				return err
			}
		}
	}
	return nil
}

// readDir returns the names in a folder in the order of their keys. Names of folders end in a slash.
func (l *lister) readDir(ctx context.Context, folder string) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	dir, err := l.bucket.root.Open(path.Join(filesDir, folder))
	if isAbsent(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = dir.Close() }() // it was only read
	entries, err := dir.ReadDir(-1)
	if isAbsent(err) { // a file that has the folder's name
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
		if e.IsDir() {
			names[i] += "/"
		}
	}
	slices.Sort(names)
	return names, nil
}

// add adds one file, unless it was removed meanwhile or is not a regular file.
func (l *lister) add(key string) error {
	info, err := l.bucket.root.Lstat(path.Join(filesDir, key))
	if isAbsent(err) || err == nil && !info.Mode().IsRegular() {
		return nil
	}
	if err != nil {
		return err
	}
	l.found = append(l.found, blob.Entry{Key: key, Modified: info.ModTime()})
	return nil
}
