package webhook_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// A clock that is set back stretches no wait of the retry schedule and no pause, and a restart does not either.
func TestAClockThatIsSetBackStretchesNoWait(t *testing.T) {
	for _, c := range []struct {
		name         string
		tasks, fails int // tasks whose first event has failed so often
		back         time.Duration
		crash        bool // the last attempt was cut off by the end of the process
	}{
		{name: "after the first attempt", tasks: 1, fails: 1, back: 24 * time.Hour},
		{name: "after the last but one", tasks: 1, fails: 9, back: time.Hour},
		{name: "while the webhook is paused", tasks: 8, fails: 1, back: 24 * time.Hour},
		{name: "in an attempt that was cut off", tasks: 1, crash: true, back: 24 * time.Hour},
	} {
		for _, restarts := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, restart %v", c.name, restarts), func(t *testing.T) {
				h := newHarness(t, local())
				r := newSink(t, status(http.StatusInternalServerError))
				w, _ := h.create(t, r.URL)
				for n := range c.tasks {
					h.happen(t, fmt.Sprint("task ", n), task.Queued, task.Pending, task.Running)
				}
				for range c.fails {
					if due := h.log(t, w.ID)[0].Due; due.After(h.now()) {
						h.sleep(due.Sub(h.now()))
					}
					h.Sender = h.sender(local())
					h.deliver(t, w.ID)
				}
				if c.crash {
					if _, err := h.rows.ClaimDeliveries(t.Context(), w.ID, h.now(), h.now().Add(25*time.Second), 1); err != nil {
						t.Fatal(err)
					}
				}
				if due, err := h.Due(t.Context()); err != nil || len(due) > 0 {
					t.Fatalf("before, a sweep wakes %v (%v)", due, err)
				}
				r.mu.Lock()
				r.answer = nil
				r.all = nil
				r.mu.Unlock()
				h.sleep(-c.back)
				if restarts {
					h.Sender = h.sender(local())
				}
				if due, err := h.Due(t.Context()); err != nil || !slices.Equal(due, []task.Wake{{Task: w.ID, Lane: task.Webhooks}}) {
					t.Errorf("the sweep wakes %v (%v)", due, err)
				}
				if due, err := h.Due(t.Context()); err != nil || len(due) > 0 {
					t.Errorf("the next sweep wakes %v (%v)", due, err)
				}
				if wait := h.deliver(t, w.ID); wait > 0 {
					t.Errorf("something waits for %v", wait)
				}
				if n := len(r.got()); n != 2*c.tasks || r.got()[0].body != `{"type":"task.created","task":"task 0"}` && c.tasks == 1 {
					t.Errorf("delivered %v", r.bodies())
				}
			})
		}
	}
}

// What waits by the clock as it is goes on waiting when the process starts.
func TestARestartShortensNoWait(t *testing.T) {
	h := newHarness(t, local())
	r := newSink(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "86400")
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	w, _ := h.create(t, r.URL)
	h.happen(t, "a", task.Queued)
	h.deliver(t, w.ID)
	due := h.log(t, w.ID)[0].Due
	h.Sender = h.sender(local())
	if wakes, err := h.Due(t.Context()); err != nil || len(wakes) > 0 {
		t.Errorf("a sweep wakes %v (%v)", wakes, err)
	}
	if got := h.log(t, w.ID)[0].Due; !got.Equal(due) || !due.Equal(h.now().Add(24*time.Hour)) {
		t.Errorf("it is due at %v, and was at %v", got, due)
	}
}
