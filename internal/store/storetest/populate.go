package storetest

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// Populate writes rows of every kind, with awkward texts and all fields set, and n tasks in all states. Tests that copy a
// database copy these.
func Populate(t *testing.T, s store.Store, n int) {
	t.Helper()
	texts := append(awkwardTexts(), "a\x00b")
	for i, text := range texts {
		checkError(t, "PutGroup", s.PutGroup(t.Context(), task.AssetGroup{ID: id(i), Account: int64(i % 3), Name: text, Created: at(i)}), nil)
		k := apikey.Key{ID: id(i), Hash: text, Hint: "fg-", Account: int64(i), Name: text, Scopes: []apikey.Scope{apikey.Read}, Created: at(i)}
		if i%2 > 0 {
			k.Revoked = at(i + 1)
		}
		checkError(t, "PutKey", s.PutKey(t.Context(), k), nil)
		_, err := s.Secret(t.Context(), text, []byte{0, 0xff, byte(i)})
		checkError(t, "Secret", err, nil)
		d := task.Dataset{ID: id(i), Account: 1, Type: text, Size: 7, Created: at(i), Upload: &task.Upload{Filename: text, Parts: 2}}
		if i%2 > 0 {
			d.Key, d.Upload = "datasets/"+d.ID+".jpg", nil
		}
		checkError(t, "PutDataset", s.PutDataset(t.Context(), d), nil)
		board := task.Storyboard{ID: id(i), Account: int64(i % 3), Name: text, Created: at(i), Shots: []task.Shot{{ID: id(1), Takes: []string{id(i)}, Take: id(i)}}}
		_, err = boards(t, s).PutStoryboard(t.Context(), board, nil)
		checkError(t, "PutStoryboard", err, nil)
	}
	for i := range 3 {
		_, err := s.(store.Webhooks).PutWebhook(t.Context(), task.Webhook{ID: id(i), Account: int64(i), URL: "https://example.com/", Description: texts[i%len(texts)], Secret: 1, Created: at(i)})
		checkError(t, "PutWebhook", err, nil)
	}
	for i := range n {
		populateTask(t, s, i, texts[i%len(texts)])
	}
}

// populateTask writes the i-th task in two changes, with every field set.
func populateTask(t *testing.T, s store.Store, i int, text string) {
	t.Helper()
	var tk task.Task
	fields := 1000 * i
	fill(t, reflect.ValueOf(&tk).Elem(), &fields)
	states := task.States()
	tk.ID, tk.Version, tk.State, tk.Account, tk.Deleted = id(i), 0, states[i%len(states)], int64(i%3), i%5 == 0
	tk.Created = at(i / 2) // pairs have the same time
	tk.Request.Model, tk.Request.Dialect, tk.Request.ExternalID = text, text, fmt.Sprint(text, i)
	tk.Request.First.Dataset = id(0)
	for n := range tk.Artifacts {
		a := &tk.Artifacts[n]
		a.ID, a.Task, a.Account, a.Group, a.Share = id(2*i+n), tk.ID, tk.Account, text, fmt.Sprint(text, i, n)
		a.Deleted, a.Favorite, a.Created = n > 0, i%2 > 0, tk.Created
		if n > 0 {
			a.Pending, a.Share = "", ""
		}
	}
	events := []task.Event{{At: at(i), Kind: "created", To: tk.State, Text: text}, {At: at(i), Kind: "state", From: tk.State, To: tk.State}}
	record := task.IdempotencyRecord{Account: tk.Account, Key: fmt.Sprint(text, i), Fingerprint: text, Task: tk.ID, Created: at(i), Wait: time.Second}
	tk = apply(t, s, task.Change{Task: tk, Events: events, Idempotency: &record})
	tk.Updated = at(i + 1)
	apply(t, s, task.Change{Task: tk, Events: events[1:], Deliveries: []task.Delivery{{ID: id(i), Webhook: id(i % 3), Event: events[1], Created: at(i)}}})
}
