package chaos

import (
	"context"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

const settlePause = 500 * time.Millisecond

// awaitQuiet waits until no task is at work, and returns how long that took. Then it reads every task by the id that its caller
// has got.
func (r *run) awaitQuiet(ctx context.Context) time.Duration {
	began := time.Now()
	r.say("the last fault and the last create are over")
	for {
		var page struct {
			Tasks []struct {
				ID string `json:"id"`
			} `json:"tasks"`
		}
		err := r.callers.get(ctx, "/api/v1/tasks?limit=100&status="+liveStates(), &page)
		if err == nil && len(page.Tasks) == 0 {
			break
		}
		if time.Since(began) > r.Patience {
			r.audit.problem("not quiet after %v: %d tasks or more are at work, %v", r.Patience, len(page.Tasks), err)
			break
		}
		if !waitUntil(ctx, time.Now().Add(settlePause)) {
			break
		}
	}
	quiet := time.Since(began)
	r.say("quiet after %v", quiet.Round(time.Millisecond))
	for _, o := range r.callers.began {
		if o.id == "" {
			continue
		}
		if err := r.callers.get(ctx, "/api/v1/tasks/"+o.id, &struct{}{}); err != nil {
			o.problem = err.Error()
		}
	}
	return quiet
}

// liveStates returns the states of tasks at work, for a query.
func liveStates() (list string) {
	for _, s := range task.LiveStates() {
		list += string(s) + ","
	}
	return list
}
