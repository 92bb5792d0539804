package replicate

import (
	"net/http"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

const pollEvery = 500 * time.Millisecond // as the SDK's own polls

// wait returns the task once it has ended, or as it is when the time is up, the caller has gone or the server ends. The task
// goes on in any case.
func (c calls) wait(r *http.Request, who apikey.Key, t task.Task, limit time.Duration) task.Task {
	for range int(limit / pollEvery) {
		if t.State.Terminal() {
			return t
		}
		select {
		case <-r.Context().Done():
			return t
		case <-c.Stopping:
			return t
		case <-c.After(pollEvery):
		}
		if now, err := c.gw.Read(r.Context(), who, t.ID); err == nil { // the database may be back at the next poll
			t = now
		}
	}
	return t
}
