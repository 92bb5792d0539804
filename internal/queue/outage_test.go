package queue

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// unavailableError is an error of a step whose database is away.
type unavailableError struct{ error }

func (unavailableError) Unavailable() bool { return true }

// takeAway makes the queue's database unusable until back is called. PostgreSQL cuts all connections and takes no new ones.
func (h *testQueue) takeAway(t *testing.T) (back func()) {
	t.Helper()
	if server == nil {
		rename := func(from, to string) {
			if _, err := h.db.ExecContext(t.Context(), `ALTER TABLE `+from+` RENAME TO `+to); err != nil {
				t.Fatal(err)
			}
		}
		rename("river_job", "job_away")
		return func() { rename("job_away", "river_job") }
	}
	admin, err := pgx.Connect(t.Context(), server.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = admin.Close(context.Background()) })
	run := func(statement string) {
		if _, err := admin.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	name := h.pool.Config().ConnConfig.Database
	run(`ALTER DATABASE "` + name + `" ALLOW_CONNECTIONS false`)
	run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '` + name + `'`)
	return func() { run(`ALTER DATABASE "` + name + `" ALLOW_CONNECTIONS true`) }
}

func TestDatabaseThatIsAwayIsLoggedOnceAndItsReturnOnce(t *testing.T) {
	probes := make(chan chan time.Time, 1000)
	var h *testQueue
	h = newTestQueue(t, Options{SweepEvery: 50 * time.Millisecond, RemoteWorkers: 20,
		Backoff: func(int) time.Duration { return 50 * time.Millisecond },
		Ping: func(ctx context.Context) error {
			_, err := h.db.ExecContext(ctx, `SELECT 1 FROM river_job LIMIT 1`)
			return err
		},
		After: func(d time.Duration) <-chan time.Time {
			if d != outageProbe {
				return time.After(d)
			}
			over := make(chan time.Time)
			probes <- over
			return over
		}})
	stepping, failing := make(chan struct{}, 1000), make(chan struct{}, 1000)
	steps := stepFuncs{advance: func(ctx context.Context, _ string) (Next, error) {
		_, err := h.db.ExecContext(ctx, `SELECT 1 FROM river_job LIMIT 1`)
		if err != nil {
			failing <- struct{}{}
			return Next{}, unavailableError{err}
		}
		select {
		case stepping <- struct{}{}:
		default:
		}
		return Next{After: 10 * time.Millisecond}, nil // steps that poll, and fail while the database is away
	}}
	h.start(t, steps)
	const tasks = 10
	for range tasks {
		h.schedule(t, remoteTask(time.Now().String()))
	}
	wait(t, "a step", stepping)
	back := h.takeAway(t)
	wait(t, "a failing step", failing)
	probe := wait(t, "a look whether it is back", probes)
	for range 3 { // still away
		close(probe)
		probe = wait(t, "a look whether it is back", probes)
	}
	for range 100 {
		h.riverLog().Warn("River can't do its work")
	}
	back()
	close(probe)
	for !strings.Contains(h.log.String(), "the database can be used again") {
		select {
		case probe = <-probes: // it was not back yet
			close(probe)
		case <-time.After(time.Millisecond):
		}
	}
	text := h.log.String()
	if n := strings.Count(text, "the database can't be used"); n != 1 {
		t.Errorf("%d lines say that it went", n)
	}
	// While PostgreSQL cuts one connection after another, a look may still find one that works: then a line is logged.
	if n := strings.Count(text, "\n"); n > 2*tasks {
		t.Errorf("%d lines:\n%s", n, text)
	}
}

func TestErrorsOfADatabaseThatWorksAreLogged(t *testing.T) {
	h := newTestQueue(t, Options{Backoff: func(int) time.Duration { return time.Hour }})
	failed := make(chan struct{}, 10)
	h.start(t, stepFuncs{advance: func(context.Context, string) (Next, error) {
		failed <- struct{}{}
		return Next{}, unavailableError{errors.New("the bucket is away")}
	}})
	h.schedule(t, remoteTask("a"))
	wait(t, "the step", failed)
	for !strings.Contains(h.log.String(), "the bucket is away") {
		<-time.After(time.Millisecond)
	}
}
