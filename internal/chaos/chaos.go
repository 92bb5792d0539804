// Package chaos breaks a running server at random moments, and proves afterwards that no task was lost and none was paid for
// twice.
//
// [Run] starts the program as its users do, and a fake vendor that counts the videos it is asked for. Callers create tasks through every
// dialect, and webhooks and streams tell of them, while the server, the vendor, the receiver of webhooks and the database are killed, as a
// [Plan] says. When all is over and quiet, the rows, the files, the vendor's counts and what was told are compared.
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
	"path/filepath"
	"sync"
	"time"

	"github.com/filmgate/filmgate/internal/datafolder"
)

// The databases that a run may use.
const (
	SQLite   = "sqlite"
	Postgres = "postgres"
)

const (
	folderName     = "filmgate-chaos-*"
	diskSize       = 64 << 20  // bytes of the data folder's disk
	diskSizeByTask = 128 << 10 // and for each task
)

// Options configures a run.
type Options struct {
	Program  string // path of the filmgate binary
	Database string // SQLite or Postgres
	Seed     uint64 // of the plan
	Tasks    int    // to be created
	Kills    int    // of the server, the vendor and the database together
	// Slow includes the engines whose submits may take minutes to be confirmed after a kill.
	Slow     bool
	Patience time.Duration // how long all may take to become quiet after the last fault; 0 = 10 min
	Log      io.Writer     // what happens, a line each; nil = nowhere
}

// run is one run.
type run struct {
	Options
	dir     string // of all files of the run
	data    string // the server's data folder
	plan    Plan
	began   time.Time
	vendor  *vendor
	server  *server
	db      *database // nil = SQLite
	disk    *disk     // of the data folder; nil = none could be mounted
	lock    *os.File  // of dir: says that the run lives
	skipped []string
	callers *callers
	audit   audit

	receiver *receiver
	accounts []account

	mu   sync.Mutex // of Log, and of what follows
	made map[Kind]int
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
	r.say("%d tasks, %d faults within %v, seed %d, on %s", len(r.plan.Creates), len(r.plan.Faults), r.plan.Span, o.Seed, o.Database)
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
	quiet := r.awaitQuiet(ctx)
	if err := r.proveTold(ctx); err != nil {
		return Result{}, err
	}
	if err := r.server.stop(); err != nil {
		r.audit.problem("the server did not stop as it should: %v", err)
	}
	if err := errors.Join(r.prove(ctx), r.proveLog()); err != nil {
		return Result{}, err
	}
	return r.result(quiet), nil
}

// open starts all that the run consists of.
func (r *run) open(ctx context.Context) (err error) {
	if err := r.openFolders(); err != nil {
		return err
	}
	if r.Database == Postgres {
		if r.db, err = startDatabase(ctx); err != nil {
			return err
		}
	}
	if r.vendor, err = startVendor(); err != nil {
		return err
	}
	r.receiver = &receiver{seed: r.Seed, hooks: map[string]*hook{}}
	r.receiver.handler = r.receiver
	if err := r.receiver.start(); err != nil {
		return err
	}
	settings := filepath.Join(r.dir, "engines.yaml")
	if err := os.WriteFile(settings, []byte(engineSettings(r.vendor.url(), r.Slow)), 0o600); err != nil {
		return err
	}
	env := []string{"FILMGATE_ADDR=127.0.0.1:0", "FILMGATE_DATA=" + r.data, "FILMGATE_API_KEY=" + key, "FILMGATE_CONFIG=" + settings,
		"FILMGATE_DATABASE_URL=" + r.db.url(), "FILMGATE_BLOB_URL=", "FILMGATE_LOG=info",
		"FILMGATE_ALLOW_NETWORKS=127.0.0.0/8"} // of the receiver of webhooks
	r.server, err = newServer(r.Program, filepath.Join(r.dir, "server.log"), env)
	if err != nil {
		return err
	}
	if r.server.clock, err = newClock(); err != nil {
		r.server.clock = nil
		r.skipped = append(r.skipped, fmt.Sprintf("%s: %v", TurnClock, err))
	}
	picture, err := newPicture()
	if err != nil {
		return err
	}
	r.callers = &callers{server: r.server, picture: picture, keys: map[int64]string{}, began: map[int]*outcome{}}
	return r.server.startOnce(ctx)
}

// openFolders makes the data folder, on a small disk of its own if it can.
func (r *run) openFolders() (err error) {
	if err := removeLeftovers(filepath.Join(os.TempDir(), folderName)); err != nil {
		return err
	}
	if r.lock, err = datafolder.Folder(r.dir).Lock(); err != nil {
		return err
	}
	r.data = filepath.Join(r.dir, "data")
	if err := os.Mkdir(r.data, 0o700); err != nil {
		return err
	}
	disk, err := mountDisk(r.data, diskSize+r.Tasks*diskSizeByTask)
	if err != nil {
		r.skipped = append(r.skipped, fmt.Sprintf("%s: %v", FillDisk, err))
		return nil // all but that fault works without
	}
	r.disk = disk
	return nil
}

// close ends what open has started. keep says whether the logs stay.
func (r *run) close(keep bool) error {
	var errs []error
	if r.server != nil {
		errs = append(errs, r.server.close())
	}
	if r.vendor != nil {
		r.vendor.stop()
	}
	if r.receiver != nil {
		r.receiver.stop()
	}
	if r.db != nil {
		errs = append(errs, r.db.stop())
	}
	if r.disk != nil {
		errs = append(errs, r.disk.unmount())
	}
	if r.lock != nil {
		errs = append(errs, r.lock.Close())
	}
	if keep {
		return errors.Join(append(errs, os.RemoveAll(r.data))...)
	}
	return errors.Join(append(errs, os.RemoveAll(r.dir))...)
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
