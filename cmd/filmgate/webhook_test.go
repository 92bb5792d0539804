package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// told is an event as a receiver gets it.
type told struct {
	id, kind string
	task     string
}

// receiver is told of events. It answers the first one only after release.
type receiver struct {
	url     string
	events  chan told
	release func()
}

func newReceiver(t *testing.T) receiver {
	t.Helper()
	held := make(chan struct{})
	r := receiver{events: make(chan told, 100), release: sync.OnceFunc(func() { close(held) })}
	var begun atomic.Bool
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		var e struct {
			Type string
			Data struct{ ID string }
		}
		if err := json.Unmarshal(body, &e); err != nil {
			t.Errorf("%v: %s", err, body)
		}
		r.events <- told{req.Header.Get("webhook-id"), e.Type, e.Data.ID}
		if begun.CompareAndSwap(false, true) {
			<-held
		}
	}))
	t.Cleanup(s.Close)
	t.Cleanup(r.release) // if the test has failed before
	r.url = s.URL
	return r
}

// next returns the next event.
func (r receiver) next(t *testing.T) told {
	t.Helper()
	select {
	case e := <-r.events:
		return e
	case <-time.After(2 * time.Minute): // only guards against a hanging test
		t.Fatal("nothing was told")
		panic("not reached")
	}
}

const localReceivers = "FILMGATE_ALLOW_NETWORKS=127.0.0.0/8"

// hook makes a webhook.
func (p *process) hook(t *testing.T, url string) {
	t.Helper()
	if code, b := p.call(t, http.MethodPost, "/api/v1/webhooks", fmt.Sprintf(`{"url":%q}`, url)); code != http.StatusCreated {
		t.Fatalf("%d %s", code, b)
	}
}

// A server that is killed while a receiver reads an event tells it again after a restart, with the same id, and then what happened
// afterwards, in order. The same receiver is told of a task that another dialect made.
func TestEventsOutliveAServerThatIsKilled(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	data := t.TempDir()
	p := run(t, data, localReceivers)
	p.hook(t, r.url)
	p.create(t, `{"text_prompt": "a lake", "model": "gen3a_turbo", "seconds": 5}`)
	before := r.next(t)
	p.end(syscall.SIGKILL)
	r.release()
	p = run(t, data, localReceivers)
	if again := r.next(t); again != before || again.kind != "task.created" {
		t.Errorf("told %+v, and after the crash %+v", before, again)
	}
	for _, want := range []string{"task.running", "task.succeeded"} {
		if got := r.next(t); got.kind != want {
			t.Errorf("told %+v, want %s", got, want)
		}
	}
	if log := p.errs.String(); strings.Contains(log, "whsec_") {
		t.Errorf("a secret stands in the log: %s", log)
	}
}

// Of two servers one delivers to a webhook. When it is killed the other one goes on: nothing is left out, and the events of each task come in
// their order. The one that was under way comes again with its id.
func TestAnotherServerDeliversTheEventsOfADeadOne(t *testing.T) {
	t.Parallel()
	c, r := newCluster(t), newReceiver(t)
	first, second := c.run(t, localReceivers), c.run(t, localReceivers)
	first.hook(t, r.url)
	create := func(p *process) string {
		t.Helper()
		code, body := p.call(t, http.MethodPost, "/api/v1/tasks", `{"prompt":"a lake","seconds":1}`)
		var made struct{ ID string }
		if err := json.Unmarshal(body, &made); err != nil || code != http.StatusCreated {
			t.Fatalf("%d %s", code, body)
		}
		return made.ID
	}
	one := create(first)
	under := r.next(t) // it is under way until release
	two := create(second)
	got := map[string][]string{}
	for len(got[two]) == 0 { // whoever has the webhook delivers this as well
		e := r.next(t)
		got[e.task] = append(got[e.task], e.kind)
	}
	var deliverer, other *process
	eventually(t, "one of them has delivered it", func() bool {
		for _, pair := range [][2]*process{{first, second}, {second, first}} {
			if pair[0].metric(t, `filmgate_webhook_attempts_total{outcome="delivered"}`) > 0 {
				deliverer, other = pair[0], pair[1]
			}
		}
		return deliverer != nil
	})
	deliverer.end(syscall.SIGKILL)
	r.release()
	again := told{}
	for len(got[one]) < 3 || len(got[two]) < 3 {
		e := r.next(t)
		if e.id == under.id {
			again = e
		}
		if n := len(got[e.task]); n == 0 || got[e.task][n-1] != e.kind { // else it was told twice
			got[e.task] = append(got[e.task], e.kind)
		}
	}
	if again != under {
		t.Errorf("told %+v, and after the crash %+v", under, again)
	}
	for _, id := range []string{one, two} {
		if want := []string{"task.created", "task.running", "task.succeeded"}; !slices.Equal(got[id], want) {
			t.Errorf("told %v of the task, want %v\n%s", got[id], want, other.errs)
		}
	}
}
