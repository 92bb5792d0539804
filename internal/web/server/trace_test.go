package server_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/filmgate/filmgate/internal/web/server"
)

// Requests of routes that callers poll have no trace, nor have those that no route answers.
func TestTraceIsOfRoutesThatNobodyPolls(t *testing.T) {
	t.Parallel()
	type mark struct{}
	var got []string
	answer := func(status int) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			got = append(got, fmt.Sprint("in trace ", r.Context().Value(mark{}), " of ", r.PathValue("id")))
			if status == 0 {
				panic("a mistake")
			}
			w.WriteHeader(status)
		})
	}
	web, err := server.New(server.Options{
		Log: slog.New(slog.DiscardHandler), Random: rand.Reader,
		Routes: []server.Route{{Pattern: "POST /make/{id}", Handler: answer(201)}, {Pattern: "POST /break/{id}", Handler: answer(0)}, {Pattern: "GET /poll/{id}", Handler: answer(200), QuietLog: true}},
		Trace: func(r *http.Request, pattern string) (*http.Request, func(int)) {
			return r.WithContext(context.WithValue(r.Context(), mark{}, pattern)), func(status int) { got = append(got, fmt.Sprint(pattern, " ended ", status)) }
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, call := range [][2]string{{"POST", "/make/1"}, {"POST", "/break/2"}, {"GET", "/poll/3"}, {"GET", "/none"}, {"GET", "/healthz"}} {
		web.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(call[0], call[1], nil))
	}
	want := []string{"in trace POST /make/{id} of 1", "POST /make/{id} ended 201", "in trace POST /break/{id} of 2", "POST /break/{id} ended 500", "in trace <nil> of 3"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}
