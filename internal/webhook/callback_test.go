package webhook_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/outbound"
	"github.com/filmgate/filmgate/internal/task"
	"github.com/filmgate/filmgate/internal/webhook"
)

// receiver is a server that records the notifications it gets.
type receiver struct {
	*httptest.Server
	status int
	got    []string // content type, task and body of each
}

func newReceiver(t *testing.T, status int) *receiver {
	t.Helper()
	r := &receiver{status: status}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		r.got = append(r.got, q.Method+" "+q.Header.Get("Content-Type")+" "+q.Header.Get("Filmgate-Task-Id")+" "+string(body))
		if r.status/100 == 3 {
			w.Header().Set("Location", "/again")
		}
		w.WriteHeader(r.status)
		_, _ = io.WriteString(w, strings.Repeat("x", 1<<20))
	}))
	t.Cleanup(r.Close)
	return r
}

// notify sends RUNNING to the task's callback URL. If local is set, loopback addresses may be called.
func notify(t *testing.T, tk task.Task, local bool) (log string, err error) {
	t.Helper()
	var lines bytes.Buffer
	o := outbound.Options{}
	if local {
		o.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	}
	n := webhook.New(webhook.Config{
		Read: func(_ context.Context, id string) (task.Task, error) {
			if id != tk.ID {
				return task.Task{}, errors.New("the database is away")
			}
			return tk, nil
		},
		Encode: func(t task.Task) []byte {
			if t.Request.Dialect == "silent" {
				return nil
			}
			return []byte(`{"state":"` + string(t.State) + `"}`)
		},
		HTTP: outbound.New(o).HTTP(), Log: slog.New(slog.NewTextHandler(&lines, nil)),
	})
	err = n.Notify(t.Context(), "t1", task.Running)
	return lines.String(), err
}

func running(url string) task.Task {
	return task.Task{ID: "t1", State: task.Running, Request: task.Request{CallbackURL: url}}
}

func TestReceiverGetsTheDialectsBody(t *testing.T) {
	r := newReceiver(t, http.StatusNoContent)
	if _, err := notify(t, running(r.URL+"/told?secret=1"), true); err != nil {
		t.Fatal(err)
	}
	if want := `POST application/json t1 {"state":"RUNNING"}`; len(r.got) != 1 || r.got[0] != want {
		t.Errorf("got %q, want %q", r.got, want)
	}
}

func TestOnlySuccessAndGoneEndANotification(t *testing.T) {
	for status, again := range map[int]bool{200: false, 202: false, 410: false, 302: true, 307: true, 400: true, 404: true, 429: true, 500: true, 503: true} {
		r := newReceiver(t, status)
		_, err := notify(t, running(r.URL+"/told?secret=1"), true)
		if (err != nil) != again || len(r.got) != 1 {
			t.Errorf("%d: %v after %d calls", status, err, len(r.got))
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%d: the error tells the URL: %v", status, err)
		}
	}
}

func TestNothingIsSent(t *testing.T) {
	r := newReceiver(t, http.StatusOK)
	for name, change := range map[string]func(*task.Task){
		"after the task has moved on":       func(tk *task.Task) { tk.State = task.Succeeded },
		"of a deleted task":                 func(tk *task.Task) { tk.Deleted = true },
		"without a callback URL":            func(tk *task.Task) { tk.Request.CallbackURL = "" },
		"if the dialect has nothing to say": func(tk *task.Task) { tk.Request.Dialect = "silent" },
	} {
		t.Run(name, func(t *testing.T) {
			tk := running(r.URL)
			change(&tk)
			if _, err := notify(t, tk, true); err != nil || len(r.got) != 0 {
				t.Errorf("%v, %q", err, r.got)
			}
		})
	}
}

func TestPrivateAddressIsNotCalledAndNotTriedAgain(t *testing.T) {
	r := newReceiver(t, http.StatusOK)
	log, err := notify(t, running(r.URL+"/told?secret=1"), false)
	if err != nil || len(r.got) != 0 || !strings.Contains(log, "may not be called") || strings.Contains(log, "secret") {
		t.Errorf("%v, %q, log %s", err, r.got, log)
	}
}

func TestNotificationIsRepeatedAfterAFailure(t *testing.T) {
	r := newReceiver(t, http.StatusOK)
	r.Close()
	if _, err := notify(t, running(r.URL+"/told?secret=1"), true); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("a receiver that is away: %v", err)
	}
	if _, err := notify(t, task.Task{ID: "another"}, true); err == nil {
		t.Error("a task that can't be read is taken for told")
	}
}
