package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

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
