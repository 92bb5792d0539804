package gateway

import (
	"context"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/filmgate/filmgate/apikey"
	"github.com/filmgate/filmgate/task"
)

// keyLife is how long a key that was found good is not looked up again: a key that another process revokes is refused
// this much later.
const keyLife = time.Second

// shelf keeps at hand what callers ask for again and again: tasks that have ended, and keys. It is right only where this
// process alone writes tasks.
type shelf struct {
	tasks *lru.Cache[string, task.Task]
	keys  *lru.Cache[string, goodKey]
}

type goodKey struct {
	apikey.Key
	until time.Time
}

// newShelf holds up to size of each; 0 keeps nothing.
func newShelf(size int) *shelf {
	if size <= 0 {
		return nil
	}
	tasks, _ := lru.New[string, task.Task](size) // fails on no size above 0
	keys, _ := lru.New[string, goodKey](size)
	return &shelf{tasks: tasks, keys: keys}
}

// key finds the stored key of that hash.
func (g *Gateway) key(ctx context.Context, hash string) (apikey.Key, error) {
	if g.shelf == nil {
		return g.cfg.Store.Key(ctx, hash)
	}
	now := g.now()
	if k, ok := g.shelf.keys.Get(hash); ok && now.Before(k.until) {
		return k.Key, nil
	}
	k, err := g.cfg.Store.Key(ctx, hash)
	if err == nil {
		g.shelf.keys.Add(hash, goodKey{k, now.Add(keyLife)})
	}
	return k, err
}

// load reads a task for a caller to see.
func (g *Gateway) load(ctx context.Context, id string) (task.Task, error) {
	if g.shelf == nil {
		return g.cfg.Store.Task(ctx, id)
	}
	if t, ok := g.shelf.tasks.Get(id); ok {
		return t, nil
	}
	t, err := g.cfg.Store.Task(ctx, id)
	if err == nil && t.State.Terminal() {
		// Only where nothing lies: a write that came since then has laid something newer.
		g.shelf.tasks.ContainsOrAdd(id, t)
	}
	return t, err
}

// write stores a change, and lays what it made of an ended task on the shelf.
func (g *Gateway) write(ctx context.Context, c task.Change) (int64, error) {
	version, err := g.cfg.Store.Apply(ctx, c)
	if err != nil {
		return 0, err
	}
	if c.Task.State.Terminal() {
		g.roster.release(c.Task.ID)
	}
	if g.shelf != nil && c.Task.State.Terminal() {
		t := c.Task
		t.Version, t.Wait = version, 0
		g.shelf.tasks.Add(t.ID, t)
	}
	return version, nil
}
