package postgres

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/store/postgres/postgrestest"
	"github.com/filmgate/filmgate/internal/store/query"
	"github.com/filmgate/filmgate/internal/task"
)

// Shared is the server of all tests of the package.
var Shared postgrestest.Shared

func TestMain(m *testing.M) { os.Exit(Shared.Main(m)) }

// Every list finds its rows by the index that is made for it; a list of all rows also reads them in order.
func TestListsUseAnIndex(t *testing.T) {
	db := planDB(t)
	tasks := func(q task.Query) func() (string, []any) {
		return func() (string, []any) { return tasksQuery(q) }
	}
	artifacts := func(q task.ArtifactQuery) func() (string, []any) {
		return func() (string, []any) { return artifactsQuery(q) }
	}
	datasets := func(q task.DatasetQuery) func() (string, []any) {
		return func() (string, []any) { return datasetsQuery(q) }
	}
	used := func(statement func(query.Usage) (string, []any)) func() (string, []any) {
		return func() (string, []any) {
			return statement(query.NewUsage(task.UsageQuery{Account: 1, To: time.UnixMilli(9000), By: task.UsageByDay}, text, "NOT ended"))
		}
	}
	no := false
	live := task.LiveStates()
	after := task.Cursor{Created: time.UnixMilli(3000), ID: "x"}
	for name, c := range map[string]struct {
		query func() (string, []any)
		index string
	}{
		"all tasks":                {tasks(task.Query{After: after}), "tasks_created"},
		"all tasks, backwards":     {tasks(task.Query{After: after, OldestFirst: true}), "tasks_created"},
		"an account's tasks":       {tasks(task.Query{Account: 1, After: after}), "tasks_of_account"},
		"an account's ended":       {tasks(task.Query{Account: 1, States: []task.State{task.Failed}, After: after}), "tasks_of_account"},
		"live tasks":               {tasks(task.Query{States: live, After: after}), "tasks_live"},
		"an account's live":        {tasks(task.Query{Account: 1, States: live, After: after}), "tasks_live_of_account"},
		"with a job to cancel":     {tasks(task.Query{Cancelling: true, OldestFirst: true, After: after}), "tasks_live"},
		"an account's prompts":     {tasks(task.Query{Account: 1, Prompt: "a b", After: after, Limit: 21}), "prompts_pkey"},
		"usage":                    {used(query.Usage.Sums), "usage_pkey"},
		"usage of live tasks":      {used(query.Usage.Sums), "tasks_live_of_account"},
		"how long tasks wait":      {used(query.Usage.Waits), "usage_pkey"},
		"what tasks cost":          {used(query.Usage.Costs), "usage_costs_pkey"},
		"one by external id":       {tasks(task.Query{Account: 1, ExternalID: "x"}), "tasks_external"},
		"all artifacts":            {artifacts(task.ArtifactQuery{After: after}), "artifacts_created"},
		"the oldest artifacts":     {artifacts(task.ArtifactQuery{CreatedTo: time.UnixMilli(4000), OldestFirst: true, Limit: 20}), "artifacts_created"},
		"an account's":             {artifacts(task.ArtifactQuery{Account: 1, After: after}), "artifacts_of_account"},
		"a shared one":             {artifacts(task.ArtifactQuery{Share: "s"}), "artifacts_share"},
		"a group's":                {artifacts(task.ArtifactQuery{Group: "3", After: after}), "artifacts_of_group"},
		"one by its id":            {artifacts(task.ArtifactQuery{Artifact: "a1"}), "artifacts_pkey"},
		"with files to change":     {artifacts(task.ArtifactQuery{Pending: true, After: after}), "artifacts_pending"},
		"a task's artifacts":       {artifacts(task.ArtifactQuery{Task: "t1"}), "artifacts_of_task"},
		"an account's storyboards": {func() (string, []any) { return query.Storyboards(task.StoryboardQuery{Account: 1, After: after}) }, "storyboards_of_account"},
		"unused datasets":          {datasets(task.DatasetQuery{Unused: true, Uploading: &no, CreatedTo: time.Now()}), "datasets_unused"},
		"a dataset":                {datasets(task.DatasetQuery{ID: "d"}), "datasets_pkey"},
		"tasks with old events":    {func() (string, []any) { return oldTasksQuery(time.UnixMilli(4000), after, 10) }, "tasks_created"},
		"a task's old events":      {func() (string, []any) { return oldTasksQuery(time.UnixMilli(4000), after, 10) }, "events_pkey"},
	} {
		t.Run(name, func(t *testing.T) {
			query, args := c.query()
			lines, err := queryAll(t.Context(), db, scanID, "EXPLAIN "+query, args...)
			if err != nil {
				t.Fatal(err)
			}
			plan := strings.Join(lines, "\n")
			if !strings.Contains(plan, "using "+c.index+" on") && !strings.Contains(plan, "Bitmap Index Scan on "+c.index+" ") {
				t.Errorf("the plan does not use %s:\n%s", c.index, plan)
			}
			if strings.HasSuffix(c.index, "_created") && strings.Contains(plan, "Sort") {
				t.Errorf("the plan sorts:\n%s", plan)
			}
		})
	}
}

// migratedDB opens the empty database at a URL and makes its tables.
func migratedDB(t testing.TB, url string) *DB {
	t.Helper()
	db, err := OpenDB(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}

// planDB returns a database with statistics of many rows, in which no plan reads a whole table.
func planDB(t *testing.T) *DB {
	t.Helper()
	db := migratedDB(t, Shared.Server(t).NewDatabase(t))
	for _, statement := range []string{
		`INSERT INTO tasks SELECT 't' || n, n % 500, 'SUCCEEDED', n % 50 > 0, 'm', 'd', n::text::bytea, n, n, 1, false, false, '{}' FROM generate_series(1, 5000) n`,
		`INSERT INTO artifacts SELECT 'a' || n, 't' || n, n % 500, (n % 500)::text::bytea, false, n::text::bytea, false, n % 100 = 0, n FROM generate_series(1, 5000) n`,
		`INSERT INTO datasets SELECT 'd' || n, n % 10, n, n % 100 = 0, n % 3 > 0, '{}' FROM generate_series(1, 5000) n`,
		`INSERT INTO prompts SELECT account, created, id, 'a harbour' FROM tasks`,
		`INSERT INTO usage SELECT account, created, id, 'm', 'SUCCEEDED', 1, 1 FROM tasks WHERE ended`,
		`INSERT INTO usage_costs SELECT account, created, task, 'e', 'USD', 'm', 1 FROM usage`,
		`INSERT INTO storyboards SELECT 's' || n, n % 500, n, 1, '{}' FROM generate_series(1, 5000) n`,
		`ANALYZE`,
		`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET enable_seqscan = off', current_database()); END $$`,
	} {
		if _, err := db.pool.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	db.pool.Reset() // new connections take the setting
	return db
}

// Who is next at a vendor's limit is found without a look at all who wait.
func TestTheNextThatWaitsIsFoundByIndex(t *testing.T) {
	db := planDB(t)
	for _, statement := range []string{
		`INSERT INTO vendor_waits SELECT id, 'team', account, low, created, 1 FROM tasks`,
		`ANALYZE vendor_waits`,
	} {
		if _, err := db.pool.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	lines, err := queryAll(t.Context(), db, scanID, "EXPLAIN "+headSQL, "team", int64(7), "t1")
	if err != nil {
		t.Fatal(err)
	}
	plan := strings.Join(lines, "\n")
	if n := strings.Count(plan, "Index Scan using vendor_waits_turn on"); n != 4 || strings.Count(plan, "Sort Key") != 1 {
		t.Errorf("%d parts use the index, and only their four rows are to be sorted:\n%s", n, plan)
	}
}
