package node

import (
	"context"
	"time"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/taskcache"
)

// newsTime bounds the reads that a piece of news causes.
const newsTime = 30 * time.Second

// news has what this process keeps in memory follow what other processes write. It implements store.Listener.
type news struct {
	*Node
	tasks *taskcache.Store
}

// Listening implements store.Listener.
func (l news) Listening() {
	l.tasks.Listening()
	l.gw.Missed()
	l.hooks.Listening()
	l.queue.Missed()
	l.catchUp("withdrawn files", l.gw.LoadWithdrawn)
	l.catchUp("shots", func(ctx context.Context) error { l.gw.MissedShots(ctx); return nil })
}

// Deaf implements store.Listener.
func (l news) Deaf() {
	l.tasks.Deaf()
	l.hooks.Deaf()
}

// Hear implements store.Listener.
func (l news) Hear(n store.News) {
	if n.Message != "" {
		l.queue.Receive(n.Message)
		l.receive(n.Message)
		return
	}
	l.tasks.Hear(n)
	if n.Keys {
		l.gw.HearKeys()
	}
	for _, t := range n.Changed {
		l.gw.Hear(t.ID, t.Account, t.Version)
	}
	l.hooks.Hear(n)
	for _, t := range n.Tasks {
		if !t.Cancelling { // else the step that cancels its job has yet to see how that ended
			l.engine.Drop(t.ID)
		}
	}
	if l.gw.NeedsShots(n.Tasks) {
		l.catchUp("shots", func(ctx context.Context) error { l.gw.HearShots(ctx, n.Tasks); return nil })
	}
	if l.gw.NeedsFiles(n.Tasks) {
		l.catchUp("withdrawn files", func(ctx context.Context) error { return l.gw.HearFiles(ctx, n.Tasks) })
	}
}

// catchUp reads rows, in a goroutine.
func (l news) catchUp(what string, read func(context.Context) error) {
	ctx, stop := context.WithTimeout(context.Background(), newsTime)
	l.Panics.Go(ctx, what, func() error { return read(ctx) }, func(err error) {
		stop()
		if err != nil {
			l.Log.WarnContext(ctx, "could not read what other processes wrote", "what", what, "err", err)
		}
	})
}
