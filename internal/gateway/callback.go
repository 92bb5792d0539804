package gateway

import (
	"context"
	"crypto/hmac"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/filmgate/filmgate/internal/base62"
	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	// callbackGap is the shortest time between two polls of a task that callbacks cause: nobody who knows its URL can make us
	// poll the vendor more often.
	callbackGap = 2 * time.Second
	// callbackPollFactor is how much longer polls wait if the vendor sends callbacks. A callback may be lost, so polls go on.
	callbackPollFactor = 4
	// maxMissedCallbacks is how many tasks in a row may end without a callback before its engine is polled as if it sent none.
	maxMissedCallbacks = 3
	// callbackCacheSize is how many tasks' last callbacks are remembered.
	callbackCacheSize = 10_000
)

// callbacks holds when callbacks came, and which engines send them reliably.
type callbacks struct {
	mu     sync.Mutex
	last   *lru.Cache[string, time.Time] // by task: when its last callback causes a poll
	missed map[string]int                // by engine: tasks in a row that ended without a callback
}

func newCallbacks() *callbacks {
	last, _ := lru.New[string, time.Time](callbackCacheSize) // fails on no size above 0
	return &callbacks{last: last, missed: map[string]int{}}
}

// pollTime returns when a callback that comes now causes a poll; ok is false if an earlier callback causes one anyway.
func (c *callbacks) pollTime(id string, now time.Time) (at time.Time, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	last, seen := c.last.Get(id)
	if seen && last.After(now) {
		return last, false
	}
	at = now
	if seen && last.Add(callbackGap).After(now) {
		at = last.Add(callbackGap)
	}
	c.last.Add(id, at)
	return at, true
}

// taskEnded counts whether the vendor sent a callback for a task that has ended.
func (c *callbacks) taskEnded(engine, id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last.Contains(id) {
		c.missed[engine] = 0
	} else {
		c.missed[engine]++
	}
}

// reliable reports whether the engine's vendor sent callbacks for its latest tasks, or has made none yet.
func (c *callbacks) reliable(engine string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.missed[engine] < maxMissedCallbacks
}

// callbacksEnabled reports whether the engine's vendor is told where to call.
func (g *Gateway) callbacksEnabled(n registry.ConfiguredEngine) bool {
	switch {
	case g.cfg.PublicURL == "" || n.Engine == nil || n.Engine.Capabilities().Callbacks == engine.NoCallbacks:
		return false
	case n.Callbacks != nil:
		return *n.Callbacks
	default:
		return strings.HasPrefix(g.cfg.PublicURL, "https://") // several vendors refuse any other
	}
}

// callbackURL returns where the vendor sends callbacks for the task; "" if it is not to send any. Its token can't be guessed,
// and is computed again when a callback comes.
func (g *Gateway) callbackURL(t task.Task, n registry.ConfiguredEngine) string {
	if !g.callbacksEnabled(n) {
		return ""
	}
	return g.cfg.PublicURL + "/callbacks/" + n.Name + "/" + t.ID + "." + g.callbackMAC(n.Name, t.ID)
}

func (g *Gateway) callbackMAC(engine, id string) string {
	return base62.Encode(g.derive("callback", engine, id), 30)
}

// ReceiveCallback handles a callback: whatever it says, the task that its token names is polled soon. It returns the JSON body
// of the answer to the vendor; nil = none. NotFound for a token that was never given out, Unauthorized for a callback that is
// not the vendor's. It does not tell whether the task still exists.
func (g *Gateway) ReceiveCallback(ctx context.Context, name, token string, header http.Header, body []byte) ([]byte, error) {
	id, mac, _ := strings.Cut(token, ".")
	if !hmac.Equal([]byte(mac), []byte(g.callbackMAC(name, id))) {
		return nil, &task.Error{Code: task.NotFound, Detail: "There is nothing here."}
	}
	t, err := g.cfg.Store.Task(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	n, ok := g.registry.EngineFor(t)
	if !ok || n.Name != name {
		return nil, nil // another engine has the task now, or this one is not configured any more
	}
	var answer []byte
	if r, ok := n.Engine.(engine.CallbackReceiver); ok {
		answer, err = r.Receive(ctx, engine.Callback{Header: header, Body: body})
	}
	switch {
	case errors.Is(err, engine.ErrBadSignature):
		g.cfg.Log.WarnContext(ctx, "callback refused", "task", t.ID, "engine", name, "err", err)
		return nil, &task.Error{Code: task.Unauthorized, Detail: "The callback is not signed as it must be."}
	case err != nil: // it may be the vendor's, and a poll does no harm
		g.cfg.Log.WarnContext(ctx, "callback can't be checked", "task", t.ID, "engine", name, "err", err)
	}
	if t.State.Terminal() {
		return answer, nil
	}
	at, ok := g.callbacks.pollTime(t.ID, g.now())
	if !ok || g.cfg.Wake == nil {
		return answer, nil
	}
	if !at.After(g.now()) {
		at = time.Time{}
	}
	g.cfg.Log.DebugContext(ctx, "callback", "task", t.ID, "engine", name)
	if g.cfg.Called != nil { // before the wake, so that the process that polls knows why the task ends
		if err := g.cfg.Called(ctx, t.ID); err != nil {
			g.cfg.Log.WarnContext(ctx, "could not tell the other servers of a callback", "task", t.ID, "engine", name, "err", err)
		}
	}
	wake := wakeOf(t, n.Engine.Capabilities().Lane)
	wake.At = at
	return answer, g.cfg.Wake(ctx, wake)
}

// HearCallback records that a callback for the task came to another process.
func (g *Gateway) HearCallback(id string) { g.callbacks.pollTime(id, g.now()) }
