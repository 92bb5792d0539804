package chaos

import (
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

func TestReportShowsTheFiguresOfAllResults(t *testing.T) {
	sqlite := Result{Options: Options{Database: SQLite}, Plan: Plan{Span: time.Minute}, Busy: 83250 * time.Millisecond, Quiet: 2 * time.Second, Rows: 1000, States: map[task.State]int{task.Succeeded: 990, task.Failed: 10}, Failures: map[string]int{"Submitted, unconfirmed.": 10}}
	postgres := Result{Options: Options{Database: Postgres}, Rows: 999, Problems: []string{"task-0007 is lost"}, Faults: map[Kind]int{KillDatabase: 1}, told: told{events: 2997, hooks: tally{2997, 12}}, Skipped: []string{"fill the disk: why"}, Takeovers: 4, Servers: []ServerCount{{"1 (all)", 3, 2}, {"2 (api)", 1, 0}}}
	page := Report("make chaos", []Result{sqlite, postgres})
	for _, want := range []string{
		"`make chaos`", "| | sqlite | postgres |\n|---|---:|---:|\n", "| tasks | 1000 | 999 |", "| tasks that are SUCCEEDED | 990 | 0 |",
		"| servers at once | 0 | 2 |", "| times that a server ran the jobs of one that had died |  | 4 |", "| server 2 (api): starts / kills |  | 1 / 0 |", "| fault: kill the database |  | 1 |", "| until the last fault and the last create were over | 1m23.3s | 0s |", "| from then until no task was at work | 2s | 0s |", "| **problems** | **0** | **1** |", "| of these, came to the webhook of their account | 0 | 2997 |", "| came to it once more | 0 | 12 |", "On sqlite, 10 FAILED: Submitted, unconfirmed.", "**Problem** on postgres: task-0007 is lost", "Skipped on postgres: fill the disk: why",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
	if text := postgres.String(); !strings.Contains(text, "PROBLEM task-0007 is lost") || !strings.Contains(text, "skipped fill the disk") || strings.Contains(text, "**") {
		t.Errorf("at the terminal: %s", text)
	}
}
