package server

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// Ten times as many requests as the server may work on: those above the limit are refused at once, and when the others
// are answered all is as before.
func TestOverloadIsShedAndPasses(t *testing.T) {
	const most = 5
	inside, release := make(chan struct{}, 10*most), make(chan struct{})
	_, url, book := start(t, Options{MaxRunning: most, Routes: []Route{
		handle("GET /slow", func(http.ResponseWriter, *http.Request) { inside <- struct{}{}; <-release }),
		handle("POST /", func(http.ResponseWriter, *http.Request) {}),
		{Pattern: "GET /waits", Waits: true, Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})},
	}})
	var all sync.WaitGroup
	var mu sync.Mutex
	answers := map[int]int{}
	get := func() {
		resp, err := http.Get(url + "/slow")
		if err != nil {
			t.Error(err)
			return
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		mu.Lock()
		defer mu.Unlock()
		answers[resp.StatusCode]++
		if resp.StatusCode != http.StatusOK && (resp.Header.Get("Retry-After") != "2" || !strings.Contains(string(body), "/problems/unavailable")) {
			t.Errorf("%d, Retry-After %q, %s", resp.StatusCode, resp.Header.Get("Retry-After"), body)
		}
	}
	for range most {
		all.Go(get)
	}
	for range most {
		<-inside
	}
	for range 9 * most {
		get()
	}
	if answers[http.StatusServiceUnavailable] != 9*most {
		t.Errorf("answers %v", answers)
	}
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/metrics": 200, "/waits": 200} { // these always answer
		if resp, _ := ask(t, "GET", url+path); resp.StatusCode != want {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
	}
	resp, err := http.Post(url+"/", "text/plain", strings.NewReader("a body")) // of another kind
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("%+v, %v", resp, err)
	}
	_ = resp.Body.Close()
	close(release)
	all.Wait()
	get()
	if answers[http.StatusOK] != most+1 {
		t.Errorf("answers %v", answers)
	}
	_, metrics := ask(t, "GET", url+"/metrics")
	log := book.String()
	if !strings.Contains(metrics, fmt.Sprintf("filmgate_http_requests_shed_total %d", 9*most)) ||
		strings.Count(log, "overloaded: requests are refused") != 1 || strings.Count(log, fmt.Sprintf(`"refused":%d`, 9*most)) != 1 || strings.Contains(log, `"status":503`) {
		t.Errorf("the log and the metrics do not say so:\n%s", log)
	}
}

// Answers that have begun, and handlers that panic, are no load.
func TestStreamsAndPanicsKeepNoPlace(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	_, url, _ := start(t, Options{MaxRunning: 1, Routes: []Route{
		handle("GET /stream", func(w http.ResponseWriter, r *http.Request) {
			_ = http.NewResponseController(w).Flush()
			select {
			case <-release:
			case <-r.Context().Done():
			}
		}),
		handle("GET /panic", func(http.ResponseWriter, *http.Request) { panic("a mistake") }),
		handle("GET /", func(http.ResponseWriter, *http.Request) {}),
	}})
	for range 5 {
		resp, err := http.Get(url + "/stream")
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%+v, %v", resp, err)
		}
		defer resp.Body.Close()
	}
	for range 5 {
		if resp, _ := ask(t, "GET", url+"/panic"); resp.StatusCode != http.StatusInternalServerError {
			t.Errorf("a panic: %d", resp.StatusCode)
		}
	}
	if resp, _ := ask(t, "GET", url+"/"); resp.StatusCode != http.StatusOK {
		t.Errorf("after them: %d", resp.StatusCode)
	}
}

// Requests that wait are counted apart, by their route or by what they prefer: they keep nobody away but one another.
func TestWaitingRequestsHaveABoundOfTheirOwn(t *testing.T) {
	const most = 4
	inside, release := make(chan struct{}, 2*most), make(chan struct{})
	hold := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = http.NewResponseController(w).Flush()
		inside <- struct{}{}
		<-release
	})
	_, url, _ := start(t, Options{MaxRunning: 1, MaxWaiting: most, Routes: []Route{
		{Pattern: "GET /stream", Waits: true, Handler: hold},
		{Pattern: "GET /task", Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Prefer") != "" {
				hold(w, r)
			}
		})},
	}})
	get := func(path, prefer string) (*http.Response, error) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+path, nil)
		if err != nil {
			return nil, err
		}
		if prefer != "" {
			r.Header.Set("Prefer", prefer)
		}
		return http.DefaultClient.Do(r)
	}
	open := func(path, prefer string, want int) {
		t.Helper()
		resp, err := get(path, prefer)
		if err != nil || resp.StatusCode != want {
			t.Fatalf("%s, prefer %q: %+v, %v", path, prefer, resp, err)
		}
		t.Cleanup(func() { _ = resp.Body.Close() })
	}
	for range most / 2 {
		open("/stream", "", http.StatusOK)
		open("/task", "respond-async, Wait=30", http.StatusOK)
	}
	for range most {
		<-inside
	}
	open("/stream", "", http.StatusServiceUnavailable)
	open("/task", "wait", http.StatusServiceUnavailable)
	open("/task", "", http.StatusOK)
	if _, metrics := ask(t, "GET", url+"/metrics"); !strings.Contains(metrics, fmt.Sprintf("filmgate_http_requests_waiting %d\n", most)) {
		t.Errorf("the metrics do not count those that wait:\n%s", metrics)
	}
	close(release)
	for {
		if resp, err := get("/stream", ""); err == nil && resp.StatusCode == http.StatusOK {
			_ = resp.Body.Close()
			break // those that have ended have left
		}
	}
}

// Slow bodies take the places of requests with a body until they are cut off, and those of no others.
func TestSlowBodiesKeepNoPollAway(t *testing.T) {
	const slow = 20
	ended := make(chan error, slow)
	_, url, _ := start(t, Options{MaxRunning: slow, Stall: 300 * time.Millisecond, Routes: []Route{
		handle("POST /", func(_ http.ResponseWriter, r *http.Request) {
			_, err := io.ReadAll(r.Body)
			ended <- err
		}),
		handle("GET /", func(http.ResponseWriter, *http.Request) {}),
	}})
	for range slow {
		send(t, url, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhalf")
	}
	for range 10 {
		if resp, _ := ask(t, "GET", url+"/"); resp.StatusCode != http.StatusOK {
			t.Errorf("a poll: %d", resp.StatusCode)
		}
	}
	for range slow {
		if err := <-ended; !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("a slow body: %v", err)
		}
	}
	resp, err := http.Post(url+"/", "text/plain", strings.NewReader("a body"))
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("after them: %+v, %v", resp, err)
	}
	_ = resp.Body.Close()
}
