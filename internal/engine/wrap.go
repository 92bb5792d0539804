package engine

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// Policy says how an engine is called. The zero value has sensible defaults.
type Policy struct {
	Tries            int           // most calls of what is safe to repeat; 0 = 3
	Backoff          time.Duration // longest wait before the second try, doubled before each later one; 0 = 500 ms
	MaxWait          time.Duration // longest single wait; a vendor's longer Retry-After is left to the caller; 0 = 5 s
	FailureThreshold int           // failures in a row after which a key is paused; 0 = 5
	OpenTimeout      time.Duration // how long it is paused, then one call tries it; 0 = 30 s
	MaxConcurrent    int           // calls with one key at once, downloads only until they begin; further calls wait; 0 = 256
	InFlightTTL      time.Duration // a job that is not polled for so long no longer counts as in flight; 0 = 1 h

	// StrictSubmits has a submit that was answered with 500 or 502 count as one that the vendor may have taken, whatever the answer
	// says. It is for vendors behind a front that answers so after the vendor has begun the job.
	StrictSubmits bool

	// OnPause is called when the circuit breaker pauses a key, with the failure that was the last, and when the key works again,
	// with nil. It must return at once; nil = nobody is told.
	OnPause func(key string, failure error)

	// Announce is called when a key is paused because the vendor refused it, or because calls of more than one job failed, and when a
	// key works again that had failed. It tells the other processes that use the engine, which call Hear. It must return at once;
	// nil = there are no others.
	Announce func(Pause)

	// Around is called before each call that reaches the vendor, with its verb: submit, poll, open, cancel, find or previews. The call has
	// the context that it returns. The function that it returns is called after the call, with its error; a download's call ends when the
	// download begins. nil = nothing is.
	Around func(ctx context.Context, verb string) (context.Context, func(error))

	// ModelServer returns how the engine's model server does, if this server has started one; else nil. While it does not work, no call
	// is made. nil = it has started none.
	ModelServer func() *task.ModelServer

	Now   func() time.Time                                 // nil = time.Now
	Sleep func(ctx context.Context, d time.Duration) error // waits for d or until ctx ends, and returns ctx's error; nil = a timer
	Rand  func() float64                                   // in [0,1); nil = math/rand/v2
}

// Key is one key at a vendor: the engine that uses it, and its limit.
type Key struct {
	Name     string // begins handles, so that a job stays with its key: no "/" in it; "" only for an engine's only key
	Engine   Engine
	InFlight int // most jobs at once; 0 = no limit
	// Counter counts the jobs in flight. A key that replaces another takes over its counter, so that the limit holds for the
	// jobs of both; nil = a new counter.
	Counter *InFlight
	Places  Places   // counts the jobs of all processes that use the key; nil = there are no others
	Secrets []string // must not be in any text that callers read; "" is none
}

// Wrap makes one engine of an engine's keys. From the outside inwards, each key has the wait for the model server, the limit on jobs in flight, retries,
// the limit on concurrent calls, the circuit breaker, and the record of tries. A job stays with the key that made it: its
// handle is "key's name/vendor's handle". The result implements [Finder], [Previewer] and [PromptExpander] if the engines
// do.
func Wrap(p Policy, keys ...Key) (Engine, error) {
	if len(keys) == 0 {
		return nil, fmt.Errorf("engine: no key to wrap")
	}
	p = p.withDefaults()
	pool := &pool{policy: p, capabilities: keys[0].Engine.Capabilities()}
	for _, k := range keys {
		if strings.Contains(k.Name, "/") || k.Name == "" && len(keys) > 1 || pool.poolKey(k.Name) != nil {
			return nil, fmt.Errorf("engine: key name %q: names must differ and have no %q", k.Name, "/")
		}
		pool.members = append(pool.members, p.wrapKey(k))
	}
	return pool.engine(), nil
}

// wrapKey sets the order of a key's wrappers. A place in flight is taken before the first try and held between tries. The
// breaker sees every try; a call that it stops is no try and no failure of the vendor.
func (p Policy) wrapKey(k Key) *poolKey {
	caps := k.Engine.Capabilities()
	r := inFlightLimit{inFlight: k.Counter, limit: k.InFlight, places: k.Places, inFlightTTL: p.InFlightTTL, retryAfter: caps.PollEvery, now: p.Now}
	if r.inFlight == nil {
		r.inFlight = &InFlight{}
	}
	b := newBreaker(p, k.Name)
	next := withMaskedFailures(k.Secrets, withAround(p.Around, callEngine(k.Engine)))
	next = withStrictSubmits(p.StrictSubmits, next)
	next = withTries(p, k.Name, next)
	next = withBreaker(b, next)
	next = withConcurrencyLimit(p.MaxConcurrent, next)
	next = withRetry(p, k.Engine, next)
	next = withInFlightLimit(r, next)
	next = withModelServer(p.ModelServer, next)
	return &poolKey{Key: k, call: next, limit: r, breaker: b}
}

func (p Policy) withDefaults() Policy {
	setDefault(&p.Tries, 3)
	setDefault(&p.Backoff, 500*time.Millisecond)
	setDefault(&p.MaxWait, 5*time.Second)
	setDefault(&p.FailureThreshold, 5)
	setDefault(&p.OpenTimeout, 30*time.Second)
	setDefault(&p.MaxConcurrent, 256)
	setDefault(&p.InFlightTTL, time.Hour)
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

func setDefault[T int | time.Duration](v *T, standard T) {
	if *v <= 0 {
		*v = standard
	}
}

// The verbs of the port.
const (
	verbSubmit   = "submit"
	verbPoll     = "poll"
	verbOpen     = "open"
	verbCancel   = "cancel"
	verbFind     = "find"
	verbPreviews = "previews"
)

// call is one call of the port: its arguments and, if it succeeded, its results. One type for all verbs lets a wrapper be
// one function.
type call struct {
	verb   string
	job    Job                         // of a submit
	begin  func(context.Context) error // of a submit, called before its first try; nil = nothing is
	begun  bool                        // begin has succeeded
	later  []func()                    // of a submit, run when the caller has recorded its outcome
	tries  []Try                       // of a submit, filled even if it failed
	task   string                      // of a find
	offset int64                       // of an open
	handle string                      // an argument, but the result of submit and find

	status   Status
	content  Content
	previews []Preview
}

// callFunc makes a call, or wraps a function that does.
type callFunc func(ctx context.Context, c *call) error

// withAround calls around before each call, and what it returns after.
func withAround(around func(context.Context, string) (context.Context, func(error)), next callFunc) callFunc {
	if around == nil {
		return next
	}
	return func(ctx context.Context, c *call) error {
		ctx, after := around(ctx, c.verb)
		err := next(ctx, c)
		after(err)
		return err
	}
}

// callEngine calls the engine itself.
func callEngine(e Engine) callFunc {
	return func(ctx context.Context, c *call) error {
		var err error
		switch c.verb {
		case verbSubmit:
			var s Submission
			s, err = e.Submit(ctx, c.job)
			c.handle = s.Handle
		case verbPoll:
			c.status, err = e.Poll(ctx, c.handle)
		case verbOpen:
			c.content, err = e.Open(ctx, c.handle, c.offset)
		case verbCancel:
			err = e.Cancel(ctx, c.handle)
		case verbFind:
			c.handle, err = e.(Finder).Find(ctx, c.task)
		case verbPreviews:
			c.previews, err = e.(Previewer).Previews(ctx, c.handle)
		}
		return err
	}
}
