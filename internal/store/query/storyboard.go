package query

import (
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// Storyboards returns the query of the bodies of the storyboards that q selects, newest first.
func Storyboards(q task.StoryboardQuery) (statement string, args []any) {
	var f Filter
	if q.ID != "" {
		f.Add("id = ?", q.ID)
	}
	if q.Account != 0 {
		f.Add("account = ?", q.Account)
	}
	return `SELECT body FROM storyboards` + f.Page("storyboards", q.After, false, q.Limit), f.Args
}

// Write is a statement that writes one row.
type Write struct {
	Statement string
	Args      []any
	None      error // what it means if it writes none
}

// PutStoryboard returns the statement that writes a storyboard, with a version that is one more than the version read.
func PutStoryboard(b task.Storyboard) (Write, error) {
	read := b.Version
	b.Version++
	body, err := store.MarshalStoryboard(b)
	if err != nil {
		return Write{}, err
	}
	if read == 0 {
		return Write{`INSERT INTO storyboards (id, account, created, version, body) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING`,
			[]any{b.ID, b.Account, b.Created.UnixMilli(), b.Version, body}, store.ErrExists}, nil
	}
	return Write{`UPDATE storyboards SET version = $2, body = $3 WHERE id = $1 AND version = $4`, []any{b.ID, b.Version, body, read}, store.ErrStale}, nil
}

// DeleteStoryboard returns the statement that deletes a storyboard of that version.
func DeleteStoryboard(id string, version int64) Write {
	return Write{`DELETE FROM storyboards WHERE id = $1 AND version = $2`, []any{id, version}, store.ErrStale}
}
