package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/filmgate/filmgate/internal/task"
)

// Task implements store.Store.
func (s *Store) Task(ctx context.Context, id string) (task.Task, error) {
	t, err := queryOne(ctx, s.db, scanTask, `SELECT body FROM tasks WHERE id = $1`, id)
	if err != nil {
		return task.Task{}, fmt.Errorf("postgres: task %s: %w", id, err)
	}
	return t, nil
}

// Tasks implements store.Store. The cost of a page depends on its size and on the rows that its filters skip, not on its
// position in the list.
func (s *Store) Tasks(ctx context.Context, q task.Query) ([]task.Task, error) {
	query, args := tasksQuery(q)
	found, err := queryAll(ctx, s.db, scanTask, query, args...)
	if err != nil {
		return nil, fmt.Errorf("postgres: list tasks: %w", err)
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
		f.add("model = ?", free(q.Model))
	}
	if q.Dialect != "" {
		f.add("dialect = ?", free(q.Dialect))
	}
	if q.ExternalID != "" {
		f.add("sha256(external_id) = sha256(?) AND external_id <> ''", free(q.ExternalID)) // the index of external ids has hashes
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
		f.add("NOT deleted")
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
		marks = append(marks, f.arg(string(s)))
	}
	f.where = append(f.where, "state IN ("+strings.Join(marks, ", ")+")")
	if live {
		f.add("NOT ended") // redundant, but lets PostgreSQL use the indexes of live tasks
	}
}

// Events implements store.Store.
func (s *Store) Events(ctx context.Context, id string) ([]task.Event, error) {
	found, err := queryAll(ctx, s.db, scanEvent, `SELECT at, kind, from_state, to_state, detail FROM events
		WHERE task = $1 ORDER BY version, place`, id)
	if err != nil {
		return nil, fmt.Errorf("postgres: events of task %s: %w", id, err)
	}
	return found, nil
}

// Artifacts implements store.Store.
func (s *Store) Artifacts(ctx context.Context, q task.ArtifactQuery) ([]task.Artifact, error) {
	query, args := artifactsQuery(q)
	found, err := queryAll(ctx, s.db, scanArtifact, query, args...)
	if err != nil {
		return nil, fmt.Errorf("postgres: list artifacts: %w", err)
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
		f.add("sha256(a.share) = sha256(?) AND a.share <> ''", free(q.Share))
	}
	if q.Group != "" {
		f.add("sha256(a.asset_group) = sha256(?)", free(q.Group))
	}
	if q.Task != "" {
		f.add("a.task = ?", q.Task)
	}
	if q.Favorite != nil {
		f.add("a.favorite = ?", *q.Favorite)
	}
	if q.Pending {
		f.add("a.pending")
	} else {
		f.add("NOT a.deleted")
	}
	return `SELECT a.id, t.body FROM artifacts a JOIN tasks t ON t.id = a.task` + f.page("a", q.After, false, q.Limit), f.args
}

// Idempotency implements store.Store.
func (s *Store) Idempotency(ctx context.Context, account int64, key string) (task.IdempotencyRecord, error) {
	r, err := queryOne(ctx, s.db, scanIdempotency, `SELECT account, replay_key, fingerprint, task, created, wait FROM replays
		WHERE account = $1 AND sha256(replay_key) = sha256($2)`, account, free(key))
	if err != nil {
		return task.IdempotencyRecord{}, fmt.Errorf("postgres: idempotency key of account %d: %w", account, err)
	}
	return r, nil
}
