package replicate

import (
	"net/http"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// wait returns the task once it has ended, or as it is when the time is up, the caller has gone or the server ends. The task
// goes on in any case.
func (c calls) wait(r *http.Request, who apikey.Key, t task.Task, limit time.Duration) task.Task {
	t, _ = dialect.AwaitEnd(r.Context(), c.gw, who, t, dialect.Waiting{Limit: limit, Stopping: c.Stopping}) // the state says enough
	return t
}
