package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	channel         = "filmgate"      // of the notifications by which processes hear of one another's writes
	maxNotification = 7999            // bytes that PostgreSQL passes on
	silence         = 5 * time.Second // without news after which the connection is tried; and how long it may take to answer
)

// announcement is the JSON of a notification: what a transaction wrote.
type announcement struct {
	Tasks []announcedTask `json:"t,omitempty"`
	Keys  bool            `json:"k,omitempty"`
	Hooks bool            `json:"h,omitempty"` // webhooks
	All   bool            `json:"a,omitempty"` // it wrote more than a notification can name

	// Changed are all tasks that it wrote, with their accounts.
	Changed []changedTask `json:"w,omitempty"`

	Message string `json:"m,omitempty"` // see Send; it wrote nothing
}

type announcedTask struct {
	ID      string `json:"i"`
	Version int64  `json:"v"`
	Pending bool   `json:"p,omitempty"`

	Cancelling bool `json:"c,omitempty"`
}

type changedTask struct {
	ID      string `json:"i"`
	Account int64  `json:"o"`
	Version int64  `json:"v"`
}

// announcedAtOnce is how many tasks one notification names: each takes some 150 bytes at most.
const announcedAtOnce = 50

// announceTasks has the transaction tell all processes which tasks it writes.
func (b *batch) announceTasks(changes ...change) {
	for some := range slices.Chunk(changes, announcedAtOnce) {
		var a announcement
		for _, c := range some {
			if c.Task.State.Terminal() {
				a.Tasks = append(a.Tasks, announcedTask{c.Task.ID, c.Task.Version, pending(c.Task), c.Task.Cancelling})
			}
			a.Changed = append(a.Changed, changedTask{c.Task.ID, c.Task.Account, c.Task.Version})
		}
		b.announce(a)
	}
}

// pending reports whether a task's files are yet to be moved or deleted.
func pending(t task.Task) bool {
	return slices.ContainsFunc(t.Artifacts, func(a task.Artifact) bool { return a.Pending != "" })
}

func (b *batch) announce(a announcement) {
	text, err := json.Marshal(a)
	if err != nil || len(text) > maxNotification {
		text = []byte(`{"a":true}`)
	}
	b.add(`SELECT pg_notify($1, $2)`, channel, string(text))
}

// Follow has l hear what is written from now on, after Join. It replaces the listener before.
func (db *DB) Follow(l store.Listener) {
	db.session.mu.Lock()
	defer db.session.mu.Unlock()
	db.session.listener.Store(&l)
	if db.session.held.Load() {
		l.Listening()
	} else {
		l.Deaf()
	}
}

// listen tells what comes on the connection, and runs requests, until it is lost or ctx ends.
func (s *session) listen(ctx context.Context, conn *pgx.Conn) error {
	for {
		r, wait, stop := s.next(ctx)
		if r != nil {
			err := bounded(ctx, func(ctx context.Context) error { return r.run(ctx, conn) })
			r.done <- err
			if conn.IsClosed() {
				return err
			}
			continue
		}
		n, err := conn.WaitForNotification(wait)
		stop()
		switch {
		case err == nil:
			s.tell(n)
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, context.DeadlineExceeded): // a connection whose other end is gone is silent, too
			if err := bounded(ctx, conn.Ping); err != nil {
				return err
			}
		case errors.Is(err, context.Canceled): // a request has come
		default:
			return err
		}
	}
}

// bounded calls f, which waits for the database.
func bounded(ctx context.Context, f func(context.Context) error) error {
	ctx, stop := context.WithTimeout(ctx, silence)
	defer stop()
	return f(ctx)
}

// tell passes a notification on to the listener.
func (s *session) tell(n *pgconn.Notification) {
	l := s.listener.Load()
	if l == nil || n.Channel != channel {
		return
	}
	var a announcement
	if err := json.Unmarshal([]byte(n.Payload), &a); err != nil || a.All {
		(*l).Listening() // so that it forgets everything
		return
	}
	news := store.News{Keys: a.Keys, Webhooks: a.Hooks, Message: a.Message}
	for _, t := range a.Tasks {
		news.Tasks = append(news.Tasks, store.TaskNews(t))
	}
	for _, t := range a.Changed {
		news.Changed = append(news.Changed, store.ChangedTask(t))
	}
	(*l).Hear(news)
}

// deaf tells the listener that it may miss writes.
func (s *session) deaf() {
	if l := s.listener.Load(); l != nil {
		(*l).Deaf()
	}
}
