package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// told is an event as a receiver gets it.
type told struct {
	id, kind string
}

// A server that is killed while a receiver reads an event tells it again after a restart, with the same id, and then what happened
// afterwards, in order. The same receiver is told of a task that another dialect made.
func TestEventsOutliveAServerThatIsKilled(t *testing.T) {
	t.Parallel()
	events, release := make(chan told, 100), make(chan struct{})
	var first sync.Once
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var e struct{ Type string }
		if err := json.Unmarshal(body, &e); err != nil {
			t.Errorf("%v: %s", err, body)
		}
		events <- told{r.Header.Get("webhook-id"), e.Type}
		first.Do(func() { <-release })
	}))
	t.Cleanup(receiver.Close)
	next := func() told {
		t.Helper()
		select {
		case e := <-events:
			return e
		case <-time.After(2 * time.Minute): // only guards against a hanging test
			t.Fatal("nothing was told")
			panic("not reached")
		}
	}
	data := t.TempDir()
	p := run(t, data, "FILMGATE_ALLOW_NETWORKS=127.0.0.0/8")
	if code, b := p.call(t, http.MethodPost, "/api/v1/webhooks", fmt.Sprintf(`{"url":%q}`, receiver.URL)); code != http.StatusCreated {
		t.Fatalf("%d %s", code, b)
	}
	p.create(t, `{"text_prompt": "a lake", "model": "gen3a_turbo", "seconds": 5}`)
	before := next()
	p.end(syscall.SIGKILL)
	close(release)
	p = run(t, data, "FILMGATE_ALLOW_NETWORKS=127.0.0.0/8")
	if again := next(); again != before || again.kind != "task.created" {
		t.Errorf("told %+v, and after the crash %+v", before, again)
	}
	for _, want := range []string{"task.running", "task.succeeded"} {
		if got := next(); got.kind != want {
			t.Errorf("told %+v, want %s", got, want)
		}
	}
	if log := p.errs.String(); strings.Contains(log, "whsec_") {
		t.Errorf("a secret stands in the log: %s", log)
	}
}
