package taskcache

import (
	"math"

	"github.com/filmgate/filmgate/internal/store"
)

var _ store.Listener = (*Store)(nil)

// Listening implements store.Listener: the cache is used from now on, and empty.
func (s *Store) Listening() {
	s.forgetKeys()
	s.each(func(v *versions) {
		v.clear()
		v.deaf.Store(false)
	})
}

// Deaf implements store.Listener: nothing is read from the cache, and nothing enters it, until Listening.
func (s *Store) Deaf() {
	s.each(func(v *versions) { v.deaf.Store(true) })
}

// Hear implements store.Listener: what is cached and older than the news is dropped.
func (s *Store) Hear(n store.News) {
	s.each(func(v *versions) {
		for _, t := range n.Tasks {
			if cached, ok := v.tasks.Peek(t.ID); !ok || cached.Version < t.Version {
				v.forget(t.ID)
			}
		}
	})
	if n.Keys {
		s.forgetKeys()
	}
}

// Forget drops a task that was deleted from the database by this process.
func (s *Store) Forget(id string) {
	s.Hear(store.News{Tasks: []store.TaskNews{{ID: id, Version: math.MaxInt64}}})
}

// each calls f with all that holds tasks, while nobody else changes it.
func (s *Store) each(f func(*versions)) {
	all := []*versions{s.steps}
	if s.cache != nil {
		all = append(all, s.cache.versions)
	}
	for _, v := range all {
		if v != nil {
			v.mu.Lock()
			f(v)
			v.mu.Unlock()
		}
	}
}

// clear drops every task, and every one that others are about to add. The caller holds mu.
func (v *versions) clear() {
	v.tasks.Purge()
	for i := range v.evicted {
		v.evicted[i]++
	}
}

// forgetKeys drops all keys, and those that others are about to add.
func (s *Store) forgetKeys() {
	if c := s.cache; c != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.keys.Purge()
		c.keysForgotten++
	}
}
