package sqlite

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/query"
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
	var f query.Filter
	from, list := "tasks", "tasks"
	if words := store.PromptWords(q.Prompt); len(words) > 0 {
		from, list = "prompts CROSS JOIN tasks ON tasks.id = prompts.id", "prompts" // SQLite reads the first table of a CROSS JOIN first, in order
		for _, w := range words {
			f.Add("instr(folded, ?) > 0", w)
		}
	}
	if q.Account != 0 {
		f.Add(list+".account = ?", q.Account)
	}
	addStates(&f, q.States)
	if q.Model != "" {
		f.Add("model = ?", q.Model)
	}
	if q.Dialect != "" {
		f.Add("dialect = ?", q.Dialect)
	}
	if q.ExternalID != "" {
		f.Add("external_id = ? AND external_id <> ''", q.ExternalID) // the second condition lets SQLite use the index of external ids
	}
	if !q.CreatedFrom.IsZero() {
		f.Add(list+".created >= ?", millis(q.CreatedFrom))
	}
	if !q.CreatedTo.IsZero() {
		f.Add(list+".created < ?", millis(q.CreatedTo))
	}
	if !q.UpdatedTo.IsZero() {
		f.Add("updated < ?", millis(q.UpdatedTo))
	}
	if q.Cancelling {
		f.Add("ended = 0 AND state NOT IN (" + marks(&f, task.LiveStates()) + ")")
	}
	if !q.Deleted {
		f.Add("deleted = 0")
	}
	return `SELECT body FROM ` + from + f.Page(list, q.After, q.OldestFirst, q.Limit), f.Args
}

func addStates(f *query.Filter, states []task.State) {
	if len(states) == 0 {
		return
	}
	f.Add("state IN (" + marks(f, states) + ")")
	if !slices.ContainsFunc(states, task.State.Terminal) {
		f.Add("ended = 0") // redundant, but lets SQLite use the indexes of live tasks
	}
}

// marks adds states as arguments and returns their placeholders.
func marks(f *query.Filter, states []task.State) string {
	var all []string
	for _, s := range states {
		all = append(all, f.Arg(s))
	}
	return strings.Join(all, ", ")
}

// Events implements store.Store.
func (s *Store) Events(ctx context.Context, id string) ([]task.Event, error) {
	found, err := queryAll(ctx, s.db.reader, scanEvent, `SELECT version, at, kind, from_state, to_state, detail FROM events
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
	var f query.Filter
	if q.Account != 0 {
		f.Add("a.account = ?", q.Account)
	}
	if q.Artifact != "" {
		f.Add("a.id = ?", q.Artifact)
	}
	if q.Share != "" {
		f.Add("a.share = ? AND a.share <> ''", q.Share) // the second condition lets SQLite use the index of shared artifacts
	}
	if q.Group != "" {
		f.Add("a.asset_group = ?", q.Group)
	}
	if q.Task != "" {
		f.Add("a.task = ?", q.Task)
	}
	if q.Favorite != nil {
		f.Add("a.favorite = ?", *q.Favorite)
	}
	if q.Pending {
		f.Add("a.pending = 1")
	} else {
		f.Add("a.deleted = 0")
	}
	if !q.CreatedTo.IsZero() {
		f.Add("a.created < ?", millis(q.CreatedTo))
	}
	return `SELECT a.id, t.body FROM artifacts a JOIN tasks t ON t.id = a.task` + f.Page("a", q.After, q.OldestFirst, q.Limit), f.Args
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
