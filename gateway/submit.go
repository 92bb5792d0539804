package gateway

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/filmgate/filmgate/apikey"
	"github.com/filmgate/filmgate/engine"
	"github.com/filmgate/filmgate/task"
)

// Submit takes a request in. Its pictures are copied first, an engine is chosen, and the task, its first event and its
// first wake are one transaction: from the return on, the task ends in a terminal state whatever happens here.
// Errors: Invalid, TooLarge, Unsupported or Unreadable with every field at fault.
func (g *Gateway) Submit(ctx context.Context, who apikey.Key, r task.Request) (task.Task, error) {
	return g.submit(ctx, who, r, nil)
}

func (g *Gateway) submit(ctx context.Context, who apikey.Key, r task.Request, once *task.Replay) (task.Task, error) {
	if err := checkRequest(r); err != nil {
		return task.Task{}, err
	}
	if _, err := g.choose(r); err != nil { // before any picture is fetched for nothing
		return task.Task{}, err
	}
	if err := g.ingest(ctx, who.Account, &r); err != nil {
		return task.Task{}, err
	}
	r.Format = fitted(r)
	c, err := g.choose(r) // again, now that the pictures' sizes are known
	if err != nil {
		return task.Task{}, err
	}
	if r.Seed == nil {
		seed, err := g.randomSeed()
		if err != nil {
			return task.Task{}, err
		}
		r.Seed = &seed
	}
	if ex, ok := c.engine.(engine.Expander); ok && r.ExpandPrompt {
		r.ExpandedPrompt = ex.Expand(r.Prompt, *r.Seed)
	}
	return g.create(ctx, task.Task{Account: who.Account, Request: r}, c, once)
}

// create stores the new task with its first event and wake.
func (g *Gateway) create(ctx context.Context, t task.Task, c choice, once *task.Replay) (task.Task, error) {
	id, err := g.newID()
	if err != nil {
		return task.Task{}, err
	}
	now := g.now()
	t.ID, t.State, t.Engine, t.EngineModel, t.Created, t.Updated = id, task.Queued, c.name, c.model, now, now
	t.Wait = g.wait(ctx, t)
	if once != nil {
		once.Task, once.Created, once.Wait = id, now, t.Wait
	}
	t.Version, err = g.write(ctx, task.Change{
		Task:   t,
		Events: []task.Event{{At: now, Kind: "created", To: task.Queued}},
		Wakes:  []task.Wake{{Task: id, Lane: c.engine.Capabilities().Lane, Low: t.Request.LowPriority}},
		Replay: once,
	})
	if err != nil {
		return task.Task{}, fmt.Errorf("gateway: store task %s: %w", id, err)
	}
	g.cfg.Log.InfoContext(ctx, "task created", "task", id, "account", t.Account, "dialect", t.Request.Dialect, "model", t.Request.Model, "engine", c.name)
	return t, nil
}

// checkRequest holds what is true of every request, whatever dialect it came by.
func checkRequest(r task.Request) error {
	var faults []task.Fault
	if strings.TrimSpace(r.Prompt) == "" && r.First == nil && r.Last == nil {
		faults = append(faults, task.Fault{Field: "prompt", Detail: "must not be empty where there is no picture"})
	}
	if r.Seconds <= 0 {
		faults = append(faults, task.Fault{Field: "seconds", Detail: "must be more than 0"})
	}
	if len(faults) > 0 {
		return &task.Error{Code: task.Invalid, Detail: "The request can't be carried out as it is.", Faults: faults}
	}
	return nil
}

// choice is the engine and model that a request goes to.
type choice struct {
	name   string
	engine engine.Engine
	model  string
}

// choose takes the first engine on the model's route with a model of its own that can do what r asks. Where none can,
// the error names the faults of the one that came nearest.
func (g *Gateway) choose(r task.Request) (choice, error) {
	var nearest []task.Fault
	for _, to := range g.route(r.Model) {
		name, model, _ := strings.Cut(to, "/")
		e, ok := g.engineOf(name)
		if !ok {
			continue
		}
		for _, m := range e.Capabilities().Models {
			if model != "" && m.Name != model {
				continue
			}
			faults := m.Check(r)
			if len(faults) == 0 {
				return choice{name: name, engine: e, model: m.Name}, nil
			}
			if nearest == nil || len(faults) < len(nearest) {
				nearest = faults
			}
		}
	}
	return choice{}, &task.Error{Code: task.Invalid, Detail: "No engine can do this.", Faults: nearest}
}

// route lists where requests for a model may go.
func (g *Gateway) route(model string) []string {
	for _, name := range []string{model, "*"} {
		if to, ok := g.cfg.Routes[name]; ok {
			return to
		}
	}
	return []string{g.cfg.Engines[len(g.cfg.Engines)-1].Name}
}

// randomSeed draws a seed for a request that names none.
func (g *Gateway) randomSeed() (uint32, error) {
	var b [4]byte
	if _, err := io.ReadFull(g.cfg.Rand, b[:]); err != nil {
		return 0, fmt.Errorf("gateway: draw a seed: %w", err)
	}
	return binary.BigEndian.Uint32(b[:]), nil
}

// now is the time as rows keep it: UTC, whole milliseconds.
func (g *Gateway) now() time.Time {
	return g.cfg.Now().UTC().Truncate(time.Millisecond)
}
