package gateway_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/fake"
	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/task"
)

// failingEngine is an engine whose next submits fail with these errors.
type failingEngine struct {
	*fake.Engine
	mu    sync.Mutex // steps of several tasks may submit at once
	errs  []error
	calls int
}

func (e *failingEngine) Submit(ctx context.Context, j engine.Job) (engine.Submission, error) {
	if err := e.nextError(); err != nil {
		return engine.Submission{}, err
	}
	return e.Engine.Submit(ctx, j)
}

// nextError counts a submit and returns the error that it ends with; nil = none.
func (e *failingEngine) nextError() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.calls++
	if len(e.errs) == 0 {
		return nil
	}
	err := e.errs[0]
	e.errs = e.errs[1:]
	return err
}

func pointer(e engine.Error) error { return &e }

// always returns an error for every submit of a test.
func always(e engine.Error) []error {
	return slices.Repeat([]error{&e}, 100)
}

func failing(c engine.Class) engine.Error {
	return engine.Error{Class: c, Reason: task.VendorUnavailable, Detail: "as the test asked"}
}

// engine makes an engine that fails with errs first.
func (h *harness) engine(t *testing.T, errs ...error) *failingEngine {
	t.Helper()
	video, err := clip()
	if err != nil {
		t.Fatal(err)
	}
	e := &failingEngine{Engine: fake.New(video, h.now), errs: errs}
	e.Takes = 5 * time.Second
	return e
}

// registry restarts the gateway with engines a, b, … on one route, in that order.
func (h *harness) registry(engines ...engine.Engine) {
	var r registry.Registry
	for i, e := range engines {
		name := string(rune('a' + i))
		r.Engines = append(r.Engines, registry.ConfiguredEngine{Name: name, Engine: e, EnginePolicy: registry.EnginePolicy{Patience: time.Minute}})
		r.Routes = map[string][]registry.Target{"*": append(r.Routes["*"], registry.Target{Engine: name})}
	}
	h.config.Registry = r
	h.Gateway = h.config.build()
}

func TestFailoverOfSubmitsThatWereNotTaken(t *testing.T) {
	busy := func(by engine.WaitCause) engine.Error {
		return engine.Error{Class: engine.Overloaded, WaitCause: by, Reason: task.VendorUnavailable, RetryAfter: 7 * time.Second}
	}
	maybe := failing(engine.Unreachable)
	maybe.Unconfirmed = true
	refused := failing(engine.Refused)
	refused.Reason = task.SafetyInputText
	for _, c := range []struct {
		name  string
		errs  []error
		ends  string // the engine that made the video; "" = it failed
		says  string // in the first attempt's failure
		calls int    // submits at the first
	}{
		{"the account is refused", always(failing(engine.AuthError)), "b", "The engine a refused this server's key", 1},
		{"the model is retired", always(failing(engine.ModelError)), "b", "The engine a does not offer the model", 1},
		{"the engine can't be reached", always(failing(engine.Unreachable)), "b", "The engine a could not be reached", 1},
		{"its circuit breaker is open", always(busy(engine.BreakerOpen)), "b", "paused after repeated failures", 1},
		{"it had no capacity for longer than its patience", always(busy(engine.VendorBusy)), "b", "no capacity for longer than 1m0s", 9},
		{"it asks to come back in an hour", always(engine.Error{Class: engine.Overloaded, Reason: task.VendorUnavailable, RetryAfter: time.Hour}), "b",
			"no capacity for longer than 1m0s", 1},
		{"it has no capacity for a while", []error{pointer(busy(engine.VendorBusy)), pointer(busy(engine.InFlightLimit))}, "a", "", 3},
		{"the prompt is refused", always(refused), "", "content rules", 1},
		{"it may have been taken", []error{&maybe}, "a", "", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHarness(t)
			a, b := h.engine(t, c.errs...), h.engine(t)
			h.registry(a, b)
			got := h.run(t, h.submit(t, "a cat").ID)
			if c.ends == "" && (got.State != task.Failed || b.calls != 0) {
				t.Fatalf("ended %s, the other engine got %d submits", got.State, b.calls)
			}
			if c.ends != "" && (got.State != task.Succeeded || got.Engine != c.ends) {
				t.Fatalf("ended %s at %s: %+v", got.State, got.Engine, got.Failure)
			}
			if a.calls != c.calls {
				t.Errorf("the first got %d submits, want %d", a.calls, c.calls)
			}
			first, last := got.Attempts[0], got.Attempts[len(got.Attempts)-1]
			if first.Engine != "a" || !strings.Contains(first.Failure, c.says) || first.Ended.IsZero() {
				t.Errorf("the first attempt is %+v", first)
			}
			if c.ends == "b" && (last.Engine != "b" || last.Model != "fake" || last.Handle == "" || last.Failure != "" || last.Ended.IsZero() || last.Credits != 5) {
				t.Errorf("the last attempt is %+v", last)
			}
		})
	}
}

// failedJobs is an engine whose jobs all end FAILED.
type failedJobs struct {
	*failingEngine
	status engine.Status
}

func (e failedJobs) Poll(context.Context, string) (engine.Status, error) { return e.status, nil }

func TestFailoverOfFailedJobs(t *testing.T) {
	for _, c := range []struct {
		name   string
		reason task.Reason
		final  bool
		ends   string // the engine that made the video; "" = the task failed
		calls  int    // submits at the first
	}{
		{"it would fail again", task.VendorUnavailable, true, "b", 1},
		{"it failed again and again", task.VendorUnavailable, false, "b", 5},
		{"the vendor refuses the account or the model", task.VendorRefused, false, "b", 1},
		{"the prompt is refused", task.SafetyInputText, true, "", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHarness(t)
			a := failedJobs{h.engine(t), engine.Status{State: task.Failed, Final: c.final, Failure: &task.Failure{Reason: c.reason, Text: "it failed"}}}
			h.registry(a, h.engine(t))
			got := h.run(t, h.submit(t, "a cat").ID)
			if c.ends == "" && got.State != task.Failed || c.ends != "" && (got.State != task.Succeeded || got.Engine != c.ends) {
				t.Errorf("ended %s at %s: %+v", got.State, got.Engine, got.Failure)
			}
			if a.calls != c.calls {
				t.Errorf("the first got %d submits, want %d", a.calls, c.calls)
			}
		})
	}
}

func TestFailoverTriesEachTargetOnce(t *testing.T) {
	h := newHarness(t)
	a, b := h.engine(t, always(failing(engine.Unreachable))...), h.engine(t, always(failing(engine.Unreachable))...)
	h.registry(a, b)
	got := h.run(t, h.submit(t, "a cat").ID)
	if got.State != task.Failed || got.Engine != "b" || a.calls != 1 || b.calls != 5 {
		t.Errorf("ended %s at %s after %d and %d submits", got.State, got.Engine, a.calls, b.calls)
	}
}

func TestFailoverSkipsIncapableEngines(t *testing.T) {
	h := newHarness(t)
	a, b, c := h.engine(t, always(failing(engine.AuthError))...), h.engine(t), h.engine(t)
	b.Caps.Models = []engine.Model{{Name: "short", Limits: task.Limits{MaxSeconds: 2}}}
	h.registry(a, b, c)
	if got := h.run(t, h.submit(t, "a cat").ID); got.Engine != "c" || b.calls != 0 {
		t.Errorf("made by %s; the one that can't got %d submits", got.Engine, b.calls)
	}
}

// expandingEngine is an engine that expands prompts.
type expandingEngine struct{ *failingEngine }

func (expandingEngine) Expand(prompt string, _ uint32) string { return prompt + ", cinematic" }

func TestPromptIsExpandedByTheMakingEngine(t *testing.T) {
	for _, first := range []bool{true, false} {
		h := newHarness(t)
		plain := h.engine(t)
		rich := expandingEngine{h.engine(t)}
		want := "a cat, cinematic"
		if first {
			rich.errs, want = always(failing(engine.AuthError)), ""
			h.registry(rich, plain)
		} else {
			plain.errs = always(failing(engine.AuthError))
			h.registry(plain, rich)
		}
		r := request("a cat")
		r.ExpandPrompt = true
		made, err := h.Submit(t.Context(), h.who, r)
		if err != nil {
			t.Fatal(err)
		}
		if got := h.run(t, made.ID); got.Engine != "b" || got.Request.ExpandedPrompt != want {
			t.Errorf("made by %s of %q, want %q", got.Engine, got.Request.ExpandedPrompt, want)
		}
	}
}

func TestFailoverWakesInTheNewLane(t *testing.T) {
	h := newHarness(t)
	a, b := h.engine(t, always(failing(engine.AuthError))...), h.engine(t)
	b.Caps.Lane = task.Local
	h.registry(a, b)
	id := h.submit(t, "a cat").ID
	h.wakes = nil
	next, err := h.Advance(t.Context(), id)
	if err != nil || !next.Done {
		t.Fatalf("%+v, %v: the old lane's job is not done", next, err)
	}
	if len(h.wakes) != 1 || h.wakes[0].Task != id || h.wakes[0].Lane != task.Local || h.wakes[0].Account != h.who.Account {
		t.Errorf("woke %+v", h.wakes)
	}
	if got := h.run(t, id); got.State != task.Succeeded {
		t.Errorf("ended %s", got.State)
	}
}

func TestAttemptsNameEveryTriedKey(t *testing.T) {
	h := newHarness(t)
	poor := failing(engine.AuthError)
	poor.Reason = task.VendorRefused
	wrapped, err := engine.Wrap(engine.Policy{Now: h.now},
		engine.Key{Name: "poor", Engine: h.engine(t, always(poor)...)}, engine.Key{Name: "rich", Engine: h.engine(t)})
	if err != nil {
		t.Fatal(err)
	}
	h.use(wrapped)
	got := h.run(t, h.submit(t, "a cat").ID)
	if got.State != task.Succeeded || len(got.Attempts) != 2 {
		t.Fatalf("ended %s, attempts %+v", got.State, got.Attempts)
	}
	first, second := got.Attempts[0], got.Attempts[1]
	if first.Key != "poor" || first.Reason != task.VendorRefused || first.Failure == "" || first.Ended.IsZero() || first.Handle != "" {
		t.Errorf("the first attempt is %+v", first)
	}
	if second.Key != "rich" || second.Handle != "rich/fake-1" || second.Failure != "" || second.Round != first.Round {
		t.Errorf("the second attempt is %+v", second)
	}
}

func TestAttemptsRecordTheCost(t *testing.T) {
	h := newHarness(t)
	for _, c := range []struct {
		name     string
		own      task.Price
		operator map[string]task.Price
		want     float64
		currency string
	}{
		{"by the engine's price", task.Price{PerSecond: 0.1, Currency: "USD"}, nil, 0.5, "USD"},
		{"by the operator's", task.Price{PerSecond: 0.1, Currency: "USD"}, map[string]task.Price{"fake": {PerClip: 2, PerSecond: 1, Currency: "EUR"}}, 7, "EUR"},
		{"no price", task.Price{}, nil, 0, ""},
	} {
		e := h.engine(t)
		e.Caps.Models[0].Price = c.own
		h.registry(e)
		h.config.Registry.Engines[0].Prices = c.operator
		h.Gateway = h.config.build()
		got := h.run(t, h.submit(t, "a cat").ID).Attempts[0]
		if got.Cost != c.want || got.Currency != c.currency || got.Credits != 5 {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// charging is an engine that says what its jobs cost.
type charging struct {
	engine.Engine
	dollars float64
}

func (e charging) Poll(ctx context.Context, handle string) (engine.Status, error) {
	st, err := e.Engine.Poll(ctx, handle)
	if st.State.Terminal() {
		st.Cost = e.dollars
	}
	return st, err
}

func TestAttemptsRecordWhatTheVendorCharged(t *testing.T) {
	h := newHarness(t)
	for _, c := range []struct {
		name, prompt string
		price, want  float64
	}{
		{"a video without a price", "a cat", 0, 0.3},
		{"a video with a price", "a cat", 0.1, 0.5},
		{"a job that failed", "a cat fail:SAFETY.OUTPUT.VIDEO", 0.1, 0.3},
	} {
		e := h.engine(t)
		e.Caps.Models[0].Price = task.Price{PerSecond: c.price, Currency: "USD"}
		h.registry(charging{e, 0.3})
		h.Gateway = h.config.build()
		got := h.run(t, h.submit(t, c.prompt).ID).Attempts[0]
		if got.Cost != c.want || got.Currency != "USD" {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

func TestWaitingTaskIsWokenByFreeCapacity(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(t *testing.T, h *harness, first string)
	}{
		{"the first is done", func(t *testing.T, h *harness, first string) { h.run(t, first) }},
		{"the first is cancelled", func(t *testing.T, h *harness, first string) {
			if _, err := h.Cancel(t.Context(), h.who, first); err != nil {
				t.Fatal(err)
			}
			h.wakes = nil
			h.run(t, first)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHarness(t)
			limited, err := engine.Wrap(engine.Policy{Now: h.now}, engine.Key{Engine: h.engine(t), InFlight: 1})
			if err != nil {
				t.Fatal(err)
			}
			h.registry(limited, h.engine(t))
			var ids []string
			for _, prompt := range []string{"one", "two", "three"} {
				ids = append(ids, h.submit(t, prompt).ID)
				h.pass(time.Millisecond) // so that they are ordered
			}
			for _, id := range ids {
				if _, err := h.Advance(t.Context(), id); err != nil {
					t.Fatal(err)
				}
			}
			if got := h.read(t, ids[1]); got.State != task.Throttled || got.ProgressText == "" || got.QueueWait <= 0 || len(got.Attempts) != 0 {
				t.Errorf("the second is %s, %q, waits %v, attempts %+v", got.State, got.ProgressText, got.QueueWait, got.Attempts)
			}
			h.wakes = nil
			c.end(t, h, ids[0])
			if len(h.wakes) != 1 || h.wakes[0].Task != ids[1] {
				t.Fatalf("woke %+v, want the one that has waited longest", h.wakes)
			}
			if _, err := h.Advance(t.Context(), ids[1]); err != nil { // at the same time
				t.Fatal(err)
			}
			if got := h.read(t, ids[1]); got.State != task.Pending || got.ProgressText != "" || !got.WaitingSince.IsZero() {
				t.Errorf("with capacity it is %s, %q", got.State, got.ProgressText)
			}
			if got := h.read(t, ids[2]); got.State != task.Throttled {
				t.Errorf("the third is %s", got.State)
			}
		})
	}
}

func TestRetryAfterIsObeyed(t *testing.T) {
	h := newHarness(t)
	e := h.engine(t, &engine.Error{Class: engine.Overloaded, Reason: task.VendorUnavailable, RetryAfter: 42 * time.Second})
	h.registry(e)
	id := h.submit(t, "a cat").ID
	next, err := h.Advance(t.Context(), id)
	if err != nil || next.After != 42*time.Second {
		t.Fatalf("%+v, %v", next, err)
	}
	h.pass(41 * time.Second)
	if next, err = h.Advance(t.Context(), id); err != nil || next.After != time.Second || e.calls != 1 {
		t.Errorf("too early: %+v, %v, %d submits", next, err, e.calls)
	}
}

func TestTaskEndsAtItsDeadline(t *testing.T) {
	for _, c := range []struct {
		name   string
		prompt string
		state  task.State
		after  time.Duration // at the latest
	}{
		{"its job takes too long", "slow:1h", task.Failed, 10 * time.Minute},
		{"its engine has no capacity", "refuse:overloaded", task.Failed, 10 * time.Minute},
		{"it is in time", "slow:9m", task.Succeeded, 10 * time.Minute},
		{"its job finished at the deadline", "slow:10m", task.Succeeded, 10 * time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHarness(t)
			h.registry(h.fake)
			h.fake.Caps.PollEvery = 5 * time.Second
			h.config.Registry.Engines[0].Deadline = 10 * time.Minute
			h.Gateway = h.config.build()
			made := h.submit(t, c.prompt)
			if want := made.Created.Add(10 * time.Minute); !made.Deadline.Equal(want) {
				t.Errorf("deadline %v, want %v", made.Deadline, want)
			}
			got := h.run(t, made.ID)
			if got.State != c.state || got.Finished.Sub(got.Created) > c.after {
				t.Errorf("ended %s after %v", got.State, got.Finished.Sub(got.Created))
			}
			if c.state == task.Failed && (got.Failure.Reason != task.Overdue || !strings.Contains(got.Failure.Text, "10m0s after it was created")) {
				t.Errorf("failure %+v", got.Failure)
			}
			if live := h.fake.Live(); c.state == task.Failed && len(live) != 0 {
				t.Errorf("live jobs: %v", live)
			}
		})
	}
}

func TestUnrecordedJobIsCancelledAtTheDeadline(t *testing.T) {
	h := newHarness(t)
	h.fake.Caps.ExternalID = false
	h.registry(&lossyEngine{Engine: h.fake, lost: 1})
	h.config.Registry.Engines[0].Deadline = time.Second
	h.Gateway = h.config.build()
	id := h.submit(t, "slow:1h").ID
	if _, err := h.Advance(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	h.pass(time.Second)
	if got := h.run(t, id); got.State != task.Failed || got.Failure.Reason != task.Overdue {
		t.Errorf("ended %s, %+v", got.State, got.Failure)
	}
	if live := h.fake.Live(); len(live) != 0 {
		t.Errorf("live jobs: %v", live)
	}
}

func TestFailoverDeadlineCountsFromCreation(t *testing.T) {
	h := newHarness(t)
	a, b, c := h.engine(t, always(engine.Error{Class: engine.Overloaded, RetryAfter: time.Minute})...), h.engine(t), h.engine(t)
	h.registry(a, b, c)
	h.config.Registry.Engines[1].Deadline = 30 * time.Second // over when it gets the task
	h.config.Registry.Engines[2].Deadline = time.Hour
	h.Gateway = h.config.build()
	got := h.run(t, h.submit(t, "a cat").ID)
	if got.State != task.Succeeded || got.Engine != "c" || got.Deadline.Sub(got.Created) != time.Hour {
		t.Errorf("ended %s at %s, deadline after %v", got.State, got.Engine, got.Deadline.Sub(got.Created))
	}
}
