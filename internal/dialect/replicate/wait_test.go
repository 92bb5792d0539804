package replicate

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
	"github.com/filmgate/filmgate/internal/task"
)

// waiting returns the routes with a clock that calls poll before each poll of a create that waits, with its number from 1.
func waiting(poll func(gw *dialecttest.Gateway, n int), stopping <-chan struct{}) (gw *dialecttest.Gateway, h http.Handler, polls *int) {
	gw = &dialecttest.Gateway{Time: time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC)}
	polls = new(int)
	now := make(chan time.Time)
	close(now)
	return gw, dialecttest.Mux(Routes(gw, Options{Log: slog.New(slog.DiscardHandler), Stopping: stopping, After: func(time.Duration) <-chan time.Time {
		*polls++
		poll(gw, *polls)
		if stopping != nil {
			return nil
		}
		return now
	}})), polls
}

// reach puts the task into a state at the n-th poll.
func reach(s task.State, at int) func(*dialecttest.Gateway, int) {
	return func(gw *dialecttest.Gateway, n int) {
		if n == at {
			gw.Put(dialecttest.InState(finished(), s))
		}
	}
}

func TestACreateThatWaitsAnswersWithTheEnd(t *testing.T) {
	for state, word := range map[task.State]string{task.Succeeded: "succeeded", task.Failed: "failed", task.Cancelled: "canceled"} {
		_, h, polls := waiting(reach(state, 3), nil)
		w := send(h, request(http.MethodPost, ofVeo, `{"input":{"prompt":"x"}}`, "Prefer", "respond-async, wait"))
		if w.Code != 201 || !strings.Contains(w.Body.String(), `"status":"`+word+`"`) || *polls != 3 {
			t.Errorf("%s after %d polls: %d %s", state, *polls, w.Code, w.Body)
		}
	}
}

func TestACreateIsStartingWhenItsWaitRunsOut(t *testing.T) {
	for prefer, want := range map[string]int{"wait": 120, "wait=1": 2, "wait=60": 120, "wait=3600": 120, "Wait = 2": 4} {
		_, h, polls := waiting(reach(task.Running, 1), nil)
		w := send(h, request(http.MethodPost, ofVeo, `{"input":{"prompt":"x"}}`, "Prefer", prefer))
		if w.Code != 202 || !strings.Contains(w.Body.String(), `"status":"starting"`) || *polls != want {
			t.Errorf("%s: %d polls, %d %s", prefer, *polls, w.Code, w.Body)
		}
	}
}

func TestACreateWithoutPreferOrWithAnotherPreferenceDoesNotWait(t *testing.T) {
	for _, prefer := range []string{"", "respond-async", "return=minimal", "waiting"} {
		_, h, polls := waiting(func(*dialecttest.Gateway, int) {}, nil)
		w := send(h, request(http.MethodPost, ofVeo, `{"input":{"prompt":"x"}}`, "Prefer", prefer))
		if w.Code != 201 || *polls != 0 {
			t.Errorf("%q: %d polls, %d %s", prefer, *polls, w.Code, w.Body)
		}
	}
}

func TestACreateThatWaitsEndsWithTheServer(t *testing.T) {
	stopping := make(chan struct{})
	_, h, _ := waiting(func(*dialecttest.Gateway, int) { close(stopping) }, stopping)
	if w := send(h, request(http.MethodPost, ofVeo, `{"input":{"prompt":"x"}}`, "Prefer", "wait")); w.Code != 202 || !strings.Contains(w.Body.String(), `"status":"starting"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestATaskOutlivesTheCallerOfACreateThatWaits(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	gw, h, _ := waiting(func(*dialecttest.Gateway, int) { leave() }, make(chan struct{}))
	send(h, request(http.MethodPost, ofVeo, `{"input":{"prompt":"x"}}`, "Prefer", "wait").WithContext(ctx))
	if made, err := gw.Last(); err != nil || made.State != task.Queued {
		t.Errorf("%+v, %v", made, err)
	}
}
