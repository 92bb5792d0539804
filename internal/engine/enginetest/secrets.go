package enginetest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/fakevendor"
)

// echoHandler answers with everything that it was sent, keys included.
func echoHandler(status int, kind string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, "{\"error\":{\"code\":1,\"message\":\"I got %s?%s with\"}} %v", r.URL.Path, r.URL.RawQuery, r.Header)
	})
}

// errorsHideKey checks every error of every call, whatever the vendor answers, for the key and what was signed with it.
func errorsHideKey(t *testing.T, v Vendor) {
	if v.Sync {
		t.Skip("the submit's call lasts until the video is finished; the test of a wrong key checks its failure")
	}
	fake := fakevendor.New(fakevendor.Options{Now: time.Now, Takes: time.Nanosecond})
	var answers atomic.Value // of http.HandlerFunc
	var sent atomic.Pointer[http.Header]
	answers.Store(fake.ServeHTTP)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := r.Header.Clone()
		sent.Store(&h)
		answers.Load().(func(http.ResponseWriter, *http.Request))(w, r)
	}))
	defer server.Close()
	e := v.New(server.URL+"/"+v.Wire, loopback(t), time.Now)
	sub, err := e.Submit(t.Context(), jobOf(e, taskID(1), "a cat walks"))
	if err != nil {
		t.Fatal(err)
	}
	for _, status := range []int{200, 201, 302, 400, 401, 402, 403, 404, 409, 422, 429, 500, 503} {
		for _, kind := range []string{"application/json", "text/html", "video/mp4"} {
			answers.Store(echoHandler(status, kind).ServeHTTP)
			for verb, err := range everyCall(t.Context(), e, sub.Handle) {
				if err != nil {
					wantNoSecret(t, fmt.Sprintf("%s answered %d %s", verb, status, kind), err, *sent.Load())
				}
			}
		}
	}
	server.CloseClientConnections()
	server.Close()
	for verb, err := range everyCall(t.Context(), e, sub.Handle) {
		if err != nil {
			wantNoSecret(t, verb+" without an answer", err, *sent.Load())
		}
	}
}

// everyCall makes each call of the port and returns the errors by verb.
func everyCall(ctx context.Context, e engine.Engine, handle string) map[string]error {
	errs := map[string]error{}
	_, errs["submit"] = e.Submit(ctx, jobOf(e, taskID(2), "a cat walks"))
	_, errs["poll"] = e.Poll(ctx, handle)
	c, err := e.Open(ctx, handle, 0)
	if errs["open"] = err; err == nil {
		_, errs["open"] = io.Copy(io.Discard, c.Body)
		_ = c.Body.Close()
	}
	errs["cancel"] = e.Cancel(ctx, handle)
	if f, ok := e.(engine.Finder); ok {
		_, errs["find"] = f.Find(ctx, taskID(1))
	}
	if k, ok := e.(engine.Checker); ok {
		_, errs["check"] = k.Check(ctx)
	}
	if r, ok := e.(engine.CallbackReceiver); ok {
		_, errs["receive"] = r.Receive(ctx, engine.Callback{Header: http.Header{}})
	}
	return errs
}

// wantNoSecret checks that an error, its cause and its failure show neither the key nor a token made with it.
func wantNoSecret(t *testing.T, what string, err error, sent http.Header) {
	t.Helper()
	f := engine.AsError(err).Failure()
	text := fmt.Sprintf("%v %+v %#v %s %s %s", err, err, err, f.Text, f.Detail, engine.AsError(err).Explain("team"))
	secrets := []string{Key}
	for name, values := range sent {
		if low := strings.ToLower(name); strings.Contains(low, "authorization") || strings.Contains(low, "key") {
			_, token, _ := strings.Cut(values[0], " ")
			secrets = append(secrets, token)
		}
	}
	for _, s := range secrets {
		if s != "" && strings.Contains(text, s) {
			t.Errorf("%s: the error shows %q: %v", what, s, err)
		}
	}
}
