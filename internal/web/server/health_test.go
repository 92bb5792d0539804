package server

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestReadinessNamesFailingChecks(t *testing.T) {
	var broken error
	check := func(context.Context) error { return broken }
	_, url, book := start(t, Options{Checks: []Check{{"storage", func(context.Context) error { return nil }}, {"database", check}}})
	resp, body := ask(t, "GET", url+"/readyz")
	if resp.StatusCode != 200 || body != "{\"status\":\"ok\"}\n" {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
	broken = errors.New("password wrong")
	resp, body = ask(t, "GET", url+"/readyz")
	if resp.StatusCode != 503 || body != "{\"status\":\"unavailable\",\"failing\":[\"database\"]}\n" {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
	if !strings.Contains(book.String(), "password wrong") {
		t.Error("the cause is not in the log")
	}
	if resp, _ := ask(t, "GET", url+"/healthz"); resp.StatusCode != 200 {
		t.Errorf("/healthz: %d", resp.StatusCode)
	}
}

func TestReadinessLogsChangesOnly(t *testing.T) {
	var broken error
	_, url, book := start(t, Options{Checks: []Check{{"storage", func(context.Context) error { return broken }}}})
	for _, step := range []struct {
		err                error
		failures, recovers int // log lines after three requests
	}{{nil, 0, 0}, {errors.New("disk full"), 1, 0}, {nil, 1, 1}, {errors.New("disk full"), 2, 1}} {
		broken = step.err
		for range 3 {
			ask(t, "GET", url+"/readyz")
		}
		log := book.String()
		if got := strings.Count(log, "disk full"); got != step.failures {
			t.Errorf("%v: %d failures are logged, want %d", step.err, got, step.failures)
		}
		if got := strings.Count(log, "ready again"); got != step.recovers {
			t.Errorf("%v: %d recoveries are logged, want %d", step.err, got, step.recovers)
		}
	}
}

// public is an error with a public text.
type public struct{ error }

func (public) Public() string { return "ffmpeg is missing on this server" }

func TestReadinessShowsPublicReasons(t *testing.T) {
	fails := func(err error) func(context.Context) error { return func(context.Context) error { return err } }
	_, url, _ := start(t, Options{Checks: []Check{{"database", fails(errors.New("password wrong"))}, {"renderer", fails(public{errors.New("exit status 1")})}}})
	want := `{"status":"unavailable","failing":["database","renderer"],"reasons":["ffmpeg is missing on this server"]}`
	if resp, body := ask(t, "GET", url+"/readyz"); resp.StatusCode != 503 || strings.TrimSpace(body) != want {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
}

func TestPanickingCheckFails(t *testing.T) {
	_, url, book := start(t, Options{Checks: []Check{{"database", func(context.Context) error { panic("a mistake") }},
		{"storage", func(context.Context) error { return nil }}}})
	if resp, body := ask(t, "GET", url+"/readyz"); resp.StatusCode != 503 || body != "{\"status\":\"unavailable\",\"failing\":[\"database\"]}\n" {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
	if _, metrics := ask(t, "GET", url+"/metrics"); !strings.Contains(metrics, `filmgate_panics_total{place="check"} 1`) || !strings.Contains(book.String(), "a mistake") {
		t.Error("the panic is not counted and logged")
	}
}

// Nobody asks /readyz here.
func TestChecksThatFailAreLoggedAndCountedThoughNobodyAsks(t *testing.T) {
	var away atomic.Bool
	var runs atomic.Int64
	_, url, book := start(t, Options{CheckEvery: time.Millisecond, Checks: []Check{{"database", func(context.Context) error {
		runs.Add(1)
		if away.Load() {
			return errors.New("no route to host")
		}
		return nil
	}}}})
	until := func(metric, line string) {
		t.Helper()
		for range 10_000 {
			if _, metrics := ask(t, "GET", url+"/metrics"); strings.Contains(metrics, metric) && strings.Contains(book.String(), line) {
				return
			}
		}
		t.Fatalf("%s with %q never came\n%s", metric, line, book.String())
	}
	until(`filmgate_ready{check="database"} 1`, "")
	away.Store(true)
	until(`filmgate_ready{check="database"} 0`, "no route to host")
	for seen := runs.Load(); runs.Load() < seen+10; {
		ask(t, "GET", url+"/healthz")
	}
	if n := strings.Count(book.String(), "no route to host"); n != 1 {
		t.Errorf("%d lines say that it is away", n)
	}
	away.Store(false)
	until(`filmgate_ready{check="database"} 1`, "ready again")
}
