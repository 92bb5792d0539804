package gateway_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// forgetfulEngine is an engine whose first polls find no job.
type forgetfulEngine struct {
	engine.Engine
	polls int // that find none
	calls int
}

func (f *forgetfulEngine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	if f.calls++; f.calls <= f.polls {
		return engine.Status{}, &engine.Error{Class: engine.NotFound, Reason: task.VendorUnavailable, Detail: `answered 404 application/json "video not found"`}
	}
	return f.Engine.Poll(ctx, handle)
}

func (f *forgetfulEngine) Capabilities() engine.Capabilities {
	c := f.Engine.Capabilities()
	c.Lane, c.Restartable = task.Remote, false
	return c
}

func TestNewJobNotFoundIsPolledAgain(t *testing.T) {
	h := newHarness(t)
	e := &forgetfulEngine{Engine: h.fake, polls: 2}
	h.use(e)
	got := h.run(t, h.submit(t, "a lake").ID)
	if got.State != task.Succeeded || e.calls < 3 || h.fake.Submits(got.ID) != 1 {
		t.Errorf("ended %s (%+v) after %d polls and %d submits", got.State, got.Failure, e.calls, h.fake.Submits(got.ID))
	}
}

func TestJobNotFoundFailsWithTheAnswer(t *testing.T) {
	h := newHarness(t)
	var log strings.Builder
	h.config.Log = slog.New(slog.NewTextHandler(&log, nil))
	e := &forgetfulEngine{Engine: h.fake, polls: 1000}
	h.use(e)
	got := h.run(t, h.submit(t, "a lake").ID)
	if got.State != task.Failed || got.Failure.Reason != task.VendorUnavailable || !strings.Contains(got.Failure.Text, "404") ||
		!strings.Contains(got.Failure.Text, "video not found") {
		t.Fatalf("ended %s, %+v", got.State, got.Failure)
	}
	if took := got.Finished.Sub(got.Created); took.Seconds() > 20 || e.calls < 2 {
		t.Errorf("it took %v and %d polls", took, e.calls)
	}
	for line := range strings.Lines(log.String()) {
		if strings.Contains(line, "task failed") && !strings.Contains(line, "video not found") {
			t.Errorf("the log does not say why: %s", line)
		}
	}
}

// childEngine is an engine whose model server is a child that has lost its jobs.
type childEngine struct{ restartedEngine }

func (c *childEngine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	st, err := c.restartedEngine.Poll(ctx, handle)
	if err != nil {
		e := *engine.AsError(err)
		e.Certain = true
		return st, &e
	}
	return st, nil
}

func TestAJobThatIsCertainlyLostIsBegunAgainAtOnce(t *testing.T) {
	h := newHarness(t)
	e := &childEngine{restartedEngine{forgetfulEngine{Engine: h.fake, polls: 1}}}
	h.use(e)
	got := h.run(t, h.submit(t, "a lake").ID)
	if got.State != task.Succeeded || len(got.Attempts) != 2 || got.Attempts[1].Begun.Sub(got.Attempts[0].Begun) > 5*time.Second {
		t.Errorf("ended %s (%+v) after %+v", got.State, got.Failure, got.Attempts)
	}
}

// restartedEngine loses every job, as one that is restarted again and again; to begin the work again costs nothing.
type restartedEngine struct{ forgetfulEngine }

func (r *restartedEngine) Capabilities() engine.Capabilities {
	c := r.forgetfulEngine.Capabilities()
	c.Restartable = true
	return c
}

func TestWorkThatRestartsLoseIsBegunAFewTimes(t *testing.T) {
	h := newHarness(t)
	h.use(&restartedEngine{forgetfulEngine{Engine: h.fake, polls: 1000}})
	got := h.run(t, h.submit(t, "a lake").ID)
	if got.State != task.Failed || !strings.Contains(got.Failure.Text, "was restarted. It is begun 5 times at most") || !strings.Contains(got.Failure.Detail, "video not found") {
		t.Errorf("ended %s, %+v", got.State, got.Failure)
	}
	if len(got.Attempts) != 5 {
		t.Errorf("it was begun %d times", len(got.Attempts))
	}
}
