package taskcache

import (
	"math"

	"github.com/filmgate/filmgate/internal/store"
)

var _ store.Listener = (*Store)(nil)

// Listening implements store.Listener: the cache is used from now on, and empty.
func (s *Store) Listening() {
	if c := s.cache; c != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.clear()
		c.deaf.Store(false)
	}
}

// Deaf implements store.Listener: nothing is read from the cache, and nothing enters it, until Listening.
func (s *Store) Deaf() {
	if c := s.cache; c != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.deaf.Store(true)
	}
}

// Hear implements store.Listener: what is cached and older than the news is dropped.
func (s *Store) Hear(n store.News) {
	c := s.cache
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range n.Tasks {
		if cached, ok := c.tasks.Peek(t.ID); !ok || cached.Version < t.Version {
			c.forget(t.ID)
		}
	}
	if n.Keys {
		c.forgetKeys()
	}
}

// Forget drops a task that was deleted from the database by this process.
func (s *Store) Forget(id string) {
	s.Hear(store.News{Tasks: []store.TaskNews{{ID: id, Version: math.MaxInt64}}})
}

// clear drops everything, and everything that others are about to add. The caller holds mu.
func (c *cache) clear() {
	c.tasks.Purge()
	for i := range c.evicted {
		c.evicted[i]++
	}
	c.forgetKeys()
}

// forgetKeys drops all keys, and those that others are about to add. The caller holds mu.
func (c *cache) forgetKeys() {
	c.keys.Purge()
	c.keysForgotten++
}
