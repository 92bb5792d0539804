package gateway

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/filmgate/filmgate/engine"
	"github.com/filmgate/filmgate/task"
)

// Roster says which engines there are, and which of them make which models.
type Roster struct {
	Engines []Named
	// Routes lists, for a caller's model, the engines that make it; "*" is for any other model. A model without a route
	// goes to the last of Engines.
	Routes map[string][]Stop
}

// Named is an engine under its configured name.
type Named struct {
	Name   string
	Engine engine.Engine // comparable: the same one in a later Roster is the same engine
	Terms
}

// Terms are what the operator decided about an engine's tasks.
type Terms struct {
	Deadline time.Duration // a task ends FAILED where it has not ended so long after it was created; 0 = none
	Patience time.Duration // how long a task waits at the engine for room, before the next on its route gets it
	// Resubmit has a submit that nobody can confirm sent once more, at the risk of paying twice; else its task fails.
	Resubmit bool
	// Callbacks has the vendor told where to call, where it can; nil = where PublicURL begins with https.
	Callbacks *bool
	Prices    map[string]task.Price // of the engine's models, in place of the engine's own
}

// Stop is a place on a model's route.
type Stop struct {
	Engine string
	Model  string // the engine's own name of it; "" = its first that can do what is asked
	// Weight is the share of tasks that come here first, against the other weights; 0 = it is taken in its place. Stops
	// with weights stand before those without.
	Weight int
}

// roster is the Roster at the moment, and which tasks are in whose hands.
type roster struct {
	mu    sync.RWMutex
	now   Roster
	bound map[string]Named // by task: the engine that has its work in hand, whatever the roster says by now
	held  map[string]hold  // by task: what waits for an engine's own limit
}

type hold struct {
	engine  string
	created time.Time
}

func newRoster(r Roster) *roster {
	return &roster{now: r, bound: map[string]Named{}, held: map[string]hold{}}
}

func (r Roster) find(name string) (Named, bool) {
	for _, n := range r.Engines {
		if n.Name == name {
			return n, true
		}
	}
	return Named{}, false
}

// Use works with another Roster from now on. Tasks whose work an engine has in hand stay with that very engine until they
// end, though it is no longer on the roster, or another has its name. An error means that all is as before.
func (g *Gateway) Use(ctx context.Context, next Roster) error {
	before := g.roster.present()
	gone := map[string]Named{}
	for _, n := range before.Engines {
		if same, ok := next.find(n.Name); !ok || same.Engine != n.Engine {
			gone[n.Name] = n
		}
	}
	if len(gone) > 0 {
		if err := g.bindAll(ctx, gone); err != nil {
			return err
		}
	}
	g.roster.replace(next)
	g.backlog.forget()
	for name := range gone { // whatever they waited for, it is another engine's now
		for g.wakeHeld(ctx, name) {
		}
	}
	return nil
}

// bindAll keeps all work that the engines have in hand with them, also of tasks that no step has touched since the start.
func (g *Gateway) bindAll(ctx context.Context, engines map[string]Named) error {
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
			if n, ok := engines[t.Engine]; ok && inHand(t) {
				g.roster.bind(t.ID, n)
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
	now := g.roster.present()
	for _, stops := range now.Routes {
		if slices.ContainsFunc(stops, func(s Stop) bool { return s.Engine == name }) {
			return true
		}
	}
	_, all := now.Routes["*"]
	return !all && now.Engines[len(now.Engines)-1].Name == name
}

// inHand reports whether an engine has the task's work, or may have it.
func inHand(t task.Task) bool { return t.Handle != "" || t.Submitting }

// named finds the engine that is to do the task's next step: the one that has its work in hand, else the one that has its
// name by now.
func (g *Gateway) named(t task.Task) (Named, bool) {
	g.roster.mu.RLock()
	defer g.roster.mu.RUnlock()
	if n, ok := g.roster.bound[t.ID]; ok && inHand(t) {
		return n, true
	}
	return g.roster.now.find(t.Engine)
}

func (r *roster) present() Roster {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.now
}

func (r *roster) replace(next Roster) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now = next
	for id, b := range r.bound {
		if n, ok := next.find(b.Name); ok && n.Engine == b.Engine {
			r.bound[id] = n // its terms may be new
		}
	}
}

// bind keeps a task with the engine that has, or is about to have, its work in hand. One that is bound stays as it is.
func (r *roster) bind(id string, n Named) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.bound[id]; !ok {
		r.bound[id] = n
	}
}

// renew gives a task that is bound to an engine which is no longer on the roster to the one that has its name now, if there is one: with
// another key, say.
func (r *roster) renew(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if b, ok := r.bound[id]; ok {
		if n, ok := r.now.find(b.Name); ok {
			r.bound[id] = n
		}
	}
}

// has reports whether a step of this process has had the task's work in hand.
func (r *roster) has(id string) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	_, ok := r.bound[id]
	return ok
}

// release lets go of a task: no engine has its work in hand any more.
func (r *roster) release(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.bound, id)
	delete(r.held, id)
}

// holds remembers a task that waits for an engine's own limit.
func (r *roster) holds(t task.Task) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.held[t.ID] = hold{engine: t.Engine, created: t.Created}
}

// room takes the oldest of the tasks that wait for the engine's own limit.
func (r *roster) room(engine string) (id string, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for one, h := range r.held {
		if h.engine == engine && (!ok || h.created.Before(r.held[id].created)) {
			id, ok = one, true
		}
	}
	delete(r.held, id)
	return id, ok
}
