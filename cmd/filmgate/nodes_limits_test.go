package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/fakevendor"
)

// vendor starts a fake vendor and returns it with the setting that sends all tasks to it. Its key has a limit.
func (c cluster) vendor(t *testing.T, takes time.Duration, limit int) (*fakevendor.Vendor, string) {
	t.Helper()
	fake := fakevendor.New(fakevendor.Options{Takes: takes})
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
	fake, config := c.vendor(t, 2*time.Second, limit)
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

// An account with many tasks at all servers leaves another one its turn, whatever server has the other's task.
func TestAccountsTakeTurnsAmongServers(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	fake, config := c.vendor(t, 3*time.Second, 1)
	servers := []*process{c.run(t, config), c.run(t, config)}
	made := c.command(t, "key", "create", "--account", "2")
	made.expect(t, 0)
	var many []string
	for i := range 10 {
		many = append(many, servers[i%2].create(t, fmt.Sprintf(`{"seconds":5,"text_prompt":"boat %d"}`, i)))
	}
	for _, id := range many {
		eventually(t, "task "+id+" begins or waits", func() bool { return servers[0].whole(t, id).Status != "QUEUED" })
	}
	before := len(fake.Tasks())
	code, body := servers[1].call(t, http.MethodPost, "/api/v1/create_runway", `{"seconds":5,"text_prompt":"the other's boat"}`, "Authorization", "Bearer "+strings.TrimSpace(made.out))
	if code != http.StatusOK {
		t.Fatalf("create: %d %s", code, body)
	}
	eventually(t, "the other account's task begins", func() bool { return fake.Tasks()["the other's boat"].Accepted > 0 })
	if n := len(fake.Tasks()) - 1 - before; n > 3 {
		t.Errorf("%d of the many tasks began before the other account's", n)
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
