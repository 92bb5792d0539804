// Package store defines [Store], the interface to the database: tasks and their history, API keys, asset groups,
// datasets and secrets.
//
// It holds the interface, its errors, and the JSON form in which tasks, datasets and keys are stored ([MarshalTask] and
// the functions beside it). Each folder below it is one database with its own plain SQL and migrations; storetest is the
// test suite that each of them passes. The rules of the gateway do not belong here, except one: a [task.Change] is written
// whole or not at all, and only over the version of the task that was read.
package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

// The errors that callers act on. Stores return them wrapped.
var (
	ErrNotFound = errors.New("store: not found")
	ErrStale    = errors.New("store: the row has changed since it was read")
	ErrExists   = errors.New("store: already there")
	ErrLimit    = errors.New("store: the account has reached its limit")
	// ErrUnavailable means that the database cannot be read or written now: its disk is full, broken or read-only, or
	// another process has locked it. Nothing was written, and the same call may succeed later. It has a method
	// Unavailable() bool, by which packages that do not import this one recognize it.
	ErrUnavailable error = unavailable("store: the database can't be used now")
)

// unavailable is the type of ErrUnavailable.
type unavailable string

// Error implements error.
func (u unavailable) Error() string { return string(u) }

// Unavailable reports that the same call may succeed later.
func (unavailable) Unavailable() bool { return true }

// CheckVersion returns an error if the tables of a database are a newer program's. there is their version, known is the last
// that this program has.
func CheckVersion(there, known int64) error {
	if there > known {
		return fmt.Errorf("the database has version %d and this program knows %d: start a newer program, or restore a backup", there, known)
	}
	return nil
}

// Store is a database. Its methods may be called from many goroutines at once. Times are stored in milliseconds. Every
// method may return ErrUnavailable.
type Store interface {
	// Apply writes the task, its events and its wakes in one transaction, and returns the version written. If
	// Change.Task.Version is 0 it inserts the task. It returns ErrExists if the task's id is taken, if the account has
	// another task with its Request.ExternalID that is not deleted, or if the account used the idempotency key less than
	// its record's Life ago. Any other version must be the one in the database;
	// otherwise Apply returns ErrStale and writes nothing.
	Apply(ctx context.Context, c task.Change) (version int64, err error)
	// Task returns one task, of any account, or ErrNotFound.
	Task(ctx context.Context, id string) (task.Task, error)
	// Tasks lists tasks, newest first unless the query says otherwise. An empty list is not an error.
	Tasks(ctx context.Context, q task.Query) ([]task.Task, error)
	// Events returns a task's history, oldest first. It is empty if there is no such task.
	Events(ctx context.Context, task string) ([]task.Event, error)
	// Artifacts lists artifacts, newest first. They are stored in their tasks, and changed by Apply on the task.
	Artifacts(ctx context.Context, q task.ArtifactQuery) ([]task.Artifact, error)
	// Idempotency returns the record of an account's idempotency key, or ErrNotFound.
	Idempotency(ctx context.Context, account int64, key string) (task.IdempotencyRecord, error)

	// Keys lists the API keys that q selects, oldest first, including revoked ones. An empty list is not an error.
	Keys(ctx context.Context, q apikey.Query) ([]apikey.Key, error)
	// PutKey inserts a key, or replaces the one with the same ID. It returns ErrExists if another key has its hash.
	PutKey(ctx context.Context, k apikey.Key) error

	// Groups lists an account's asset groups, oldest first: all of them if name is "", else the one with that name.
	Groups(ctx context.Context, account int64, name string) ([]task.AssetGroup, error)
	// PutGroup inserts a group, or renames the one with the same ID. It returns ErrExists if the account has another group
	// of that name, or if the ID is that of another account's group.
	PutGroup(ctx context.Context, g task.AssetGroup) error
	// Datasets lists datasets, of any account, oldest first. An empty list is not an error.
	Datasets(ctx context.Context, q task.DatasetQuery) ([]task.Dataset, error)
	// PutDataset inserts a dataset, or replaces one of the same account and id that is still being uploaded. It returns
	// ErrExists if the id is taken otherwise, and ErrLimit for a new upload if the account has task.MaxUploads open;
	// concurrent calls cannot exceed that limit.
	PutDataset(ctx context.Context, d task.Dataset) error
	// DeleteDataset removes a dataset's row. It returns ErrStale if any task refers to it, even a deleted one, and
	// ErrNotFound if there is no such dataset.
	DeleteDataset(ctx context.Context, id string) error

	// Secret returns the server's secret of that name. If there is none yet, it stores candidate and returns it; all nodes
	// get the same secret.
	Secret(ctx context.Context, name string, candidate []byte) ([]byte, error)
	// Close closes the database.
	Close() error
}

// Enqueue schedules wakes inside the store's transaction tx, so that the row and its wakes are committed together or not
// at all.
type Enqueue[Tx any] func(ctx context.Context, tx Tx, wakes []task.Wake) error
