package fal

import (
	"fmt"
	"net/http"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// longestWait is how long a stream follows a request. After that it ends, and the request goes on without it.
const longestWait = time.Hour

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
	base, sent := c.base(r), state("")
	tell := func(t task.Task) {
		if now := stateOf(t.State); now != sent {
			sent = now
			send(w, "data: %s\n", dialect.Marshal(statusOf(t, base))) // Marshal ends the line
		}
	}
	tell(t)
	_, _ = dialect.AwaitEnd(r.Context(), c.gw, who, t, dialect.Waiting{Limit: longestWait, Stopping: c.Stopping, Changed: tell,
		Beat: func() { send(w, ": in progress\n\n") }}) // however it ends, so does the stream
}

// send writes a part of the stream at once. The caller may have gone, which r.Context tells.
func send(w http.ResponseWriter, format string, a ...any) {
	_, _ = fmt.Fprintf(w, format, a...)
	_ = http.NewResponseController(w).Flush()
}
