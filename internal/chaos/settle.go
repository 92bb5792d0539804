package chaos

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

const settlePause = 500 * time.Millisecond

// awaitQuiet waits until no task is at work, and returns how long that took. Then it reads every task at every server that callers may
// call, by the id that its caller has got.
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
		for _, s := range r.servers.answering {
			if o.id != "" {
				r.readQuiet(ctx, o, s)
			}
		}
	}
	return quiet
}

// readQuiet reads a task at a server after all has become quiet. All servers must say the same.
func (r *run) readQuiet(ctx context.Context, o *outcome, s *server) {
	answer, err := repeat(ctx, s.url, func(base string) (*http.Request, error) {
		return newRequest(http.MethodGet, base+taskPath(o), r.callers.keys[o.account()], http.NoBody)
	})
	var got struct{ Status task.State }
	if err == nil {
		err = json.Unmarshal(answer, &got)
	}
	switch {
	case err != nil:
		o.problem = fmt.Sprintf("from server %s: %v", s.name, err)
	case o.state != "" && o.state != got.Status:
		o.problem = fmt.Sprintf("it is %s by server %s, and %s by another one", got.Status, s.name, o.state)
	default:
		o.state = got.Status
	}
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
