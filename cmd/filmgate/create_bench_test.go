package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/filmgate/filmgate/cmd/filmgate/servertest"
)

const (
	creators     = 64 // connections
	createRounds = 5
	createTurn   = 2 * time.Second
)

// BenchmarkCreate measures creates over 64 connections while 5,000 tasks are in flight at a vendor that takes 50 ms to answer, and
// beside it, in turns, a plain loop: 64 callers whose rows are committed together by one statement for each table. The rows are those
// of a create: a task, its event, its job. Both sync each commit. The tasks that are created fail at the vendor, so that 5,000 stay in flight: the
// next turn begins when all of a turn have ended. s-to-submit is how long after a turn the last of its tasks is submitted.
func BenchmarkCreate(b *testing.B) {
	onBoth(b, func(b *testing.B, fresh func() benchData) {
		vendor := startVendor(b, "--delay", vendorWait.String())
		data := fresh()
		p := data.inFlightAt(b, vendor, inFlight)
		db := data.open(b)
		ours := measured{Load: createLoad(p, createTurn), pid: p.cmd.Process.Pid}
		ours.Conns = creators
		loop := newPlainLoop(b, fresh())
		for b.Loop() {
			var rounds turns
			var submitted []float64
			for range createRounds {
				rounds.ours = append(rounds.ours, ours.measure(b))
				begun := time.Now()
				awaitTasks(b, db, "state = 'QUEUED'", 0)
				submitted = append(submitted, time.Since(begun).Seconds())
				awaitTasks(b, db, "NOT ended", inFlight)
				rounds.reference = append(rounds.reference, turn{Loaded: loop.run(b, createTurn)})
			}
			rounds.report(b, "loop", rate(), processor(), quantile(99))
			b.ReportMetric(median(submitted), "s-to-submit")
		}
	})
}

// awaitTasks waits until so many tasks are left for which a condition holds.
func awaitTasks(b *testing.B, db *sql.DB, condition string, left int) {
	tick, begun := time.NewTicker(100*time.Millisecond), time.Now()
	defer tick.Stop()
	for n := left + 1; n > left; <-tick.C {
		if err := db.QueryRowContext(b.Context(), "SELECT count(*) FROM tasks WHERE "+condition).Scan(&n); err != nil {
			b.Fatal(err)
		}
		if time.Since(begun) > 5*time.Minute {
			b.Fatalf("%d tasks are left for which %s", n, condition)
		}
	}
}

// failingTask is the body of a create whose task fails at the fake vendor after a second.
const failingTask = `{"seconds":5,"text_prompt":"a cat walks slow:1s fail:SAFETY.INPUT.TEXT","seed":3}`

// createLoad returns the load of creates, whose tasks fail. Its connections are to be set.
func createLoad(p *process, lasts time.Duration) servertest.Load {
	request := servertest.RequestBytes(http.MethodPost, addrOf(p), "/api/v1/create_runway", failingTask)
	return servertest.Load{Addr: addrOf(p), Status: http.StatusOK, For: lasts, Request: func(uint64) []byte { return request }}
}

// plainLoop inserts copies of the rows of one create.
type plainLoop struct {
	db      *sql.DB
	inserts []string // of the rows of all ids in a JSON array
	ids     atomic.Int64
}

// newPlainLoop stores one task, whose rows are copied.
func newPlainLoop(b *testing.B, d benchData) *plainLoop {
	d.fill(b, 1, func(int) string { return "slow:5h" })
	db := d.open(b)
	ids := "json_each($1) AS ids"
	if d.url != "" {
		ids = "jsonb_array_elements_text($1::text::jsonb) AS ids(value)"
	}
	l := &plainLoop{db: db}
	for _, t := range [][3]string{{"tasks", "id", "ids.value"}, {"events", "task", "ids.value"}, {"river_job", "", ""}} {
		table, key, value := t[0], t[1], t[2]
		without := []string{key}
		if table == "river_job" {
			without = []string{"id", "unique_key"} // made by the database; one of a kind
		}
		rest := columns(b, db, table, without...)
		into, from := rest, rest
		if key != "" {
			into, from = key+", "+rest, value+", "+rest
		}
		where := " WHERE one." + key + " = '" + benchID(0) + "'"
		if key == "" {
			where = " WHERE one.id = (SELECT min(id) FROM river_job)"
		}
		l.inserts = append(l.inserts, fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s AS one, %s%s", table, into, from, table, ids, where))
	}
	return l
}

// run inserts from many callers for a time. A caller waits until its rows are committed.
func (l *plainLoop) run(b *testing.B, lasts time.Duration) servertest.Loaded {
	ctx, stop := context.WithTimeout(b.Context(), lasts)
	defer stop()
	type row struct {
		id   string
		done chan struct{}
	}
	waiting := make(chan row, creators)
	var out servertest.Loaded
	var mu sync.Mutex
	var callers, committer sync.WaitGroup
	begun := time.Now()
	for range creators {
		callers.Go(func() {
			for ctx.Err() == nil {
				at, r := time.Now(), row{fmt.Sprintf("10000000-0000-4000-8000-%012x", l.ids.Add(1)), make(chan struct{})}
				waiting <- r
				<-r.done
				mu.Lock()
				out.Sorted = append(out.Sorted, time.Since(at))
				mu.Unlock()
			}
		})
	}
	committer.Go(func() {
		for first := range waiting {
			group := []row{first}
			for more := true; more; {
				select {
				case next, ok := <-waiting:
					if more = ok; ok {
						group = append(group, next)
					}
				default:
					more = false
				}
			}
			ids := make([]string, len(group))
			for i := range group {
				ids[i] = group[i].id
			}
			if err := l.commit(ids); err != nil {
				b.Error(err)
			}
			for _, r := range group {
				close(r.done)
			}
		}
	})
	callers.Wait()
	close(waiting)
	committer.Wait()
	out.Finish(time.Since(begun))
	return out
}

// commit inserts the rows of all ids in one transaction.
func (l *plainLoop) commit(ids []string) error {
	list, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	tx, err := l.db.BeginTx(context.Background(), nil)
	if err != nil {
		return err
	}
	for _, insert := range l.inserts {
		if _, err := tx.ExecContext(context.Background(), insert, string(list)); err != nil {
			_ = tx.Rollback()
			return fmt.Errorf("%w: %s", err, insert)
		}
	}
	return tx.Commit()
}
