package servertest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestLoadCountsWhatWasAnswered(t *testing.T) {
	var asked atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		body, _ := io.ReadAll(r.Body)
		if r.URL.Path != "/films" || r.Header.Get("Authorization") != "Bearer "+Key || r.Header.Get("X-Form") != "short" || string(body) != `{"a":1}` {
			t.Errorf("%s %v %s", r.URL, r.Header, body)
		}
		w.Header().Set("Content-Length", "30000")
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, strings.Repeat("x", 30_000))
	}))
	defer s.Close()
	addr := strings.TrimPrefix(s.URL, "http://")
	request := RequestBytes(http.MethodPost, addr, "/films", `{"a":1}`, "X-Form", "short")
	l := Load{Addr: addr, Conns: 3, Status: http.StatusAccepted, For: 50 * time.Millisecond, Request: func(uint64) []byte { return request }}
	got, err := l.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if int64(got.Requests) != asked.Load() || len(got.Sorted) != got.Requests || got.Requests < l.Conns {
		t.Errorf("%d requests, %d times; the server saw %d", got.Requests, len(got.Sorted), asked.Load())
	}
	if got.Quantile(0) > got.Quantile(.5) || got.Quantile(.5) > got.Quantile(1) || got.Rate() <= 0 {
		t.Errorf("%v, %v, %v; %g a second", got.Quantile(0), got.Quantile(.5), got.Quantile(1), got.Rate())
	}
}

func TestLoadFailsIfAnAnswerIsNotAsWanted(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/chunks" {
			http.NotFound(w, r)
			return
		}
		w.(http.Flusher).Flush()
	}))
	defer s.Close()
	addr := strings.TrimPrefix(s.URL, "http://")
	for path, want := range map[string]string{"/": "404", "/chunks": "Content-Length"} {
		l := Load{Addr: addr, Conns: 1, Status: http.StatusOK, For: time.Minute, Request: func(uint64) []byte { return RequestBytes(http.MethodGet, addr, path, "") }}
		if _, err := l.Run(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: the error is %v", path, err)
		}
	}
}
