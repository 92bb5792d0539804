package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// openWebhooks returns a store that discards wakes, with its port for webhooks.
func openWebhooks(t *testing.T, open Open) (store.Store, store.Webhooks) {
	t.Helper()
	s := openStore(t, open)
	w, ok := s.(store.Webhooks)
	if !ok {
		t.Fatalf("%T is no store.Webhooks", s)
	}
	return s, w
}

func runWebhooks(t *testing.T, open Open) {
	t.Run("webhooks", func(t *testing.T) { runWebhookRows(t, open) })
	t.Run("their number is limited", func(t *testing.T) { runWebhookLimit(t, open) })
	t.Run("deliveries of a change", func(t *testing.T) { runDeliveries(t, open) })
	t.Run("a task's come one after another", func(t *testing.T) { runDeliveryOrder(t, open) })
	t.Run("each is claimed once", func(t *testing.T) { runClaims(t, open) })
	t.Run("an attempt is recorded once", func(t *testing.T) { runRecords(t, open) })
	t.Run("attempts that are recorded at once", func(t *testing.T) { runRecordsTogether(t, open) })
	t.Run("replays", func(t *testing.T) { runReplays(t, open) })
	t.Run("the end of a webhook", func(t *testing.T) { runDrops(t, open) })
	t.Run("what goes with a task, and what is old", func(t *testing.T) { runOldDeliveries(t, open) })
	t.Run("an event that is written while the one before ends", func(t *testing.T) { runEventAndEnd(t, open) })
}

func newWebhook(n int, account int64) task.Webhook {
	return task.Webhook{ID: id(n), Account: account, URL: "https://example.com/told", Secret: 1, Created: at(n), Updated: at(n)}
}

func runWebhookRows(t *testing.T, open Open) {
	_, s := openWebhooks(t, open)
	var w task.Webhook
	fill(t, reflect.ValueOf(&w).Elem(), new(int))
	w.ID, w.Account, w.Version = id(1), 1, 0
	listed := func(q task.WebhookQuery, want ...task.Webhook) {
		t.Helper()
		got, err := s.Webhooks(t.Context(), q)
		checkError(t, "Webhooks", err, nil)
		checkEqual(t, got, want)
	}
	put := func(w *task.Webhook) {
		t.Helper()
		version, err := s.PutWebhook(t.Context(), *w)
		checkError(t, "PutWebhook", err, nil)
		w.Version = version
	}
	put(&w)
	older, theirs := newWebhook(0, 1), newWebhook(3, 2)
	put(&older)
	put(&theirs)
	listed(task.WebhookQuery{}, older, theirs, w) // w was created last
	listed(task.WebhookQuery{Account: 1}, older, w)
	listed(task.WebhookQuery{ID: w.ID, Account: 1}, w)
	listed(task.WebhookQuery{ID: w.ID, Account: 2})
	before := w
	w.URL, w.Types = "https://example.com/other", nil
	put(&w)
	listed(task.WebhookQuery{ID: w.ID}, w)
	_, err := s.PutWebhook(t.Context(), before)
	checkError(t, "an old version", err, store.ErrStale)
	_, err = s.PutWebhook(t.Context(), newWebhook(0, 1))
	checkError(t, "a taken id", err, store.ErrExists)
	checkError(t, "DeleteWebhook", s.DeleteWebhook(t.Context(), w.ID), nil)
	checkError(t, "again", s.DeleteWebhook(t.Context(), w.ID), store.ErrNotFound)
	_, err = s.PutWebhook(t.Context(), w)
	checkError(t, "one that is gone", err, store.ErrStale)
	listed(task.WebhookQuery{Account: 1}, older)
}

func runWebhookLimit(t *testing.T, open Open) {
	_, s := openWebhooks(t, open)
	errs := make([]error, task.MaxWebhooks+5)
	var all sync.WaitGroup
	for n := range errs {
		all.Go(func() { _, errs[n] = s.PutWebhook(t.Context(), newWebhook(n, 1)) })
	}
	all.Wait()
	made := 0
	for _, err := range errs {
		if err == nil {
			made++
		} else {
			checkError(t, "PutWebhook", err, store.ErrLimit)
		}
	}
	if made != task.MaxWebhooks {
		t.Errorf("made %d", made)
	}
	_, err := s.PutWebhook(t.Context(), newWebhook(100, 2))
	checkError(t, "another account's", err, nil)
}

// tell writes a task with an event that is delivered to webhooks, as the n-th deliveries, and returns it.
func tell(t *testing.T, s store.Store, tk task.Task, n int, webhooks ...string) task.Task {
	t.Helper()
	e := task.Event{At: at(n), Kind: "state", From: task.Pending, To: tk.State}
	c := task.Change{Task: tk, Events: []task.Event{e}}
	for i, w := range webhooks {
		c.Deliveries = append(c.Deliveries, task.Delivery{ID: id(1000*(i+1) + n), Webhook: w, Event: e, Created: at(n)})
	}
	return apply(t, s, c)
}

// claim claims deliveries to a webhook at a second, for a minute, and returns their ids, sorted.
func claim(t *testing.T, s store.Webhooks, webhook string, second, limit int) (all []task.Delivery, ids []string) {
	t.Helper()
	all, err := s.ClaimDeliveries(t.Context(), webhook, at(second), at(second+60), limit)
	checkError(t, "ClaimDeliveries", err, nil)
	slices.SortFunc(all, func(a, b task.Delivery) int { return a.Event.At.Compare(b.Event.At) })
	for _, d := range all {
		ids = append(ids, d.ID)
	}
	return all, ids
}

// deliveries lists deliveries.
func deliveries(t *testing.T, s store.Webhooks, q task.DeliveryQuery) []task.Delivery {
	t.Helper()
	found, err := s.Deliveries(t.Context(), q)
	checkError(t, "Deliveries", err, nil)
	return found
}

func runDeliveries(t *testing.T, open Open) {
	s, w := openWebhooks(t, open)
	tk := tell(t, s, newTask(1), 1, id(1), id(2))
	tell(t, s, newTask(2), 2, id(1))
	first := task.Delivery{ID: id(1001), Webhook: id(1), Task: tk.ID, TaskVersion: tk.Version, Event: task.Event{At: at(1), Kind: "state", From: task.Pending, To: task.Queued},
		Created: at(1), State: task.DeliveryPending, Due: at(1)}
	checkEqual(t, deliveries(t, w, task.DeliveryQuery{Webhook: id(1), ID: id(1001)}), []task.Delivery{first})
	for name, c := range map[string]struct {
		q    task.DeliveryQuery
		want []string
	}{
		"newest first":   {task.DeliveryQuery{Webhook: id(1)}, []string{id(1002), id(1001)}},
		"of another":     {task.DeliveryQuery{Webhook: id(2)}, []string{id(2001)}},
		"a page":         {task.DeliveryQuery{Webhook: id(1), Limit: 1}, []string{id(1002)}},
		"the next page":  {task.DeliveryQuery{Webhook: id(1), After: task.Cursor{Created: at(2), ID: id(1002)}}, []string{id(1001)}},
		"since a time":   {task.DeliveryQuery{Webhook: id(1), CreatedFrom: at(2)}, []string{id(1002)}},
		"in a state":     {task.DeliveryQuery{Webhook: id(1), State: task.DeliveryFailed}, nil},
		"of no webhook":  {task.DeliveryQuery{Webhook: "\x00"}, nil},
		"of another one": {task.DeliveryQuery{Webhook: id(2), ID: id(1001)}, nil},
	} {
		var got []string
		for _, d := range deliveries(t, w, c.q) {
			got = append(got, d.ID)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	t.Run("they are written with their change or not at all", func(t *testing.T) {
		stale := tk
		stale.Version = 99
		_, err := s.Apply(t.Context(), task.Change{Task: stale, Deliveries: []task.Delivery{{ID: id(5000), Webhook: id(1), Created: at(5)}}})
		checkError(t, "Apply", err, store.ErrStale)
		if got := deliveries(t, w, task.DeliveryQuery{Webhook: id(1), ID: id(5000)}); len(got) > 0 {
			t.Errorf("written: %+v", got)
		}
	})
	t.Run("a test belongs to no task, and waits for none", func(t *testing.T) {
		for n := range 2 {
			checkError(t, "PutDelivery", w.PutDelivery(t.Context(), task.Delivery{ID: id(6000 + n), Webhook: id(6), Event: task.Event{At: at(n)}, Created: at(n)}), nil)
		}
		if _, got := claim(t, w, id(6), 9, 9); !slices.Equal(got, []string{id(6000), id(6001)}) {
			t.Errorf("claimed %v", got)
		}
	})
}

func runDeliveryOrder(t *testing.T, open Open) {
	s, w := openWebhooks(t, open)
	tk := newTask(1)
	for n := range 3 {
		tk = tell(t, s, tk, n, id(1), id(2))
	}
	other := tell(t, s, newTask(2), 3, id(1))
	got, ids := claim(t, w, id(1), 10, 9)
	if !slices.Equal(ids, []string{id(1000), id(1003)}) {
		t.Fatalf("claimed %v, want the first of each task", ids)
	}
	if _, ids := claim(t, w, id(1), 20, 9); ids != nil {
		t.Errorf("claimed %v beside an attempt", ids)
	}
	got[0].State = task.Delivered
	checkError(t, "RecordDelivery", w.RecordDelivery(t.Context(), got[0], at(21)), nil)
	got[1].Due = at(500) // its next attempt
	checkError(t, "RecordDelivery", w.RecordDelivery(t.Context(), got[1], at(21)), nil)
	if due, err := w.NextDelivery(t.Context(), id(1)); err != nil || !due.Equal(at(21).Truncate(time.Millisecond)) {
		t.Errorf("the next is due at %v (%v)", due, err)
	}
	got, ids = claim(t, w, id(1), 30, 9)
	if !slices.Equal(ids, []string{id(1001)}) {
		t.Fatalf("claimed %v, want the second", ids)
	}
	got[0].State = task.DeliveryFailed // it is given up, and keeps no later one back
	checkError(t, "RecordDelivery", w.RecordDelivery(t.Context(), got[0], at(31)), nil)
	tk = tell(t, s, tk, 4, id(1))
	if _, ids = claim(t, w, id(1), 600, 9); !slices.Equal(ids, []string{id(1002), id(1003)}) {
		t.Errorf("claimed %v, want the third, and the other task's again", ids)
	}
	due, err := w.DueWebhooks(t.Context(), at(600))
	if slices.Sort(due); err != nil || !slices.Equal(due, []string{id(2)}) {
		t.Errorf("due are %v (%v)", due, err)
	}
	if _, ids := claim(t, w, id(2), 600, 9); !slices.Equal(ids, []string{id(2000)}) {
		t.Errorf("claimed %v of another webhook", ids)
	}
	_, _ = tk, other
}

func runClaims(t *testing.T, open Open) {
	s, w := openWebhooks(t, open)
	for n := range 20 {
		tell(t, s, newTask(n), n, id(1))
	}
	var mu sync.Mutex
	times := map[string]int{}
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			for range 6 {
				got, err := w.ClaimDeliveries(t.Context(), id(1), at(50), at(90), 2)
				checkError(t, "ClaimDeliveries", err, nil)
				mu.Lock()
				for _, d := range got {
					times[d.ID]++
					if d.Tries != 1 {
						t.Errorf("it is attempt %d", d.Tries)
					}
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	for n := range 20 {
		if times[id(1000+n)] != 1 {
			t.Errorf("delivery %d was claimed %d times", n, times[id(1000+n)])
		}
	}
	if got, _ := claim(t, w, id(1), 89, 99); len(got) > 0 {
		t.Errorf("claimed %d before their time", len(got))
	}
	again, _ := claim(t, w, id(1), 90, 99)
	if len(again) != 20 || again[0].Tries != 2 {
		t.Errorf("of those whose attempt was lost %d are claimed again, as attempt %d", len(again), again[0].Tries)
	}
}

func runRecords(t *testing.T, open Open) {
	s, w := openWebhooks(t, open)
	tell(t, s, newTask(1), 1, id(1))
	got, _ := claim(t, w, id(1), 10, 1)
	d := got[0]
	var a task.DeliveryAttempt
	fill(t, reflect.ValueOf(&a).Elem(), new(int))
	d.Attempts, d.Due = []task.DeliveryAttempt{a}, at(200)
	checkError(t, "RecordDelivery", w.RecordDelivery(t.Context(), d, at(11)), nil)
	checkEqual(t, deliveries(t, w, task.DeliveryQuery{Webhook: id(1)}), []task.Delivery{d})
	claim(t, w, id(1), 200, 1)
	checkError(t, "one that was claimed anew", w.RecordDelivery(t.Context(), d, at(201)), store.ErrStale)
	d.Tries, d.State = 2, task.Delivered
	checkError(t, "RecordDelivery", w.RecordDelivery(t.Context(), d, at(201)), nil)
	checkError(t, "one that has ended", w.RecordDelivery(t.Context(), d, at(202)), store.ErrStale)
	if due, err := w.NextDelivery(t.Context(), id(1)); err != nil || !due.IsZero() {
		t.Errorf("the next is due at %v (%v), want none", due, err)
	}
}

// runRecordsTogether records many attempts at once, which a store may commit together. Each is written or refused by itself.
func runRecordsTogether(t *testing.T, open Open) {
	const tasks = 40
	s, w := openWebhooks(t, open)
	for n := range tasks {
		tell(t, s, tell(t, s, newTask(n), n, id(1)), 100+n, id(1))
	}
	got, _ := claim(t, w, id(1), 200, tasks)
	stale := map[string]bool{}
	for n := range got {
		switch n % 5 {
		case 1: // claimed anew below
			got[n].Due = at(210)
			checkError(t, "RecordDelivery", w.RecordDelivery(t.Context(), got[n], at(201)), nil)
			stale[got[n].ID] = true
		case 2:
			got[n].Due = at(300) // its next attempt
			continue
		}
		got[n].State = task.Delivered
	}
	if again, _ := claim(t, w, id(1), 210, tasks); len(again) != len(stale) {
		t.Fatalf("claimed %d anew, want %d", len(again), len(stale))
	}
	errs := make([]error, tasks)
	var all sync.WaitGroup
	for n, d := range got {
		all.Go(func() { errs[n] = w.RecordDelivery(t.Context(), d, at(220+n)) })
	}
	all.Wait()
	var next []string
	for n, d := range got {
		want := d
		if stale[d.ID] {
			checkError(t, "a stale record", errs[n], store.ErrStale)
			want.State, want.Due, want.Tries = task.DeliveryPending, at(270), 2
		} else {
			checkError(t, "RecordDelivery", errs[n], nil)
		}
		if want.State == task.Delivered {
			want.Due = time.Time{}
			next = append(next, id(1100+n))
		}
		checkEqual(t, deliveries(t, w, task.DeliveryQuery{Webhook: id(1), ID: d.ID}), []task.Delivery{want})
	}
	if _, ids := claim(t, w, id(1), 269, 2*tasks); !slices.Equal(ids, next) {
		t.Errorf("claimed the next ones %v, want %v", ids, next)
	}
}

// end claims what is due to a webhook and records it in a state, until nothing is due.
func end(t *testing.T, w store.Webhooks, webhook string, second int, state task.DeliveryState) (ids []string) {
	t.Helper()
	for {
		got, _ := claim(t, w, webhook, second, 99)
		if len(got) == 0 {
			return ids
		}
		for _, d := range got {
			ids = append(ids, d.ID)
			d.State = state
			checkError(t, "RecordDelivery", w.RecordDelivery(t.Context(), d, at(second)), nil)
		}
	}
}

func runReplays(t *testing.T, open Open) {
	s, w := openWebhooks(t, open)
	tk := newTask(1)
	for n := range 3 {
		tk = tell(t, s, tk, n, id(1))
	}
	end(t, w, id(1), 10, task.Delivered)
	tell(t, s, newTask(2), 3, id(1))
	end(t, w, id(1), 10, task.DeliveryFailed)
	replay := func(q task.DeliveryQuery, want int64, last time.Time, ids ...string) {
		t.Helper()
		q.Webhook = id(1)
		n, at, err := w.ReplayDeliveries(t.Context(), q, at(100))
		if err != nil || n != want || !at.Equal(last.Truncate(time.Millisecond)) {
			t.Errorf("replayed %d, the last of %v (%v), want %d", n, at, err, want)
		}
		if got := end(t, w, id(1), 100, task.Delivered); !slices.Equal(got, ids) {
			t.Errorf("delivered again are %v, want %v", got, ids)
		}
	}
	replay(task.DeliveryQuery{ID: id(1001)}, 1, at(1), id(1001))
	replay(task.DeliveryQuery{ID: id(9)}, 0, time.Time{})
	replay(task.DeliveryQuery{State: task.DeliveryFailed}, 1, at(3), id(1003))
	replay(task.DeliveryQuery{CreatedFrom: at(1)}, 3, at(3), id(1001), id(1003), id(1002)) // a task's in their order
	replay(task.DeliveryQuery{Limit: 2}, 2, at(1), id(1000), id(1001))
	t.Run("one that is pending is left as it is", func(t *testing.T) {
		tell(t, s, newTask(3), 4, id(1))
		claim(t, w, id(1), 20, 1)
		n, _, err := w.ReplayDeliveries(t.Context(), task.DeliveryQuery{Webhook: id(1), ID: id(1004)}, at(30))
		if got := deliveries(t, w, task.DeliveryQuery{Webhook: id(1), ID: id(1004)}); err != nil || n != 0 || got[0].Tries != 1 {
			t.Errorf("replayed %d (%v): %+v", n, err, got)
		}
	})
}

func runDrops(t *testing.T, open Open) {
	s, w := openWebhooks(t, open)
	tk := newTask(1)
	for n := range 3 {
		tk = tell(t, s, tk, n, id(1), id(2))
	}
	end(t, w, id(2), 10, task.Delivered)
	for _, want := range []int64{2, 1, 0} {
		if n, err := w.DropDeliveries(t.Context(), id(1), 2); err != nil || n != want {
			t.Errorf("dropped %d (%v), want %d", n, err, want)
		}
	}
	if got := deliveries(t, w, task.DeliveryQuery{Webhook: id(1), State: task.DeliveryDropped}); len(got) != 3 {
		t.Errorf("%d are dropped", len(got))
	}
	for _, want := range []int64{2, 1, 0} {
		if n, err := w.DeleteDeliveries(t.Context(), id(1), 2); err != nil || n != want {
			t.Errorf("deleted %d (%v), want %d", n, err, want)
		}
	}
	if got := deliveries(t, w, task.DeliveryQuery{Webhook: id(2)}); len(got) != 3 {
		t.Errorf("%d of another webhook are left", len(got))
	}
}

func runOldDeliveries(t *testing.T, open Open) {
	s, w := openWebhooks(t, open)
	r := s.(store.Retention)
	var tasks []task.Task
	for n := range 4 {
		tk := newTask(n)
		tk.State = task.Failed
		tasks = append(tasks, tell(t, s, tk, n, id(1)))
	}
	end(t, w, id(1), 10, task.Delivered)
	tell(t, s, newTask(9), -1, id(2)) // pending, however old
	if old, err := r.CountOld(t.Context(), at(3), time.Time{}); err != nil || old != (store.Old{Events: 3, Deliveries: 3}) {
		t.Errorf("counted %+v (%v), want 3 events and as many deliveries", old, err)
	}
	for _, want := range []int64{2, 1, 0} {
		if n, err := r.DeleteOldDeliveries(t.Context(), at(3), 2); err != nil || n != want {
			t.Errorf("deleted %d (%v), want %d", n, err, want)
		}
	}
	if got := deliveries(t, w, task.DeliveryQuery{Webhook: id(1)}); len(got) != 1 || got[0].ID != id(1003) {
		t.Errorf("left are %+v", got)
	}
	checkError(t, "DeleteTask", r.DeleteTask(t.Context(), tasks[3]), nil)
	if got := deliveries(t, w, task.DeliveryQuery{Webhook: id(1)}); len(got) > 0 {
		t.Errorf("with its task gone, left are %+v", got)
	}
}

// However the two fall together, no delivery waits for one that has ended.
func runEventAndEnd(t *testing.T, open Open) {
	s, w := openWebhooks(t, open)
	for n := range 20 {
		hook := fmt.Sprint("hook ", n)
		tk := tell(t, s, newTask(n), n, hook)
		got, _ := claim(t, w, hook, 100, 1)
		got[0].State = task.Delivered
		errs := make([]error, 2)
		var all sync.WaitGroup
		all.Go(func() { errs[0] = w.RecordDelivery(t.Context(), got[0], at(101)) })
		all.Go(func() {
			_, errs[1] = s.Apply(t.Context(), task.Change{Task: tk, Deliveries: []task.Delivery{{ID: id(5000 + n), Webhook: hook, Created: at(n)}}})
		})
		all.Wait()
		checkError(t, "at once", errors.Join(errs...), nil)
		if _, ids := claim(t, w, hook, 200, 9); !slices.Equal(ids, []string{id(5000 + n)}) {
			t.Errorf("claimed %v", ids)
		}
	}
}
