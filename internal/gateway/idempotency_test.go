package gateway_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

func TestIdempotentSubmit(t *testing.T) {
	h := newHarness(t)
	once := func(key, print string) (task.Task, bool, error) {
		return h.SubmitOnce(t.Context(), h.who, request("a cat"), key, print)
	}
	first, replayed, err := once("k", "f")
	if err != nil || replayed {
		t.Fatalf("%v, %v", replayed, err)
	}
	h.run(t, first.ID)
	again, replayed, err := once("k", "f")
	if err != nil || !replayed || again.ID != first.ID || again.State != task.Queued || !again.Updated.Equal(first.Updated) || len(again.Artifacts) != 0 {
		t.Errorf("the repeat is %+v, %v, %v: want the task as it was when it was made", again, replayed, err)
	}
	if _, _, err := once("k", "another"); task.CodeOf(err) != task.Unreadable {
		t.Errorf("another payload: %v", err)
	}
	if other, replayed, err := once("l", "f"); err != nil || replayed || other.ID == first.ID {
		t.Errorf("another key: %v, %v", replayed, err)
	}
	h.pass(task.IdempotencyLife)
	if later, replayed, err := once("k", "f"); err != nil || replayed || later.ID == first.ID {
		t.Errorf("a day later: %v, %v", replayed, err)
	}
}

func TestOperatorChoosesHowLongKeysHold(t *testing.T) {
	h := newHarness(t)
	h.config.IdempotencyLife = 72 * time.Hour
	h.use(h.fake)
	once := func(print string) (task.Task, bool, error) {
		return h.SubmitOnce(t.Context(), h.who, request("a cat"), "k", print)
	}
	first, _, err := once("f")
	if err != nil {
		t.Fatal(err)
	}
	h.pass(72*time.Hour - time.Second)
	if again, replayed, err := once("f"); err != nil || !replayed || again.ID != first.ID {
		t.Errorf("before: %v, %v", replayed, err)
	}
	if _, _, err := once("another"); task.CodeOf(err) != task.Unreadable || !strings.Contains(err.Error(), "in the last 72 hours") {
		t.Errorf("another payload: %v", err)
	}
	h.pass(time.Second)
	if later, replayed, err := once("f"); err != nil || replayed || later.ID == first.ID {
		t.Errorf("afterwards: %v, %v", replayed, err)
	}
}

func TestIdempotentRetry(t *testing.T) {
	h := newHarness(t)
	failed := h.run(t, h.submit(t, "fail:SAFETY.INPUT.TEXT").ID)
	retry := func(key, print string) (task.Task, bool, error) {
		return h.RetryOnce(t.Context(), h.who, failed.ID, key, print)
	}
	first, replayed, err := retry("k", "f")
	if err != nil || replayed || first.RetryOf != failed.ID {
		t.Fatalf("%+v, %v, %v", first, replayed, err)
	}
	if again, replayed, err := retry("k", "f"); err != nil || !replayed || again.ID != first.ID || again.RetryOf != failed.ID {
		t.Errorf("the repeat is %+v, %v, %v", again, replayed, err)
	}
	if _, _, err := retry("k", "another"); task.CodeOf(err) != task.Unreadable {
		t.Errorf("another payload: %v", err)
	}
	if other, replayed, err := retry("l", "f"); err != nil || replayed || other.ID == first.ID {
		t.Errorf("another key: %v, %v", replayed, err)
	}
}

func TestConcurrentIdempotentSubmits(t *testing.T) {
	h := newHarness(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			_, _, err := h.SubmitOnce(t.Context(), h.who, request("a cat"), "k", "f")
			if err != nil && task.CodeOf(err) != task.Conflict {
				t.Errorf("%v", err)
			}
		})
	}
	wg.Wait()
	if list, err := h.List(t.Context(), h.who, task.Query{}); err != nil || len(list) != 1 {
		t.Errorf("%d tasks were made, %v", len(list), err)
	}
}
