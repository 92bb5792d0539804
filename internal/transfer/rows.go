package transfer

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/filmgate/filmgate/internal/store"
)

// A page of rows is written in one transaction. It ends with the row that reaches one of these.
const (
	defaultPageRows = 1000
	pageBytes       = 4 << 20 // in all columns
)

// copyRows copies the rows that come after a state. begin makes the destination empty first.
func (m Move) copyRows(ctx context.Context, s state, begin bool) error {
	raw, err := s.encode()
	if err != nil {
		return err
	}
	if begin {
		err = m.To.Rows.Begin(ctx, raw)
	} else { // another command may continue than the one that began
		err = m.To.Rows.Insert(ctx, store.Tables()[0], nil, raw)
	}
	if err != nil {
		return m.To.Fail(err)
	}
	tables := store.Tables()
	first := slices.IndexFunc(tables, func(t store.Table) bool { return t.Name == s.Table })
	if first < 0 {
		return m.To.Fail(fmt.Errorf("the state of the move names a table %q", s.Table))
	}
	for _, t := range tables[first:] {
		if t.Name != s.Table {
			s.Table, s.After = t.Name, nil
		}
		if err := m.copyTable(ctx, t, &s); err != nil {
			return err
		}
	}
	return nil
}

// copyTable copies the rows of a table that come after a state.
func (m Move) copyTable(ctx context.Context, t store.Table, s *state) error {
	after, err := decodeKey(t, s.After)
	if err != nil {
		return m.To.Fail(err)
	}
	total, err := m.From.Rows.Count(ctx, t)
	if err != nil {
		return m.From.Fail(err)
	}
	done := int64(0)
	if after != nil {
		if done, err = m.To.Rows.Count(ctx, t); err != nil {
			return m.To.Fail(err)
		}
	}
	w := writer{move: m, table: t, state: s, done: done, total: total}
	m.show("copying "+t.Name, done, total)
	err = m.From.Rows.Scan(ctx, t, after, func(row store.Row) error { return w.add(ctx, row) })
	if w.failed != nil {
		return w.failed
	}
	if err != nil {
		return m.From.Fail(err)
	}
	return w.flush(ctx)
}

// writer writes the rows of a table in pages.
type writer struct {
	move        Move
	table       store.Table
	state       *state
	page        []store.Row
	bytes       int
	done, total int64
	failed      error // why the last page could not be written
}

// add adds a row, and writes the page if it is full.
func (w *writer) add(ctx context.Context, row store.Row) error {
	w.page = append(w.page, row)
	w.bytes += size(row)
	if len(w.page) < w.move.pageRows() && w.bytes < pageBytes {
		return nil
	}
	return w.flush(ctx)
}

// flush writes the rows that were added, and the position after them.
func (w *writer) flush(ctx context.Context) error {
	if len(w.page) == 0 {
		return nil
	}
	w.state.After = encodeKey(w.table, w.page[len(w.page)-1])
	raw, err := w.state.encode()
	if err == nil {
		err = w.move.To.Rows.Insert(ctx, w.table, w.page, raw)
	}
	if err != nil {
		w.failed = w.move.To.Fail(err)
		return w.failed
	}
	w.done += int64(len(w.page))
	w.page, w.bytes = w.page[:0], 0
	w.move.show("copying "+w.table.Name, w.done, w.total)
	return nil
}

// size returns about how many bytes of memory a row takes.
func size(row store.Row) int {
	n := 0
	for _, v := range row {
		const value = 24 // the value itself, or its header
		n += value
		switch v := v.(type) {
		case string:
			n += len(v)
		case []byte:
			n += len(v)
		}
	}
	return n
}

// encodeKey returns the key of a row as a state holds it.
func encodeKey(t store.Table, row store.Row) [][]byte {
	key := make([][]byte, t.Key)
	for i := range key {
		key[i] = fmt.Append(nil, row[i])
	}
	return key
}

// decodeKey returns the key that encodeKey encoded; nil for nil.
func decodeKey(t store.Table, key [][]byte) (store.Row, error) {
	if key == nil {
		return nil, nil
	}
	if len(key) != t.Key {
		return nil, fmt.Errorf("the state of the move has a key of %d columns for %s", len(key), t.Name)
	}
	row := make(store.Row, len(key))
	for i, text := range key {
		row[i] = string(text)
		if t.Columns[i].Kind == store.Integer {
			n, err := strconv.ParseInt(string(text), 10, 64)
			if err != nil {
				return nil, fmt.Errorf("the state of the move has a key that is no number for %s", t.Name)
			}
			row[i] = n
		}
	}
	return row, nil
}
