package mcp_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// api answers the calls of the public API as a server with one video does.
type api struct {
	mu       sync.Mutex
	states   []string // of the video, one for each read; the last one stays
	refusals map[string]refusal
	called   []string // "METHOD path body", with the headers that matter
}

// refusal is an answer that refuses a call.
type refusal struct {
	status int
	body   string
}

const videoID = "0199a1b2-0000-7000-8000-000000000001"

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	call := r.Method + " " + r.URL.RequestURI()
	line := call + " " + string(body)
	for _, name := range []string{"Authorization", "Idempotency-Key", "Prefer"} {
		if v := r.Header.Get(name); v != "" {
			line += " " + name + "=" + v
		}
	}
	a.called = append(a.called, line)
	if refused, ok := a.refusals[call]; ok {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(refused.status)
		fmt.Fprint(w, refused.body)
		return
	}
	switch {
	case call == "POST /api/v1/tasks", r.URL.Path == "/api/v1/tasks/"+videoID:
		fmt.Fprint(w, a.task("http://"+r.Host))
	case r.URL.Path == "/api/v1/tasks":
		fmt.Fprintf(w, `{"tasks":[%s],"next":"more"}`, a.task("http://"+r.Host))
	case call == "GET /api/v1/models":
		fmt.Fprint(w, `{"models":[{"name":"animatic","engines":[{"engine":"animatic","model":"animatic","modes":["text"],"max_seconds":30}]}]}`)
	case call == "POST /api/v1/tasks/"+videoID+"/cancel":
		a.states = []string{"CANCELLED"}
		fmt.Fprint(w, a.task(""))
	case call == "POST /api/v1/assets/asset-1/share":
		fmt.Fprint(w, `{}`)
	default:
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"type":"/problems/not-found","title":"Not found","status":404}`)
	}
}

// task returns the video's task in its next state.
func (a *api) task(base string) string {
	state := a.states[0]
	if len(a.states) > 1 {
		a.states = a.states[1:]
	}
	t := map[string]any{"id": videoID, "status": state, "progress": 0.5, "model": "animatic", "engine": "animatic", "prompt": "a lake",
		"created_at": "2026-11-30T01:02:03Z", "updated_at": "2026-11-30T01:02:04Z", "artifacts": []any{}}
	switch state {
	case "FAILED":
		t["failure"] = map[string]string{"reason": "THIRD_PARTY.UNAVAILABLE", "message": "no engine answered"}
	case "SUCCEEDED":
		t["progress"] = 1
		t["artifacts"] = []any{map[string]any{"id": "asset-1", "url": base + "/cdn/1/v.mp4", "preview_urls": []string{base + "/cdn/1/p.jpg"},
			"share_url": base + "/share/token", "width": 1280, "height": 768, "frame_rate": 24, "duration_seconds": 5.208, "has_audio": true}}
	}
	body, err := json.Marshal(t)
	if err != nil {
		panic(err)
	}
	return string(body)
}

// calls returns the calls that were made, and forgets them.
func (a *api) calls() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	defer func() { a.called = nil }()
	return a.called
}

// RoundTrip answers without a network.
func (a *api) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	if r.Body == nil {
		r.Body = http.NoBody
	}
	a.ServeHTTP(w, r)
	return w.Result(), nil
}

func noon() time.Time { return time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC) }

func want(t *testing.T, what string, got, want any) {
	t.Helper()
	g, err := json.MarshalIndent(got, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if w, err := json.MarshalIndent(want, "", " "); err != nil || string(g) != string(w) {
		t.Errorf("%s: %v\ngot  %s\nwant %s", what, err, g, w)
	}
}
