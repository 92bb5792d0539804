package dialect

import (
	"context"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

// longestWait is how long a request may have its answer wait.
const longestWait = 60 * time.Second

var waitForm = regexp.MustCompile(`^wait(?:\s*=\s*"?([0-9]{1,9})"?)?$`)

// PreferWait returns how long the header Prefer asks an answer to wait: "wait" = 60 s, "wait=n" = n seconds, 60 at most. 0 = not at
// all. Other preferences have no effect (RFC 7240). Error: Invalid for a wait of another form.
func PreferWait(h http.Header) (time.Duration, error) {
	for _, line := range h["Prefer"] {
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

// waitKey is the key of a *preferredWait in a request's context.
type waitKey struct{}

// preferredWait is what a read of a task was asked to wait.
type preferredWait struct {
	limit  time.Duration
	err    error // in what was asked
	answer http.Header
}

// LongPoll returns the handler of a call that answers with one task, which it finds by FindTask: "Prefer: wait" has the answer wait
// for the task's next change. A request without that header is passed on as it is.
func LongPoll(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.Header["Prefer"]) > 0 {
			if limit, err := PreferWait(r.Header); limit > 0 || err != nil {
				r = r.WithContext(context.WithValue(r.Context(), waitKey{}, &preferredWait{limit, err, w.Header()}))
			}
		}
		h.ServeHTTP(w, r)
	})
}

// readTask reads a task, at once or after its next change if the request asked for that.
func readTask(ctx context.Context, from TaskReader, who apikey.Key, id string) (task.Task, error) {
	w, ok := ctx.Value(waitKey{}).(*preferredWait)
	if !ok {
		return from.Read(ctx, who, id)
	}
	if w.err != nil {
		return task.Task{}, w.err
	}
	t, err := from.Await(ctx, who, id, w.limit)
	if err == nil {
		w.answer.Set("Preference-Applied", "wait")
	}
	return t, err
}
