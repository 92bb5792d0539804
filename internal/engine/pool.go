package engine

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// pool is an engine made of an engine's keys.
type pool struct {
	policy       Policy
	members      []*poolKey
	capabilities Capabilities // of the first
}

// poolKey is one key with its wrappers.
type poolKey struct {
	Key
	call    callFunc
	limit   inFlightLimit
	breaker *breaker

	mu          sync.Mutex
	pausedUntil time.Time // the vendor refused the key; no new jobs before this time
	refusal     *Error    // the vendor's error at that time
}

func (p *pool) poolKey(name string) *poolKey {
	for _, m := range p.members {
		if m.Name == name {
			return m
		}
	}
	return nil
}

// submit gives the job to the key with the fewest jobs in flight that can take it. It tries another key only if the one
// before certainly created nothing: it was too busy, or its key or the model was refused.
func (p *pool) submit(ctx context.Context, c *call) error {
	var busy, refused *Error
	for _, m := range p.byLoad() {
		err := m.pausedError(p.policy.Now())
		if err == nil {
			err = m.submit(ctx, c, p.policy)
		}
		if err == nil || notBegun(err) {
			return err
		}
		switch e := AsError(err); {
		case ctx.Err() != nil, e.Unconfirmed:
			return err
		case e.Class == Overloaded:
			busy = shorterWait(busy, e)
		case e.Class == AuthError, e.Class == ModelError:
			refused = e
		default:
			return err
		}
	}
	if busy != nil {
		return busy
	}
	return refused
}

// shorterWait returns the one of two keys' errors that is more worth waiting for: a busy key before a paused one, which may
// stay refused, and then the shorter wait. a may be nil.
func shorterWait(a, b *Error) *Error {
	switch {
	case a == nil, a.WaitCause == BreakerOpen && b.WaitCause != BreakerOpen:
		return b
	case b.WaitCause == BreakerOpen && a.WaitCause != BreakerOpen:
		return a
	case b.RetryAfter < a.RetryAfter:
		return b
	default:
		return a
	}
}

func (p *pool) byLoad() []*poolKey {
	type loaded struct {
		*poolKey
		n int
	}
	all := make([]loaded, len(p.members))
	for i, m := range p.members {
		all[i] = loaded{m, m.limit.count()}
	}
	slices.SortStableFunc(all, func(a, b loaded) int { return a.n - b.n })
	out := make([]*poolKey, len(all))
	for i, l := range all {
		out[i] = l.poolKey
	}
	return out
}

// pausedError returns the vendor's error while the key is paused for it.
func (m *poolKey) pausedError(now time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if left := m.pausedUntil.Sub(now); left > 0 {
		again := *m.refusal
		again.RetryAfter = left
		return &again
	}
	return nil
}

func (m *poolKey) submit(ctx context.Context, c *call, p Policy) error {
	err := m.call(ctx, c)
	if err == nil {
		c.handle = m.handle(c.handle)
		return nil
	}
	c.handle = ""
	if e := AsError(err); e.Class == AuthError {
		m.refuse(p, e)
	}
	return err
}

func (m *poolKey) handle(vendor string) string {
	if m.Name == "" {
		return vendor
	}
	return m.Name + "/" + vendor
}

// callByHandle makes a call about an existing job with the key that created it, even if that key is paused or at its limit.
func (p *pool) callByHandle(ctx context.Context, c *call) error {
	m, vendor := p.members[0], c.handle
	if m.Name != "" {
		name, rest, ok := strings.Cut(c.handle, "/")
		if m = p.poolKey(name); !ok {
			return &Error{Class: NotFound, Reason: task.VendorUnavailable, Detail: "handle " + c.handle + " names no key"}
		} else if m == nil {
			return &Error{Class: AuthError, Reason: task.VendorRefused, Detail: "the job was made with key " + name + ", which is no longer configured"}
		}
		vendor = rest
	}
	c.handle = vendor
	return m.call(ctx, c)
}

// find looks for the task with every key. The result is NotFound only if every key says so: a key that gave no answer may
// have the job.
func (p *pool) find(ctx context.Context, c *call) error {
	var unknown, notFound error
	for _, m := range p.members {
		err := m.call(ctx, c)
		switch {
		case err == nil:
			c.handle = m.handle(c.handle)
			return nil
		case AsError(err).Class == NotFound:
			notFound = err
		default:
			unknown = errors.Join(unknown, err)
		}
	}
	if unknown != nil {
		return unknown
	}
	return notFound
}
