package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// event is an event of a stream.
func event(id, state string, progress float64) string {
	text := fmt.Sprintf("event: task.x\ndata: {\"type\":\"task.x\",\"data\":{\"id\":\"a\",\"status\":%q,\"progress\":%v}}\n\n", state, progress)
	if id != "" {
		text = "id: " + id + "\n" + text
	}
	return text
}

// streams is a server that answers with a stream at a time, each of which it then breaks off. It records where they were resumed.
type streams struct {
	answers []string // "" = 204
	resumed []string
}

func (s *streams) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.resumed = append(s.resumed, r.Header.Get("Last-Event-ID"))
	answer := s.answers[0]
	s.answers = s.answers[1:]
	if answer == "" {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	_, _ = io.WriteString(w, answer)
}

// watched watches a task at a server. polls are what it answers to polls.
func watched(t *testing.T, h http.Handler, polls ...any) (shown []string, last Status, pauses int, err error) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	w, waited := poller(polls...)
	w.Follow = Client{Base: server.URL, HTTP: server.Client()}.Follow
	w.Show = func(s Status) { shown = append(shown, fmt.Sprint(s.State, s.Percent())) }
	last, err = w.Watch(t.Context(), Status{ID: "a", State: "QUEUED"})
	return shown, last, len(*waited), err
}

func TestWatchShowsWhatTheServerTells(t *testing.T) {
	s := &streams{answers: []string{"retry: 1000\n\n" + event("1", "QUEUED", 0) + event("4", "RUNNING", 0) + ":\n\n" + event("", "RUNNING", 0.5) + event("9", "SUCCEEDED", 1)}}
	shown, last, pauses, err := watched(t, s, "SUCCEEDED")
	if err != nil || last.State != "SUCCEEDED" || pauses != 0 || !slices.Equal(shown, []string{"QUEUED0", "QUEUED0", "RUNNING0", "RUNNING50", "SUCCEEDED0"}) {
		t.Errorf("%q after %d pauses, %v", shown, pauses, err)
	}
}

func TestWatchResumesAStreamThatBreaksOff(t *testing.T) {
	s := &streams{answers: []string{event("1", "QUEUED", 0) + event("4", "RUNNING", 0) + "id: 5\nevent: task.x\nda", event("", "RUNNING", 0.5), ""}}
	shown, last, pauses, err := watched(t, s, "RUNNING", "RUNNING", "SUCCEEDED")
	if err != nil || last.State != "SUCCEEDED" || pauses != 2 || !slices.Equal(s.resumed, []string{"", "4", "4"}) {
		t.Errorf("%q after %d pauses, resumed %q, %v", shown, pauses, s.resumed, err)
	}
}

func TestWatchPollsAServerWithoutStreams(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"older":        http.NotFound,
		"not a stream": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") },
		"refusing":     func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) },
	} {
		asked := 0
		shown, last, pauses, err := watched(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { asked++; h(w, r) }), "RUNNING", "SUCCEEDED")
		if err != nil || last.State != "SUCCEEDED" || pauses != 2 || asked != 1 {
			t.Errorf("%s: %q after %d pauses, asked %d times, %v", name, shown, pauses, asked, err)
		}
	}
}

func TestWatchPollsWhileStreamsAreRefused(t *testing.T) {
	_, last, pauses, err := watched(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }), "RUNNING", "SUCCEEDED")
	if err != nil || last.State != "SUCCEEDED" || pauses != 2 {
		t.Errorf("%s after %d pauses, %v", last.State, pauses, err)
	}
}

func TestAStreamWithoutEndIsLeftWithItsContext(t *testing.T) {
	told := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, event("1", "QUEUED", 0))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	ctx, interrupt := context.WithCancel(t.Context())
	w := Watcher{Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }, Show: func(s Status) {
		if s.Progress == 0 && s.ID == "a" {
			select {
			case <-told:
			default:
				close(told)
			}
		}
	}, Follow: Client{Base: server.URL, HTTP: server.Client()}.Follow}
	go func() { <-told; interrupt() }()
	if _, err := w.Watch(ctx, Status{ID: "b", State: "QUEUED"}); !errors.Is(err, ErrInterrupted) {
		t.Error(err)
	}
}

func TestAStreamThatIsNoneIsAnError(t *testing.T) {
	for _, text := range []string{"data: {\n\n", "data: " + strings.Repeat("x", lineLimit) + "\n\n", "", "data: {}"} {
		last := ""
		if err := readEvents(strings.NewReader(text), &last, func(Status) {}, func() {}); err == nil || last != "" {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}
