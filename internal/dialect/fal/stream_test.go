package fal

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
	"github.com/filmgate/filmgate/internal/task"
)

const requestPath = "/fal/fal-ai/veo3.1/requests/00000000-0000-4000-8000-000000000001"

// follow streams the status of a request that begins in a state. before is called before each wait, with its number from 1. Use it in a bubble.
func follow(begin task.State, stopping <-chan struct{}, before func(gw *dialecttest.Gateway, n int)) *httptest.ResponseRecorder {
	gw := &dialecttest.Awaiting{Gateway: &dialecttest.Gateway{Time: now()}}
	gw.Put(dialecttest.InState(finished(), begin))
	if before != nil {
		gw.Before = func(n int) { before(gw.Gateway, n) }
	}
	h := dialecttest.Mux(dialect.OnlyUnder("/fal", Routes(gw, Options{Log: slog.New(slog.DiscardHandler), Stopping: stopping})))
	r := httptest.NewRequest(http.MethodGet, requestPath+"/status/stream?logs=0", nil)
	r.Header.Set("Authorization", "Key "+dialecttest.Key)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// statuses returns the statuses in a stream's events.
func statuses(t *testing.T, w *httptest.ResponseRecorder) (words []string) {
	t.Helper()
	for event := range strings.SplitSeq(strings.TrimSuffix(w.Body.String(), "\n\n"), "\n\n") {
		data, ok := strings.CutPrefix(event, "data: ")
		if !ok {
			words = append(words, event)
			continue
		}
		var s falStatus
		if err := json.Unmarshal([]byte(data), &s); err != nil || s.RequestID != finished().ID {
			t.Fatalf("%q: %v", data, err)
		}
		words = append(words, string(s.Status))
	}
	return words
}

func TestStreamTellsEachStatusOnceAndEndsWithTheRequest(t *testing.T) {
	into := func(steps map[int]task.State) func(*dialecttest.Gateway, int) {
		return func(gw *dialecttest.Gateway, n int) {
			if s, ok := steps[n]; ok {
				gw.Put(dialecttest.InState(finished(), s))
			}
		}
	}
	stopped := make(chan struct{})
	close(stopped)
	for _, c := range []struct {
		name     string
		begin    task.State
		stopping <-chan struct{}
		before   func(*dialecttest.Gateway, int)
		want     []string
	}{
		{"one that has ended", task.Succeeded, nil, nil, []string{"COMPLETED"}},
		{"from the queue to the end", task.Queued, nil, into(map[int]task.State{1: task.Pending, 2: task.Running, 3: task.Succeeded}), []string{"IN_QUEUE", "IN_PROGRESS", "COMPLETED"}},
		{"one that fails", task.Running, nil, into(map[int]task.State{1: task.Failed}), []string{"IN_PROGRESS", "COMPLETED"}},
		{"one that is cancelled", task.Queued, nil, into(map[int]task.State{1: task.Cancelled}), []string{"IN_QUEUE", "COMPLETED"}},
		{"a long wait", task.Running, nil, into(map[int]task.State{3: task.Succeeded}), []string{"IN_PROGRESS", ": in progress", ": in progress", "COMPLETED"}},
		{"the server ends", task.Running, stopped, nil, []string{"IN_PROGRESS"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var w *httptest.ResponseRecorder
			synctest.Test(t, func(*testing.T) { w = follow(c.begin, c.stopping, c.before) })
			if got := statuses(t, w); w.Code != http.StatusOK || !slices.Equal(got, c.want) || w.Header().Get("Content-Type") != "text/event-stream" ||
				w.Header().Get("X-Fal-Request-Id") != finished().ID || !w.Flushed {
				t.Errorf("%d %v\n%s", w.Code, w.Header(), w.Body)
			}
		})
	}
}

func TestStreamEndsAfterAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		follow(task.Running, nil, nil)
		if took := time.Since(begun); took != longestWait {
			t.Errorf("it took %v", took)
		}
	})
}
