package chaos

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"net/http"
	"sync"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

const (
	wellOf  = 40 // of so many events, one for each of the misbehaviours is not taken well at its first attempt
	hangFor = 3  // the receiver hangs only in the first such part of a run, since an attempt ends after 20 seconds
)

// misbehaviour is how a receiver behaves at the first attempt of an event, which must come again after it.
type misbehaviour uint64

// The misbehaviours. What is higher is none.
const (
	answers500  misbehaviour = iota
	cutsOff                  // without an answer
	losesAnswer              // it has the event, and cuts off
	hangs                    // until the server gives up
	behaves
)

// receiver is the server behind the webhooks of all accounts. Its port can be killed.
type receiver struct {
	port
	seed      uint64
	hangUntil time.Time
	hooks     map[string]*hook // by path
}

// hook is a webhook as its receiver knows it.
type hook struct {
	id     string
	secret *standardwebhooks.Webhook
	heard  heard

	mu     sync.Mutex
	failed map[string]bool // events whose first attempt has failed
}

// draw draws how the first attempt of an event is taken. It depends on the seed and the event alone.
func (r *receiver) draw(path string, e event) misbehaviour {
	sum := fnv.New64a()
	_, _ = fmt.Fprint(sum, r.seed, path, promptTag(e.Data.Prompt), e.Type)
	how := min(misbehaviour(sum.Sum64()%wellOf), behaves)
	if how == hangs && time.Now().After(r.hangUntil) {
		return behaves
	}
	return how
}

// ServeHTTP takes an attempt of an event.
func (r *receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	h := r.hooks[q.URL.Path]
	body, err := io.ReadAll(q.Body)
	if h == nil || err != nil {
		return // it was cut off
	}
	var e event
	id := q.Header.Get(standardwebhooks.HeaderWebhookID)
	if err = h.secret.VerifyIgnoringTimestamp(body, q.Header); err == nil { // the server's clock may be turned
		err = json.Unmarshal(body, &e)
	}
	if err != nil {
		h.heard.problem("the event %q: %v", id, err)
		return
	}
	h.heard.add(e.Data.ID, notice{id: id, kind: e.Type})
	how := r.draw(q.URL.Path, e)
	if how != behaves && !h.fails(id) {
		how = behaves
	}
	switch how {
	case answers500:
		http.Error(w, "not today", http.StatusInternalServerError)
		return
	case hangs:
		<-q.Context().Done()
		return
	case cutsOff:
		panic(http.ErrAbortHandler)
	}
	h.heard.add(e.Data.ID, notice{id: id, kind: e.Type, has: true})
	if how == losesAnswer {
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(http.StatusNoContent)
}

// fails reports whether the attempt of an event is the first one.
func (h *hook) fails(id string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.failed == nil {
		h.failed = map[string]bool{}
	}
	before := h.failed[id]
	h.failed[id] = true
	return !before
}
