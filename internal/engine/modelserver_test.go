package engine_test

import (
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/fake"
	"github.com/filmgate/filmgate/internal/task"
)

func TestNoCallIsMadeWhileTheModelServerDoesNotWork(t *testing.T) {
	inner := &scripted{Engine: fake.New(nil, time.Now), counts: map[string]int{}}
	var server *task.ModelServer
	e, err := engine.Wrap(engine.Policy{ModelServer: func() *task.ModelServer { return server }}, engine.Key{Engine: inner})
	if err != nil {
		t.Fatal(err)
	}
	job := engine.Job{Task: "t", Model: "fake", Request: task.Request{Prompt: "a lake", Seconds: 1}}
	for state, text := range map[task.ModelServerState]string{
		task.ModelServerStarting: "The engine's model server is starting.", task.ModelServerWaiting: "The engine's model server does not run at the moment.",
		task.ModelServerStopped: "The engine's model server does not run at the moment.",
	} {
		server = &task.ModelServer{State: state, Failure: "exit status 1"}
		_, submit := e.Submit(t.Context(), job)
		_, poll := e.Poll(t.Context(), "h")
		for _, err := range []error{submit, poll, e.Cancel(t.Context(), "h")} {
			if got := engine.AsError(err); err == nil || got.Class != engine.Overloaded || got.WaitCause != engine.MachineBusy || got.Text != text || got.Detail != "exit status 1" || got.Unconfirmed {
				t.Errorf("%s: %+v", state, got)
			}
		}
	}
	if n := inner.counts["submit"] + inner.counts["poll"] + inner.counts["cancel"]; n != 0 {
		t.Errorf("%d calls were made", n)
	}
	for _, server = range []*task.ModelServer{nil, {State: task.ModelServerHealthy}} {
		if _, err := e.Submit(t.Context(), job); err != nil {
			t.Errorf("%+v: %v", server, err)
		}
		if _, err := e.Poll(t.Context(), "unknown"); engine.AsError(err).Class != engine.NotFound || engine.AsError(err).Certain != (server != nil) {
			t.Errorf("%+v: an unknown job: %+v", server, err)
		}
	}
}
