package node

import (
	"context"
	"crypto/rand"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/panics"
	"github.com/filmgate/filmgate/internal/task"
	"github.com/filmgate/filmgate/internal/web/server"
)

// metric is a metric that the program exports.
type metric struct {
	kind, help string
	labels     []string // sorted
}

// exported returns the metrics of a server in which all has happened that is counted, by name, and its page.
func exported(t *testing.T) (map[string]metric, string) {
	t.Helper()
	n := openTest(t, Options{
		Settings: config.Settings{Data: t.TempDir(), Workers: 1, Config: configFile(t, `
engines:
  - {name: team, type: runway, keys: [{key: key_x}]}
  - {name: wan, type: sdcpp, base_url: "http://127.0.0.1:1/sdcpp/v1", allow_networks: [127.0.0.0/8], server: {command: "true"}}
models: {"*": [team]}
`)},
		Getenv: asEnv(nil), Now: time.Now, Random: rand.Reader, Log: slog.New(slog.DiscardHandler), Panics: panics.NewRecorder(slog.New(slog.DiscardHandler)),
	})
	now := n.Now()
	live := task.Task{ID: "0190c2ab-0000-7000-8000-000000000001", Account: 1, State: task.Queued, Engine: "team", Created: now, Updated: now}
	if _, err := n.store.Apply(t.Context(), task.Change{Task: live}); err != nil {
		t.Fatal(err)
	}
	ended := live
	ended.Version, ended.State, ended.Started, ended.Finished, ended.Failure = 2, task.Failed, now, now, &task.Failure{Reason: task.Internal}
	ended.Attempts = []task.Attempt{{Engine: "team", Begun: now, Cost: 1, Currency: "USD", Credits: 5, Unconfirmed: true}}
	n.meter.Changed(task.Task{}, ended)
	n.meter.Stored(ended, now)
	_, after := n.meter.call(t.Context(), "team", "submit")
	after(&engine.Error{Class: engine.Unreachable})
	n.meter.rendering()(24)
	if _, err := n.bucket.Put(t.Context(), "cdn/clip.mp4", strings.NewReader("film"), "video/mp4"); err != nil {
		t.Fatal(err)
	}
	_ = n.Panics.Run(t.Context(), "test", func() error { panic("counted") })
	web, err := n.server(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	read(t, web, "/readyz")
	text := read(t, web, "/metrics")
	all := map[string]metric{}
	for _, m := range regexp.MustCompile(`(?m)^# HELP (\w+) (.*)\n# TYPE \w+ (\w+)\n\w+(?:\{(.*?)\})? `).FindAllStringSubmatch(text, -1) {
		one := metric{kind: m[3], help: m[2]}
		for _, l := range regexp.MustCompile(`(\w+)="`).FindAllStringSubmatch(m[4], -1) {
			if l[1] != "le" && l[1] != "quantile" {
				one.labels = append(one.labels, l[1])
			}
		}
		all[m[1]] = one
	}
	return all, text
}

// read returns the answer to a GET.
func read(t *testing.T, web *server.Server, path string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	web.ServeHTTP(w, r)
	return w.Body.String()
}

// The page has every metric that the program exports, with its type, labels and words, and no other.
func TestTheMetricsPageIsTrue(t *testing.T) {
	t.Parallel()
	all, _ := exported(t)
	page, err := os.ReadFile("../../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	table, _, _ := strings.Cut(string(page), "## Bad weather")
	documented := map[string]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| `(filmgate_\\w+)` \\| (\\w+) \\| (.*?) ?\\| (.*) \\|$").FindAllStringSubmatch(table, -1) {
		documented[m[1]] = strings.Join(m[2:], " | ")
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if !strings.HasPrefix(name, "filmgate_") {
			continue
		}
		m, labels := all[name], ""
		if len(m.labels) > 0 {
			labels = "`" + strings.Join(m.labels, "`, `") + "`"
		}
		if want := m.kind + " | " + labels + " | " + m.help; documented[name] != want {
			t.Errorf("%s is %q in the page; the program has:\n| `%s` | %s |", name, documented[name], name, strings.Replace(want, "|  |", "| |", 1))
		}
		delete(documented, name)
	}
	for name := range documented {
		t.Errorf("%s is only in the page", name)
	}
}

func TestMeterCountsATaskOnce(t *testing.T) {
	t.Parallel()
	m := newMeter(time.Now)
	at := func(seconds int) time.Time { return time.Unix(1_800_000_000+int64(seconds), 0) }
	created := task.Task{Version: 1, State: task.Queued, Engine: "team", Created: at(0), Request: task.Request{Model: "gen4"}}
	running := created
	running.Version, running.State, running.Started = 2, task.Running, at(3)
	running.Attempts = []task.Attempt{
		{Engine: "other", Unconfirmed: true, Begun: at(0)},
		{Engine: "team", Begun: at(1), Credits: 2}, // a job that failed and was charged
		{Engine: "team", Begun: at(3), Credits: 4, Cost: 0.5, Currency: "USD"},
	}
	done := running
	done.Version, done.State, done.Finished = 3, task.Succeeded, at(20)
	late := done
	late.Version = 4
	late.Attempts = slices.Clone(done.Attempts)
	late.Attempts[2].Credits, late.Attempts[2].Cost = 5, 0.75 // the vendor's bill came after the end
	m.Changed(task.Task{}, created)
	m.Changed(created, running)
	m.Changed(running, running) // only its progress
	m.Changed(running, done)
	m.Stored(done, at(13))
	m.Changed(done, late)
	m.Changed(late, late) // its files were renamed, say
	checkMetrics(t, m, `filmgate_completion_lag_seconds_sum{engine="team"} 7`,
		`filmgate_engine_cost_total{currency="USD",engine="team"} 0.75`,
		`filmgate_engine_credits_total{engine="team"} 7`,
		`filmgate_engine_job_seconds_sum{engine="team"} 10`,
		`filmgate_submits_unconfirmed_total{engine="other"} 1`,
		`filmgate_task_wait_seconds_sum{engine="team"} 3`,
		`filmgate_tasks_created_total{engine="team",model="gen4"} 1`,
		`filmgate_tasks_ended_total{engine="team",model="gen4",state="SUCCEEDED"} 1`)
	failed := running
	failed.State, failed.Failure, failed.Attempts = task.Failed, &task.Failure{Reason: task.VendorRefused}, nil
	m.Changed(running, failed)
	checkMetrics(t, m, `filmgate_task_failures_total{engine="team",reason="`+string(task.VendorRefused)+`"} 1`)
}

func TestMeterOfEngineCalls(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	m := newMeter(func() time.Time { return now })
	for _, err := range []error{nil, &engine.Error{Class: engine.Overloaded}, context.DeadlineExceeded, context.Canceled} {
		_, after := m.call(t.Context(), "team", "poll")
		now = now.Add(2 * time.Second)
		after(err)
	}
	end := m.rendering()
	now = now.Add(4 * time.Second)
	end(96)
	checkMetrics(t, m, `filmgate_engine_call_errors_total{call="poll",class="overloaded",engine="team"} 1`,
		`filmgate_engine_call_errors_total{call="poll",class="unreachable",engine="team"} 1`,
		`filmgate_engine_call_seconds_count{call="poll",engine="team"} 3`, `filmgate_engine_call_seconds_sum{call="poll",engine="team"} 6`,
		`filmgate_render_frames_total 96`, `filmgate_render_seconds_total 4`)
}

// checkMetrics checks that what the meter exports has the lines.
func checkMetrics(t *testing.T, m *meter, lines ...string) {
	t.Helper()
	web, err := server.New(server.Options{Log: slog.New(slog.DiscardHandler), Random: rand.Reader, Collectors: m.collectors()})
	if err != nil {
		t.Fatal(err)
	}
	text := read(t, web, "/metrics")
	for _, line := range lines {
		if !strings.Contains(text, "\n"+line+"\n") {
			t.Errorf("there is no line %s in:\n%s", line, strings.Join(regexp.MustCompile(`(?m)^filmgate_[^b]\w+({[^l]|\s).*$`).FindAllString(text, -1), "\n"))
		}
	}
}
