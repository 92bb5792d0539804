package engine

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// Policy says how an engine is called. Its zero value is a sensible one.
type Policy struct {
	Tries   int           // calls in all of what is safe to repeat; 0 = 3
	Backoff time.Duration // the longest wait before the second try, doubled before each later one; 0 = 500 ms
	MaxWait time.Duration // no single wait is longer; a vendor that asks for more gets its wish from the caller; 0 = 5 s
	Trip    int           // failures in a row after which a key is left alone; 0 = 5
	Rest    time.Duration // how long it is left alone, then one call tries it; 0 = 30 s
	AtOnce  int           // calls with one key at once, downloads only until they begin; more wait their turn; 0 = 256
	Forget  time.Duration // work that nobody asks after any more stops counting as in flight; 0 = 1 h

	Now   func() time.Time                                 // nil = time.Now
	Sleep func(ctx context.Context, d time.Duration) error // waits for d or until ctx ends, then gives its error; nil = a timer
	Rand  func() float64                                   // in [0,1); nil = math/rand/v2
}

// Key is one key at a vendor: the engine that uses it and what is allowed to it.
type Key struct {
	Name     string // goes into handles, so that work stays with its key: no "/" in it; "" only for an engine's only key
	Engine   Engine
	InFlight int // pieces of work at once; 0 = no limit
	// Flight counts them: that of the key in whose place this one comes, so that a limit holds for the work of both; nil = a
	// count of its own.
	Flight *Flight
}

// Wrap makes one engine of an engine's keys. Around each key stand, from the outside inwards: the limit on work in
// flight, tries again, the limit on calls at once, the breaker, the record of what was tried. Work stays with the key that made it, as the handle
// "key's name/vendor's handle" says. It implements Finder, Stiller and Expander where the engines do.
func Wrap(p Policy, keys ...Key) (Engine, error) {
	if len(keys) == 0 {
		return nil, fmt.Errorf("engine: no key to wrap")
	}
	p = p.filled()
	pool := &pool{policy: p}
	for _, k := range keys {
		if strings.Contains(k.Name, "/") || k.Name == "" && len(keys) > 1 || pool.member(k.Name) != nil {
			return nil, fmt.Errorf("engine: key name %q: names must differ and have no %q", k.Name, "/")
		}
		pool.members = append(pool.members, p.around(k))
	}
	return pool.engine(), nil
}

// around sets the order in which a key is wrapped. A place in flight is taken before anything is tried and held between
// tries; the breaker sees every single try, and what it stops is neither recorded nor a failure of the vendor's.
func (p Policy) around(k Key) *member {
	caps := k.Engine.Capabilities()
	r := room{flight: k.Flight, limit: k.InFlight, forget: p.Forget, retryAfter: caps.PollEvery, now: p.Now}
	if r.flight == nil {
		r.flight = &Flight{}
	}
	_, finds := k.Engine.(Finder)
	next := direct(k.Engine)
	next = recorded(p, k.Name, next)
	next = broken(p, next)
	next = crowded(p.AtOnce, next)
	next = retried(p, caps.ExternalID, finds, next)
	next = limited(r, next)
	return &member{Key: k, step: next, room: r}
}

func (p Policy) filled() Policy {
	fill(&p.Tries, 3)
	fill(&p.Backoff, 500*time.Millisecond)
	fill(&p.MaxWait, 5*time.Second)
	fill(&p.Trip, 5)
	fill(&p.Rest, 30*time.Second)
	fill(&p.AtOnce, 256)
	fill(&p.Forget, time.Hour)
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Rand == nil {
		p.Rand = rand.Float64
	}
	if p.Sleep == nil {
		p.Sleep = func(ctx context.Context, d time.Duration) error {
			t := time.NewTimer(d)
			defer t.Stop()
			select {
			case <-t.C:
			case <-ctx.Done():
			}
			return ctx.Err()
		}
	}
	return p
}

func fill[T int | time.Duration](v *T, standard T) {
	if *v <= 0 {
		*v = standard
	}
}

// The verbs of the port.
const (
	verbSubmit = "submit"
	verbPoll   = "poll"
	verbOpen   = "open"
	verbCancel = "cancel"
	verbFind   = "find"
	verbStills = "stills"
)

// call is one call of the port with its arguments and, once it went well, its results. That all verbs are one type is
// what lets a wrapper be one function.
type call struct {
	verb   string
	job    Job    // of a submit
	task   string // of a find
	offset int64  // of an open
	handle string // argument, but the result of submit and find

	status  Status
	content Content
	stills  []Still
}

// step does a call, or wraps one that does.
type step func(ctx context.Context, c *call) error

// direct calls the engine itself.
func direct(e Engine) step {
	return func(ctx context.Context, c *call) error {
		var err error
		switch c.verb {
		case verbSubmit:
			c.handle, err = e.Submit(ctx, c.job)
		case verbPoll:
			c.status, err = e.Poll(ctx, c.handle)
		case verbOpen:
			c.content, err = e.Open(ctx, c.handle, c.offset)
		case verbCancel:
			err = e.Cancel(ctx, c.handle)
		case verbFind:
			c.handle, err = e.(Finder).Find(ctx, c.task)
		case verbStills:
			c.stills, err = e.(Stiller).Stills(ctx, c.handle)
		}
		return err
	}
}
