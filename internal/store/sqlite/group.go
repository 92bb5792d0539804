package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"sync"

	"github.com/filmgate/filmgate/internal/panics"
)

// groupSize is the most writes that one commit makes durable. With it, a commit stays short enough for reads of the caller's
// own writes, and costs each write little.
const groupSize = 128

// group commits the writes that wait at the same moment together: one transaction and one sync of the disk for all of them. Each is
// still written whole or not at all: it has a savepoint of its own, so one that fails does not take its neighbours along.
type group struct {
	db     *sql.DB          // the pool of the one writing connection
	panics *panics.Recorder // nil = to slog.Default

	mu      sync.Mutex
	waiting []*groupWrite
	running bool // a goroutine commits; it ends when nothing waits
}

// groupWrite is one write of a group.
type groupWrite struct {
	ctx   context.Context // the caller's
	write func(context.Context, *sql.Tx) error
	taken bool // it is in a transaction, or was; guarded by group.mu
	err   error
	panic any           // what write panicked with; nil = it did not
	done  chan struct{} // closed when err and panic are final
}

// do runs write in a transaction, with others, and returns when it is on disk. If ctx ends before write has returned, nothing is
// written. After that, do waits for the end of the commit, so that its answer is true. write gets a context that its caller
// can't end: an interrupted statement would end the transaction of all.
func (g *group) do(ctx context.Context, write func(context.Context, *sql.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w := &groupWrite{ctx: ctx, write: write, done: make(chan struct{})}
	g.mu.Lock()
	g.waiting = append(g.waiting, w)
	start := !g.running
	g.running = true
	g.mu.Unlock()
	if start {
		run := context.WithoutCancel(ctx)
		g.panics.Go(run, "commit", func() error { g.run(run); return nil }, g.ended)
	}
	select {
	case <-w.done:
	case <-ctx.Done():
		if g.withdraw(w) {
			return ctx.Err()
		}
		<-w.done
	}
	if w.panic != nil {
		panic(w.panic) // in the goroutine whose write it was
	}
	return w.err
}

// withdraw removes a write that no transaction has taken yet; false if one has.
func (g *group) withdraw(w *groupWrite) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if w.taken {
		return false
	}
	for i, other := range g.waiting {
		if other == w {
			g.waiting = append(g.waiting[:i:i], g.waiting[i+1:]...)
			break
		}
	}
	return true
}

// run commits one group after another until nothing waits.
func (g *group) run(ctx context.Context) {
	for !g.stop() {
		g.next(ctx)
	}
}

// next commits one group, and answers its writes whatever happens.
func (g *group) next(ctx context.Context) {
	// The writes are taken when the transaction has begun: until then more may come.
	tx, err := g.db.BeginTx(ctx, nil)
	writes := g.take()
	end := errors.New("sqlite: the commit panicked")
	defer func() { answer(writes, end) }()
	if err == nil {
		err = g.commit(ctx, tx, writes)
	}
	end = err
}

// answer ends writes. err is that of their transaction.
func answer(writes []*groupWrite, err error) {
	for _, w := range writes {
		if w.err == nil {
			w.err = err
		}
		close(w.done)
	}
}

// ended answers what waits if run has panicked; the next write starts it again.
func (g *group) ended(err error) {
	if err == nil {
		return
	}
	for !g.stop() {
		answer(g.take(), err)
	}
}

// take returns the writes of the next group, oldest first.
func (g *group) take() []*groupWrite {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := min(len(g.waiting), groupSize)
	taken := g.waiting[:n:n]
	g.waiting = g.waiting[n:]
	for _, w := range taken {
		w.taken = true
	}
	return taken
}

// stop reports whether nothing waits, which ends the goroutine.
func (g *group) stop() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.running = len(g.waiting) > 0
	return !g.running
}

// commit runs the writes and commits. The error is that of the transaction, which is lost for all writes; a write's own error is
// in the write.
func (g *group) commit(ctx context.Context, tx *sql.Tx, writes []*groupWrite) error {
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	written := 0
	for _, w := range writes {
		if _, err := tx.ExecContext(ctx, "SAVEPOINT one"); err != nil {
			return err
		}
		if w.err = w.run(ctx, tx); w.err == nil {
			written++
		} else if _, err := tx.ExecContext(ctx, "ROLLBACK TO one"); err != nil {
			return errors.Join(w.err, err) // SQLite has ended the whole transaction: the disk is full, say
		}
		if _, err := tx.ExecContext(ctx, "RELEASE one"); err != nil {
			return err
		}
	}
	if written == 0 {
		return nil
	}
	return tx.Commit()
}

// run runs one write. It fails if the write panics, and if its caller has given up meanwhile.
func (w *groupWrite) run(ctx context.Context, tx *sql.Tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			w.panic, err = p, errors.New("sqlite: a write panicked")
		}
	}()
	if err := w.write(ctx, tx); err != nil {
		return err
	}
	return w.ctx.Err()
}
