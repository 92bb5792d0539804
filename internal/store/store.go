// Package store is the port to rows: tasks and their history, keys, asset groups, datasets and secrets.
//
// What may enter: the port, its queries and its errors. Each folder under it is one database with its own plain SQL and
// migrations; storetest is the suite that each of them passes. No rule of the gateway lives here but one: a change is
// written whole or not at all, and only over the version that was read.
package store

import (
	"context"
	"errors"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

// Errors that callers act on. They come wrapped.
var (
	ErrNotFound = errors.New("store: not found")
	ErrStale    = errors.New("store: the row has changed since it was read")
	ErrExists   = errors.New("store: already there")
	ErrLimit    = errors.New("store: the account has as many of them as it may")
	// ErrUnavailable: the database can't be read or written now, and may be later: its disk is full, broken or read-only, or
	// another process has it locked. Nothing was written. It tells so of itself, by a method Unavailable.
	ErrUnavailable error = unavailable("store: the database can't be used now")
)

// unavailable is the type of ErrUnavailable: packages that don't know this one find it by its method.
type unavailable string

// Error implements error.
func (u unavailable) Error() string { return string(u) }

// Unavailable reports that the same call may succeed later.
func (unavailable) Unavailable() bool { return true }

// Store is a database of rows. All methods may be called by many goroutines at once. Times are kept in milliseconds. Any
// method may return ErrUnavailable; the same call succeeds once the cause has passed.
type Store interface {
	// Apply writes the task, its events and its wakes in one transaction. Change.Task.Version 0 inserts (ErrExists
	// where the id is taken, or the account's idempotency key by a Replay younger than task.IdempotencyLife); any other
	// updates the row of that version, or returns ErrStale and writes nothing. It returns the version written.
	Apply(ctx context.Context, c task.Change) (version int64, err error)
	// Task reads one task, of any account. ErrNotFound where there is none.
	Task(ctx context.Context, id string) (task.Task, error)
	// Tasks lists tasks, newest first unless the query says otherwise. An empty list is no error.
	Tasks(ctx context.Context, q task.Query) ([]task.Task, error)
	// Events is a task's history, oldest first.
	Events(ctx context.Context, task string) ([]task.Event, error)
	// Artifacts lists artifacts as they stand in their tasks, newest first. They are changed by Apply on the task.
	Artifacts(ctx context.Context, q task.ArtifactQuery) ([]task.Artifact, error)
	// Idempotency finds what an account's idempotency key stands for. ErrNotFound where it stands for nothing.
	Idempotency(ctx context.Context, account int64, key string) (task.IdempotencyRecord, error)

	// Keys lists keys, revoked ones too, oldest first; hash "" means all, else the one of that hash.
	Keys(ctx context.Context, hash string) ([]apikey.Key, error)
	// PutKey inserts a key, or replaces the one with the same ID. ErrExists where another has its hash.
	PutKey(ctx context.Context, k apikey.Key) error

	// Groups lists an account's asset groups, oldest first; name "" means all, else the one of that name.
	Groups(ctx context.Context, account int64, name string) ([]task.AssetGroup, error)
	// PutGroup inserts a group, or renames the one with the same ID. ErrExists where the account has another of its name.
	PutGroup(ctx context.Context, g task.AssetGroup) error
	// Datasets lists datasets, of any account, oldest first. An empty list is no error.
	Datasets(ctx context.Context, q task.DatasetQuery) ([]task.Dataset, error)
	// PutDataset inserts a dataset, or writes over the account's own of its id that is still being uploaded. ErrExists
	// where its id is taken otherwise; ErrLimit where it is a new upload and the account has task.MaxUploads open, however
	// many are begun at once.
	PutDataset(ctx context.Context, d task.Dataset) error
	// DeleteDataset removes a dataset's row. ErrStale where a task was asked for with it, be it deleted since;
	// ErrNotFound where there is none.
	DeleteDataset(ctx context.Context, id string) error

	// Secret returns the server's secret of that name; the first caller's candidate becomes it, for all nodes.
	Secret(ctx context.Context, name string, candidate []byte) ([]byte, error)
	// Close lets go of the database.
	Close() error
}

// Enqueue sets alarms inside the store's own transaction tx, so that row and alarm stand or fall together.
type Enqueue[Tx any] func(ctx context.Context, tx Tx, wakes []task.Wake) error
