package main

import (
	"fmt"
	"net/http/httptest"
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
	for _, id := range ids {
		eventually(t, "task "+id+" ends", func() bool { return statusAt(t, servers[1], id) == "SUCCEEDED" })
	}
	if n := fake.MostInFlight(); n > limit {
		t.Errorf("%d jobs were in flight at once, the limit is %d\n%s", n, limit, servers[1].errs)
	}
}
