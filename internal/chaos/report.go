package chaos

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// Result is what a run has proven.
type Result struct {
	Options
	Plan     Plan
	Took     time.Duration // all of it
	Busy     time.Duration // from the beginning until the last fault and the last create were over
	Quiet    time.Duration // from then until no task was at work
	Problems []string      // empty if all is well
	Skipped  []string      // faults of the plan that could not be made here, each with the reason
	Logs     string        // folder of the servers' logs if there are problems

	Faults      map[Kind]int       // that were made
	States      map[task.State]int // of the rows
	Failures    map[string]int     // of FAILED tasks, by their public text
	Rows        int
	Unanswered  int // creates whose caller was cut off and did not ask again
	Absent      int // of these, creates that made no task
	Submissions int // that made a job at the vendor
	Files       int // that rows name
	Swept       int // files that no row named, which the sweep deleted
	Servers     []ServerCount
	Takeovers   int // times that a server has run the jobs of one that had died
	FailedStart int // starts while the database, the bucket or the disk could not be used

	told told
}

// ServerCount is what happened to one of the servers.
type ServerCount struct {
	Name   string // "2 (api)"
	Starts int
	Kills  int
}

func (r *run) result(busy, quiet time.Duration) Result {
	a := &r.audit
	var servers []ServerCount
	failed := 0
	for _, s := range r.servers.all {
		for _, how := range s.died {
			a.problem("server %s ended by itself: %s", s.name, how)
		}
		servers = append(servers, ServerCount{s.name, s.starts, s.kills})
		failed += s.failed
	}
	res := Result{
		Options: r.Options, Plan: r.plan, Took: time.Since(r.began), Busy: busy, Quiet: quiet, Problems: a.problems, Skipped: r.skipped, Faults: r.made,
		States: a.states, Failures: a.failures, Rows: a.tasks, Unanswered: a.unanswered, Absent: a.absent, Submissions: a.submissions,
		told: a.told, Files: a.files, Swept: a.swept, Servers: servers, Takeovers: a.takeovers, FailedStart: failed,
	}
	if len(a.problems) > 0 {
		res.Logs = r.dir
	}
	return res
}

// rows returns the figures of a result, each with its name.
func (r Result) rows() [][2]string {
	out := [][2]string{
		{"servers at once", fmt.Sprint(len(r.Servers))},
		{"creates", fmt.Sprint(len(r.Plan.Creates))},
		{"of these, the caller was cut off and did not ask again", fmt.Sprint(r.Unanswered)},
		{"of these, no task was made", fmt.Sprint(r.Absent)},
		{"tasks", fmt.Sprint(r.Rows)},
	}
	for _, s := range task.States() {
		if n := r.States[s]; n > 0 || s.Terminal() {
			out = append(out, [2]string{"tasks that are " + string(s), fmt.Sprint(n)})
		}
	}
	out = append(out, [][2]string{
		{"jobs at the vendor", fmt.Sprint(r.Submissions)},
		{"events of these tasks", fmt.Sprint(r.told.events)},
		{"of these, came to the webhook of their account", fmt.Sprint(r.told.hooks.events)},
		{"came to it once more", fmt.Sprint(r.told.hooks.again)},
		{"attempts that the server counts for that", fmt.Sprint(r.told.tries)},
		{"of these events, came by the stream of their account", fmt.Sprint(r.told.followed.events)},
		{"came by it once more", fmt.Sprint(r.told.followed.again)},
		{"times that a stream was begun or resumed", fmt.Sprint(r.told.streams)},
		{"files that rows name, all read and compared", fmt.Sprint(r.Files)},
		{"files that no row named, deleted by the sweep", fmt.Sprint(r.Swept)},
		{"failed starts of servers, while they could not work", fmt.Sprint(r.FailedStart)},
	}...)
	if len(r.Servers) > 1 {
		out = append(out, [2]string{"times that a server ran the jobs of one that had died", fmt.Sprint(r.Takeovers)})
	}
	for _, s := range r.Servers {
		out = append(out, [2]string{"server " + s.Name + ": starts / kills", fmt.Sprintf("%d / %d", s.Starts, s.Kills)})
	}
	for _, k := range slices.Sorted(maps.Keys(r.Faults)) {
		out = append(out, [2]string{"fault: " + string(k), fmt.Sprint(r.Faults[k])})
	}
	return append(out, [][2]string{
		{"until the last fault and the last create were over", r.Busy.Round(100 * time.Millisecond).String()},
		{"from then until no task was at work", r.Quiet.Round(100 * time.Millisecond).String()},
		{"**problems**", fmt.Sprintf("**%d**", len(r.Problems))},
	}...)
}

// String returns the result for a terminal.
func (r Result) String() string {
	var b strings.Builder
	for _, row := range r.rows() {
		fmt.Fprintf(&b, "%-8s %6s  %s\n", r.Database, strings.Trim(row[1], "*"), strings.Trim(row[0], "*"))
	}
	for _, text := range slices.Sorted(maps.Keys(r.Failures)) {
		fmt.Fprintf(&b, "%-8s %6d  FAILED: %s\n", r.Database, r.Failures[text], text)
	}
	for _, text := range r.Skipped {
		fmt.Fprintf(&b, "%-8s skipped %s\n", r.Database, text)
	}
	for _, p := range r.Problems {
		fmt.Fprintf(&b, "%-8s PROBLEM %s\n", r.Database, p)
	}
	if r.Logs != "" {
		fmt.Fprintf(&b, "%-8s the servers' logs are in %s\n", r.Database, r.Logs)
	}
	return b.String()
}
