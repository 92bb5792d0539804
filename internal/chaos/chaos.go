// Package chaos breaks running servers at random moments, and proves afterwards that no task was lost and none was paid for
// twice.
//
// [Run] starts the program as its users do, and a fake vendor that counts the videos it is asked for. Callers create tasks through every
// dialect, and webhooks and streams tell of them, while the servers, the vendor, the receiver of webhooks, the database and the bucket are
// killed, as a [Plan] says. SQLite has one server; on PostgreSQL several work on the same tasks, and callers call any of them. When all is over and quiet, the rows, the files, the vendor's counts and what was told are compared.
//
// It is a tool for tests, as fakevendor is: nothing of the product imports it.
package chaos

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// The databases that a run may use.
const (
	SQLite   = "sqlite"
	Postgres = "postgres"
)

// Options configures a run.
type Options struct {
	Program  string // path of the filmgate binary
	Database string // SQLite or Postgres
	Nodes    int    // servers on PostgreSQL, the first of the role all, then api, worker, all, …; 0 = 3
	Seed     uint64 // of the plan
	Tasks    int    // to be created
	Kills    int    // of the servers, the vendor and the database together
	// Slow includes the engines whose submits may take minutes to be confirmed after a kill.
	Slow     bool
	Patience time.Duration // how long all may take to become quiet after the last fault; 0 = 10 min
	Log      io.Writer     // what happens, a line each; nil = nowhere
}

// run is one run.
type run struct {
	Options
	dir     string // of all files of the run
	data    string // of the servers' data folders
	plan    Plan
	began   time.Time
	vendor  *vendor
	servers *cluster
	clock   *clock    // of the servers; nil = it can't be turned
	db      *database // nil = SQLite
	bucket  *bucket   // nil = the files are in the one server's data folder
	disk    *disk     // of the data folders; nil = none could be mounted
	lock    *os.File  // of dir: says that the run lives
	skipped []string
	callers *callers
	audit   audit

	receiver *receiver
	accounts []account

	mu   sync.Mutex // of Log, and of what follows
	made map[Kind]int
}

// nodes returns how many servers a run has.
func (o Options) nodes() int {
	if o.Database != Postgres {
		return 1
	}
	return cmp.Or(o.Nodes, defaultNodes)
}

// Run makes a run and returns what it has proven. The error is that of the run itself; what is wrong with the server is in
// Result.Problems. A run leaves nothing behind, except its logs if there are problems.
func Run(ctx context.Context, o Options) (result Result, err error) {
	o.Patience = cmp.Or(o.Patience, 10*time.Minute)
	if o.Log == nil {
		o.Log = io.Discard
	}
	r := &run{Options: o, plan: NewPlan(o), made: map[Kind]int{}}
	r.dir, err = os.MkdirTemp("", folderName)
	if err != nil {
		return Result{}, err
	}
	var following sync.WaitGroup
	defer following.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer func() { err = errors.Join(err, r.close(len(result.Problems) > 0)) }()
	if err := r.open(ctx); err != nil {
		return Result{}, err
	}
	if err := r.openAccounts(ctx, &following); err != nil {
		return Result{}, err
	}
	r.say("%d tasks, %d faults within %v, seed %d, %d servers on %s", len(r.plan.Creates), len(r.plan.Faults), r.plan.Span, o.Seed, o.nodes(), o.Database)
	r.began = time.Now()
	var all sync.WaitGroup
	for _, lane := range r.lanes() {
		all.Go(func() { r.play(ctx, lane) })
	}
	r.callers.callAll(ctx, r.plan.Creates, r.began)
	all.Wait()
	if err := ctx.Err(); err != nil {
		return Result{}, err
	}
	busy := time.Since(r.began)
	quiet := r.awaitQuiet(ctx)
	if err := r.proveTold(ctx); err != nil {
		return Result{}, err
	}
	if err := r.servers.stop(); err != nil {
		r.audit.problem("not all servers stopped as they should: %v", err)
	}
	if err := errors.Join(r.prove(ctx), r.proveLogs()); err != nil {
		return Result{}, err
	}
	return r.result(busy, quiet), nil
}

// say writes a line to the log, with the time since the beginning.
func (r *run) say(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	since := time.Duration(0)
	if !r.began.IsZero() {
		since = time.Since(r.began)
	}
	_, _ = fmt.Fprintf(r.Log, "%-8s %6.2fs  %s\n", r.Database, since.Seconds(), fmt.Sprintf(format, args...))
}
