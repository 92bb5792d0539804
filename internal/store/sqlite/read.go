package sqlite

import (
	"context"
	"fmt"
	"strings"

	"github.com/filmgate/filmgate/internal/task"
)

// Task implements store.Store.
func (s *Store) Task(ctx context.Context, id string) (task.Task, error) {
	t, err := queryOne(ctx, s.db.reader, scanTask, `SELECT body FROM tasks WHERE id = $1`, id)
	if err != nil {
		return task.Task{}, fmt.Errorf("sqlite: task %s: %w", id, err)
	}
	return t, nil
}

// Tasks implements store.Store. The cost of a page depends on its size and on the rows that its filters skip, not on its
// position in the list.
func (s *Store) Tasks(ctx context.Context, q task.Query) ([]task.Task, error) {
	query, args := tasksQuery(q)
	found, err := queryAll(ctx, s.db.reader, scanTask, query, args...)
	if err != nil {
		return nil, fmt.Errorf("sqlite: list tasks: %w", err)
	}
	return found, nil
}

func tasksQuery(q task.Query) (string, []any) {
	var f filter
	if q.Account != 0 {
		f.add("account = ?", q.Account)
	}
	addStates(&f, q.States)
	if q.Model != "" {
		f.add("model = ?", q.Model)
	}
	if q.Dialect != "" {
		f.add("dialect = ?", q.Dialect)
	}
	if q.ExternalID != "" {
		f.add("external_id = ? AND external_id <> ''", q.ExternalID) // the second condition lets SQLite use the index of external ids
	}
	if !q.CreatedFrom.IsZero() {
		f.add("created >= ?", millis(q.CreatedFrom))
	}
	if !q.CreatedTo.IsZero() {
		f.add("created < ?", millis(q.CreatedTo))
	}
	if !q.UpdatedTo.IsZero() {
		f.add("updated < ?", millis(q.UpdatedTo))
	}
	if !q.Deleted {
		f.add("deleted = 0")
	}
	return `SELECT body FROM tasks` + f.page("tasks", q.After, q.OldestFirst, q.Limit), f.args
}

func addStates(f *filter, states []task.State) {
	if len(states) == 0 {
		return
	}
	live := true
	var marks []string
	for _, s := range states {
		live = live && !s.Terminal()
		marks = append(marks, f.arg(s))
	}
	f.where = append(f.where, "state IN ("+strings.Join(marks, ", ")+")")
	if live {
		f.add("ended = 0") // redundant, but lets SQLite use the indexes of live tasks
	}
}

// Events implements store.Store.
func (s *Store) Events(ctx context.Context, id string) ([]task.Event, error) {
	found, err := queryAll(ctx, s.db.reader, scanEvent, `SELECT at, kind, from_state, to_state, detail FROM events
		WHERE task = $1 ORDER BY version, place`, id)
	if err != nil {
		return nil, fmt.Errorf("sqlite: events of task %s: %w", id, err)
	}
	return found, nil
}

// Artifacts implements store.Store.
func (s *Store) Artifacts(ctx context.Context, q task.ArtifactQuery) ([]task.Artifact, error) {
	query, args := artifactsQuery(q)
	found, err := queryAll(ctx, s.db.reader, scanArtifact, query, args...)
	if err != nil {
		return nil, fmt.Errorf("sqlite: list artifacts: %w", err)
	}
	return found, nil
}

func artifactsQuery(q task.ArtifactQuery) (string, []any) {
	var f filter
	if q.Account != 0 {
		f.add("a.account = ?", q.Account)
	}
	if q.Artifact != "" {
		f.add("a.id = ?", q.Artifact)
	}
	if q.Share != "" {
		f.add("a.share = ? AND a.share <> ''", q.Share) // the second condition lets SQLite use the index of shared artifacts
	}
	if q.Group != "" {
		f.add("a.asset_group = ?", q.Group)
	}
	if q.Task != "" {
		f.add("a.task = ?", q.Task)
	}
	if q.Favorite != nil {
		f.add("a.favorite = ?", *q.Favorite)
	}
	if q.Pending {
		f.add("a.pending = 1")
	} else {
		f.add("a.deleted = 0")
	}
	return `SELECT a.id, t.body FROM artifacts a JOIN tasks t ON t.id = a.task` + f.page("a", q.After, false, q.Limit), f.args
}

// Idempotency implements store.Store.
func (s *Store) Idempotency(ctx context.Context, account int64, key string) (task.IdempotencyRecord, error) {
	r, err := queryOne(ctx, s.db.reader, scanIdempotency, `SELECT account, replay_key, fingerprint, task, created, wait FROM replays
		WHERE account = $1 AND replay_key = $2`, account, key)
	if err != nil {
		return task.IdempotencyRecord{}, fmt.Errorf("sqlite: idempotency key of account %d: %w", account, err)
	}
	return r, nil
}
