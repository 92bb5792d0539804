package chaos

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/task"
)

// streamed returns an event as a stream tells it.
func streamed(id int, kind task.EventType) string {
	return fmt.Sprintf("id: %d\nevent: %s\ndata: {\"type\":%q,\"data\":{\"id\":\"a\"}}\n\n", id, kind, kind)
}

// followAnswers follows a stream of which each answer is one of those given, until all have come, and returns the ids to resume after.
func followAnswers(t *testing.T, answers ...string) (f *follower, resumed []string) {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := answers[len(resumed)]
		resumed = append(resumed, r.Header.Get("Last-Event-ID"))
		if r.URL.Path != "/api/v1/events" || r.Header.Get("Authorization") != "Bearer k" {
			t.Errorf("%s with %s", r.URL, r.Header)
		}
		if answer == "refuse" {
			http.Error(w, "no", http.StatusBadRequest)
			return
		}
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(s.Close)
	f = &follower{base: func() string { return s.URL }, key: "k"}
	for range answers {
		f.one(t.Context())
	}
	return f, resumed
}

func TestFollowerResumesAfterTheLastWholeEvent(t *testing.T) {
	cut := strings.TrimSuffix(streamed(5, task.EventRunning), "\n")
	f, resumed := followAnswers(t, "retry: 1000\n\nid: 2\n:\n\n"+streamed(3, task.EventCreated)+"event: task.progress\ndata: {\"type\":\"task.progress\"}\n\n"+cut,
		streamed(5, task.EventRunning), ":\n\n"+streamed(9, task.EventSucceeded))
	if got := strings.Join(resumed, " "); got != "0 3 5" || f.streams.Load() != 3 || len(f.heard.wrong()) > 0 {
		t.Errorf("resumed after %s, %d streams, %v", got, f.streams.Load(), f.heard.wrong())
	}
	count, wrong := judgeHeard([]task.EventType{task.EventCreated, task.EventRunning, task.EventSucceeded}, f.heard.snapshot()["a"])
	if count.events != 3 || count.again != 0 || len(wrong) > 0 {
		t.Errorf("%+v %v", count, wrong)
	}
}

func TestFollowerNoticesAStreamThatIsWrong(t *testing.T) {
	for name, c := range map[string]struct{ first, second, want string }{
		"an event again":     {streamed(5, task.EventCreated), streamed(5, task.EventCreated), `task.created "5" came after the event 5`},
		"an event of before": {streamed(5, task.EventCreated), streamed(4, task.EventRunning), `task.running "4" came after the event 5`},
		"no number":          {streamed(5, task.EventCreated), "id: x\n\n", `"x" came after the event 5`},
		"no resume":          {streamed(5, task.EventCreated), "refuse", "it could not be resumed after 5: 400"},
	} {
		f, _ := followAnswers(t, c.first, c.second)
		if got := strings.Join(f.heard.wrong(), "; "); !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
