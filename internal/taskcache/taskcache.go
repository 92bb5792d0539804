// Package taskcache keeps in memory what callers read again and again: tasks and keys.
//
// What may enter: how a cached entry stays true. What may not: who may read it.
package taskcache

import (
	"context"
	"errors"
	"hash/maphash"
	"math"
	"slices"
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

// Store is a store.Store with a cache. Its own methods read the cache, and Apply and PutKey keep it true; the methods of store.Store,
// Task among them, read the database. If other processes write tasks too, the cache must hear of it: see store.Listener.
type Store struct {
	store.Store
	now   func() time.Time
	cache *cache    // nil = nothing is cached
	live  bool      // tasks that have not ended are cached too
	steps *versions // of tasks that have not ended, for their steps; nil = none are cached
	wrote func(id string, account, version int64)
}

// versions holds the newest known version of tasks. A nil *versions holds nothing.
type versions struct {
	mu      sync.Mutex // held while an entry is read and replaced
	tasks   *lru.Cache[string, task.Task]
	seed    maphash.Seed
	evicted [256]uint64 // how often an entry was evicted, by a hash of its id
	deaf    atomic.Bool // others' writes may be missed now, so the cache is not used; written under mu
}

func newVersions(size int) *versions {
	v := &versions{seed: maphash.MakeSeed()}
	v.tasks, _ = lru.NewWithEvict(size, func(id string, _ task.Task) { v.evicted[v.slot(id)]++ }) // fails on no size above 0
	return v
}

// cache holds the tasks that callers read, and keys.
type cache struct {
	*versions
	keys          *lru.Cache[apikey.Query, cachedKey]
	keysForgotten uint64 // how often all keys were dropped
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
	c := &cache{versions: newVersions(size)}
	c.keys, _ = lru.New[apikey.Query, cachedKey](size) // fails on no size above 0
	return &Store{Store: s, now: now, cache: c}
}

// CacheLive makes s cache tasks that have not ended too. It is right only if no other process writes tasks, since a store.Listener
// does not hear of those. Call it before s is used.
func (s *Store) CacheLive() { s.live = true }

// CacheSteps makes StepTask read size tasks from memory. It is right only if no other process writes tasks that have not ended. Call
// it before s is used.
func (s *Store) CacheSteps(size int) { s.steps = newVersions(size) }

// OnWrite has s call f with each version of a task that this process has written. If it is not known whether a write was committed,
// the version is the greatest number. Call it before s is used.
func (s *Store) OnWrite(f func(id string, account, version int64)) { s.wrote = f }

// PutKey implements store.Store. From then on CachedKey reads the key anew, so that one that is revoked here is refused at once.
func (s *Store) PutKey(ctx context.Context, k apikey.Key) error {
	err := s.Store.PutKey(ctx, k)
	s.forgetKeys() // after an error, too: it may have been committed
	return err
}

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

// StepTask returns a task for a step to write over. It may be an older version than the stored one, which Apply then refuses as stale;
// after that, the next call reads the database. The caller may change what the task points to.
func (s *Store) StepTask(ctx context.Context, id string) (task.Task, error) {
	if s.steps == nil || s.steps.deaf.Load() {
		return s.Task(ctx, id)
	}
	t, ok := s.steps.tasks.Get(id)
	if !ok {
		seen := s.steps.evictions(id)
		var err error
		if t, err = s.Task(ctx, id); err != nil {
			return t, err
		}
		if !t.State.Terminal() {
			s.steps.add(t, seen)
		}
	}
	t.Attempts = slices.Clone(t.Attempts)
	return t, nil
}

// Apply writes a change, and caches the version that it makes of an ended task. That of another task replaces the cached one, if
// there is one: only tasks that callers read take room. For steps, every task that has not ended is cached.
func (s *Store) Apply(ctx context.Context, c task.Change) (int64, error) {
	version, err := s.apply(ctx, c)
	switch {
	case s.wrote == nil || errors.Is(err, store.ErrStale) || errors.Is(err, store.ErrExists):
	case err != nil:
		s.wrote(c.Task.ID, c.Task.Account, math.MaxInt64)
	default:
		s.wrote(c.Task.ID, c.Task.Account, version)
	}
	return version, err
}

func (s *Store) apply(ctx context.Context, c task.Change) (int64, error) {
	id := c.Task.ID
	var seen uint64
	if s.cache != nil {
		seen = s.cache.evictions(id)
	}
	stepsSeen := s.steps.evictions(id)
	version, err := s.Store.Apply(ctx, c)
	t := c.Task
	t.Version, t.QueueWait = version, 0
	s.steps.written(t, stepsSeen, err)
	if s.cache == nil || !s.live && !t.State.Terminal() {
		return version, err
	}
	if err != nil {
		if !errors.Is(err, store.ErrStale) && !errors.Is(err, store.ErrExists) { // the write may be committed all the same
			s.cache.drop(id)
		}
		return 0, err
	}
	if t.State.Terminal() {
		s.cache.add(t, seen)
	} else {
		s.cache.replace(t)
	}
	return version, nil
}

// written follows a write of a task for its steps.
func (v *versions) written(t task.Task, seen uint64, err error) {
	switch {
	case v == nil:
	case err == nil && !t.State.Terminal():
		v.add(t, seen)
	default: // it has ended; or the version that the write began from was old; or nobody knows what is stored
		v.drop(t.ID)
	}
}

func (v *versions) slot(id string) uint64 {
	return maphash.String(v.seed, id) % uint64(len(v.evicted))
}

// evictions returns a count for add. Call it before the database is read or written.
func (v *versions) evictions(id string) uint64 {
	if v == nil {
		return 0
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.evicted[v.slot(id)]
}

// add caches a version of a task that was read or written since evictions returned seen. Versions may come in another
// order than they were written in: an older one never replaces a newer one, not even one that was evicted meanwhile.
func (v *versions) add(t task.Task, seen uint64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	cached, ok := v.tasks.Peek(t.ID)
	if v.deaf.Load() || ok && cached.Version >= t.Version || !ok && v.evicted[v.slot(t.ID)] != seen {
		return
	}
	v.tasks.Add(t.ID, t)
}

// replace caches a version that was written if an older one is cached. Otherwise it keeps older versions that others are about to
// add out of the cache.
func (v *versions) replace(t task.Task) {
	v.mu.Lock()
	defer v.mu.Unlock()
	cached, ok := v.tasks.Peek(t.ID)
	switch {
	case !ok:
		v.evicted[v.slot(t.ID)]++
	case cached.Version < t.Version:
		v.tasks.Add(t.ID, t)
	}
}

// forget drops a task whose stored version is not known, and every version of it that others are about to add. The caller holds mu.
func (v *versions) forget(id string) {
	v.tasks.Remove(id)
	v.evicted[v.slot(id)]++
}

// drop is forget for a caller that does not hold mu.
func (v *versions) drop(id string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.forget(id)
}
