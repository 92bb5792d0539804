package engine_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// A submit that reached a server may have created a job, unless the vendor answers that it gave none.
func TestFailedSubmitsAreUnconfirmedIfServed(t *testing.T) {
	for status, want := range map[int]bool{
		408: true, 500: true, 504: true, 507: true, 520: true, 522: true, 524: true, 599: true,
		502: false, 503: false, 521: false, 523: false, 525: false, 526: false,
		400: false, 401: false, 404: false, 409: false, 422: false, 429: false, 529: false,
	} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			c := vendor(t, answer(status, ""))
			_, err := c.Do(t.Context(), engine.Call{Method: "POST", Path: "/"})
			if e := engine.AsError(err); err == nil || e.Unconfirmed != want {
				t.Errorf("a submit: %v, unconfirmed is %v", err, e.Unconfirmed)
			}
			_, err = c.Do(t.Context(), engine.Call{Method: "GET", Path: "/"})
			if e := engine.AsError(err); err == nil || e.Unconfirmed {
				t.Errorf("a question: %v, unconfirmed is %v", err, e.Unconfirmed)
			}
		})
	}
}

func TestFailDecidesWhatIsUnconfirmed(t *testing.T) {
	c := vendor(t, answer(500, "out of credit"))
	c.Fail = func(int, []byte, http.Header) *engine.Error { return &engine.Error{Class: engine.AuthError} }
	_, err := c.Do(t.Context(), engine.Call{Method: "POST", Path: "/"})
	if e := engine.AsError(err); e.Class != engine.AuthError || e.Unconfirmed || e.Reason != task.VendorRefused {
		t.Errorf("%+v", e)
	}
}

func TestRetryAfter(t *testing.T) {
	const day = 24 * time.Hour
	for _, c := range []struct {
		name    string
		headers []string
		want    time.Duration
	}{
		{"it does not say", nil, 0},
		{"seconds", []string{"Retry-After: 7"}, 7 * time.Second},
		{"parts of a second", []string{"Retry-After: 0.5"}, 500 * time.Millisecond},
		{"milliseconds go first", []string{"Retry-After: 7", "Retry-After-Ms: 20"}, 20 * time.Millisecond},
		{"milliseconds that are none", []string{"Retry-After: 7", "Retry-After-Ms: soon"}, 7 * time.Second},
		{"a date", []string{"Retry-After: Thu, 01 Jan 2026 00:00:30 GMT"}, 30 * time.Second},
		{"a date in the old form", []string{"Retry-After: Thursday, 01-Jan-26 00:00:30 GMT"}, 30 * time.Second},
		{"a date of this moment", []string{"Retry-After: Thu, 01 Jan 2026 00:00:00 GMT"}, 0},
		{"a date of long ago", []string{"Retry-After: Thu, 01 Jan 1970 00:00:00 GMT"}, 0},
		{"a date of the far future", []string{"Retry-After: Fri, 01 Jan 9999 00:00:00 GMT"}, day},
		{"less than none", []string{"Retry-After: -5"}, 0},
		{"a word", []string{"Retry-After: later"}, 0},
		{"no number", []string{"Retry-After: NaN"}, 0},
		{"for ever", []string{"Retry-After: Inf"}, day},
		{"longer than a number of nanoseconds", []string{"Retry-After: 99999999999999"}, day},
		{"more milliseconds than that", []string{"Retry-After-Ms: 1e300"}, day},
		{"never", []string{"Retry-After: -Inf"}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := vendor(t, answer(429, "", c.headers...)).Do(t.Context(), engine.Call{Method: "GET", Path: "/"})
			if got := engine.AsError(err).RetryAfter; got != c.want {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

func TestWhatCountsAsJSON(t *testing.T) {
	for _, c := range []struct {
		kind, body string
		fault      string // "" = it is decoded
	}{
		{"application/json", `{"id":"a"}`, ""},
		{"application/json; charset=utf-8", " {\"id\":\"a\"}\n", ""},
		{"application/problem+json", `{"id":"a"}`, ""},
		{"text/plain", `{"id":"a"}`, ""},
		{"", `{"id":"a"}`, ""},
		{"application/json", `{"id":"a","more":[1,{}],"ID":null}`, ""},
		{"text/html", `{"id":"a"}`, "not JSON"},
		{"application/octet-stream", `{"id":"a"}`, "not JSON"},
		{"application/json", ``, "EOF"},
		{"application/json", `null`, ""},
		{"application/json", `["a"]`, "cannot unmarshal array"},
		{"application/json", `{"id":"a"} x`, "more after the JSON"},
		{"application/json", "\ufeff" + `{"id":"a"}`, "invalid character"},
	} {
		t.Run(c.kind+" "+c.body, func(t *testing.T) {
			var out struct {
				ID string `json:"id"`
			}
			_, err := vendor(t, answer(200, c.body, "Content-Type: "+c.kind)).Do(t.Context(), engine.Call{Method: "GET", Path: "/", Out: &out})
			switch e := engine.AsError(err); {
			case c.fault == "" && err != nil:
				t.Error(err)
			case c.fault != "" && (err == nil || e.Class != engine.InvalidResponse || !strings.Contains(e.Detail, c.fault)):
				t.Errorf("%v, want garbled: %s", err, c.fault)
			}
		})
	}
}

func TestIgnoredAnswersNeedNoBody(t *testing.T) {
	for _, status := range []int{200, 201, 202, 204} {
		if _, err := vendor(t, answer(status, "")).Do(t.Context(), engine.Call{Method: "DELETE", Path: "/"}); err != nil {
			t.Errorf("%d: %v", status, err)
		}
	}
}

// A key that crosses the end of a quote is not shown, not even half of it.
func TestQuotesCutNoKeyInHalf(t *testing.T) {
	for _, at := range []int{280, 290, 299, 300} {
		for name, ask := range map[string]func(*engine.Client) error{
			"an error": func(c *engine.Client) error {
				_, err := c.Do(t.Context(), engine.Call{Method: "GET", Path: "/"})
				return err
			},
			"a download": func(c *engine.Client) error { _, err := c.Open(t.Context(), "/", 0); return err },
			"no JSON": func(c *engine.Client) error {
				var out any
				_, err := c.Do(t.Context(), engine.Call{Method: "GET", Path: "/", Out: &out})
				return err
			},
		} {
			status := 403
			if name == "no JSON" {
				status = 200
			}
			err := ask(vendor(t, answer(status, strings.Repeat("x", at)+key+strings.Repeat("y", 200))))
			if err == nil || strings.Contains(err.Error(), key[:4]) {
				t.Errorf("%s, at %d: %v", name, at, err)
			}
		}
	}
}

func TestErrorTexts(t *testing.T) {
	cause := errors.New("the cause")
	for _, c := range []struct {
		name string
		err  engine.Error
		want task.Failure
	}{
		{"all of it", engine.Error{Class: engine.Refused, Reason: task.SafetyInputText, Text: "No.", Detail: "code 7", Err: cause},
			task.Failure{Reason: task.SafetyInputText, Text: "No.", Detail: "engine: refused (SAFETY.INPUT.TEXT): code 7: the cause"}},
		{"no text of its own", engine.Error{Class: engine.AuthError, Reason: task.VendorRefused},
			task.Failure{Reason: task.VendorRefused, Text: task.VendorRefused.PublicText(), Detail: "engine: account (THIRD_PARTY.REFUSED)"}},
		{"no reason", engine.Error{Class: engine.InvalidResponse}, task.Failure{Reason: task.VendorUnavailable, Text: task.VendorUnavailable.PublicText(), Detail: "engine: garbled ()"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.err.Failure(); *got != c.want {
				t.Errorf("%+v, want %+v", *got, c.want)
			}
		})
	}
	if e := (&engine.Error{Err: cause}); !errors.Is(e, cause) {
		t.Error("the cause is not kept")
	}
}

func TestOtherErrorsAreUnconfirmed(t *testing.T) {
	plain := errors.New("plain")
	if e := engine.AsError(plain); e.Class != engine.Unreachable || !e.Unconfirmed || !errors.Is(e, plain) {
		t.Errorf("%+v", e)
	}
	inner := &engine.Error{Class: engine.NotFound}
	if e := engine.AsError(fmt.Errorf("around: %w", inner)); e != inner {
		t.Errorf("%+v", e)
	}
}

func TestFreshTimestamp(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	for seconds, want := range map[string]bool{
		"1700000000": true, "1699999700": true, "1700000300": true, "1699999699": false, "1700000301": false,
		"": false, "soon": false, "1700000000.5": false, "-1700000000": false, "0": false,
		"9223372036854775807": false, "-9223372036854775808": false, "99999999999999999999": false,
	} {
		if got := engine.FreshTimestamp(seconds, now); got != want {
			t.Errorf("%q: %v, want %v", seconds, got, want)
		}
	}
}

// answersCallback is an engine whose answer to a callback is set by the test.
type answersCallback struct {
	engine.Engine
	answer string
	err    error
}

func (h answersCallback) Receive(context.Context, engine.Callback) ([]byte, error) {
	return []byte(h.answer), h.err
}

func TestOneKeyMayAcceptACallback(t *testing.T) {
	forged := fmt.Errorf("key: %w", engine.ErrBadSignature)
	for _, c := range []struct {
		name   string
		first  error
		second error
		answer string
		forged bool
	}{
		{"the first", nil, forged, "1", false},
		{"the second", forged, nil, "2", false},
		{"neither", forged, forged, "", true},
		{"nobody can tell", forged, errors.New("no keys to check with"), "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := wrap(t, engine.Policy{}, "a")
			w, err := engine.Wrap(engine.Policy{}, engine.Key{Name: "a", Engine: answersCallback{s, "1", c.first}}, engine.Key{Name: "b", Engine: answersCallback{s, "2", c.second}})
			if err != nil {
				t.Fatal(err)
			}
			answer, err := w.(engine.CallbackReceiver).Receive(t.Context(), engine.Callback{})
			if string(answer) != c.answer || errors.Is(err, engine.ErrBadSignature) != c.forged || (err == nil) == c.forged {
				t.Errorf("%q, %v", answer, err)
			}
		})
	}
	s := wrap(t, engine.Policy{}, "k")
	if answer, err := s.Engine.(engine.CallbackReceiver).Receive(t.Context(), engine.Callback{}); answer != nil || err != nil {
		t.Errorf("an engine without a word on it: %q, %v", answer, err)
	}
}
