package queue

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/filmgate/filmgate/internal/panics"
)

const (
	outagePing  = 2 * time.Second // longest time in which a database that works answers
	outageProbe = time.Second     // between two looks whether it is back
)

// outage keeps the log short while the database is away. River and each failing step would log it again and again: with
// thousands of tasks, thousands of lines. Instead one line says that it went, and one that it came back.
type outage struct {
	log   *slog.Logger
	ping  func(ctx context.Context) error
	after func(time.Duration) <-chan time.Time
	stopC <-chan struct{} // closed when the queue stops
	probe panics.Group

	mu   sync.Mutex
	on   bool // the queue runs
	away bool
}

// start begins to watch. Before it, every line is logged.
func (o *outage) start() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.on = true
}

// stop ends the watch and waits for its goroutine. stopC is closed before.
func (o *outage) stop() {
	o.mu.Lock()
	o.on = false
	o.mu.Unlock()
	o.probe.Wait()
}

// silences reports whether a warning is to be dropped because the database is away. The first one looks whether it is, and
// logs that.
func (o *outage) silences(ctx context.Context) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.on || o.away {
		return o.away
	}
	err := o.works(ctx)
	if err == nil || ctx.Err() != nil {
		return false
	}
	o.away = true
	o.log.ErrorContext(ctx, "the database can't be used; tasks wait until it can", "err", err)
	o.probe.Go(o.awaitReturn)
	return true
}

// awaitReturn looks every second whether the database works, until it does or the queue stops.
func (o *outage) awaitReturn() {
	begun := time.Now()
	for {
		select {
		case <-o.stopC:
			return
		case <-o.after(outageProbe):
		}
		if o.works(context.Background()) != nil {
			continue
		}
		o.mu.Lock()
		o.away = false
		o.mu.Unlock()
		o.log.Info("the database can be used again", "away", time.Since(begun).Round(time.Second))
		return
	}
}

// works pings the database for a short time.
func (o *outage) works(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, outagePing)
	defer cancel()
	return o.ping(ctx)
}

// isUnavailable reports whether a step failed because of the database or another storage, as store.ErrUnavailable does.
func isUnavailable(err error) bool {
	var later interface{ Unavailable() bool }
	return errors.As(err, &later) && later.Unavailable()
}

// riverHandler is a slog.Handler for River's lines. It passes on warnings and errors, but none while the database is away.
type riverHandler struct {
	slog.Handler
	outage *outage
}

// Enabled reports whether a line of the level may be logged.
func (h riverHandler) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && h.Handler.Enabled(ctx, l)
}

// Handle logs a line.
func (h riverHandler) Handle(ctx context.Context, r slog.Record) error {
	if h.outage.silences(ctx) {
		return nil
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs returns a handler with the attributes and the same bounds.
func (h riverHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return riverHandler{h.Handler.WithAttrs(attrs), h.outage}
}

// WithGroup returns a handler with the group and the same bounds.
func (h riverHandler) WithGroup(name string) slog.Handler {
	return riverHandler{h.Handler.WithGroup(name), h.outage}
}
