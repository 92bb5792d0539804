// Package storyboard keeps storyboards: ordered lists of shots, each with the tasks that are its takes. [Boards] creates, reads,
// lists, edits and deletes them.
//
// What may enter: what a storyboard may hold, and who may change it. What may not: wire formats, and how a video is joined.
package storyboard

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// Config is what Boards are made of. All fields are needed.
type Config struct {
	Rows  store.Storyboards
	Tasks Tasks
	Files Files // of finished videos
	Now   func() time.Time
	Rand  io.Reader
}

// Tasks reads the tasks of all accounts.
type Tasks interface {
	// CachedTask returns a task that may have changed a moment ago, or store.ErrNotFound.
	CachedTask(ctx context.Context, id string) (task.Task, error)
}

// Files opens stored files, as blob.Bucket does.
type Files interface {
	Open(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error)
}

// Boards are the storyboards of all accounts. It is safe for use by many goroutines.
type Boards struct {
	cfg    Config
	sheets chan struct{} // a place for each contact sheet that is drawn
}

// New makes Boards.
func New(c Config) *Boards { return &Boards{c, make(chan struct{}, sheetsAtOnce)} }

// CreateStoryboard makes a storyboard of an edit whose shots are all new. Invalid, with every field at fault, for a task that is
// not the account's.
func (b *Boards) CreateStoryboard(ctx context.Context, who apikey.Key, e task.StoryboardEdit) (task.Storyboard, error) {
	return b.CreateRecorded(ctx, who, e, nil)
}

// CreateRecorded is CreateStoryboard with an idempotency record, whose task and time it fills in: both are written, or neither.
// store.ErrExists if the key stands for something already.
func (b *Boards) CreateRecorded(ctx context.Context, who apikey.Key, e task.StoryboardEdit, once *task.IdempotencyRecord) (task.Storyboard, error) {
	id, err := b.newID()
	if err != nil {
		return task.Storyboard{}, err
	}
	made := task.Storyboard{ID: id, Account: who.Account, Created: b.now()}
	if e.Shots == nil {
		e.Shots = []task.ShotEdit{}
	}
	if once != nil {
		once.Task, once.Created = made.ID, made.Created
	}
	return b.write(ctx, made, e, once)
}

// Storyboard returns the account's storyboard with that id. NotFound for an unknown id and another account's.
func (b *Boards) Storyboard(ctx context.Context, who apikey.Key, id string) (task.Storyboard, error) {
	found, err := b.cfg.Rows.Storyboards(ctx, task.StoryboardQuery{ID: id, Account: who.Account, Limit: 1})
	if err != nil {
		return task.Storyboard{}, err
	}
	if len(found) == 0 || id == "" {
		return task.Storyboard{}, &task.Error{Code: task.NotFound, Detail: "There is no storyboard with this id."}
	}
	return found[0], nil
}

// Storyboards lists the account's storyboards that q selects, newest first.
func (b *Boards) Storyboards(ctx context.Context, who apikey.Key, q task.StoryboardQuery) ([]task.Storyboard, error) {
	q.Account = who.Account
	return b.cfg.Rows.Storyboards(ctx, q)
}

// EditStoryboard changes a storyboard. Changed if it has another version than the given one; 0 = any. Invalid, with every field at
// fault, for a shot that it does not have and a task that is not the account's. NotFound as Storyboard.
func (b *Boards) EditStoryboard(ctx context.Context, who apikey.Key, id string, version int64, e task.StoryboardEdit) (task.Storyboard, error) {
	return b.update(ctx, who, id, version, func(old task.Storyboard) (task.StoryboardEdit, error) { return e, nil })
}

// AddTake adds a task of the account to the takes of a shot, and chooses it. A take that is there already is only chosen. NotFound
// as Storyboard, and for an unknown shot; Conflict for a shot with task.MaxTakes.
func (b *Boards) AddTake(ctx context.Context, who apikey.Key, id, shot, take string) (task.Storyboard, error) {
	return b.update(ctx, who, id, 0, func(old task.Storyboard) (e task.StoryboardEdit, err error) {
		at := old.Find(shot)
		if at < 0 {
			return e, noShot()
		}
		if len(old.Shots[at].Takes) >= task.MaxTakes {
			return e, &task.Error{Code: task.Conflict, Detail: fmt.Sprintf("The shot has %d takes, which is the most.", task.MaxTakes)}
		}
		for _, s := range old.Shots {
			e.Shots = append(e.Shots, task.ShotEdit{ID: s.ID})
		}
		e.Shots[at].Add = []string{take}
		return e, nil
	})
}

// DeleteStoryboard deletes a storyboard; its tasks stay. Changed if it has another version than the given one; 0 = any. NotFound as
// Storyboard.
func (b *Boards) DeleteStoryboard(ctx context.Context, who apikey.Key, id string, version int64) error {
	for {
		old, err := b.Storyboard(ctx, who, id)
		if err != nil {
			return err
		}
		if err := checkVersion(old, version); err != nil {
			return err
		}
		err = b.cfg.Rows.DeleteStoryboard(ctx, id, old.Version)
		if !errors.Is(err, store.ErrStale) { // else another call wrote it meanwhile
			return err
		}
	}
}

// update writes an edit, which change returns for the storyboard as it is, over that version. If another call writes it at the
// same time, it begins again.
func (b *Boards) update(ctx context.Context, who apikey.Key, id string, version int64, change func(task.Storyboard) (task.StoryboardEdit, error)) (task.Storyboard, error) {
	for {
		old, err := b.Storyboard(ctx, who, id)
		if err != nil {
			return task.Storyboard{}, err
		}
		if err := checkVersion(old, version); err != nil {
			return task.Storyboard{}, err
		}
		e, err := change(old)
		if err != nil {
			return task.Storyboard{}, err
		}
		next, err := b.write(ctx, old, e, nil)
		if !errors.Is(err, store.ErrStale) {
			return next, err
		}
	}
}

// write writes an edited storyboard over the version that was read.
func (b *Boards) write(ctx context.Context, old task.Storyboard, e task.StoryboardEdit, once *task.IdempotencyRecord) (task.Storyboard, error) {
	next, err := b.apply(ctx, old, e)
	if err != nil {
		return task.Storyboard{}, err
	}
	next.Updated = b.now()
	next.Version, err = b.cfg.Rows.PutStoryboard(ctx, next, once)
	return next, err
}

// checkVersion refuses a change of another version than the caller has read.
func checkVersion(b task.Storyboard, version int64) error {
	if version != 0 && version != b.Version {
		return &task.Error{Code: task.Changed, Detail: fmt.Sprintf("The storyboard has version %d meanwhile, not %d. Read it again, and repeat the change.", b.Version, version)}
	}
	return nil
}

func noShot() error {
	return &task.Error{Code: task.NotFound, Detail: "The storyboard has no shot with this id."}
}

// newID makes a random UUID.
func (b *Boards) newID() (string, error) {
	id, err := uuid.NewRandomFromReader(b.cfg.Rand)
	return id.String(), err
}

// now returns the time as rows keep it: UTC, whole milliseconds.
func (b *Boards) now() time.Time { return b.cfg.Now().UTC().Truncate(time.Millisecond) }
