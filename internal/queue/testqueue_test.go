package queue

import (
	"bytes"
	"context"
	"database/sql"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"go.uber.org/goleak"
	_ "modernc.org/sqlite"

	"github.com/filmgate/filmgate/internal/task"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// stepFuncs implements Steps with functions.
type stepFuncs struct {
	advance func(ctx context.Context, id string) (Next, error)
	sweep   func(ctx context.Context) error
	notify  func(ctx context.Context, id string, s task.State) error
}

func (s stepFuncs) Advance(ctx context.Context, id string) (Next, error) { return s.advance(ctx, id) }

func (s stepFuncs) Notify(ctx context.Context, id string, state task.State) error {
	return s.notify(ctx, id, state)
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
	*Queue[*sql.Tx]
	db  *sql.DB
	log *syncBuffer
}

// newTestQueue migrates a new database and makes a queue that stops when the test ends.
func newTestQueue(t testing.TB, o Options) *testQueue {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "q.db")+
		"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	h := &testQueue{db: db}
	h.reopen(t, o)
	if _, _, err := h.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return h
}

// reopen makes a new queue on the same database, as the next process would.
func (h *testQueue) reopen(t testing.TB, o Options) {
	t.Helper()
	h.log = &syncBuffer{}
	o.Log = slog.New(slog.NewTextHandler(h.log, nil))
	q, err := NewSQLite(h.db, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := q.Stop(context.Background()); err != nil {
			t.Errorf("Stop: %v", err)
		}
	})
	h.Queue = q
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
	tx, err := h.db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Enqueue(t.Context(), tx, wakes); err != nil {
		_ = tx.Rollback()
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
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
	if _, err := h.db.ExecContext(t.Context(), `CREATE TABLE IF NOT EXISTS changes (n INTEGER);
		CREATE TRIGGER IF NOT EXISTS job_changed AFTER UPDATE ON river_job WHEN new.kind = 'wake' BEGIN INSERT INTO changes VALUES (1); END;
		CREATE TRIGGER IF NOT EXISTS job_made AFTER INSERT ON river_job WHEN new.kind = 'wake' BEGIN INSERT INTO changes VALUES (1); END`); err != nil {
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
	events, cancel := h.client.Subscribe(kind)
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
