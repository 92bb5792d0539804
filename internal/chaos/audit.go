package chaos

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/node"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// audit collects what is wrong, and counts what was looked at.
type audit struct {
	mu       sync.Mutex
	problems []string

	states      map[task.State]int
	failures    map[string]int // of FAILED tasks, by their public text
	tasks       int            // rows
	unanswered  int            // creates whose caller got no id
	absent      int            // of these, creates of which there is no row
	submissions int            // that made a job at the vendor
	files       int            // that rows name
	swept       int            // files that the sweep deleted
	takeovers   int            // times that a server has run the jobs of one that had died
	told        told
}

func (a *audit) problem(format string, args ...any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.problems = append(a.problems, fmt.Sprintf(format, args...))
}

// prove compares rows, files and the vendor's counts. The servers must have ended.
func (r *run) prove(ctx context.Context) error {
	rows, _, _, err := node.OpenStore(ctx, config.Settings{Data: dataOf(r.data, 0), DatabaseURL: apikey.Secret(r.db.url())})
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	all, err := allTasks(ctx, rows)
	if err != nil {
		return err
	}
	byTag := map[string]task.Task{}
	for _, t := range all {
		if other, twice := byTag[tagOf(t)]; twice {
			r.audit.problem("%s has two rows, %s and %s", tagOf(t), other.ID, t.ID)
		}
		byTag[tagOf(t)] = t
	}
	if err := r.proveCreates(ctx, rows, byTag); err != nil {
		return err
	}
	r.audit.countTasks(all)
	return r.proveFiles(ctx, rows, all)
}

// tookOver is what a server logs when it runs the jobs of others that have died.
const tookOver = "other processes died; their jobs run again"

// proveLogs looks for panics in the logs of all server processes, and counts takeovers.
func (r *run) proveLogs() (err error) {
	for _, s := range r.servers.all {
		text, failed := os.ReadFile(s.log.Name())
		err = errors.Join(err, failed)
		for line := range strings.Lines(string(text)) {
			if strings.Contains(line, "panic") {
				r.audit.problem("the log of server %s: %s", s.name, strings.TrimSpace(line))
			}
			if strings.Contains(line, tookOver) {
				r.audit.takeovers++
			}
		}
	}
	return err
}

// allTasks returns all rows, oldest first.
func allTasks(ctx context.Context, rows store.Store) (all []task.Task, err error) {
	for t, err := range store.EachTask(ctx, rows, task.Query{OldestFirst: true, Deleted: true, Limit: 500}) {
		if err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, nil
}

// tagOf returns the tag in a task's prompt.
func tagOf(t task.Task) string { return promptTag(t.Request.Prompt) }

// promptTag returns the tag in a prompt.
func promptTag(prompt string) string {
	_, tag, _ := strings.Cut(prompt, "tag:")
	return tag
}

// proveCreates compares what each caller has seen with its row and with the vendor's counts.
func (r *run) proveCreates(ctx context.Context, rows store.Store, byTag map[string]task.Task) error {
	submits := r.vendor.Tasks()
	for _, c := range r.plan.Creates {
		o := r.callers.began[c.Index]
		row, there := byTag[c.tag()]
		if there && row.Account != c.account() {
			r.audit.problem("%s: its row is of account %d, and its caller is of account %d", c.tag(), row.Account, c.account())
		}
		record, err := rows.Idempotency(ctx, c.account(), c.idempotencyKey())
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if record.Task != row.ID {
			r.audit.problem("%s: its Idempotency-Key leads to the task %q, and its row is %q", c.tag(), record.Task, row.ID)
		}
		if o.id == "" {
			r.audit.unanswered++
		}
		if !there {
			r.audit.absent++
		}
		// The vendor names a task by its external id, if it has one, or else by the tag.
		made := submits[c.tag()].Accepted + submits[row.ID].Accepted
		r.audit.submissions += made
		for _, wrong := range judge(*o, row, there, made) {
			r.audit.problem("%s (%s): %s", c, row.ID, wrong)
		}
	}
	return nil
}

// judge says what is wrong with a task, given what its caller has seen, its row, and how many jobs the vendor has made for it.
func judge(o outcome, row task.Task, there bool, made int) (wrong []string) {
	add := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if o.problem != "" {
		add("its caller got %s", o.problem)
	}
	if !there {
		if o.id != "" {
			add("lost: its caller has the id %s, and there is no row", o.id)
		}
		if made > 0 {
			add("the vendor has %d jobs for it, and there is no row", made)
		}
		return wrong
	}
	if o.id != "" && o.id != row.ID {
		add("its caller has got the id %s", o.id)
	}
	if o.state != "" && o.state != row.State {
		add("the servers said that it is %s, and its row is %s", o.state, row.State)
	}
	if !row.State.Terminal() {
		add("it has not ended: it is %s, %q", row.State, row.ProgressText)
	}
	if most := 1 + resubmits(row); made > most {
		add("paid for %d times, %d allowed", made, most)
	}
	return append(wrong, judgeEnd(o, row, made)...)
}

// judgeEnd says what is wrong with how a task has ended.
func judgeEnd(o outcome, row task.Task, made int) (wrong []string) {
	add := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	unconfirmed := row.State == task.Failed && strings.Contains(row.WhyFailed().Text, "unconfirmed")
	vendors := vendorEngines()
	at := slices.IndexFunc(vendors, func(e vendorEngine) bool { return e.name == row.Engine })
	switch {
	case o.cancelled && row.State != task.Cancelled:
		add("its cancel was answered, and it is %s", row.State)
	case row.State == task.Cancelled && o.Cancel == 0:
		add("it is CANCELLED, and nobody has cancelled it")
	case row.State != task.Succeeded && len(row.Artifacts) > 0:
		add("it is %s and has %d artifacts", row.State, len(row.Artifacts))
	case row.State == task.Succeeded && len(row.Artifacts) != 1:
		add("it has %d artifacts", len(row.Artifacts))
	case row.State == task.Succeeded && made == 0 && at >= 0:
		add("it SUCCEEDED, and the vendor has no job for it")
	case unconfirmed && at >= 0 && vendors[at].confirms:
		add("it is given up as unconfirmed, and %s can be asked: %s", row.Engine, row.WhyFailed().Text)
	case row.State == task.Failed && made > 0 && !unconfirmed:
		add("it was paid for and FAILED without saying so: %s", row.WhyFailed().Text)
	}
	return wrong
}

// resubmits returns how often the operator's settings have allowed to pay once more.
func resubmits(row task.Task) (n int) {
	for _, a := range row.Attempts {
		if a.Unconfirmed && slices.ContainsFunc(vendorEngines(), func(e vendorEngine) bool { return e.resubmit && e.name == a.Engine }) {
			n++
		}
	}
	return n
}

func (a *audit) countTasks(all []task.Task) {
	a.tasks, a.states, a.failures = len(all), map[task.State]int{}, map[string]int{}
	for _, t := range all {
		a.states[t.State]++
		if t.State == task.Failed {
			a.failures[t.WhyFailed().Text]++
		}
	}
}

// quietLog is for parts of the server that the audit uses.
func quietLog() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }
