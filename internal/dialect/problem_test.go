package dialect

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

func TestAProblemPointsAtEveryField(t *testing.T) {
	e := &task.Error{Code: task.Invalid, Detail: "4 fields are not valid.", Fields: []task.FieldError{
		{Field: "seconds", Detail: "a"}, {Field: "camera_control/config/zoom", Detail: "b"}, {Field: "?limit", Detail: "c"}, {Detail: "d"}}}
	w := httptest.NewRecorder()
	WriteProblem(w, httptest.NewRequest("POST", "/", nil), slog.New(slog.DiscardHandler), fmt.Errorf("around: %w", e))
	want := `{"type":"/problems/invalid","title":"The request is not valid","status":400,"detail":"4 fields are not valid.","errors":[` +
		`{"pointer":"#/seconds","detail":"a"},{"pointer":"#/camera_control/config/zoom","detail":"b"},{"parameter":"limit","detail":"c"},{"pointer":"#","detail":"d"}]}` + "\n"
	if w.Body.String() != want || w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Content-Length") != fmt.Sprint(len(want)) {
		t.Errorf("got  %s %v\nwant %s", w.Body, w.Header(), want)
	}
}

// An error that is no *task.Error is for the operator. The log has it, with the request id that the caller gets.
func TestWhatCallersMayNotSeeGoesToTheLogAlone(t *testing.T) {
	gone, leave := context.WithCancel(t.Context())
	leave()
	for name, c := range map[string]struct {
		ctx   context.Context
		level string
	}{"a caller who waits": {t.Context(), "ERROR"}, "a caller who has gone": {gone, "DEBUG"}} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			w := httptest.NewRecorder()
			w.Header().Set("X-Request-Id", "r-1")
			r := httptest.NewRequest("GET", "/x", nil).WithContext(c.ctx)
			r.Pattern = "GET /x"
			WriteProblem(w, r, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})), errors.New("disk /secret/path is full"))
			if w.Code != 500 || strings.Contains(w.Body.String(), "secret") || !strings.Contains(w.Body.String(), `"request_id":"r-1"`) {
				t.Errorf("the caller sees %d %s", w.Code, w.Body)
			}
			for _, want := range []string{"level=" + c.level, "disk /secret/path is full", "request_id=r-1", `route="GET /x"`} {
				if !strings.Contains(log.String(), want) {
					t.Errorf("the log lacks %s: %s", want, log.String())
				}
			}
		})
	}
}

// later is an error that is temporary.
type later struct{}

func (later) Error() string     { return "disk /secret/path is full" }
func (later) Unavailable() bool { return true }

func TestWhatMayPassIsAnsweredWith503AndAWait(t *testing.T) {
	var log bytes.Buffer
	w := httptest.NewRecorder()
	WriteProblem(w, httptest.NewRequest("POST", "/", nil), slog.New(slog.NewTextHandler(&log, nil)), fmt.Errorf("store: %w", later{}))
	if w.Code != 503 || w.Header().Get("Retry-After") != "10" || strings.Contains(w.Body.String(), "secret") || !strings.Contains(w.Body.String(), "/problems/unavailable") {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	if !strings.Contains(log.String(), "disk /secret/path is full") {
		t.Errorf("the log does not say why: %s", log.String())
	}
}

func TestWhatCallersMaySeeIsNoFaultOfOurs(t *testing.T) {
	var log bytes.Buffer
	w := httptest.NewRecorder()
	WriteProblem(w, httptest.NewRequest("GET", "/", nil), slog.New(slog.NewTextHandler(&log, nil)), &task.Error{Code: task.NotFound})
	if log.Len() > 0 || w.Code != 404 {
		t.Errorf("%d, logged %s", w.Code, log.String())
	}
}

func TestHintsGoWithTheirErrorsAlone(t *testing.T) {
	for _, code := range task.Codes() {
		for _, key := range []string{"", "Bearer wrong"} {
			w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)
			if key != "" {
				r.Header.Set("Authorization", key)
			}
			Public(w, r, slog.New(slog.DiscardHandler), &task.Error{Code: code, RetryAfter: 40 * time.Second})
			challenge, wait := "", ""
			switch code {
			case task.Unauthorized:
				if challenge = "Bearer"; key != "" {
					challenge = `Bearer error="invalid_token"`
				}
			case task.RateLimited, task.Unavailable, task.NoSpace:
				wait = "40"
			}
			if got := w.Header().Get("WWW-Authenticate"); got != challenge {
				t.Errorf("%s with the key %q: challenge %q, want %q", code, key, got, challenge)
			}
			if got := w.Header().Get("Retry-After"); got != wait {
				t.Errorf("%s: wait %q, want %q", code, got, wait)
			}
		}
	}
}

func TestFaultyInputIsInvalidIfItNamesAField(t *testing.T) {
	field := []task.FieldError{{Field: "image", Detail: "text"}}
	for _, code := range task.Codes() {
		input := code == task.TooLarge || code == task.Unsupported || code == task.Unreadable
		want := code
		if input {
			want = task.Invalid
		}
		if got := InvalidInput(&task.Error{Code: code, Fields: field}); got.Code != want || len(got.Fields) != 1 {
			t.Errorf("%s with a field: %s", code, got.Code)
		}
		if got := InvalidInput(&task.Error{Code: code}); got.Code != code {
			t.Errorf("%s without one: %s", code, got.Code)
		}
	}
}

func TestAStatusThatIsNoCodesIsAnInternalError(t *testing.T) {
	if got := Status("a code of tomorrow"); got != 500 {
		t.Errorf("%d", got)
	}
}

func TestJSONIsWrittenPlain(t *testing.T) {
	got := string(Marshal(map[string]string{"a": "<b>&\u2028é"}))
	if want := "{\"a\":\"<b>&\\u2028é\"}\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	defer func() {
		if recover() == nil {
			t.Error("what can't be written was passed over in silence")
		}
	}()
	Marshal(func() {})
}

func TestAFinalAnswerIsSentOnce(t *testing.T) {
	write := func(w *httptest.ResponseRecorder, r *http.Request, body string) {
		var answers *Answers
		answers.Write(w, r, TaskAnswer{Status: 200, Task: task.Task{State: task.Succeeded}, ETag: true, Encode: func(task.Task, Links) []byte { return []byte(body) }})
	}
	const body = `{"status":"SUCCEEDED"}`
	first := httptest.NewRecorder()
	write(first, httptest.NewRequest("GET", "/", nil), body)
	tag := first.Header().Get("ETag")
	if first.Code != 200 || first.Body.String() != body || len(tag) != 26 || first.Header().Get("Cache-Control") != "private, no-cache" ||
		first.Header().Get("Content-Type") != "application/json" {
		t.Fatalf("%d %v %s", first.Code, first.Header(), first.Body)
	}
	for _, c := range []struct {
		name   string
		given  []string
		status int
	}{
		{"its tag", []string{tag}, 304},
		{"its tag, weakly", []string{"W/" + tag}, 304},
		{"one of several", []string{`"a", W/"b" ,` + tag}, 304},
		{"in a second header", []string{`"a"`, tag}, 304},
		{"anything", []string{"*"}, 304},
		{"another tag", []string{`"a"`}, 200},
		{"its tag without quotes", []string{strings.Trim(tag, `"`)}, 200},
		{"an empty one", []string{""}, 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)
			r.Header["If-None-Match"] = c.given
			write(w, r, body)
			if w.Code != c.status || (w.Body.Len() == 0) != (c.status == 304) || w.Header().Get("ETag") != tag {
				t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
			}
			if c.status == 304 && w.Header().Get("Content-Length") != "" {
				t.Error("an answer without a body tells its length")
			}
		})
	}
	other := httptest.NewRecorder()
	write(other, httptest.NewRequest("GET", "/", nil), `{}`)
	if other.Header().Get("ETag") == tag {
		t.Error("two bodies have one tag")
	}
}

func TestAnAnswerThatMayChangeIsNotKept(t *testing.T) {
	w := httptest.NewRecorder()
	WriteJSON(w, 201, []byte(`{}`))
	if w.Code != 201 || w.Header().Get("ETag") != "" || w.Header().Get("Cache-Control") != "no-store" || w.Body.String() != "{}" {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}

func TestFilesOfASealedArtifactAreSigned(t *testing.T) {
	l := Links{Base: "https://h", Now: time.Date(2026, 11, 24, 23, 0, 0, 0, time.UTC), Token: func(key string, until time.Time) string { return key + "@" + until.Format("0102") }}
	f := task.File{Key: "cdn/a.mp4"}
	for sealed, want := range map[bool]string{false: "https://h/cdn/a.mp4", true: "https://h/cdn/a.mp4?_jwt=cdn/a.mp4@1126"} {
		if got := l.Of(task.Artifact{SignedOnly: sealed}, f); got != want {
			t.Errorf("sealed %v: %s, want %s", sealed, got, want)
		}
	}
	// An artifact that is not listed, but not signed-only either, has plain links, as published.
	if got := l.Of(task.Artifact{Unlisted: true}, f); got != "https://h/cdn/a.mp4" {
		t.Error(got)
	}
}

func TestProblemsHaveOneFormForAll(t *testing.T) {
	p := Problems()
	var body struct{ Type, Title, Detail, Request_ID string }
	err := json.Unmarshal(p.Encode(&task.Error{Code: task.Conflict, Detail: "d"}, "r"), &body)
	if err != nil || p.Type != "application/problem+json" || body.Type != "/problems/conflict" || body.Detail != "d" || body.Request_ID != "r" || p.Status(task.Conflict) != 409 {
		t.Errorf("%+v, %v", body, err)
	}
}
