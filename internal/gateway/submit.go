package gateway

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// Submit creates a task. It copies the request's inputs, chooses an engine, and writes the task, its first event and its first
// wake in one transaction: once it returns, the task reaches a terminal state whatever happens to this process.
// Errors: Invalid, TooLarge, Unsupported or Unreadable with all field errors, Unavailable if no engine can work now.
func (g *Gateway) Submit(ctx context.Context, who apikey.Key, r task.Request) (task.Task, error) {
	return g.submit(ctx, who, r, nil)
}

func (g *Gateway) submit(ctx context.Context, who apikey.Key, r task.Request, once *task.IdempotencyRecord) (task.Task, error) {
	if err := g.checkRequest(r); err != nil {
		return task.Task{}, err
	}
	if err := g.checkExternalID(ctx, who, r.ExternalID); err != nil {
		return task.Task{}, err
	}
	id, err := g.newID()
	if err != nil {
		return task.Task{}, err
	}
	if _, err := g.choose(id, r); err != nil { // before any input is fetched
		return task.Task{}, err
	}
	if err := g.Inputs.Copy(ctx, who.Account, &r); err != nil {
		return task.Task{}, err
	}
	if r.Seconds == 0 && r.Video != nil {
		r.Seconds = r.Video.WholeSeconds()
	}
	if r.Sequence == nil { // else it follows from the shots, which may not have ended
		r.Format = fillFormat(r)
	}
	c, err := g.choose(id, r) // again, now that the inputs' sizes are known
	if err != nil {
		return task.Task{}, err
	}
	if r.Seed == nil {
		seed, err := g.randomSeed()
		if err != nil {
			return task.Task{}, err
		}
		r.Seed, r.SeedDrawn = &seed, true
	}
	expandPrompt(&r, c)
	return g.create(ctx, task.Task{ID: id, Account: who.Account, Request: r}, c, once)
}

// Tasks begin at once unless many are created at the same time: to submit one takes several times what its create takes, and callers
// wait for creates.
const (
	crowd      = 16              // creates that are stored at once
	crowdDelay = 3 * time.Second // how much later a task begins if there are more
)

// firstWake returns the wake for a new task's first step. creates is how many are stored at this moment. A local engine has a queue
// of its own.
func firstWake(t task.Task, lane task.Lane, creates int64) task.Wake {
	w := wakeOf(t, lane)
	if lane == task.Remote && creates > crowd {
		w.At = t.Created.Add(crowdDelay)
	}
	return w
}

// create stores a new task, which has its id, with its first event and wakes.
func (g *Gateway) create(ctx context.Context, t task.Task, c registry.Choice, once *task.IdempotencyRecord) (task.Task, error) {
	now, id := g.now(), t.ID
	t.State, t.Engine, t.EngineModel, t.Created, t.Updated, t.Ignored = task.Queued, c.Name, c.Model, now, now, c.Ignored
	t.Deadline = c.DeadlineOf(now)
	t.QueueWait, t.Trace = g.estimateWait(ctx, t), g.cfg.Tracer.Of(ctx)
	var err error
	if once != nil {
		once.Task, once.Created, once.Wait = id, now, t.QueueWait
	}
	creates := g.creates.Add(1)
	defer g.creates.Add(-1)
	t.Version, err = g.write(ctx, task.Task{}, task.Change{
		Task:        t,
		Events:      []task.Event{{At: now, Kind: "created", To: task.Queued}},
		Wakes:       append([]task.Wake{firstWake(t, c.Engine.Capabilities().Lane, creates)}, deadlineWake(t, c.Engine.Capabilities().Lane)...),
		Idempotency: once,
	})
	if errors.Is(err, store.ErrExists) && once == nil { // another request has used the external id meanwhile
		return task.Task{}, externalIDUsed(t.Request.ExternalID)
	}
	if err != nil {
		return task.Task{}, fmt.Errorf("gateway: store task %s: %w", id, err)
	}
	g.cfg.Log.InfoContext(ctx, "task created", "task", id, "account", t.Account, "dialect", t.Request.Dialect, "model", t.Request.Model, "engine", c.Name)
	return t, nil
}

// checkRequest checks what holds for requests of all dialects.
func (g *Gateway) checkRequest(r task.Request) error {
	if r.Sequence != nil {
		return nil // the rules of storyboards made it
	}
	errs := g.checkModel(r.Model)
	if strings.TrimSpace(r.Prompt) == "" && r.First == nil && r.Last == nil && r.Video == nil {
		errs = append(errs, task.FieldError{Field: "prompt", Detail: "must not be empty without a picture or video"})
	}
	if r.Seconds < 0 || r.Seconds == 0 && r.Video == nil {
		errs = append(errs, task.FieldError{Field: "seconds", Detail: "must be more than 0"})
	}
	if len(errs) > 0 {
		return &task.Error{Code: task.Invalid, Detail: "The request can't be carried out as it is.", Fields: errs}
	}
	return nil
}

// checkExternalID refuses an external id that another task of the account has.
func (g *Gateway) checkExternalID(ctx context.Context, who apikey.Key, id string) error {
	if id == "" {
		return nil
	}
	_, err := g.Find(ctx, who, id)
	switch {
	case err == nil:
		return externalIDUsed(id)
	case task.CodeOf(err) == task.NotFound:
		return nil
	default:
		return err
	}
}

func externalIDUsed(id string) error {
	return &task.Error{Code: task.Invalid, Detail: "The request can't be carried out as it is.", Fields: []task.FieldError{
		{Field: "external_id", Detail: fmt.Sprintf("%q is another task's; it must be unique in the account", task.Excerpt(id))}}}
}

// randomSeed returns a random seed for a request without one.
func (g *Gateway) randomSeed() (uint32, error) {
	var b [4]byte
	if _, err := io.ReadFull(g.cfg.Rand, b[:]); err != nil {
		return 0, fmt.Errorf("gateway: draw a seed: %w", err)
	}
	return binary.BigEndian.Uint32(b[:]), nil
}
