package replicate

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	pollEvery   = 500 * time.Millisecond // as the SDK's own polls
	longestWait = 60 * time.Second
)

var waitForm = regexp.MustCompile(`^wait(?:\s*=\s*"?([0-9]{1,9})"?)?$`)

// waitOf returns how long the header Prefer asks a create to wait: "wait" = 60 s, "wait=n" = n seconds, 60 at most. 0 = not at
// all. Other preferences have no effect (RFC 7240).
func waitOf(h http.Header) (time.Duration, error) {
	for _, line := range h.Values("Prefer") {
		for one := range strings.SplitSeq(line, ",") {
			one = strings.ToLower(strings.TrimSpace(one))
			if name, _, _ := strings.Cut(one, "="); strings.TrimSpace(name) != "wait" {
				continue
			}
			m := waitForm.FindStringSubmatch(one)
			if m == nil || m[1] != "" && strings.Trim(m[1], "0") == "" {
				return 0, &task.Error{Code: task.Invalid, Fields: []task.FieldError{{Field: "Prefer", Detail: "must be wait, or wait=n with n from 1 to 60 seconds"}}}
			}
			if m[1] == "" {
				return longestWait, nil
			}
			n, _ := strconv.Atoi(m[1])
			return min(time.Duration(n)*time.Second, longestWait), nil
		}
	}
	return 0, nil
}

// wait returns the task once it has ended, or as it is when the time is up, the caller has gone or the server ends. The task
// goes on in any case.
func (c calls) wait(r *http.Request, who apikey.Key, t task.Task, limit time.Duration) task.Task {
	for range int(limit / pollEvery) {
		if t.State.Terminal() {
			return t
		}
		select {
		case <-r.Context().Done():
			return t
		case <-c.Stopping:
			return t
		case <-c.After(pollEvery):
		}
		if now, err := c.gw.Read(r.Context(), who, t.ID); err == nil { // the database may be back at the next poll
			t = now
		}
	}
	return t
}
