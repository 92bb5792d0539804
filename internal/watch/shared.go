package watch

import (
	"context"
	"sync"
	"sync/atomic"

	lru "github.com/hashicorp/golang-lru/v2"
)

// Shared has readers of the same thing share one read, until it has changed. Make one with NewShared.
type Shared[K comparable, V any] struct {
	mu      sync.Mutex
	entries *lru.Cache[K, *entry[V]]
}

type entry[V any] struct {
	reading chan struct{} // holds one value while nobody reads
	changes atomic.Int64
	last    atomic.Pointer[read[V]] // nil before the first
}

// read is a value that was read when there had been so many changes.
type read[V any] struct {
	value   V
	changes int64
}

// NewShared returns a Shared that keeps at most size values.
func NewShared[K comparable, V any](size int) *Shared[K, V] {
	entries, _ := lru.New[K, *entry[V]](size) // fails on no size above 0
	return &Shared[K, V]{entries: entries}
}

// Get returns the value of the key that was read after its last Changed. If there is none, it calls from, and others who ask meanwhile
// wait for that. An error is that of from, and is not kept.
func (s *Shared[K, V]) Get(ctx context.Context, key K, from func(context.Context) (V, error)) (v V, err error) {
	e := s.entry(key)
	select {
	case <-e.reading:
	case <-ctx.Done():
		return v, ctx.Err()
	}
	defer func() { e.reading <- struct{}{} }()
	changes := e.changes.Load()
	if last := e.last.Load(); last != nil && last.changes == changes {
		return last.value, nil
	}
	if v, err = from(ctx); err == nil {
		e.last.Store(&read[V]{v, changes})
	}
	return v, err
}

func (s *Shared[K, V]) entry(key K) *entry[V] {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, ok := s.entries.Get(key); ok {
		return e
	}
	e := &entry[V]{reading: make(chan struct{}, 1)}
	e.reading <- struct{}{}
	s.entries.Add(key, e)
	return e
}

// Changed says that the value of the key is another now, unless isNow reports that the last one read is it: the next Get reads it.
func (s *Shared[K, V]) Changed(key K, isNow func(V) bool) {
	e, ok := s.entries.Peek(key)
	if !ok {
		return
	}
	if last := e.last.Load(); last == nil || !isNow(last.value) {
		e.changes.Add(1)
	}
}

// Forget says that all values may be others now.
func (s *Shared[K, V]) Forget() {
	for _, e := range s.entries.Values() {
		e.changes.Add(1)
	}
}
