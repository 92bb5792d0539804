package gateway_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/task"
)

// notified returns the states of which a task's callback URL was to be told.
func (h *harness) notified(id string) []task.State {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []task.State
	for _, w := range h.wakes {
		if w.Task == id && w.Notify != "" {
			out = append(out, w.Notify)
		}
	}
	return out
}

func TestCallbackURLIsToldOfWorkAndOfTheEnd(t *testing.T) {
	h := newHarness(t)
	submit := func(callback string) string {
		r := request("a cat")
		r.CallbackURL = callback
		made, err := h.Submit(t.Context(), h.who, r)
		if err != nil {
			t.Fatal(err)
		}
		return made.ID
	}
	told, untold, cancelled := submit("https://example.com/told"), submit(""), submit("https://example.com/told")
	h.run(t, told)
	h.run(t, untold)
	if _, err := h.Cancel(t.Context(), h.who, cancelled); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string][]task.State{told: {task.Running, task.Succeeded}, untold: nil, cancelled: {task.Cancelled}} {
		if got := h.notified(id); !slices.Equal(got, want) {
			t.Errorf("told of %v, want %v", got, want)
		}
	}
}

func TestExternalIDNamesOneTaskOfTheAccount(t *testing.T) {
	h := newHarness(t)
	r := request("a cat")
	r.ExternalID = "order 5"
	first, err := h.Submit(t.Context(), h.who, r)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := h.Find(t.Context(), h.who, "order 5"); err != nil || got.ID != first.ID {
		t.Errorf("found %s, %v", got.ID, err)
	}
	if _, err := h.Submit(t.Context(), h.who, r); task.CodeOf(err) != task.Invalid || !strings.Contains(err.Error(), `external_id: "order 5"`) {
		t.Errorf("the same id again: %v", err)
	}
	other := h.who
	other.Account = 8
	for name, find := range map[string]func() error{
		"another account": func() error { _, err := h.Find(t.Context(), other, "order 5"); return err },
		"an unknown id":   func() error { _, err := h.Find(t.Context(), h.who, "order 6"); return err },
		"an empty id":     func() error { _, err := h.Find(t.Context(), h.who, ""); return err },
	} {
		if err := find(); task.CodeOf(err) != task.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := h.Cancel(t.Context(), h.who, first.ID); err != nil {
		t.Fatal(err)
	}
	again, err := h.Retry(t.Context(), h.who, first.ID)
	if err != nil || again.Request.ExternalID != "" {
		t.Errorf("a retry has the external id %q, %v", again.Request.ExternalID, err)
	}
}
