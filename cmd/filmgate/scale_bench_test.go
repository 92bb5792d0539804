package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/keystore"
	"github.com/filmgate/filmgate/internal/store/sqlite"
	"github.com/filmgate/filmgate/internal/task"
)

// firstOfMany is the creation time of the first task of a filled store. Each further task is created one second later.
var firstOfMany = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// idOfMany returns the id of the n-th task, counted from 1.
func idOfMany(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

// fillData makes a data folder whose store has ended tasks of the operator's account, each with all its files. One in a hundred
// has failed, and one in a thousand was made by Luma.
func fillData(b *testing.B, tasks int) string {
	b.Helper()
	data := b.TempDir()
	db, err := sqlite.OpenDB(b.Context(), filepath.Join(data, "filmgate.db"))
	if err != nil {
		b.Fatal(err)
	}
	if _, _, err := db.Migrate(b.Context()); err != nil {
		b.Fatal(err)
	}
	rows := sqlite.New(db, nil)
	if _, err := rows.Apply(b.Context(), task.Change{Task: oneOfMany(), Events: []task.Event{{Kind: "created"}}}); err != nil {
		b.Fatal(err)
	}
	exec := func(query string, args ...any) {
		if _, err := db.Writer().ExecContext(b.Context(), query, args...); err != nil {
			b.Fatal(err)
		}
	}
	// Each row is a copy of the first, with another id, time, state and model.
	exec(`
		WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < $1),
		     row AS (SELECT i, printf('00000000-0000-4000-8000-%012d', i) AS id, created + (i - 1) * 1000 AS at,
		                    iif(i % 100 = 0, 'FAILED', 'SUCCEEDED') AS state, iif(i % 1000 = 0, 'ray-v1', model) AS model,
		                    iif(i % 1000 = 0, 'makevid/luma', dialect) AS dialect, tasks.body AS body
		             FROM n, tasks)
		INSERT INTO tasks (id, account, state, ended, model, dialect, created, updated, version, deleted, low, body)
		SELECT id, 1, state, 1, model, dialect, at, at, 1, 0, 0, CAST(json_set(
		           replace(CAST(body AS TEXT), '00000000-0000-4000-8000-000000000001', id),
		           '$.State', state, '$.Request.Model', model, '$.Request.Dialect', dialect,
		           '$.Created', strftime('%Y-%m-%dT%H:%M:%SZ', at / 1000, 'unixepoch')) AS BLOB) FROM row`, tasks)
	exec(`
		INSERT INTO artifacts (id, task, account, asset_group, favorite, share, deleted, created)
		SELECT 'a' || id, id, 1, 'g', 0, '', 0, created FROM tasks WHERE created > (SELECT min(created) FROM tasks)`)
	if err := rows.Close(); err != nil {
		b.Fatal(err)
	}
	return data
}

// oneOfMany returns a finished task with its seven files.
func oneOfMany() task.Task {
	t := task.Task{ID: idOfMany(1), Account: keystore.Operator, State: task.Succeeded, Engine: "animatic", EngineModel: "animatic", Progress: 1,
		Created: firstOfMany, Updated: firstOfMany, Started: firstOfMany, Finished: firstOfMany.Add(9 * time.Second),
		Request: task.Request{Dialect: "makevid/runway", Model: "gen3a_turbo", Prompt: strings.Repeat("a slow pan ", 20), Seconds: 5, AssetGroup: "Generative Video"}}
	a := task.Artifact{ID: "a" + t.ID, Task: t.ID, Account: t.Account, Filename: "film.mp4", Width: 1280, Height: 768, FrameRate: 24, Created: t.Created, Updated: t.Created}
	for _, r := range []task.Role{task.Video, task.Preview, task.Preview, task.Preview, task.Preview, task.Preview, task.Poster} {
		a.Files = append(a.Files, task.File{Role: r, Key: "cdn/20260301/" + strings.Repeat("k", 30), Size: 1 << 20, SHA256: strings.Repeat("0", 64)})
	}
	t.Artifacts = []task.Artifact{a}
	return t
}

// deepest returns the cursor of the last page of ten.
func (p *process) deepest(b *testing.B) string {
	b.Helper()
	from := firstOfMany.Add(10 * time.Second).Format(time.RFC3339)
	to := firstOfMany.Add(12 * time.Second).Format(time.RFC3339)
	code, body := p.call(b, http.MethodGet, "/api/v1/tasks?limit=1&created_from="+from+"&created_to="+to, "")
	var page struct {
		Tasks []struct {
			ID string `json:"id"`
		} `json:"tasks"`
		Next string `json:"next"`
	}
	if err := json.Unmarshal(body, &page); err != nil || code != http.StatusOK || page.Next == "" || page.Tasks[0].ID != idOfMany(12) {
		b.Fatalf("%d %s", code, body)
	}
	return page.Next
}

// BenchmarkManyTasks sends the same requests by turns to a server with 1,000 tasks and to one with 100,000. It reports the ratio
// of their median times.
func BenchmarkManyTasks(b *testing.B) {
	small, large := run(b, fillData(b, 1_000)), run(b, fillData(b, 100_000))
	lastOfSmall, lastOfLarge := small.deepest(b), large.deepest(b)
	for _, c := range []struct {
		name string
		path func(n, of int, last string) string
		rows int // that the answer must have
	}{
		{"get the same", func(_, of int, _ string) string { return "/api/v1/tasks/" + idOfMany(of/2+1) }, 0},
		{"get any", func(n, of int, _ string) string { return "/api/v1/tasks/" + idOfMany(1+n*7919%of) }, 0},
		{"first page", func(int, int, string) string { return "/api/v1/tasks?limit=10" }, 10},
		{"deepest page", func(_, _ int, last string) string { return "/api/v1/tasks?limit=10&cursor=" + last }, 10},
		{"common status", func(int, int, string) string { return "/api/v1/tasks?limit=10&status=SUCCEEDED" }, 10},
		{"rare status", func(int, int, string) string { return "/api/v1/tasks?limit=10&status=FAILED" }, 10},
		{"rare status, deepest", func(_, _ int, last string) string {
			return "/api/v1/tasks?limit=10&status=FAILED,CANCELLED&cursor=" + last
		}, 0},
		{"status of none", func(int, int, string) string { return "/api/v1/tasks?limit=10&status=CANCELLED" }, 0},
		{"rare model", func(int, int, string) string { return "/api/v1/tasks?limit=1&model=ray-v1" }, 1},
		{"model of none", func(int, int, string) string { return "/api/v1/tasks?limit=10&model=gone" }, 0},
		{"rare dialect", func(int, int, string) string { return "/api/v1/tasks?limit=1&dialect=makevid/luma" }, 1},
	} {
		b.Run(c.name, func(b *testing.B) {
			ask := func(p *process, n, of int, last string) time.Duration {
				begun := time.Now()
				code, body := p.call(b, http.MethodGet, c.path(n, of, last), "")
				took := time.Since(begun)
				if code != http.StatusOK || c.rows > 0 && strings.Count(string(body), `"status":`) != c.rows {
					b.Fatalf("%d %s", code, body)
				}
				return took
			}
			var of1000, of100000 []time.Duration
			for b.Loop() {
				n := len(of1000)
				of1000 = append(of1000, ask(small, n, 1_000, lastOfSmall))
				of100000 = append(of100000, ask(large, n, 100_000, lastOfLarge))
			}
			slices.Sort(of1000)
			slices.Sort(of100000)
			few, many := of1000[len(of1000)/2], of100000[len(of100000)/2]
			b.ReportMetric(float64(few.Microseconds()), "µs-of-1000")
			b.ReportMetric(float64(many.Microseconds()), "µs-of-100000")
			b.ReportMetric(float64(many)/float64(few), "ratio")
		})
	}
}
