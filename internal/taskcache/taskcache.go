// Package taskcache keeps in memory what callers read again and again: tasks and keys.
//
// What may enter: how a cached entry stays true. What may not: who may read it.
package taskcache

import (
	"context"
	"errors"
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// keyLife is how long a key is read from memory before it is looked up again. On a database that does not tell what others write
// (SQLite), a key that another process revokes is refused this much later.
const keyLife = time.Second

// Store is a store.Store with a cache. Its own methods read the cache, and Apply keeps it true; the methods of store.Store,
// Task among them, read the database. If other processes write tasks too, the cache must hear of it: see store.Listener.
type Store struct {
	store.Store
	now   func() time.Time
	cache *cache // nil = nothing is cached
	live  bool   // tasks that have not ended are cached too
}

// cache holds the newest known version of tasks, and keys.
type cache struct {
	mu      sync.Mutex // held while an entry is read and replaced
	tasks   *lru.Cache[string, task.Task]
	keys    *lru.Cache[apikey.Query, cachedKey]
	seed    maphash.Seed
	evicted [256]uint64 // how often an entry was evicted, by a hash of its id

	keysForgotten uint64      // how often all keys were dropped
	deaf          atomic.Bool // others' writes may be missed now, so the cache is not used; written under mu
}

type cachedKey struct {
	apikey.Key
	until time.Time
}

// New returns s with a cache of size tasks and as many keys; 0 = none.
func New(s store.Store, size int, now func() time.Time) *Store {
	if size <= 0 {
		return &Store{Store: s, now: now}
	}
	c := &cache{seed: maphash.MakeSeed()}
	c.tasks, _ = lru.NewWithEvict(size, func(id string, _ task.Task) { c.evicted[c.slot(id)]++ }) // fails on no size above 0
	c.keys, _ = lru.New[apikey.Query, cachedKey](size)
	return &Store{Store: s, now: now, cache: c}
}

// CacheLive makes s cache tasks that have not ended too. It is right only if no other process writes tasks, since a store.Listener
// does not hear of those. Call it before s is used.
func (s *Store) CacheLive() { s.live = true }

// CachedKey returns the one key that q selects by its hash or id, as it was at most a second ago. store.ErrNotFound if there
// is none.
func (s *Store) CachedKey(ctx context.Context, q apikey.Query) (apikey.Key, error) {
	c := s.cache
	if c == nil || c.deaf.Load() {
		return s.key(ctx, q)
	}
	now := s.now()
	if k, ok := c.keys.Get(q); ok && now.Before(k.until) {
		return k.Key, nil
	}
	seen := c.forgottenKeys()
	k, err := s.key(ctx, q)
	if err == nil {
		c.addKey(q, cachedKey{k, now.Add(keyLife)}, seen)
	}
	return k, err
}

func (c *cache) forgottenKeys() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.keysForgotten
}

// addKey caches a key that was read since forgottenKeys returned seen, unless keys were dropped meanwhile.
func (c *cache) addKey(q apikey.Query, k cachedKey, seen uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.keysForgotten == seen && !c.deaf.Load() {
		c.keys.Add(q, k)
	}
}

func (s *Store) key(ctx context.Context, q apikey.Query) (apikey.Key, error) {
	found, err := s.Keys(ctx, q)
	if err == nil && len(found) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return apikey.Key{}, err
	}
	return found[0], nil
}

// CachedTask returns a task for a caller to see. Do not write over it: begin from Task, since a cached version that is too
// old would be too old for ever.
func (s *Store) CachedTask(ctx context.Context, id string) (task.Task, error) {
	if s.cache == nil || s.cache.deaf.Load() {
		return s.Task(ctx, id)
	}
	if t, ok := s.cache.tasks.Get(id); ok {
		return t, nil
	}
	seen := s.cache.evictions(id)
	t, err := s.Task(ctx, id)
	if err == nil && (s.live || t.State.Terminal()) {
		s.cache.add(t, seen)
	}
	return t, err
}

// Apply writes a change, and caches the version that it makes of an ended task. That of another task replaces the cached one, if
// there is one: only tasks that callers read take room.
func (s *Store) Apply(ctx context.Context, c task.Change) (int64, error) {
	seen := s.cache.evictions(c.Task.ID)
	version, err := s.Store.Apply(ctx, c)
	if s.cache == nil || !s.live && !c.Task.State.Terminal() {
		return version, err
	}
	if err != nil {
		if !errors.Is(err, store.ErrStale) && !errors.Is(err, store.ErrExists) { // the write may be committed all the same
			s.cache.mu.Lock()
			s.cache.forget(c.Task.ID)
			s.cache.mu.Unlock()
		}
		return 0, err
	}
	t := c.Task
	t.Version, t.QueueWait = version, 0
	if t.State.Terminal() {
		s.cache.add(t, seen)
	} else {
		s.cache.replace(t)
	}
	return version, nil
}

func (c *cache) slot(id string) uint64 {
	return maphash.String(c.seed, id) % uint64(len(c.evicted))
}

// evictions returns a count for add. Call it before the database is read or written.
func (c *cache) evictions(id string) uint64 {
	if c == nil {
		return 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.evicted[c.slot(id)]
}

// add caches a version of an ended task that was read or written since evictions returned seen. Versions may come in another
// order than they were written in: an older one never replaces a newer one, not even one that was evicted meanwhile.
func (c *cache) add(t task.Task, seen uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	cached, ok := c.tasks.Peek(t.ID)
	if c.deaf.Load() || ok && cached.Version >= t.Version || !ok && c.evicted[c.slot(t.ID)] != seen {
		return
	}
	c.tasks.Add(t.ID, t)
}

// replace caches a version that was written if an older one is cached. Otherwise it keeps older versions that others are about to
// add out of the cache.
func (c *cache) replace(t task.Task) {
	c.mu.Lock()
	defer c.mu.Unlock()
	cached, ok := c.tasks.Peek(t.ID)
	switch {
	case !ok:
		c.evicted[c.slot(t.ID)]++
	case cached.Version < t.Version:
		c.tasks.Add(t.ID, t)
	}
}

// forget drops a task whose stored version is not known, and every version of it that others are about to add. The caller holds mu.
func (c *cache) forget(id string) {
	c.tasks.Remove(id)
	c.evicted[c.slot(id)]++
}
