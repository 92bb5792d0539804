package filmgate

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
	"github.com/filmgate/filmgate/internal/task"
)

// followed is a gateway with a finished task, of which three events are told.
func followed() *dialecttest.Gateway {
	gw := &dialecttest.Gateway{Time: shown().Created}
	now := dialecttest.InState(shown(), task.Succeeded)
	now.Account = 7
	gw.Put(now)
	gw.Told = []task.Told{
		{ID: 1, Event: task.Event{At: now.Created, Kind: "created", To: task.Queued}},
		{},
		{Event: task.ProgressOf(now)},
		{ID: 5, Event: task.Event{At: now.Updated, Kind: "state", From: task.Running, To: task.Succeeded}},
	}
	return gw
}

// follow asks for the events of a task. Headers are pairs of names and values.
func follow(t *testing.T, gw Gateway, method, query string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, "/api/v1/tasks/"+shown().ID+"/events"+query, nil)
	r.Header.Set("Authorization", "Bearer "+dialecttest.Key)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	dialecttest.Mux(Routes(gw, Options{Log: slog.New(slog.DiscardHandler)})).ServeHTTP(w, r)
	return w
}

func TestAStreamIsServerSentEvents(t *testing.T) {
	w := follow(t, followed(), http.MethodGet, "")
	for name, want := range map[string]string{"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	parts := strings.Split(w.Body.String(), "\n\n")
	if len(parts) != 6 || !strings.HasPrefix(parts[0], "retry: ") || parts[2] != ":" || parts[5] != "" || !w.Flushed {
		t.Fatalf("%d parts: %s", len(parts), w.Body)
	}
	if ms, err := strconv.Atoi(strings.TrimPrefix(parts[0], "retry: ")); err != nil || ms < 1000 || ms >= 5000 {
		t.Errorf("%s", parts[0])
	}
	for i, want := range map[int]string{
		1: "id: 1\nevent: task.created\ndata: {\"type\":\"task.created\",\"timestamp\":\"2026-11-24T10:00:00.000Z\",\"data\":{\"id\":\"" + shown().ID + "\",\"status\":\"QUEUED\"",
		3: "event: task.progress\ndata: {\"type\":\"task.progress\"", // it is not stored, so it has no id
		4: "id: 5\nevent: task.succeeded\ndata: {\"type\":\"task.succeeded\"",
	} {
		if !strings.HasPrefix(parts[i], want) || strings.Count(parts[i], "\n") != strings.Count(want, "\n") {
			t.Errorf("part %d is\n%s\nwant\n%s", i, parts[i], want)
		}
	}
}

func TestAStreamIsResumed(t *testing.T) {
	for name, w := range map[string]*httptest.ResponseRecorder{
		"by the header":                      follow(t, followed(), http.MethodGet, "", "Last-Event-ID", "1"),
		"by the parameter":                   follow(t, followed(), http.MethodGet, "?last_event_id=1"),
		"by the header before the parameter": follow(t, followed(), http.MethodGet, "?last_event_id=5", "Last-Event-ID", " 1 "),
	} {
		if body := w.Body.String(); w.Code != 200 || strings.Contains(body, "id: 1\n") || !strings.Contains(body, "id: 5\n") {
			t.Errorf("%s: %d %s", name, w.Code, body)
		}
	}
	gw := followed()
	gw.Told = nil
	if w := follow(t, gw, http.MethodGet, "", "Last-Event-ID", "5"); w.Code != http.StatusNoContent || w.Body.Len() != 0 {
		t.Errorf("after the end: %d %s", w.Code, w.Body)
	}
}

func TestAnIDThatIsNoneIsNamed(t *testing.T) {
	bad := []string{"x", "-1", "+1", "1.0", "1e3", "0x1", "9223372036854775808", "1,2", "10", "1 2", "\u0661", strings.Repeat("9", 5000), "'; DROP TABLE events; --", "<script>"}
	for _, id := range bad {
		w := follow(t, followed(), http.MethodGet, "", "Last-Event-ID", id)
		if w.Code != 400 || !strings.Contains(w.Body.String(), "Last-Event-ID") || !strings.Contains(w.Body.String(), "event of this stream") || w.Body.Len() > 2000 {
			t.Errorf("header %q: %d %s", task.Excerpt(id), w.Code, w.Body)
		}
		w = follow(t, followed(), http.MethodGet, "?last_event_id="+url.QueryEscape(id))
		if w.Code != 400 || !strings.Contains(w.Body.String(), "last_event_id") {
			t.Errorf("parameter %q: %d %s", task.Excerpt(id), w.Code, w.Body)
		}
	}
	if w := follow(t, followed(), http.MethodGet, "?last=1"); w.Code != 400 || !strings.Contains(w.Body.String(), "last_event_id") {
		t.Errorf("an unknown parameter: %d %s", w.Code, w.Body)
	}
}

func TestAnAccountsStreamBeginsWhereItIsAskedTo(t *testing.T) {
	for last, want := range map[string][2]bool{"": {false, false}, "0": {true, true}, "1": {false, true}, "9": {false, false}} {
		gw := followed()
		for i := range gw.Told {
			gw.Told[i].Task = task.Task{State: task.Succeeded, Request: task.Request{Dialect: Dialect}}
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v1/events", nil)
		r.Header.Set("Authorization", "Bearer "+dialecttest.Key)
		r.Header.Set("Last-Event-ID", last)
		w := httptest.NewRecorder()
		dialecttest.Mux(Routes(gw, Options{Log: slog.New(slog.DiscardHandler)})).ServeHTTP(w, r)
		body := w.Body.String()
		if got := [2]bool{strings.Contains(body, "id: 1\n"), strings.Contains(body, "id: 5\n")}; got != want {
			t.Errorf("after %q: %d %s", last, w.Code, body)
		}
		if last == "" && !strings.HasSuffix(body, "id: 9\n:\n\n") { // so that it can be resumed before the first event
			t.Errorf("from now on: %q", body)
		}
	}
}

func FuzzLastEventID(f *testing.F) {
	for _, id := range []string{"", "0", "7", "-7", "x"} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := &http.Request{Header: http.Header{"Last-Event-Id": {text}}, URL: &url.URL{}}
		id, _, err := lastEventID(r)
		trimmed := strings.TrimSpace(text)
		if n, bad := strconv.ParseUint(trimmed, 10, 63); err == nil && trimmed != "" && (bad != nil || int64(n) != id) || err != nil && bad == nil {
			t.Errorf("%q is %d, %v", text, id, err)
		}
	})
}

func TestOnlyTheOwnerFollowsATask(t *testing.T) {
	if w := follow(t, followed(), http.MethodGet, "", "Authorization", "Bearer "+dialecttest.OtherKey); w.Code != 404 {
		t.Errorf("another account: %d %s", w.Code, w.Body)
	}
	if w := follow(t, followed(), http.MethodGet, "", "Authorization", "Bearer x"); w.Code != 401 {
		t.Errorf("an unknown key: %d %s", w.Code, w.Body)
	}
	if w := follow(t, followed(), http.MethodHead, ""); w.Code != 200 || w.Body.Len() != 0 || w.Header().Get("Content-Type") != "text/event-stream" {
		t.Errorf("the head alone: %d %s", w.Code, w.Body)
	}
}

// revoking is a gateway whose keys are revoked after their first use.
type revoking struct {
	*dialecttest.Gateway
	uses int
	err  error
}

func (g *revoking) Admit(ctx context.Context, bearer string, scope apikey.Scope) (apikey.Key, error) {
	if g.uses++; g.uses > 1 {
		return apikey.Key{}, g.err
	}
	return g.Gateway.Admit(ctx, bearer, scope)
}

func TestAStreamEndsWithItsKey(t *testing.T) {
	for _, one := range []struct {
		err  error
		ends bool
	}{{&task.Error{Code: task.Unauthorized}, true}, {&task.Error{Code: task.Forbidden}, true}, {&task.Error{Code: task.Unavailable}, false}, {errors.New("no database"), false}} {
		w := follow(t, &revoking{followed(), 0, one.err}, http.MethodGet, "")
		if ended := !strings.Contains(w.Body.String(), "task.succeeded"); ended != one.ends || !strings.Contains(w.Body.String(), "task.created") {
			t.Errorf("%v: %s", one.err, w.Body)
		}
	}
}
