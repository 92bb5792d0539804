package webhook_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/outbound"
	"github.com/filmgate/filmgate/internal/task"
	"github.com/filmgate/filmgate/internal/webhook"
)

func TestAnEventIsDeliveredSigned(t *testing.T) {
	h := newHarness(t, local())
	r := newSink(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "thanks\xff"+strings.Repeat("!", 2000))
	})
	w, secret := h.create(t, r.URL)
	h.happen(t, "a", task.Queued)
	if wait := h.deliver(t, w.ID); wait != 0 {
		t.Errorf("something is left for %v later", wait)
	}
	d := h.log(t, w.ID)[0]
	all := r.got()
	if len(all) != 1 || all[0].body != `{"type":"task.created","task":"a"}` || all[0].id != d.ID || !genuine(t, all[0], secret) ||
		all[0].header.Get("webhook-timestamp") != fmt.Sprint(h.now().Unix()) || all[0].header.Get("Content-Type") != "application/json" {
		t.Errorf("got %+v of the delivery %s", all, d.ID)
	}
	if d.State != task.Delivered || d.Tries != 1 || len(d.Attempts) != 1 || d.Attempts[0].Status != 200 || d.Attempts[0].Error != "" ||
		d.Attempts[0].Answer != "thanks\ufffd"+strings.Repeat("!", 1017) {
		t.Errorf("the log has %+v", d)
	}
	if !slices.Equal(h.outcomes, []webhook.Outcome{webhook.Succeeded}) {
		t.Errorf("observed %v", h.outcomes)
	}
}

func TestBothSecretsSignWhileTheyOverlap(t *testing.T) {
	h := newHarness(t, local())
	r := newSink(t, nil)
	w, old := h.create(t, r.URL)
	_, fresh, err := h.RotateWebhook(t.Context(), owner(), w.ID, time.Hour)
	if err != nil || fresh == old {
		t.Fatal(err)
	}
	for _, wait := range []time.Duration{time.Hour - time.Second, time.Second} {
		h.sleep(wait)
		if _, err := h.TestWebhook(t.Context(), owner(), w.ID); err != nil {
			t.Fatal(err)
		}
		h.deliver(t, w.ID)
	}
	all := r.got()
	if !genuine(t, all[0], old) || !genuine(t, all[0], fresh) {
		t.Errorf("during the overlap: %s", all[0].header.Get("webhook-signature"))
	}
	if genuine(t, all[1], old) || !genuine(t, all[1], fresh) || all[1].body != fmt.Sprintf(`{"test":%q}`, w.ID) {
		t.Errorf("after the overlap: %+v", all[1])
	}
}

// A receiver that answers 500 for ever gets ten attempts over three days, with one id; the later events of the task come after them.
func TestAFailureIsRepeatedAsTheStandardSuggests(t *testing.T) {
	h := newHarness(t, local())
	r := newSink(t, status(http.StatusInternalServerError))
	w, _ := h.create(t, r.URL)
	h.happen(t, "a", task.Queued, task.Pending, task.Failed)
	var waits []time.Duration
	for range 10 {
		h.Sender = h.sender(local()) // it remembers no failure
		wait := h.deliver(t, w.ID)
		if len(waits) < 9 {
			waits = append(waits, wait)
			h.sleep(h.log(t, w.ID)[0].Due.Sub(h.now()))
		}
	}
	if want := []time.Duration{5 * time.Second, 5 * time.Minute, 30 * time.Minute, time.Hour, time.Hour, time.Hour, time.Hour, time.Hour, time.Hour}; !slices.Equal(waits, want) {
		t.Errorf("waits %v", waits) // a long one is cut into hours
	}
	log := h.log(t, w.ID)
	if log[0].State != task.DeliveryFailed || log[0].Tries != 10 || log[0].Attempts[9].Error != "The server answered with status 500." {
		t.Errorf("the first is %+v", log[0])
	}
	if took := log[0].Attempts[9].At.Sub(log[0].Created); took != 75*time.Hour+35*time.Minute+7*time.Second {
		t.Errorf("the attempts took %v", took)
	}
	all := r.got()
	for i, g := range all {
		if want := log[min(i/10, 1)].ID; g.id != want {
			t.Errorf("attempt %d has the id %s, want %s", i, g.id, want)
		}
	}
	if len(all) != 11 || all[10].body != `{"type":"task.failed","task":"a"}` {
		t.Errorf("after them came %v", r.bodies()[10:])
	}
	if h.outcomes[8] != webhook.Retried || h.outcomes[9] != webhook.GivenUp {
		t.Errorf("observed %v", h.outcomes)
	}
}

func TestATasksEventsComeInTheirOrder(t *testing.T) {
	h := newHarness(t, local())
	r := newSink(t, nil)
	w, _ := h.create(t, r.URL)
	for n := range 12 {
		h.happen(t, fmt.Sprint("task ", n), task.Queued, task.Pending, task.Running, task.Succeeded)
	}
	h.deliver(t, w.ID)
	next := map[string]int{}
	for _, body := range r.bodies() {
		for n := range 12 {
			for i, kind := range []string{"created", "running", "succeeded"} {
				if id := fmt.Sprint("task ", n); body == fmt.Sprintf(`{"type":"task.%s","task":%q}`, kind, id) {
					if next[id] != i {
						t.Errorf("%s came as event %d of its task", body, next[id])
					}
					next[id]++
				}
			}
		}
	}
	if len(r.got()) != 36 {
		t.Errorf("got %d", len(r.got()))
	}
}

// An attempt that waits for its record keeps its task's next event back, and no other task's first one. 64 may wait.
func TestAnAttemptThatIsNotRecordedKeepsItsTaskBackOnly(t *testing.T) {
	const tasks, mayWait = 70, 64
	h := newHarness(t, local())
	r := newSink(t, nil)
	w, _ := h.create(t, r.URL)
	for n := range tasks {
		states := []task.State{task.Queued}
		if n < 4 {
			states = append(states, task.Failed)
		}
		h.happen(t, fmt.Sprint("task ", n), states...)
	}
	h.rows.commit = make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		_, _, err := h.Deliver(t.Context(), w.ID)
		ended <- err
	}()
	r.await(t, mayWait)
	seen := map[string]bool{}
	for _, body := range r.bodies() {
		if seen[body] || !strings.Contains(body, "task.created") {
			t.Errorf("%s came before a record", body)
		}
		seen[body] = true
	}
	if len(seen) != mayWait {
		t.Errorf("%d attempts wait for their records", len(seen))
	}
	close(h.rows.commit)
	if err := <-ended; err != nil {
		t.Error(err)
	}
	h.deliver(t, w.ID)
	if n := len(r.got()); n != tasks+4 {
		t.Errorf("then %d have come", n)
	}
}

// Another process may claim a delivery again 25 seconds after it was claimed, and a request may take 20: one that begins later is not made.
func TestAnAttemptThatCouldOutlastItsClaimIsGivenBack(t *testing.T) {
	h := newHarness(t, local())
	r := newSink(t, nil)
	w, _ := h.create(t, r.URL)
	h.happen(t, "a", task.Queued)
	h.rows.claimed = func() { h.sleep(5*time.Second + time.Millisecond) }
	wait, done, err := h.Deliver(t.Context(), w.ID)
	if err != nil || done || wait != 0 || len(r.got()) > 0 {
		t.Errorf("%d requests, then a wait of %v (done %v, %v)", len(r.got()), wait, done, err)
	}
	h.rows.claimed = nil
	h.deliver(t, w.ID)
	if d := h.log(t, w.ID)[0]; d.State != task.Delivered || len(d.Attempts) != 1 || len(r.got()) != 1 {
		t.Errorf("%d requests, and it is %+v", len(r.got()), d)
	}
}

func TestAWebhookThatHangsHoldsNobodyUp(t *testing.T) {
	h := newHarness(t, local())
	hanging := make(chan struct{})
	t.Cleanup(func() { close(hanging) })
	var now, most atomic.Int64
	slow := newSink(t, func(_ http.ResponseWriter, r *http.Request) {
		most.Store(max(most.Load(), now.Add(1)))
		select {
		case <-hanging:
		case <-r.Context().Done():
		}
	})
	quick := newSink(t, nil)
	stuck, _ := h.create(t, slow.URL)
	works, _ := h.create(t, quick.URL)
	for n := range 20 {
		h.happen(t, fmt.Sprint("task ", n), task.Queued)
	}
	go func() { _, _, _ = h.Deliver(t.Context(), stuck.ID) }()
	for most.Load() == 0 {
		h.deliver(t, works.ID)
	}
	h.deliver(t, works.ID)
	if n := len(quick.got()); n != 20 {
		t.Errorf("the other webhook got %d of 20", n)
	}
	if most.Load() > 16 {
		t.Errorf("%d attempts for one webhook at once", most.Load())
	}
}

func TestAWebhookThatFailsIsTriedOneAtATimeAndThenNowAndThen(t *testing.T) {
	h := newHarness(t, local())
	r := newSink(t, status(http.StatusBadGateway))
	w, _ := h.create(t, r.URL)
	for n := range 30 {
		h.happen(t, fmt.Sprint("task ", n), task.Queued)
	}
	wait := h.deliver(t, w.ID)
	if n := len(r.got()); n != 16+2 || wait != 5*time.Second { // those that failed at the same time are one failure of three
		t.Errorf("%d attempts before a pause of %v", n, wait)
	}
	for _, want := range []time.Duration{10 * time.Second, 20 * time.Second} {
		before := len(r.got())
		h.sleep(wait)
		wait = h.deliver(t, w.ID)
		if n := len(r.got()) - before; n != 1 || wait != want {
			t.Errorf("%d attempts after the pause and then one of %v, want 1 and %v", n, wait, want)
		}
	}
	r.mu.Lock()
	r.answer = nil
	r.mu.Unlock()
	for wait = h.deliver(t, w.ID); wait > 0; wait = h.deliver(t, w.ID) {
		h.sleep(wait)
	}
	for _, d := range h.log(t, w.ID) {
		if d.State != task.Delivered {
			t.Errorf("once it works, %+v", d)
		}
	}
}

// While all requests that a server may make are under way, a webhook waits for a moment, and is not tried again and again.
func TestAWebhookWaitsForRoomAmongAllRequests(t *testing.T) {
	h := newHarness(t, local())
	r := newSink(t, nil)
	w, _ := h.create(t, r.URL)
	h.happen(t, "a", task.Queued)
	free := h.TakeAllSends()
	if wait := h.deliver(t, w.ID); wait != 200*time.Millisecond || len(r.got()) > 0 {
		t.Errorf("%d calls, then a wait of %v", len(r.got()), wait)
	}
	free()
	if wait := h.deliver(t, w.ID); wait != 0 || len(r.got()) != 1 {
		t.Errorf("with room %d calls, then a wait of %v", len(r.got()), wait)
	}
}

func TestGoneDisablesAtOnce(t *testing.T) {
	h := newHarness(t, local())
	r := newSink(t, status(http.StatusGone))
	w, _ := h.create(t, r.URL)
	h.happen(t, "a", task.Queued, task.Pending, task.Running)
	h.deliver(t, w.ID)
	w, err := h.Webhook(t.Context(), owner(), w.ID)
	if err != nil || w.Disabled.IsZero() || w.Reason != "Its server answered 410 Gone." {
		t.Errorf("the webhook is %+v (%v)", w, err)
	}
	h.happen(t, "b", task.Queued)
	log := h.log(t, w.ID)
	if len(r.got()) != 1 || len(log) != 2 || log[0].State != task.DeliveryFailed || log[1].State != task.DeliveryDropped {
		t.Errorf("%d calls, log %+v", len(r.got()), log)
	}
}

func TestDaysOfFailureDisable(t *testing.T) {
	h := newHarness(t, local())
	r := newSink(t, status(http.StatusInternalServerError))
	w, _ := h.create(t, r.URL)
	fail := func(name string, after time.Duration) task.Webhook {
		t.Helper()
		h.sleep(after)
		h.happen(t, name, task.Queued)
		h.deliver(t, w.ID)
		w, err := h.Webhook(t.Context(), owner(), w.ID)
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	first := h.now()
	if w := fail("a", 0); !w.FailingSince.Equal(first) || !w.Disabled.IsZero() {
		t.Errorf("after one failure: %+v", w)
	}
	if w := fail("b", 5*24*time.Hour-time.Second); !w.FailingSince.Equal(first) || !w.Disabled.IsZero() {
		t.Errorf("before five days: %+v", w)
	}
	w = fail("c", time.Minute)
	if want := "Every attempt has failed since 2026-11-29 10:00 UTC. The last one: The server answered with status 500."; w.Reason != want || w.Disabled.IsZero() {
		t.Errorf("after five days: %+v", w)
	}
	yes := true
	w, err := h.EditWebhook(t.Context(), owner(), w.ID, task.WebhookEdit{Enabled: &yes})
	if err != nil || !w.Disabled.IsZero() || w.Reason != "" || !w.FailingSince.IsZero() {
		t.Errorf("enabled again: %+v (%v)", w, err)
	}
	if w := fail("d", time.Minute); !w.Disabled.IsZero() {
		t.Errorf("after a failure then: %+v", w)
	}
	r.mu.Lock()
	r.answer = nil
	r.mu.Unlock()
	if w := fail("e", time.Hour); !w.FailingSince.IsZero() {
		t.Errorf("after a success: %+v", w)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	h := newHarness(t, local())
	inside := newSink(t, nil)
	r := newSink(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, inside.URL, http.StatusTemporaryRedirect)
	})
	w, _ := h.create(t, r.URL)
	h.happen(t, "a", task.Queued)
	h.deliver(t, w.ID)
	a := h.log(t, w.ID)[0].Attempts[0]
	if len(inside.got()) > 0 || a.Error != "The server answered with status 307: redirects are not followed." {
		t.Errorf("%d calls inside, attempt %+v", len(inside.got()), a)
	}
}

func TestAPrivateAddressIsNotCalled(t *testing.T) {
	h := newHarness(t, outbound.Options{})
	r := newSink(t, nil)
	w, _ := h.create(t, r.URL)
	h.happen(t, "a", task.Queued)
	h.deliver(t, w.ID)
	a := h.log(t, w.ID)[0].Attempts[0]
	if len(r.got()) > 0 || a.Error != "The server could not be reached, or closed the connection." || a.Status != 0 {
		t.Errorf("%d calls, attempt %+v", len(r.got()), a)
	}
}

func TestAHugeAnswerIsNotRead(t *testing.T) {
	h := newHarness(t, local())
	var written atomic.Int64
	block := make([]byte, 1<<20)
	r := newSink(t, func(w http.ResponseWriter, _ *http.Request) {
		for range 1 << 10 {
			n, err := w.Write(block)
			if written.Add(int64(n)); err != nil {
				return
			}
		}
	})
	w, _ := h.create(t, r.URL)
	h.happen(t, "a", task.Queued)
	h.deliver(t, w.ID)
	d := h.log(t, w.ID)[0]
	if d.State != task.Delivered || len(d.Attempts[0].Answer) > 3<<10 {
		t.Errorf("it is %s, with %d bytes of the answer", d.State, len(d.Attempts[0].Answer))
	}
	r.CloseClientConnections()
	if n := written.Load(); n > 64<<20 {
		t.Errorf("%d bytes were taken", n)
	}
}

// A process that dies after an attempt and before its record makes the attempt again, with the same id.
func TestACrashBeforeTheRecordDeliversAgain(t *testing.T) {
	h := newHarness(t, local())
	r := newSink(t, nil)
	w, _ := h.create(t, r.URL)
	h.happen(t, "a", task.Queued, task.Pending, task.Running)
	h.rows.fail = errCrash
	if _, _, err := h.Deliver(t.Context(), w.ID); err == nil {
		t.Fatal("no error")
	}
	h.rows.fail = nil
	h.Sender = h.sender(local())
	wait := h.deliver(t, w.ID)
	if n := len(r.got()); n != 1 || wait <= 0 {
		t.Errorf("%d calls while the attempt may be under way, then a wait of %v", n, wait)
	}
	h.sleep(wait)
	h.deliver(t, w.ID)
	all := r.got()
	if len(all) != 3 || all[0].id != all[1].id || all[2].id == all[0].id || all[2].body != `{"type":"task.running","task":"a"}` {
		t.Errorf("got %+v", all)
	}
}

// A process that dies between the claim and the attempt loses nothing.
func TestACrashBeforeTheAttemptLosesNothing(t *testing.T) {
	h := newHarness(t, local())
	r := newSink(t, nil)
	w, _ := h.create(t, r.URL)
	h.happen(t, "a", task.Queued)
	if _, err := h.rows.ClaimDeliveries(t.Context(), w.ID, h.now(), h.now().Add(time.Minute), 1); err != nil {
		t.Fatal(err)
	}
	if due, err := h.Due(t.Context()); err != nil || len(due) > 0 {
		t.Errorf("a sweep wakes %v (%v) beside the attempt", due, err)
	}
	h.sleep(3 * time.Minute)
	if due, err := h.Due(t.Context()); err != nil || len(due) != 1 || due[0] != (task.Wake{Task: w.ID, Lane: task.Webhooks}) {
		t.Errorf("a sweep wakes %v (%v)", due, err)
	}
	h.deliver(t, w.ID)
	if d := h.log(t, w.ID)[0]; d.State != task.Delivered || d.Tries != 2 || len(r.got()) != 1 {
		t.Errorf("%d calls, and it is %+v", len(r.got()), d)
	}
}

func TestADeletedWebhookLeavesNothing(t *testing.T) {
	h := newHarness(t, local())
	r := newSink(t, nil)
	w, _ := h.create(t, r.URL)
	h.happen(t, "a", task.Queued)
	if err := h.DeleteWebhook(t.Context(), owner(), w.ID); err != nil {
		t.Fatal(err)
	}
	h.deliver(t, w.ID)
	left, err := h.rows.Deliveries(t.Context(), task.DeliveryQuery{Webhook: w.ID})
	if err != nil || len(left) > 0 || len(r.got()) > 0 {
		t.Errorf("%d calls, left %+v (%v)", len(r.got()), left, err)
	}
}
