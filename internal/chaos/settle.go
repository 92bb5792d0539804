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
		working, err := r.working(ctx)
		if err == nil && working == 0 {
			break
		}
		if time.Since(began) > r.Patience {
			r.audit.problem("not quiet after %v: %d tasks or more are at work, %v", r.Patience, working, err)
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
		if err := r.callers.get(ctx, "/api/v1/tasks/"+o.id, r.callers.keys[o.account()], &struct{}{}); err != nil {
			o.problem = err.Error()
		}
	}
	return quiet
}

// working returns how many tasks of all accounts are at work, 100 at most of each.
func (r *run) working(ctx context.Context) (n int, err error) {
	for _, a := range r.accounts {
		var page struct{ Tasks []struct{} }
		if err := r.callers.get(ctx, "/api/v1/tasks?limit=100&status="+liveStates(), a.key, &page); err != nil {
			return n, err
		}
		n += len(page.Tasks)
	}
	return n, nil
}

// liveStates returns the states of tasks at work, for a query.
func liveStates() (list string) {
	for _, s := range task.LiveStates() {
		list += string(s) + ","
	}
	return list
}
