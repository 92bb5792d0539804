package aisdk

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	longestWait = time.Hour // of a blocking call; after that the task goes on without it
	mayBeGone   = "The task goes on: ask for its status by its id."
)

// generate answers when the video is there. If the caller leaves, the task goes on.
func (c calls) generate(w http.ResponseWriter, r *http.Request) {
	who, t, warnings, err := c.create(w, r)
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	w.Header().Set("Filmgate-Task-Id", t.ID)
	stream := strings.Contains(r.Header.Get("Accept"), "text/event-stream")
	beat := func() {}
	if stream {
		h := w.Header()
		h.Set("Content-Type", "text/event-stream")
		h.Set("Cache-Control", "no-store")
		h.Set("X-Accel-Buffering", "no") // nginx would keep the comments back
		beat = func() {
			_, _ = w.Write([]byte(": working\n\n")) // the caller may have gone, which r.Context tells
			_ = http.NewResponseController(w).Flush()
		}
		beat()
	}
	ended, failure := c.wait(r, who, t, beat)
	switch {
	case failure == nil && stream:
		result := encodeResult(ended, c.Origin.Links(r, c.gw), warnings)
		result.Type = "result"
		c.event(w, result)
	case failure == nil:
		dialect.WriteJSON(w, http.StatusOK, dialect.Marshal(encodeResult(ended, c.Origin.Links(r, c.gw), warnings)))
	case stream:
		c.event(w, *failure)
	default:
		body := gatewayErrorBody{Message: failure.Message, Type: gatewayErrorType(failure.ErrorType), Code: failure.ErrorType}
		dialect.WriteJSON(w, failure.StatusCode, dialect.Marshal(gatewayError{body}))
	}
}

// event writes the one event of a stream.
func (c calls) event(w http.ResponseWriter, v any) {
	_, _ = fmt.Fprintf(w, "data: %s\n", dialect.Marshal(v)) // Marshal ends the line
	_ = http.NewResponseController(w).Flush()
}

// wait returns the task once it has succeeded, or why it will not be waited for.
func (c calls) wait(r *http.Request, who apikey.Key, t task.Task, beat func()) (task.Task, *gatewayFailure) {
	t, err := dialect.AwaitEnd(r.Context(), c.gw, who, t, dialect.Waiting{Limit: longestWait, Stopping: c.Stopping, Beat: beat})
	switch {
	case err == nil:
		return t, endOf(t)
	case errors.Is(err, dialect.ErrStopping):
		return t, dependency("The server is being restarted. " + mayBeGone)
	case errors.Is(err, dialect.ErrWaited):
		return t, dependency("The video was not ready within an hour. " + mayBeGone)
	default:
		return t, dependency("The caller has gone. " + mayBeGone)
	}
}

// endOf returns why an ended task has no video; nil if it has one.
func endOf(t task.Task) *gatewayFailure {
	switch t.State {
	case task.Succeeded:
		return nil
	case task.Cancelled:
		return dependency("Video generation was cancelled.")
	default:
		return dependency(t.WhyFailed().Text)
	}
}

// dependency is the error of a call whose task ends without a video. Its status is one that the SDK does not repeat: the same
// request would cost a second video.
func dependency(message string) *gatewayFailure {
	return &gatewayFailure{Type: "error", Message: message, ErrorType: "failed_dependency", StatusCode: http.StatusFailedDependency}
}
