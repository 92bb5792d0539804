package dialect

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

func TestEveryErrorCodeIsAProblem(t *testing.T) {
	want := map[task.Code]int{task.Invalid: 400, task.Unauthorized: 401, task.BudgetSpent: 402, task.Forbidden: 403, task.NotFound: 404, task.NotAllowed: 405,
		task.Conflict: 409, task.Changed: 412, task.TooLarge: 413, task.Unsupported: 415, task.Unreadable: 422, task.RateLimited: 429,
		task.Unavailable: 503, task.NoSpace: 507, task.InternalError: 500}
	for _, code := range task.Codes() {
		t.Run(string(code), func(t *testing.T) {
			w := httptest.NewRecorder()
			w.Header().Set("X-Request-Id", "r1")
			WriteProblem(w, httptest.NewRequest("GET", "/", nil), slog.New(slog.DiscardHandler), &task.Error{Code: code, Detail: "why"})
			var p map[string]any
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
				t.Fatal(err)
			}
			if w.Code != want[code] || p["status"] != float64(w.Code) || p["type"] != "/problems/"+string(code) || p["title"] != code.Title() ||
				p["detail"] != "why" || p["request_id"] != "r1" || w.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}

func TestRetryAfterIsWholeSecondsFromOneToSixty(t *testing.T) {
	for wait, want := range map[time.Duration]string{0: "1", 1500 * time.Millisecond: "2", time.Minute: "60", time.Hour: "60"} {
		w := httptest.NewRecorder()
		WriteProblem(w, httptest.NewRequest("GET", "/", nil), slog.New(slog.DiscardHandler), &task.Error{Code: task.RateLimited, RetryAfter: wait})
		if got := w.Header().Get("Retry-After"); got != want {
			t.Errorf("%v: %q, want %q", wait, got, want)
		}
	}
}

func TestPointersNameAnyField(t *testing.T) {
	for field, want := range map[string]string{"": "#", "seconds": "#/seconds", "camera_control/config/zoom": "#/camera_control/config/zoom",
		"a~b": "#/a~0b", "a b%": "#/a%20b%25"} {
		if got := pointer(field); got != want {
			t.Errorf("%q: %q, want %q", field, got, want)
		}
	}
}

func TestRenameLeavesTheErrorItWasGiven(t *testing.T) {
	given := &task.Error{Code: task.Invalid, Fields: []task.FieldError{{Field: "prompt"}, {Field: "seconds"}}}
	var got *task.Error
	if !errors.As(Rename(given, map[string]string{"prompt": "text_prompt"}), &got) || got.Fields[0].Field != "text_prompt" || got.Fields[1].Field != "seconds" {
		t.Errorf("%v", got)
	}
	if given.Fields[0].Field != "prompt" {
		t.Error("the error was changed in place")
	}
	if other := errors.New("x"); !errors.Is(Rename(other, nil), other) {
		t.Error("another error was not kept")
	}
}

func TestTheBaseIsWhatTheCallerSees(t *testing.T) {
	forwarded := http.Header{"X-Forwarded-Proto": {"https, http"}, "X-Forwarded-Host": {"films.example, inner"}}
	tests := []struct {
		name   string
		origin Origin
		header http.Header
		tls    bool
		want   string
	}{
		{"the request's host", Origin{}, nil, false, "http://127.0.0.1:8080"},
		{"over TLS", Origin{}, nil, true, "https://127.0.0.1:8080"},
		{"the configured one", Origin{Public: "https://films.example/"}, nil, false, "https://films.example"},
		{"a proxy is not believed unasked", Origin{}, forwarded, false, "http://127.0.0.1:8080"},
		{"a trusted proxy", Origin{TrustProxy: true}, forwarded, false, "https://films.example"},
		{"the configured one with a path", Origin{Public: "https://films.example/video/", TrustProxy: true}, http.Header{"X-Forwarded-Prefix": {"/other"}}, false, "https://films.example/video"},
		{"a trusted proxy with a prefix", Origin{TrustProxy: true}, http.Header{"X-Forwarded-Prefix": {"/video/"}}, false, "http://127.0.0.1:8080/video"},
		{"a prefix is not believed unasked", Origin{}, http.Header{"X-Forwarded-Prefix": {"/video/"}}, false, "http://127.0.0.1:8080"},
		{"a trusted proxy with a scheme of no use", Origin{TrustProxy: true}, http.Header{"X-Forwarded-Proto": {"javascript"}}, false, "http://127.0.0.1:8080"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "http://127.0.0.1:8080/x", nil)
			if tt.header != nil {
				r.Header = tt.header
			}
			if tt.tls {
				r.TLS = &tls.ConnectionState{}
			}
			if got := tt.origin.Base(r); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

func TestBearerReadsOneSchemeInAnyCase(t *testing.T) {
	for header, want := range map[string]string{"Bearer abc": "abc", "bearer  abc ": "abc", "": "", "Basic abc": "", "Bearer": "", "abc": ""} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Authorization", header)
		if got := Bearer(r); got != want {
			t.Errorf("%q: %q, want %q", header, got, want)
		}
	}
}

func TestSignedLinksOfADayAreOneURL(t *testing.T) {
	token := func(key string, until time.Time) string { return key + "~" + until.Format(time.RFC3339) }
	for now, want := range map[string]string{"2026-11-24T00:00:00Z": "2026-11-26T00:00:00Z", "2026-11-24T23:59:59Z": "2026-11-26T00:00:00Z",
		"2026-11-25T00:30:00+02:00": "2026-11-26T00:00:00Z", "2026-12-31T12:00:00Z": "2027-01-02T00:00:00Z"} {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		got := Links{Base: "https://h", Token: token, Now: at}.Signed("datasets/a.jpg")
		if got != "https://h/datasets/a.jpg?_jwt=datasets/a.jpg~"+want {
			t.Errorf("%s: %s", now, got)
		}
	}
}
