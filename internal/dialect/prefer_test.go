package dialect

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

// waitedFor returns how long a read of a task waits at most with a header Prefer of these lines, and what the answer says was applied.
func waitedFor(t *testing.T, lines ...string) (limit time.Duration, applied string, err error) {
	t.Helper()
	h := LongPoll(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var found task.Task
		found, err = FindTask(r.Context(), fewTasks{}, apikey.Key{}, live, "No film.")
		limit = found.QueueWait
	}))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	r.Header["Prefer"] = lines
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return limit, w.Header().Get("Preference-Applied"), err
}

func TestALongPollWaitsAsLongAsItIsAskedTo(t *testing.T) {
	for _, one := range []struct {
		lines []string
		want  time.Duration
	}{
		{nil, 0},
		{[]string{""}, 0},
		{[]string{"respond-async"}, 0},
		{[]string{"waiting=5"}, 0},
		{[]string{"wait=1"}, time.Second},
		{[]string{"wait=30"}, 30 * time.Second},
		{[]string{"Wait = \"30\""}, 30 * time.Second},
		{[]string{"respond-async, wait=7"}, 7 * time.Second},
		{[]string{"respond-async", "wait=7"}, 7 * time.Second},
		{[]string{"wait"}, time.Minute},
		{[]string{"wait=60"}, time.Minute},
		{[]string{"wait=61"}, time.Minute},
		{[]string{"wait=999999999"}, time.Minute},
	} {
		limit, applied, err := waitedFor(t, one.lines...)
		if err != nil || limit != one.want || (applied == "wait") != (one.want > 0) {
			t.Errorf("%q: %v, applied %q, %v", one.lines, limit, applied, err)
		}
	}
}

func TestAWaitThatCannotBeReadIsNamed(t *testing.T) {
	for _, line := range []string{"wait=", "wait=0", "wait=00", "wait=-1", "wait=1.5", "wait=5s", "wait=1e3", "wait=1234567890", "wait=\u0665"} {
		_, applied, err := waitedFor(t, line)
		if task.CodeOf(err) != task.Invalid || !strings.Contains(err.Error(), "Prefer: must be wait, or wait=n with n from 1 to 60 seconds") || applied != "" {
			t.Errorf("%q: %v, applied %q", line, err, applied)
		}
	}
}
