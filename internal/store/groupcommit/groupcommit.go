// Package groupcommit collects the writes that wait at the same moment, so that a store commits them together: one
// transaction and one sync of the disk for all of them. What a write is, and how a group is committed, is the store's.
package groupcommit

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/filmgate/filmgate/internal/panics"
)

// Size is the most writes of one group. With it, a commit stays short enough for reads of the caller's own writes, and costs
// each write little.
const Size = 128

// Group commits writes of type W in groups, one group after another. Make one with New.
type Group[W any] struct {
	commit func(ctx context.Context, take func() []*Write[W]) error
	panics *panics.Recorder // nil = to slog.Default

	mu      sync.Mutex
	waiting []*Write[W]
	first   int  // how many of those that wait, at the front, come before the others
	running bool // a goroutine commits; it ends when nothing waits
}

// Write is one write of a group.
type Write[W any] struct {
	Item W
	Err  error // the write's own; commit sets it

	ctx   context.Context // the caller's
	taken bool            // it is in a group, or was; guarded by Group.mu
	panic any             // what the write panicked with; nil = it did not
	done  chan struct{}   // closed when Err and panic are final
}

// New returns a group that calls commit while writes wait. commit calls take once, as late as it can, to get the writes, and
// sets Write.Err of each that fails by itself. The error that it returns is that of every other write of the group. Its
// context never ends: an interrupted statement would end the transaction of all.
func New[W any](commit func(ctx context.Context, take func() []*Write[W]) error) *Group[W] {
	return &Group[W]{commit: commit}
}

// Do makes a write, with others, and returns when it is committed or has failed. If ctx ends before the write has run, nothing
// is written. After that, Do waits for the end of the commit, so that its answer is true. If the write panics, so does Do.
func (g *Group[W]) Do(ctx context.Context, item W) error { return g.do(ctx, item, false) }

// DoFirst is Do for a write that comes before all that wait, except those of earlier calls of DoFirst.
func (g *Group[W]) DoFirst(ctx context.Context, item W) error { return g.do(ctx, item, true) }

func (g *Group[W]) do(ctx context.Context, item W, first bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w := &Write[W]{Item: item, ctx: ctx, done: make(chan struct{})}
	if g.add(w, first) {
		run := context.WithoutCancel(ctx)
		g.panics.Go(run, "commits", func() error { g.run(run); return nil }, func(error) {})
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
	return w.Err
}

// add lets a write wait, and reports whether nobody commits.
func (g *Group[W]) add(w *Write[W], first bool) (start bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if first {
		g.waiting = slices.Insert(g.waiting, g.first, w)
		g.first++
	} else {
		g.waiting = append(g.waiting, w)
	}
	start = !g.running
	g.running = true
	return start
}

// Waiting returns how many writes wait for a group.
func (g *Group[W]) Waiting() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.waiting)
}

// withdraw removes a write that no group has taken yet; false if one has.
func (g *Group[W]) withdraw(w *Write[W]) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if w.taken {
		return false
	}
	for i, other := range g.waiting {
		if other == w {
			g.waiting = append(g.waiting[:i:i], g.waiting[i+1:]...)
			if i < g.first {
				g.first--
			}
			break
		}
	}
	return true
}

// run commits one group after another until nothing waits.
func (g *Group[W]) run(ctx context.Context) {
	for !g.stop() {
		g.next(ctx)
	}
}

// next commits one group, and answers its writes whatever happens. If the commit panics, they fail.
func (g *Group[W]) next(ctx context.Context) {
	var writes []*Write[W]
	taken := false
	err := g.panics.Run(ctx, "commit", func() error {
		return g.commit(ctx, func() []*Write[W] {
			writes, taken = g.take(), true
			return writes
		})
	})
	if err != nil && !taken { // what waits for a database that is away must be told
		writes = g.take()
	}
	answer(writes, err)
}

// answer ends writes. err is that of their group.
func answer[W any](writes []*Write[W], err error) {
	for _, w := range writes {
		if w.Err == nil {
			w.Err = err
		}
		close(w.done)
	}
}

// take returns the writes of the next group, those of DoFirst first and oldest first.
func (g *Group[W]) take() []*Write[W] {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := min(len(g.waiting), Size)
	taken := g.waiting[:n:n]
	g.waiting, g.first = g.waiting[n:], max(g.first-n, 0)
	for _, w := range taken {
		w.taken = true
	}
	return taken
}

// stop reports whether nothing waits, which ends the goroutine.
func (g *Group[W]) stop() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.running = len(g.waiting) > 0
	return !g.running
}

// Caller returns an error if the caller of w has given up.
func (w *Write[W]) Caller() error { return w.ctx.Err() }

// Reset forgets the result of Run, before the write is tried again.
func (w *Write[W]) Reset() { w.Err, w.panic = nil, nil }

// Run sets w.Err to the error of f. It is also set if f panics, and if the caller of w has given up meanwhile.
func (w *Write[W]) Run(f func() error) {
	defer func() {
		if p := recover(); p != nil {
			w.panic, w.Err = p, errors.New("groupcommit: a write panicked")
		}
	}()
	if w.Err = f(); w.Err == nil {
		w.Err = w.ctx.Err()
	}
}
