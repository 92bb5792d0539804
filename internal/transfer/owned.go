package transfer

import (
	"context"
	"errors"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/store"
)

// checkOwned compares the files that the rows name with those at the destination.
func (c *copier) checkOwned(ctx context.Context) error {
	for _, t := range store.Tables() {
		if !namesFiles(t) {
			continue
		}
		total, err := c.move.From.Rows.Count(ctx, t)
		if err != nil {
			return c.move.From.Fail(err)
		}
		if err := c.checkTable(ctx, t, total); err != nil {
			return err
		}
	}
	return nil
}

func (c *copier) checkTable(ctx context.Context, t store.Table, total int64) error {
	var page []NamedFile
	var failed error
	done := int64(0)
	check := func() error {
		failed = AtOnce(ctx, page, c.check)
		page = page[:0]
		c.move.show("comparing files of "+t.Name, done, total)
		return failed
	}
	err := c.move.From.Rows.Scan(ctx, t, nil, func(row store.Row) error {
		body, _ := row[len(row)-1].([]byte)
		found, err := namedBy(t, body, nil)
		if err != nil {
			return err
		}
		done++
		if page = append(page, found...); len(page) >= filesPage {
			return check()
		}
		return nil
	})
	if failed != nil {
		return failed
	}
	if err != nil {
		return c.move.From.Fail(err)
	}
	return check()
}

// check compares a file at the destination with its row, and with the source.
func (c *copier) check(ctx context.Context, f NamedFile) error {
	from, to := c.move.From, c.move.To
	c.mu.Lock()
	u, is := c.flawed[f.Key]
	if is {
		c.flawed[f.Key] = flaw{u.what, true}
	}
	c.mu.Unlock()
	if is {
		c.problem(FileError{f.Key, f.Owner, u.what})
		return nil
	}
	there, err := to.Files.Stat(ctx, f.Key)
	if errors.Is(err, blob.ErrNotFound) {
		c.problem(FileError{f.Key, f.Owner, "it is missing at the source"})
		return nil
	}
	if err != nil {
		return to.failFiles(err)
	}
	if f.Hash == "" {
		return nil
	}
	if there.SHA256 == "" { // the copy has the bytes of the source
		info, err := from.Files.Stat(ctx, f.Key)
		if err != nil && !errors.Is(err, blob.ErrNotFound) {
			return from.failFiles(err)
		}
		there.SHA256 = info.SHA256
	}
	got, err := hashAt(ctx, to.Files, f.Key, there)
	if err != nil {
		return to.failFiles(err)
	}
	if got != f.Hash {
		c.problem(FileError{f.Key, f.Owner, damaged(got, f.Hash)})
	}
	return nil
}
