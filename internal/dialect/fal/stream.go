package fal

import (
	"fmt"
	"net/http"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// How a stream of statuses follows a request.
const (
	pollEvery   = 500 * time.Millisecond // as the client polls
	beatEvery   = 30                     // polls between two comments: proxies cut off a silent answer
	longestWait = time.Hour              // after that the stream ends, and the request goes on without it
)

// streamStatus answers with the statuses of a request as server-sent events: the one that it has, then each other one, until it is
// COMPLETED. The client takes the last event as the result of its wait.
func (c calls) streamStatus(w http.ResponseWriter, r *http.Request) {
	t, who, err := c.find(r, apikey.Read, "/status/stream")
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	h := w.Header()
	h.Set("X-Fal-Request-Id", t.ID)
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx would keep the events back
	base, sent, quiet := c.base(r), state(""), 0
	for range int(longestWait / pollEvery) {
		if now := stateOf(t.State); now != sent {
			sent, quiet = now, 0
			send(w, "data: %s\n", dialect.Marshal(statusOf(t, base))) // Marshal ends the line
		} else if quiet++; quiet%beatEvery == 0 {
			send(w, ": in progress\n\n")
		}
		if t.State.Terminal() || !c.pause(r) {
			return
		}
		t = c.again(r, who, t)
	}
}

// pause waits until it is time to look again. It reports whether the caller and the server are still there.
func (c calls) pause(r *http.Request) bool {
	select {
	case <-r.Context().Done():
		return false
	case <-c.Stopping:
		return false
	case <-c.After(pollEvery):
		return true
	}
}

// again reads a task anew. If that fails it is as it was: the database may be back at the next poll.
func (c calls) again(r *http.Request, who apikey.Key, t task.Task) task.Task {
	if now, err := c.gw.Read(r.Context(), who, t.ID); err == nil {
		return now
	}
	return t
}

// send writes a part of the stream at once. The caller may have gone, which r.Context tells.
func send(w http.ResponseWriter, format string, a ...any) {
	_, _ = fmt.Fprintf(w, format, a...)
	_ = http.NewResponseController(w).Flush()
}
