package aisdk

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

// waiting returns the routes with a gateway that calls before at each wait of a blocking call, with its number from 1. Use it in a bubble.
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

const (
	video = `"videos":[{"type":"url","url":"http://films.example/cdn/20261128/video.mp4?_jwt=`
	beat  = ": working\n\n"
)

func TestABlockingCallStreamsCommentsAndThenTheVideo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, h := waiting(reach(task.Succeeded, 3), nil)
		w := send(h, request("/v4/ai/video-model", `{"prompt":"x","n":2}`, "Accept", "text/event-stream"))
		body := w.Body.String()
		event, ok := strings.CutPrefix(body, strings.Repeat(beat, 3)+"data: {\"type\":\"result\",")
		if w.Code != 200 || !ok || !strings.HasPrefix(event, video) || !strings.Contains(event, `"feature":"n"`) || !strings.HasSuffix(event, "}\n\n") || !w.Flushed {
			t.Errorf("%d %q", w.Code, body)
		}
		if w.Header().Get("Content-Type") != "text/event-stream" || w.Header().Get("Filmgate-Task-Id") != finished().ID {
			t.Errorf("%v", w.Header())
		}
	})
}

func TestABlockingCallWithoutAStreamAnswersJSON(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, h := waiting(reach(task.Succeeded, 2), nil)
		w := send(h, request("/v3/ai/video-model", `{"prompt":"x"}`))
		if w.Code != 200 || !strings.HasPrefix(w.Body.String(), "{"+video) || w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}

func TestABlockingCallThatEndsWithoutAVideoIsNotRepeatedByTheSDK(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		withheld := "The finished video was withheld by the engine's content rules. Another seed or prompt may pass."
		for _, c := range []struct {
			state task.State
			says  string
		}{{task.Failed, withheld}, {task.Cancelled, "Video generation was cancelled."}, {task.Running, "The video was not ready within an hour. The task goes on: ask for its status by its id."}} {
			_, h := waiting(reach(c.state, 1), nil)
			stream := send(h, request("/v4/ai/video-model", `{"prompt":"x"}`, "Accept", "text/event-stream"))
			want := "data: {\"type\":\"error\",\"message\":\"" + c.says + "\",\"errorType\":\"failed_dependency\",\"statusCode\":424,\"param\":null}\n\n"
			if stream.Code != 200 || !strings.HasSuffix(stream.Body.String(), beat+want) {
				t.Errorf("%s: %d %q", c.state, stream.Code, stream.Body)
			}
			_, h = waiting(reach(c.state, 1), nil)
			plain := send(h, request("/v4/ai/video-model", `{"prompt":"x"}`))
			if plain.Code != 424 || !strings.Contains(plain.Body.String(), `"message":"`+c.says+`","type":"failed_dependency"`) {
				t.Errorf("%s: %d %s", c.state, plain.Code, plain.Body)
			}
		}
	})
}

func TestABlockingCallRefusesBadInputBeforeItStreams(t *testing.T) {
	_, h := waiting(func(*dialecttest.Gateway, int) {}, nil)
	w := send(h, request("/v4/ai/video-model", `{"duration":0}`, "Accept", "text/event-stream"))
	if w.Code != 400 || w.Header().Get("Content-Type") != "application/json" || !strings.Contains(w.Body.String(), "duration: must be a whole number from 1 to 60") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestABlockingCallEndsWithTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stopping := make(chan struct{})
		_, h := waiting(func(_ *dialecttest.Gateway, _ int) { close(stopping) }, stopping)
		w := send(h, request("/v4/ai/video-model", `{"prompt":"x"}`, "Accept", "text/event-stream"))
		if !strings.Contains(w.Body.String(), "The server is being restarted. The task goes on") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}

func TestATaskOutlivesTheCallerOfABlockingCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, leave := context.WithCancel(t.Context())
		gw, h := waiting(func(_ *dialecttest.Gateway, _ int) { leave() }, make(chan struct{}))
		send(h, request("/v4/ai/video-model", `{"prompt":"x"}`).WithContext(ctx))
		if made, err := gw.Last(); err != nil || made.State != task.Queued {
			t.Errorf("%+v, %v", made, err)
		}
	})
}
