package sqlite

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store/query"
	"github.com/filmgate/filmgate/internal/store/webhooks"
	"github.com/filmgate/filmgate/internal/task"
)

// Every list finds its cursor with one seek in an index and reads on from there in order, so nothing is sorted.
func TestListsUseAnIndex(t *testing.T) {
	db, err := OpenDB(t.Context(), filepath.Join(t.TempDir(), "filmgate.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	tasks := func(q task.Query) func() (string, []any) {
		return func() (string, []any) { return tasksQuery(q) }
	}
	artifacts := func(q task.ArtifactQuery) func() (string, []any) {
		return func() (string, []any) { return artifactsQuery(q) }
	}
	datasets := func(q task.DatasetQuery) func() (string, []any) {
		return func() (string, []any) { return datasetsQuery(q) }
	}
	keys := func(q apikey.Query) func() (string, []any) {
		return func() (string, []any) { return keysQuery(q) }
	}
	used := func(statement func(query.Usage) (string, []any)) func() (string, []any) {
		return func() (string, []any) {
			return statement(query.NewUsage(task.UsageQuery{Account: 1, To: time.Now(), By: task.UsageByDay}, text, "ended = 0"))
		}
	}
	no := false
	live := task.LiveStates()
	after := task.Cursor{ID: "x"}
	for name, c := range map[string]struct {
		query func() (string, []any)
		want  string
	}{
		"all tasks":                {tasks(task.Query{After: after}), "tasks_created ((created,id)<(?,?))"},
		"all tasks, backwards":     {tasks(task.Query{After: after, OldestFirst: true}), "tasks_created ((created,id)>(?,?))"},
		"an account's tasks":       {tasks(task.Query{Account: 1, After: after}), "tasks_of_account (account=? AND (created,id)<(?,?))"},
		"an account's ended":       {tasks(task.Query{Account: 1, States: []task.State{task.Failed}, After: after}), "tasks_of_account (account=? AND (created,id)<(?,?))"},
		"live tasks":               {tasks(task.Query{States: live, After: after}), "tasks_live ((created,id)<(?,?))"},
		"an account's live":        {tasks(task.Query{Account: 1, States: live, After: after}), "tasks_live_of_account (account=? AND (created,id)<(?,?))"},
		"with a job to cancel":     {tasks(task.Query{Cancelling: true, OldestFirst: true, After: after}), "tasks_live ((created,id)>(?,?))"},
		"an account's prompts":     {tasks(task.Query{Account: 1, Prompt: "a b", After: after}), "SEARCH prompts USING PRIMARY KEY (account=? AND (created,id)<(?,?))"},
		"tasks without a prompt":   {func() (string, []any) { return unsearchable, []any{10} }, "tasks_unsearchable"},
		"tasks not counted":        {func() (string, []any) { return uncounted, []any{10} }, "tasks_uncounted"},
		"one by external id":       {tasks(task.Query{Account: 1, ExternalID: "x"}), "tasks_external (account=? AND external_id=?)"},
		"all artifacts":            {artifacts(task.ArtifactQuery{After: after}), "artifacts_created ((created,id)<(?,?))"},
		"the oldest artifacts":     {artifacts(task.ArtifactQuery{CreatedTo: time.Now(), OldestFirst: true}), "artifacts_created (created<?)"},
		"an account's":             {artifacts(task.ArtifactQuery{Account: 1, After: after}), "artifacts_of_account (account=? AND (created,id)<(?,?))"},
		"a shared one":             {artifacts(task.ArtifactQuery{Share: "s"}), "artifacts_share (share=?)"},
		"a group's":                {artifacts(task.ArtifactQuery{Group: "g", After: after}), "artifacts_of_group (asset_group=? AND (created,id)<(?,?))"},
		"one by its id":            {artifacts(task.ArtifactQuery{Artifact: "a", Account: 1}), "sqlite_autoindex_artifacts_1 (id=?)"},
		"with files to change":     {artifacts(task.ArtifactQuery{Pending: true, After: after}), "artifacts_pending ((created,id)<(?,?))"},
		"a task's artifacts":       {artifacts(task.ArtifactQuery{Task: "t"}), "artifacts_of_task (task=?)"},
		"an account's storyboards": {func() (string, []any) { return query.Storyboards(task.StoryboardQuery{Account: 1, After: after}) }, "storyboards_of_account"},
		"unused datasets":          {datasets(task.DatasetQuery{Unused: true, Uploading: &no, CreatedTo: time.Now()}), "datasets_unused (uploading=? AND created<?)"},
		"a key by its hash":        {keys(apikey.Query{Hash: "h"}), "sqlite_autoindex_api_keys_2 (hash=?)"},
		"a key by its id":          {keys(apikey.Query{ID: "key_1"}), "sqlite_autoindex_api_keys_1 (id=?)"},
		"a dataset":                {datasets(task.DatasetQuery{ID: "d"}), "sqlite_autoindex_datasets_1 (id=?)"},
		"a webhook's deliveries": {func() (string, []any) {
			return webhooks.DeliveriesQuery(task.DeliveryQuery{Webhook: "w", After: after})
		}, "webhook_deliveries_log (webhook=? AND (created,id)<(?,?))"},
		"its next delivery":    {func() (string, []any) { return webhooks.NextDue, []any{"w"} }, "webhook_deliveries_due (webhook=?)"},
		"what is due":          {func() (string, []any) { return webhooks.Claim, []any{"w", 1, 2, 3} }, "webhook_deliveries_due (webhook=? AND due<?)"},
		"what is to be due":    {func() (string, []any) { return webhooks.Release, []any{"w", 1} }, "webhook_deliveries_due (webhook=? AND due=?)"},
		"an account's hooks":   {func() (string, []any) { return webhooks.Query(task.WebhookQuery{Account: 1}) }, "webhooks_of_account (account=?)"},
		"usage":                {used(query.Usage.Sums), "SEARCH usage USING PRIMARY KEY (account=?"},
		"usage of live tasks":  {used(query.Usage.Sums), "tasks_live_of_account (account=?"},
		"how long tasks wait":  {used(query.Usage.Waits), "SEARCH usage USING PRIMARY KEY (account=?"},
		"what tasks cost":      {used(query.Usage.Costs), "SEARCH usage_costs USING PRIMARY KEY (account=?"},
		"old idempotency keys": {func() (string, []any) { return deleteIdempotency, []any{1, 2} }, "replays_created (created<?)"},
		"counted old events": {func() (string, []any) { return countOldQuery(time.Now(), time.Now()) },
			"SEARCH t USING COVERING INDEX tasks_created (created<?); SEARCH e USING PRIMARY KEY (task=?)"},
		"tasks with old events": {func() (string, []any) { return oldTasksQuery(time.Now(), after, 10) },
			"SEARCH tasks USING COVERING INDEX tasks_created ((created,id)>(?,?) AND created<?); CORRELATED SCALAR SUBQUERY 1; SEARCH events USING PRIMARY KEY (task=?)"},
	} {
		t.Run(name, func(t *testing.T) {
			query, args := c.query()
			steps, err := queryAll(t.Context(), db.reader, func(scan func(...any) error) (detail string, err error) {
				var id, parent, unused int
				err = scan(&id, &parent, &unused, &detail)
				return detail, err
			}, "EXPLAIN QUERY PLAN "+query, args...)
			if err != nil {
				t.Fatal(err)
			}
			plan := strings.Join(steps, "; ")
			if !strings.Contains(plan, c.want) {
				t.Errorf("the plan is %q, want it to search by %s", plan, c.want)
			}
			if sorts := strings.Contains(plan, "TEMP B-TREE"); sorts && strings.Contains(c.want, "created") {
				t.Errorf("the plan sorts: %q", plan)
			}
		})
	}
}
