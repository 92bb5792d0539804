package gateway

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

const (
	ingests       = 64               // of results at the same time
	retryPlaces   = 4                // of these, results that could not be ingested before
	ingestRecheck = 61 * time.Second // until a task above a limit looks again, if it was not woken
	placeKept     = time.Minute      // for a task that was woken
	ingestWaits   = "waiting for other videos to be stored"
)

// errConversionLater says that a result is to be converted when others have been.
var errConversionLater = errors.New("gateway: other results are converted first")

// ingestLimit bounds how many results are ingested at once. A task above it leaves its result at the engine and waits without a worker. It
// is woken when it may come in: the one that came first before the others.
type ingestLimit struct {
	places int

	mu      sync.Mutex
	inside  map[string]bool
	kept    map[string]time.Time // until when a place is kept for a task that was woken
	waiting map[string]task.Wake
	order   []string // in which tasks came; some of them wait no more
}

func newIngestLimit(places int) *ingestLimit {
	return &ingestLimit{places: places, inside: map[string]bool{}, kept: map[string]time.Time{}, waiting: map[string]task.Wake{}}
}

// enter reports whether the wake's task has a place; then leave must follow. Else the task waits. It returns the wakes of other tasks for
// which places are kept from now on.
func (l *ingestLimit) enter(w task.Wake, now time.Time) (ok bool, others []task.Wake) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dropKept(now)
	_, kept := l.kept[w.Task]
	if _, waits := l.waiting[w.Task]; !kept && !waits {
		l.order = append(l.order, w.Task)
	}
	if !kept {
		l.waiting[w.Task] = w
	}
	for _, o := range l.keep(now) {
		if o.Task != w.Task {
			others = append(others, o)
		}
	}
	if _, ok = l.kept[w.Task]; ok {
		delete(l.kept, w.Task)
		l.inside[w.Task] = true
	}
	return ok, others
}

// leave gives a task's place back, and returns the wakes of those for which places are kept from now on.
func (l *ingestLimit) leave(id string, now time.Time) []task.Wake {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.inside, id)
	l.dropKept(now)
	return l.keep(now)
}

// dropKept gives back the places of tasks that were woken and have not come. A later time than is possible is from before the clock was set back.
func (l *ingestLimit) dropKept(now time.Time) {
	for id, until := range l.kept {
		if left := until.Sub(now); left <= 0 || left > placeKept {
			delete(l.kept, id)
		}
	}
}

// keep keeps free places for the tasks that have waited longest, and returns their wakes.
func (l *ingestLimit) keep(now time.Time) (wakes []task.Wake) {
	for len(l.inside)+len(l.kept) < l.places && len(l.order) > 0 {
		first := l.order[0]
		l.order = l.order[1:]
		if w, ok := l.waiting[first]; ok {
			delete(l.waiting, first)
			l.kept[first] = now.Add(placeKept)
			wakes = append(wakes, w)
		}
	}
	return wakes
}

// forget drops a task that waits no more. The next one that comes or leaves hands its place on.
func (l *ingestLimit) forget(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.kept, id)
	delete(l.waiting, id)
}

// has reports whether a task is inside, and waits whether it waits or a place is kept for it.
func (l *ingestLimit) has(id string) (inside, waits bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, waits = l.waiting[id]
	_, kept := l.kept[id]
	return l.inside[id], waits || kept
}

// ingestLimitOf returns what bounds the ingest of a task's result. Results that failed before have a limit of their own, and so have those
// that are known to need a conversion: both may take minutes, in which the others go on.
func (g *Gateway) ingestLimitOf(t task.Task) *ingestLimit {
	if _, waits := g.conversions.has(t.ID); waits {
		return g.conversions
	}
	if t.FailedPolls > 0 {
		return g.retries
	}
	return g.ingests
}

// enter enters a limit for a task, and wakes others that may come in. If ok is false, the task is woken later.
func (g *Gateway) enter(ctx context.Context, l *ingestLimit, t task.Task) (leave func(), ok bool) {
	ok, others := l.enter(wakeOf(t, g.lane(t)), g.now())
	g.wakeIngests(ctx, others)
	return func() { g.wakeIngests(ctx, l.leave(t.ID, g.now())) }, ok
}

// wakeIngests wakes tasks for which a place is kept. If it fails they look again by themselves.
func (g *Gateway) wakeIngests(ctx context.Context, wakes []task.Wake) {
	if len(wakes) == 0 || g.cfg.Wake == nil {
		return
	}
	if err := g.cfg.Wake(context.WithoutCancel(ctx), wakes...); err != nil {
		g.cfg.Log.WarnContext(ctx, "could not wake tasks whose results may be stored", "tasks", len(wakes), "err", err)
	}
}

// waitForIngest leaves a result at its engine. The row is written as rarely as one that only tells progress.
func (g *Gateway) waitForIngest(ctx context.Context, t task.Task) (Next, error) {
	next, now := t, g.now()
	next.ProgressText = ingestWaits
	var err error
	if now.Sub(t.Updated) >= touchEvery || t.ProgressText != ingestWaits && g.progressLimiter.AllowN(now, 1) {
		_, err = g.apply(ctx, t, next, "")
	}
	return Next{After: ingestRecheck}, err
}
