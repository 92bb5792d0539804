// Package retention deletes what has been kept long enough: files of finished videos, tasks that have ended, and their history.
//
// What may enter: what is deleted when, and how much at once. What may not: how files or rows are deleted.
package retention

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/filmgate/filmgate/internal/asset"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	// sweepTime is how long one sweep goes on deleting. The next one, half a minute later, continues.
	sweepTime = 10 * time.Second
	fileStep  = 20 // artifacts that are read at once
	taskStep  = 20 // tasks that are read at once
	// eventStep is how many tasks' events one transaction deletes: a few milliseconds, in which SQLite has no other writer.
	eventStep = 100
	keyStep   = 200
	// deliveryStep is how many deliveries to webhooks one transaction deletes.
	deliveryStep = 200
	// eventPause is how long after one pass over the tasks the next begins.
	eventPause = 12 * time.Hour
)

// Periods are how long things are kept. 0 = for ever.
type Periods struct {
	Files  time.Duration // from when an artifact was made
	Tasks  time.Duration // from when a task ended; its files and events go with it
	Events time.Duration // of tasks that have ended; and deliveries of events to webhooks
	Keys   time.Duration // idempotency keys, from their first use
}

// Rows are the rows of a database.
type Rows interface {
	store.Retention
	store.TaskLister
}

// Config is what a Sweeper is made of.
type Config struct {
	Periods Periods
	Rows    Rows
	Files   *asset.Catalog  // over the same database
	Forget  func(id string) // is told of each task that was deleted
	Now     func() time.Time
	Log     *slog.Logger
}

// Sweeper deletes what has been kept long enough. It is safe for use by many goroutines.
type Sweeper struct {
	cfg    Config
	mu     sync.Mutex // held by the sweep that runs
	events pass
}

// pass is how far a pass over the tasks has come. After a restart it begins again.
type pass struct {
	after task.Cursor
	next  time.Time // when the next pass begins; zero while one is under way
}

// New makes a Sweeper.
func New(c Config) *Sweeper { return &Sweeper{cfg: c} }

// Sweep deletes, in small steps and for a few seconds at most, what has been kept long enough. It is to be called every half a
// minute or so: each call continues where the last one stopped. It returns at once if another one runs.
func (s *Sweeper) Sweep(ctx context.Context) error {
	if !s.mu.TryLock() {
		return nil
	}
	defer s.mu.Unlock()
	end := s.cfg.Now().Add(sweepTime)
	for _, step := range []func(context.Context, time.Time) error{s.sweepFiles, s.sweepTasks, s.sweepKeys, s.sweepDeliveries, s.sweepEvents} {
		if err := step(ctx, end); err != nil {
			return fmt.Errorf("retention: %w", err)
		}
	}
	return nil
}

// sweepFiles deletes old files. What it deletes is not found again, so it needs no position.
func (s *Sweeper) sweepFiles(ctx context.Context, end time.Time) error {
	if s.cfg.Periods.Files == 0 {
		return nil
	}
	total := 0
	for more := true; more && s.cfg.Now().Before(end); {
		n, err := s.cfg.Files.ExpireFiles(ctx, s.cfg.Now().Add(-s.cfg.Periods.Files), fileStep)
		total += n
		if err != nil {
			return err
		}
		more = n == fileStep
	}
	if total > 0 {
		s.cfg.Log.InfoContext(ctx, "deleted the files of artifacts that are kept no longer", "artifacts", total)
	}
	return nil
}

// sweepKeys deletes idempotency keys that no longer hold. New keys delete old ones too, but only while there are new ones.
func (s *Sweeper) sweepKeys(ctx context.Context, end time.Time) error {
	for more := s.cfg.Periods.Keys > 0; more && s.cfg.Now().Before(end); {
		n, err := s.cfg.Rows.DeleteIdempotency(ctx, s.cfg.Now().Add(-s.cfg.Periods.Keys), keyStep)
		if err != nil {
			return err
		}
		more = n == keyStep
	}
	return nil
}

// sweepDeliveries deletes the log of old deliveries to webhooks. What is pending stays.
func (s *Sweeper) sweepDeliveries(ctx context.Context, end time.Time) error {
	for more := s.cfg.Periods.Events > 0; more && s.cfg.Now().Before(end); {
		n, err := s.cfg.Rows.DeleteOldDeliveries(ctx, s.cfg.Now().Add(-s.cfg.Periods.Events), deliveryStep)
		if err != nil {
			return err
		}
		more = n == deliveryStep
	}
	return nil
}

// sweepEvents deletes old events. It passes over all tasks, since events have no index by their time: that would cost each new
// event more than a pass costs.
func (s *Sweeper) sweepEvents(ctx context.Context, end time.Time) error {
	p := &s.events
	if s.cfg.Periods.Events == 0 || s.cfg.Now().Before(p.next) {
		return nil
	}
	p.next = time.Time{}
	total := int64(0)
	for s.cfg.Now().Before(end) {
		n, last, err := s.cfg.Rows.DeleteEvents(ctx, s.cfg.Now().Add(-s.cfg.Periods.Events), p.after, eventStep)
		if err != nil {
			return err
		}
		total += n
		if p.after = last; last == (task.Cursor{}) {
			p.next = s.cfg.Now().Add(eventPause)
			break
		}
	}
	if total > 0 {
		s.cfg.Log.InfoContext(ctx, "deleted events that are kept no longer", "events", total)
	}
	return nil
}
