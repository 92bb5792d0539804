package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/fakevendor"
)

// vendor starts a fake vendor and returns it with the setting that sends all tasks to it. Its key has a limit.
func (c cluster) vendor(t *testing.T, o fakevendor.Options, limit int) (*fakevendor.Vendor, string) {
	t.Helper()
	fake := fakevendor.New(o)
	s := httptest.NewServer(fake)
	t.Cleanup(s.Close)
	path := configFile(t, "")
	writeSettings(t, path, s.URL, fmt.Sprintf("engines: [{name: team, {here}, type: runway, base_url: \"{url}/runway\", keys: [{key: \"{key}\", in_flight: %d}]}]\n"+
		"models: {\"*\": [team]}\n", limit))
	return fake, "FILMGATE_CONFIG=" + path
}

// The limit of a vendor's key is that of all servers together, also while one of them dies in the middle of its work.
func TestServersShareTheLimitOfAKey(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	const limit = 3
	fake, config := c.vendor(t, fakevendor.Options{Takes: 2 * time.Second}, limit)
	servers := []*process{c.run(t, config), c.run(t, config)}
	var ids []string
	create := func(n int, at ...*process) {
		for i := range n {
			ids = append(ids, at[i%len(at)].create(t, fmt.Sprintf(`{"seconds":5,"text_prompt":"boat %d"}`, len(ids))))
		}
	}
	create(8, servers...)
	eventually(t, "both servers work", func() bool { return len(fake.Tasks()) > limit })
	servers[0].end(syscall.SIGKILL)
	create(2, servers[1])
	failed := 0
	for _, id := range ids {
		var status string
		eventually(t, "task "+id+" ends", func() bool {
			status = statusAt(t, servers[1], id)
			return status == "SUCCEEDED" || status == "FAILED"
		})
		if status == "FAILED" {
			failed++
		}
	}
	if failed > limit { // the server may have died in their submits, which nobody can confirm
		t.Errorf("%d of the tasks failed", failed)
	}
	if n := fake.MostInFlight(); n > limit {
		t.Errorf("%d jobs were in flight at once, the limit is %d\n%s", n, limit, servers[1].errs)
	}
}

// Accounts take turns at a vendor that makes one video at a time, whatever server has their tasks and however many wait. The vendor's jobs
// end when the test says so, so it sees each begin.
func TestAccountsTakeTurnsAmongServers(t *testing.T) {
	c := newCluster(t)
	var passed atomic.Int64
	const takes = time.Hour
	fake, config := c.vendor(t, fakevendor.Options{Takes: takes, Now: func() time.Time { return time.Unix(1_800_000_000, passed.Load()) }}, 1)
	servers := []*process{c.run(t, config), c.run(t, config)}
	made := c.command(t, "key", "create", "--account", "2")
	made.expect(t, 0)
	second := strings.TrimSpace(made.out)
	create := func(i int, prompt, key string) {
		t.Helper()
		at := servers[i%2]
		code, body := at.call(t, http.MethodPost, "/api/v1/create_runway", fmt.Sprintf(`{"seconds":5,"text_prompt":%q}`, prompt), "Authorization", "Bearer "+key)
		var a taskAnswer
		if err := json.Unmarshal(body, &a); err != nil || code != http.StatusOK {
			t.Fatalf("create: %d %s", code, body)
		}
		eventually(t, prompt+" begins or waits", func() bool {
			_, body := at.call(t, http.MethodGet, "/api/v1/get_runway/"+a.Task.ID, "", "Authorization", "Bearer "+key)
			return fake.Tasks()[prompt].Accepted > 0 || bytes.Contains(body, []byte(`"THROTTLED"`))
		})
	}
	for i := range 5 {
		create(i, fmt.Sprintf("first %d", i), testKey)
	}
	for i := range 2 {
		create(i, fmt.Sprintf("second %d", i), second)
	}
	begun := []string{"first 0"}
	for range 3 {
		passed.Add(int64(takes))
		eventually(t, "the next task begins", func() bool { return len(fake.Tasks()) > len(begun) })
		for prompt := range fake.Tasks() {
			if !slices.Contains(begun, prompt) {
				begun = append(begun, prompt)
			}
		}
	}
	// The turns begin with the first job for which others wait.
	if want := []string{"first 0", "first 1", "second 0", "first 2"}; !slices.Equal(begun, want) {
		t.Errorf("begun were %q, want %q", begun, want)
	}
	if n := fake.MostInFlight(); n > 1 {
		t.Errorf("%d jobs were in flight at once", n)
	}
}

// A server that finds a vendor failing tells the others, whatever they do.
func TestServersHearThatAVendorIsPaused(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	down := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }))
	t.Cleanup(down.Close)
	path := configFile(t, "")
	writeSettings(t, path, down.URL, "engines: [{name: team, {here}, type: runway, base_url: \"{url}/runway\", keys: [{name: first, key: \"{key}\"}]}]\nmodels: {\"*\": [team]}\n")
	worker, api := c.run(t, "FILMGATE_CONFIG="+path), c.run(t, "FILMGATE_CONFIG="+path, "FILMGATE_ROLE=api")
	for i := range 3 {
		api.create(t, fmt.Sprintf(`{"seconds":5,"text_prompt":"boat %d"}`, i))
	}
	for name, p := range map[string]*process{"the worker": worker, "the server of calls": api} {
		eventually(t, name+" says that the key is paused", func() bool {
			return strings.Contains(p.errs.String(), `"the engine is paused after repeated failures" engine=team key=first`)
		})
	}
	if log := api.errs.String(); !strings.Contains(log, "another server found it failing") {
		t.Errorf("the server of calls does not say how it knows:\n%s", log)
	}
}
