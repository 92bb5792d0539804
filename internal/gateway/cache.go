package gateway

import (
	"context"
	"errors"
	"hash/maphash"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// keyLife is how long a key that was found good is not looked up again: a key that another process revokes is refused
// this much later.
const keyLife = time.Second

// shelf keeps at hand what callers ask for again and again: tasks that have ended, and keys. It is right only where this
// process alone writes tasks.
type taskCache struct {
	mu      sync.Mutex // held from the look at what is there to the write over it
	tasks   *lru.Cache[string, task.Task]
	keys    *lru.Cache[string, cachedKey]
	seed    maphash.Seed
	evicted [256]uint64 // how often an entry had to make room, by a hash of its id
}

type cachedKey struct {
	apikey.Key
	until time.Time
}

// newTaskCache holds up to Shelf of each; nil where that is none.
func newTaskCache(c Config) *taskCache {
	size := c.CacheSize
	if size <= 0 || !c.Alone {
		return nil
	}
	s := &taskCache{seed: maphash.MakeSeed()}
	s.tasks, _ = lru.NewWithEvict(size, func(id string, _ task.Task) { s.evicted[s.slot(id)]++ }) // fails on no size above 0
	s.keys, _ = lru.New[string, cachedKey](size)
	return s
}

func (s *taskCache) slot(id string) uint64 {
	return maphash.String(s.seed, id) % uint64(len(s.evicted))
}

// evictions is asked before the store is, and the answer handed to add.
func (s *taskCache) evictions(id string) uint64 {
	if s == nil {
		return 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.evicted[s.slot(id)]
}

// add keeps a version of an ended task that the store was asked for, or wrote, since seen. Versions may come here in another
// order than they were written in: an older one never takes the place of a newer, not even of one that had to make room
// meanwhile.
func (s *taskCache) add(t task.Task, seen uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	there, ok := s.tasks.Peek(t.ID)
	if ok && there.Version >= t.Version || !ok && s.evicted[s.slot(t.ID)] != seen {
		return
	}
	s.tasks.Add(t.ID, t)
}

// forget drops a task of which it is not known what is stored, and what others are about to add of it.
func (s *taskCache) forget(id string) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tasks.Remove(id)
	s.evicted[s.slot(id)]++
}

// key finds the stored key of that hash. store.ErrNotFound where there is none.
func (g *Gateway) key(ctx context.Context, hash string) (apikey.Key, error) {
	if g.cache == nil {
		return g.storedKey(ctx, hash)
	}
	now := g.now()
	if k, ok := g.cache.keys.Get(hash); ok && now.Before(k.until) {
		return k.Key, nil
	}
	k, err := g.storedKey(ctx, hash)
	if err == nil {
		g.cache.keys.Add(hash, cachedKey{k, now.Add(keyLife)})
	}
	return k, err
}

func (g *Gateway) storedKey(ctx context.Context, hash string) (apikey.Key, error) {
	found, err := g.cfg.Store.Keys(ctx, hash)
	if err == nil && len(found) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return apikey.Key{}, err
	}
	return found[0], nil
}

// load reads a task for a caller to see.
func (g *Gateway) load(ctx context.Context, id string) (task.Task, error) {
	if g.cache == nil {
		return g.cfg.Store.Task(ctx, id)
	}
	if t, ok := g.cache.tasks.Get(id); ok {
		return t, nil
	}
	seen := g.cache.evictions(id)
	t, err := g.cfg.Store.Task(ctx, id)
	if err == nil && t.State.Terminal() {
		g.cache.add(t, seen)
	}
	return t, err
}

// write stores a change, and caches what it made of an ended task.
func (g *Gateway) write(ctx context.Context, c task.Change) (int64, error) {
	seen := g.cache.evictions(c.Task.ID)
	version, err := g.cfg.Store.Apply(ctx, c)
	if err != nil {
		if !errors.Is(err, store.ErrStale) && !errors.Is(err, store.ErrExists) {
			g.afterUncertainWrite(ctx, c.Task)
		}
		return 0, err
	}
	known := c.Task
	known.Version = version
	g.backlog.note(known, g.lane(known))
	if !c.Task.State.Terminal() {
		return version, nil
	}
	t := c.Task
	t.Version, t.QueueWait = version, 0
	g.registry.release(t.ID)
	g.withdrawn.note(t)
	if g.cache != nil {
		g.cache.add(t, seen)
	}
	return version, nil
}

// afterUncertainWrite acts on a write that may stand although it failed: its caller gave up, or the disk failed, while it was committed.
func (g *Gateway) afterUncertainWrite(ctx context.Context, t task.Task) {
	g.backlog.forget()
	if !t.State.Terminal() {
		return
	}
	g.cache.forget(t.ID)
	if stored, err := g.cfg.Store.Task(context.WithoutCancel(ctx), t.ID); err == nil {
		g.withdrawn.note(stored)
	}
}
