package webhook_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
	"github.com/filmgate/filmgate/internal/webhook"
)

// planned returns the types of the events of a task's life of which webhooks are to be told, by webhook.
func planned(t *testing.T, e *webhook.Endpoints, account int64) map[string][]task.EventType {
	t.Helper()
	c := task.Change{Task: task.Task{ID: "a", Account: account}, Events: []task.Event{{Kind: "created", To: task.Queued}, {Kind: "note"}, {Kind: "state", To: task.Pending},
		{Kind: "state", To: task.Running}, {Kind: "state", To: task.Succeeded}}}
	if err := e.Plan(t.Context(), &c); err != nil {
		t.Fatal(err)
	}
	out := map[string][]task.EventType{}
	for i, d := range c.Deliveries {
		d.Task = "a"
		out[d.Webhook] = append(out[d.Webhook], d.Type())
		if c.Wakes[i] != (task.Wake{Task: d.Webhook, Lane: task.Webhooks}) {
			t.Errorf("wake %+v", c.Wakes[i])
		}
	}
	return out
}

func TestWebhooksAreToldOfTheirAccountsEventsThatTheyAskFor(t *testing.T) {
	h := newHarness(t, local())
	if got := planned(t, h.Endpoints, 7); len(got) > 0 {
		t.Errorf("without a webhook: %v", got)
	}
	all, _ := h.create(t, "http://a.example/")
	some, _ := h.create(t, "http://b.example/")
	types, no := []task.EventType{task.EventSucceeded, task.EventFailed}, false
	if _, err := h.EditWebhook(t.Context(), owner(), some.ID, task.WebhookEdit{Types: &types}); err != nil {
		t.Fatal(err)
	}
	got := planned(t, h.Endpoints, 7)
	if !slices.Equal(got[all.ID], []task.EventType{task.EventCreated, task.EventRunning, task.EventSucceeded}) || !slices.Equal(got[some.ID], types[:1]) || len(got) != 2 {
		t.Errorf("told of %v", got)
	}
	if got := planned(t, h.Endpoints, 8); len(got) > 0 {
		t.Errorf("another account's tasks: %v", got)
	}
	if _, err := h.EditWebhook(t.Context(), owner(), all.ID, task.WebhookEdit{Enabled: &no}); err != nil {
		t.Fatal(err)
	}
	if got := planned(t, h.Endpoints, 7); len(got) != 1 || got[some.ID] == nil {
		t.Errorf("with one disabled: %v", got)
	}
	if err := h.DeleteWebhook(t.Context(), owner(), some.ID); err != nil {
		t.Fatal(err)
	}
	if got := planned(t, h.Endpoints, 7); len(got) > 0 {
		t.Errorf("with one disabled and one deleted: %v", got)
	}
}

// What other processes write is seen once the database tells of it, and at once while it may not.
func TestWebhooksOfOtherProcessesAreHeardOf(t *testing.T) {
	h := newHarness(t, local())
	planned(t, h.Endpoints, 7)
	put := func(id string) {
		t.Helper()
		if _, err := h.rows.PutWebhook(t.Context(), task.Webhook{ID: id, Account: 7, Secret: 1}); err != nil {
			t.Fatal(err)
		}
	}
	put("1")
	if got := planned(t, h.Endpoints, 7); len(got) != 0 {
		t.Errorf("the database was read again: %v", got)
	}
	h.Hear(store.News{Keys: true})
	h.Hear(store.News{Webhooks: true})
	if got := planned(t, h.Endpoints, 7); len(got) != 1 {
		t.Errorf("after the news: %v", got)
	}
	h.Deaf()
	put("2")
	if got := planned(t, h.Endpoints, 7); len(got) != 2 {
		t.Errorf("while news may be missed: %v", got)
	}
	h.Listening()
	put("3")
	if got := planned(t, h.Endpoints, 7); len(got) != 3 {
		t.Errorf("the first time after that: %v", got)
	}
}

func TestNobodyManagesAnothersWebhooks(t *testing.T) {
	h := newHarness(t, local())
	w, _ := h.create(t, "http://a.example/")
	other, url, ctx := owner(), "http://b.example/", t.Context()
	other.Account = 8
	blind := apikey.Key{Account: 7, Scopes: []apikey.Scope{apikey.Write}}
	for _, c := range []struct {
		who  apikey.Key
		want task.Code
	}{{other, task.NotFound}, {blind, task.Forbidden}} {
		for name, call := range map[string]func() error{
			"edit":   func() error { _, err := h.EditWebhook(ctx, c.who, w.ID, task.WebhookEdit{URL: &url}); return err },
			"rotate": func() error { _, _, err := h.RotateWebhook(ctx, c.who, w.ID, 0); return err },
			"test":   func() error { _, err := h.TestWebhook(ctx, c.who, w.ID); return err },
			"replay": func() error { _, _, err := h.ReplayDeliveries(ctx, c.who, w.ID, time.Time{}, ""); return err },
			"again":  func() error { _, err := h.ReplayDelivery(ctx, c.who, w.ID, "x"); return err },
		} {
			if got := task.CodeOf(call()); got != c.want {
				t.Errorf("%s: %s, want %s", name, got, c.want)
			}
		}
	}
	if _, _, err := h.CreateWebhook(ctx, blind, task.WebhookEdit{URL: &url}); task.CodeOf(err) != task.Forbidden || !strings.Contains(err.Error(), "the scope read") {
		t.Errorf("create without the scope read: %v", err)
	}
	for name, call := range map[string]func() error{
		"read":   func() error { _, err := h.Webhook(ctx, other, w.ID); return err },
		"delete": func() error { return h.DeleteWebhook(ctx, other, w.ID) },
		"deliveries": func() error {
			_, err := h.Endpoints.Deliveries(ctx, other, task.DeliveryQuery{Webhook: w.ID})
			return err
		},
		"empty id": func() error { _, err := h.Webhook(ctx, owner(), ""); return err },
	} {
		if got := task.CodeOf(call()); got != task.NotFound {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestAnAccountHasTwentyWebhooks(t *testing.T) {
	h := newHarness(t, local())
	for n := range task.MaxWebhooks {
		h.create(t, fmt.Sprintf("http://a.example/%d", n))
	}
	url := "http://a.example/"
	if _, _, err := h.CreateWebhook(t.Context(), owner(), task.WebhookEdit{URL: &url}); task.CodeOf(err) != task.Conflict || !strings.Contains(err.Error(), "20 webhooks") {
		t.Errorf("one more: %v", err)
	}
}

func TestEventsAreDeliveredAgain(t *testing.T) {
	h := newHarness(t, local())
	r := newSink(t, nil)
	w, _ := h.create(t, r.URL)
	h.happen(t, "a", task.Queued, task.Pending, task.Running, task.Succeeded)
	h.deliver(t, w.ID)
	log := h.log(t, w.ID)
	d, err := h.ReplayDelivery(t.Context(), owner(), w.ID, log[1].ID)
	if err != nil || d.State != task.DeliveryPending || d.Tries != 0 {
		t.Fatalf("%+v, %v", d, err)
	}
	if _, err := h.ReplayDelivery(t.Context(), owner(), w.ID, log[1].ID); task.CodeOf(err) != task.Conflict {
		t.Errorf("one that is pending: %v", err)
	}
	h.deliver(t, w.ID)
	n, next, err := h.ReplayDeliveries(t.Context(), owner(), w.ID, log[1].Created, task.Delivered)
	if err != nil || n != 2 || !next.IsZero() {
		t.Errorf("replayed %d, then %v (%v)", n, next, err)
	}
	h.deliver(t, w.ID)
	var ids []string
	for _, g := range r.got()[3:] {
		ids = append(ids, g.id)
	}
	if !slices.Equal(ids, []string{log[1].ID, log[1].ID, log[2].ID}) {
		t.Errorf("delivered again are %v of %+v", ids, log)
	}
	if _, err := h.ReplayDelivery(t.Context(), owner(), w.ID, "x"); task.CodeOf(err) != task.NotFound {
		t.Errorf("an unknown one: %v", err)
	}
	no := false
	if _, err := h.EditWebhook(t.Context(), owner(), w.ID, task.WebhookEdit{Enabled: &no}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.ReplayDeliveries(t.Context(), owner(), w.ID, time.Time{}, ""); task.CodeOf(err) != task.Conflict || !strings.Contains(err.Error(), "disabled by its owner") {
		t.Errorf("to a disabled webhook: %v", err)
	}
}
