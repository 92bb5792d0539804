package replicate

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
	"github.com/filmgate/filmgate/internal/task"
)

// waiting returns the routes with a gateway that calls before at each wait of a create, with its number from 1. Use it in a bubble.
func waiting(before func(gw *dialecttest.Gateway, n int), stopping <-chan struct{}) (*dialecttest.Gateway, http.Handler) {
	gw := &dialecttest.Awaiting{Gateway: &dialecttest.Gateway{Time: time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC)}}
	gw.Before = func(n int) { before(gw.Gateway, n) }
	return gw.Gateway, dialecttest.Mux(Routes(gw, Options{Log: slog.New(slog.DiscardHandler), Stopping: stopping}))
}

// reach puts the task into a state at the n-th wait.
func reach(s task.State, at int) func(*dialecttest.Gateway, int) {
	return func(gw *dialecttest.Gateway, n int) {
		if n == at {
			gw.Put(dialecttest.InState(finished(), s))
		}
	}
}

func TestACreateThatWaitsAnswersWithTheEnd(t *testing.T) {
	for state, word := range map[task.State]string{task.Succeeded: "succeeded", task.Failed: "failed", task.Cancelled: "canceled"} {
		synctest.Test(t, func(t *testing.T) {
			begun := time.Now()
			_, h := waiting(reach(state, 3), nil)
			w := send(h, request(http.MethodPost, ofVeo, `{"input":{"prompt":"x"}}`, "Prefer", "respond-async, wait"))
			if took := time.Since(begun); w.Code != 201 || !strings.Contains(w.Body.String(), `"status":"`+word+`"`) || took != 30*time.Second {
				t.Errorf("%s after %v: %d %s", state, took, w.Code, w.Body)
			}
		})
	}
}

func TestACreateIsStartingWhenItsWaitRunsOut(t *testing.T) {
	for prefer, want := range map[string]time.Duration{"wait": time.Minute, "wait=1": time.Second, "wait=60": time.Minute, "wait=3600": time.Minute, "Wait = 2": 2 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			begun := time.Now()
			_, h := waiting(reach(task.Running, 1), nil)
			w := send(h, request(http.MethodPost, ofVeo, `{"input":{"prompt":"x"}}`, "Prefer", prefer))
			if took := time.Since(begun); w.Code != 202 || !strings.Contains(w.Body.String(), `"status":"starting"`) || took != want {
				t.Errorf("%s: after %v, %d %s", prefer, took, w.Code, w.Body)
			}
		})
	}
}

func TestACreateWithoutPreferOrWithAnotherPreferenceDoesNotWait(t *testing.T) {
	for _, prefer := range []string{"", "respond-async", "return=minimal", "waiting"} {
		_, h := waiting(func(*dialecttest.Gateway, int) { t.Errorf("%q waits", prefer) }, nil)
		if w := send(h, request(http.MethodPost, ofVeo, `{"input":{"prompt":"x"}}`, "Prefer", prefer)); w.Code != 201 {
			t.Errorf("%q: %d %s", prefer, w.Code, w.Body)
		}
	}
}

func TestACreateThatWaitsEndsWithTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stopping := make(chan struct{})
		_, h := waiting(func(*dialecttest.Gateway, int) { close(stopping) }, stopping)
		if w := send(h, request(http.MethodPost, ofVeo, `{"input":{"prompt":"x"}}`, "Prefer", "wait")); w.Code != 202 || !strings.Contains(w.Body.String(), `"status":"starting"`) {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}

func TestATaskOutlivesTheCallerOfACreateThatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, leave := context.WithCancel(t.Context())
		gw, h := waiting(func(*dialecttest.Gateway, int) { leave() }, nil)
		send(h, request(http.MethodPost, ofVeo, `{"input":{"prompt":"x"}}`, "Prefer", "wait").WithContext(ctx))
		if made, err := gw.Last(); err != nil || made.State != task.Queued {
			t.Errorf("%+v, %v", made, err)
		}
	})
}
