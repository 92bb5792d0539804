package queue

import (
	"bytes"
	"context"
	"database/sql"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/filmgate/filmgate/internal/panics"
	"github.com/filmgate/filmgate/internal/task"
)

// stepFuncs implements Steps with functions.
type stepFuncs struct {
	advance func(ctx context.Context, id string) (Next, error)
	sweep   func(ctx context.Context) error
	notify  func(ctx context.Context, id string, s task.State) error
	deliver func(ctx context.Context, webhook string) (Next, error)
}

func (s stepFuncs) Advance(ctx context.Context, id string) (Next, error) { return s.advance(ctx, id) }

func (s stepFuncs) Notify(ctx context.Context, id string, state task.State) error {
	return s.notify(ctx, id, state)
}

func (s stepFuncs) Deliver(ctx context.Context, webhook string) (Next, error) {
	return s.deliver(ctx, webhook)
}

func (s stepFuncs) Sweep(ctx context.Context) error {
	if s.sweep == nil {
		return nil
	}
	return s.sweep(ctx)
}

// recordSteps returns Steps that send the tasks they are called for, and are done with each.
func recordSteps() (stepFuncs, <-chan string) {
	stepped := make(chan string, 100)
	return stepFuncs{advance: func(_ context.Context, id string) (Next, error) {
		stepped <- id
		return Next{Done: true}, nil
	}}, stepped
}

// testQueue is a queue with a database of its own.
type testQueue struct {
	testedQueue
	db     *sql.DB
	pool   *pgxpool.Pool // nil = SQLite
	log    *syncBuffer
	stopC  <-chan struct{}
	panics *panics.Recorder
	fair   fairOrder
	begin  func(t testing.TB) testTx
	events func(kind river.EventKind) (<-chan *river.Event, func())
}

// testedQueue is what the tests use of a Queue, whatever its database.
type testedQueue interface {
	Migrate(ctx context.Context) (from, to int, err error)
	Wake(ctx context.Context, wakes ...task.Wake) error
	Scheduled(ctx context.Context, id string) (bool, error)
	Start(ctx context.Context, steps Steps) error
	Stop(ctx context.Context) error
	Ping(ctx context.Context) error
	Jobs(ctx context.Context, yield func([]Job) error) error
	TakeOver(ctx context.Context, jobs []Job) error
	DeleteJobs(ctx context.Context) error
	Receive(message string)
	Missed()
	riverLog() *slog.Logger
}

// testTx is a transaction of the database of a testQueue.
type testTx struct {
	enqueue          func(ctx context.Context, wakes []task.Wake) error
	commit, rollback func() error
}

// newTestQueue opens a new database with the queue's tables and makes a queue that stops when the test ends.
func newTestQueue(t testing.TB, o Options) *testQueue {
	t.Helper()
	h := &testQueue{}
	if server != nil {
		h.openPostgres(t, server.NewMigrated(t, migrate))
	} else {
		h.openSQLite(t, migratedFile(t))
	}
	h.reopen(t, o)
	return h
}

// reopen makes a new queue on the same database, as the next process would.
func (h *testQueue) reopen(t testing.TB, o Options) {
	t.Helper()
	h.log = &syncBuffer{}
	o.Log = slog.New(slog.NewTextHandler(h.log, nil))
	if h.pool != nil {
		q, err := NewPostgres(h.pool, o)
		use(t, h, q, err, func(t testing.TB) (pgx.Tx, func() error, func() error) {
			tx, err := h.pool.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return tx, func() error { return tx.Commit(t.Context()) }, func() error { return tx.Rollback(t.Context()) }
		})
		return
	}
	q, err := NewSQLite(h.db, o)
	use(t, h, q, err, func(t testing.TB) (*sql.Tx, func() error, func() error) {
		tx, err := h.db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		return tx, tx.Commit, tx.Rollback
	})
}

// use makes q the queue of h until the test ends.
func use[Tx any](t testing.TB, h *testQueue, q *Queue[Tx], err error, begin func(t testing.TB) (tx Tx, commit, rollback func() error)) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := q.Stop(context.Background()); err != nil {
			t.Errorf("Stop: %v", err)
		}
	})
	h.testedQueue, h.stopC, h.panics, h.fair = q, q.stopC, q.options.Panics, q.fair
	h.events = func(kind river.EventKind) (<-chan *river.Event, func()) { return q.client.Subscribe(kind) }
	h.begin = func(t testing.TB) testTx {
		tx, commit, rollback := begin(t)
		return testTx{func(ctx context.Context, wakes []task.Wake) error { return q.Enqueue(ctx, tx, wakes) }, commit, rollback}
	}
}

func (h *testQueue) start(t testing.TB, s Steps) {
	t.Helper()
	if err := h.Start(t.Context(), s); err != nil {
		t.Fatal(err)
	}
}

// schedule enqueues wakes in one transaction.
func (h *testQueue) schedule(t testing.TB, wakes ...task.Wake) {
	t.Helper()
	tx := h.begin(t)
	if err := tx.enqueue(t.Context(), wakes); err != nil {
		_ = tx.rollback()
		t.Fatal(err)
	}
	if err := tx.commit(); err != nil {
		t.Fatal(err)
	}
}

// count returns the number of jobs that fulfil an SQL condition.
func (h *testQueue) count(t *testing.T, condition string) (n int) {
	t.Helper()
	if err := h.db.QueryRowContext(t.Context(), `SELECT count(*) FROM river_job WHERE `+condition).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// jobWrites returns how often a wake job was inserted or updated since the first call, counted by triggers.
func (h *testQueue) jobWrites(t *testing.T) (n int) {
	t.Helper()
	trigger := `CREATE TABLE IF NOT EXISTS changes (n INTEGER);
		CREATE TRIGGER IF NOT EXISTS job_changed AFTER UPDATE ON river_job WHEN new.kind = 'wake' BEGIN INSERT INTO changes VALUES (1); END;
		CREATE TRIGGER IF NOT EXISTS job_made AFTER INSERT ON river_job WHEN new.kind = 'wake' BEGIN INSERT INTO changes VALUES (1); END`
	if h.pool != nil {
		trigger = `DO $$ BEGIN
			CREATE TABLE IF NOT EXISTS changes (n integer);
			CREATE OR REPLACE FUNCTION count_change() RETURNS trigger LANGUAGE plpgsql AS
				'BEGIN INSERT INTO changes VALUES (1); RETURN new; END';
			CREATE OR REPLACE TRIGGER job_changed AFTER INSERT OR UPDATE ON river_job FOR EACH ROW WHEN (new.kind = 'wake')
				EXECUTE FUNCTION count_change();
		END $$`
	}
	if _, err := h.db.ExecContext(t.Context(), trigger); err != nil {
		t.Fatal(err)
	}
	if err := h.db.QueryRowContext(t.Context(), `SELECT count(*) FROM changes`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// subscribe returns River's events of a kind, which come after the rows are written.
func (h *testQueue) subscribe(t *testing.T, kind river.EventKind) <-chan *river.Event {
	t.Helper()
	events, cancel := h.events(kind)
	t.Cleanup(cancel)
	return events
}

// wait receives from a channel. The time limit only guards against a hanging test.
func wait[T any](t *testing.T, what string, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(30 * time.Second):
		t.Fatalf("%s did not come", what)
		panic("not reached")
	}
}

func remoteTask(id string) task.Wake { return task.Wake{Task: id, Lane: task.Remote} }

func localTask(id string) task.Wake { return task.Wake{Task: id, Lane: task.Local} }

// syncBuffer is a buffer that can be read while it is written.
type syncBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (n *syncBuffer) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.Write(p)
}

func (n *syncBuffer) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.String()
}

// manualTimer provides an Options.After with waits that the test ends.
type manualTimer struct{ requests chan timerRequest }

type timerRequest struct {
	wait time.Duration
	end  chan time.Time
}

func newManualTimer() *manualTimer { return &manualTimer{make(chan timerRequest, 100)} }

func (c *manualTimer) after(wait time.Duration) <-chan time.Time {
	a := timerRequest{wait, make(chan time.Time, 1)}
	c.requests <- a
	return a.end
}
