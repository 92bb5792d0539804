package gateway_test

import (
	"testing"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

func TestDelete(t *testing.T) {
	h := newHarness(t)
	a := h.finished(t).Artifacts[0]
	running := h.submit(t, "slow:1h").ID
	for range 2 {
		if _, err := h.Advance(t.Context(), running); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // twice is no error
		for _, id := range []string{a.Task, running} {
			if err := h.Delete(t.Context(), h.who, id); err != nil {
				t.Fatal(err)
			}
		}
	}
	h.run(t, running)
	if list, err := h.List(t.Context(), h.who, task.Query{}); err != nil || len(list) != 0 {
		t.Errorf("%d tasks are listed, %v", len(list), err)
	}
	if got := h.read(t, a.Task); got.State != task.Succeeded || !got.Deleted || !got.Artifacts[0].Deleted || h.exists(t, a.Files[0].Key) {
		t.Errorf("the finished one is %s, deleted %v", got.State, got.Deleted)
	}
	if got := h.read(t, running); got.State != task.Cancelled || !got.Deleted || len(h.fake.Live()) != 0 {
		t.Errorf("the running one is %s, live jobs: %v", got.State, h.fake.Live())
	}
}

func TestRetryRepeatsTheRequest(t *testing.T) {
	h := newHarness(t)
	failed := h.run(t, h.submit(t, "fail:SAFETY.INPUT.TEXT").ID)
	again, err := h.Retry(t.Context(), h.who, failed.ID)
	if err != nil || again.ID == failed.ID || again.RetryOf != failed.ID || *again.Request.Seed != *failed.Request.Seed || again.State != task.Queued {
		t.Fatalf("%+v, %v", again, err)
	}
	if _, err := h.Retry(t.Context(), h.who, h.finished(t).Artifacts[0].Task); task.CodeOf(err) != task.Conflict {
		t.Errorf("a task that succeeded: %v", err)
	}
}

func TestAnotherAccountsTaskIsNotFound(t *testing.T) {
	h := newHarness(t)
	failed := h.run(t, h.submit(t, "fail:SAFETY.INPUT.TEXT").ID)
	other := apikey.Key{Account: 8}
	for what, do := range map[string]func() error{
		"read":   func() error { _, err := h.Read(t.Context(), other, failed.ID); return err },
		"cancel": func() error { _, err := h.Cancel(t.Context(), other, failed.ID); return err },
		"retry":  func() error { _, err := h.Retry(t.Context(), other, failed.ID); return err },
		"delete": func() error { return h.Delete(t.Context(), other, failed.ID) },
	} {
		checkRefused(t, what, do(), task.NotFound, "There is no task with this id.")
	}
}
