package gateway

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// Registry says which engines there are, and which of them make which models.
type Registry struct {
	Engines []ConfiguredEngine
	// Routes lists, for a caller's model, the engines that make it; "*" is for any other model. A model without a route
	// goes to the last of Engines.
	Routes map[string][]Target
}

// ConfiguredEngine is an engine under its configured name.
type ConfiguredEngine struct {
	Name   string
	Engine engine.Engine // comparable: the same one in a later Roster is the same engine
	EnginePolicy
}

// EnginePolicy are what the operator decided about an engine's tasks.
type EnginePolicy struct {
	Deadline time.Duration // a task ends FAILED where it has not ended so long after it was created; 0 = none
	Patience time.Duration // how long a task waits at the engine for room, before the next on its route gets it
	// Resubmit has a submit that nobody can confirm sent once more, at the risk of paying twice; else its task fails.
	Resubmit bool
	// Callbacks has the vendor told where to call, where it can; nil = where PublicURL begins with https.
	Callbacks *bool
	Prices    map[string]task.Price // of the engine's models, in place of the engine's own
}

// Target is a place on a model's route.
type Target struct {
	Engine string
	Model  string // the engine's own name of it; "" = its first that can do what is asked
	// Weight is the share of tasks that come here first, against the other weights; 0 = it is taken in its place. Stops
	// with weights stand before those without.
	Weight int
}

// registry is the Roster at the moment, and which tasks are in whose hands.
type registry struct {
	mu       sync.RWMutex
	current  Registry
	assigned map[string]ConfiguredEngine // by task: the engine that has its work in hand, whatever the roster says by now
	waiting  map[string]waitingTask      // by task: what waits for an engine's own limit
}

type waitingTask struct {
	engine  string
	created time.Time
}

func newRegistry(r Registry) *registry {
	return &registry{current: r, assigned: map[string]ConfiguredEngine{}, waiting: map[string]waitingTask{}}
}

func (r Registry) find(name string) (ConfiguredEngine, bool) {
	for _, n := range r.Engines {
		if n.Name == name {
			return n, true
		}
	}
	return ConfiguredEngine{}, false
}

// Use works with another Roster from now on. Tasks whose work an engine has in hand stay with that very engine until they
// end, though it is no longer on the roster, or another has its name. An error means that all is as before.
func (g *Gateway) Use(ctx context.Context, next Registry) error {
	before := g.registry.snapshot()
	gone := map[string]ConfiguredEngine{}
	for _, n := range before.Engines {
		if same, ok := next.find(n.Name); !ok || same.Engine != n.Engine {
			gone[n.Name] = n
		}
	}
	if len(gone) > 0 {
		if err := g.assignAll(ctx, gone); err != nil {
			return err
		}
	}
	g.registry.replace(next)
	g.backlog.forget()
	for name := range gone { // whatever they waited for, it is another engine's now
		for g.wakeOldestWaiting(ctx, name) {
		}
	}
	return nil
}

// assignAll keeps all work that the engines have in hand with them, also of tasks that no step has touched since the start.
func (g *Gateway) assignAll(ctx context.Context, engines map[string]ConfiguredEngine) error {
	q := task.Query{
		States:      []task.State{task.Queued, task.Throttled, task.Pending, task.Running},
		OldestFirst: true, Deleted: true, Limit: sweepSize,
	}
	for {
		page, err := g.cfg.Store.Tasks(ctx, q)
		if err != nil {
			return fmt.Errorf("gateway: find the work of engines that change: %w", err)
		}
		for _, t := range page {
			if n, ok := engines[t.Engine]; ok && hasEngineWork(t) {
				g.registry.assign(t.ID, n)
			}
		}
		if len(page) < q.Limit {
			return nil
		}
		last := page[len(page)-1]
		q.After = task.Cursor{Created: last.Created, ID: last.ID}
	}
}

// Routed reports whether requests may go to the engine of that name: a route names it, or models without a route go to it.
func (g *Gateway) Routed(name string) bool {
	now := g.registry.snapshot()
	for _, stops := range now.Routes {
		if slices.ContainsFunc(stops, func(s Target) bool { return s.Engine == name }) {
			return true
		}
	}
	_, all := now.Routes["*"]
	return !all && now.Engines[len(now.Engines)-1].Name == name
}

// running reports whether an engine has the task's work, or may have it.
func hasEngineWork(t task.Task) bool { return t.Handle != "" || t.Submitting }

// engineFor finds the engine that is to do the task's next step: the one that has its work in hand, else the one that has its
// name by now.
func (g *Gateway) engineFor(t task.Task) (ConfiguredEngine, bool) {
	g.registry.mu.RLock()
	defer g.registry.mu.RUnlock()
	if n, ok := g.registry.assigned[t.ID]; ok && hasEngineWork(t) {
		return n, true
	}
	return g.registry.current.find(t.Engine)
}

func (r *registry) snapshot() Registry {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.current
}

func (r *registry) replace(next Registry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.current = next
	for id, b := range r.assigned {
		if n, ok := next.find(b.Name); ok && n.Engine == b.Engine {
			r.assigned[id] = n // its terms may be new
		}
	}
}

// assign keeps a task with the engine that has, or is about to have, its work in hand. One that is bound stays as it is.
func (r *registry) assign(id string, n ConfiguredEngine) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.assigned[id]; !ok {
		r.assigned[id] = n
	}
}

// reassign gives a task that is bound to an engine which is no longer on the roster to the one that has its name now, if there is one: with
// another key, say.
func (r *registry) reassign(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if b, ok := r.assigned[id]; ok {
		if n, ok := r.current.find(b.Name); ok {
			r.assigned[id] = n
		}
	}
}

// assignedHere reports whether a step of this process has had the task's work in hand.
func (r *registry) assignedHere(id string) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	_, ok := r.assigned[id]
	return ok
}

// release lets go of a task: no engine has its work in hand any more.
func (r *registry) release(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.assigned, id)
	delete(r.waiting, id)
}

// addWaiting remembers a task that waits for an engine's own limit.
func (r *registry) addWaiting(t task.Task) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waiting[t.ID] = waitingTask{engine: t.Engine, created: t.Created}
}

// takeOldestWaiting takes the oldest of the tasks that wait for the engine's own limit.
func (r *registry) takeOldestWaiting(engine string) (id string, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for one, h := range r.waiting {
		if h.engine == engine && (!ok || h.created.Before(r.waiting[id].created)) {
			id, ok = one, true
		}
	}
	delete(r.waiting, id)
	return id, ok
}
