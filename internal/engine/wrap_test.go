package engine_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/enginetest"
	"github.com/filmgate/filmgate/internal/engine/fake"
	"github.com/filmgate/filmgate/internal/task"
)

// clock is a clock that the test advances. Sleeping advances it too.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	slept []time.Duration
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.pass(d)
	c.slept = append(c.slept, d)
	return ctx.Err()
}

// scripted is a fake engine whose next results can be replaced by errors. It counts its calls.
type scripted struct {
	*fake.Engine
	errs   map[string][]error
	counts map[string]int
	hook   func() // runs inside the next call, once
}

func (v *scripted) next(verb string) error {
	v.counts[verb]++
	if run := v.hook; run != nil {
		v.hook = nil
		run()
	}
	if left := v.errs[verb]; len(left) > 0 {
		v.errs[verb] = left[1:]
		return left[0]
	}
	return nil
}

func (v *scripted) Submit(ctx context.Context, j engine.Job) (engine.Submission, error) {
	if err := v.next("submit"); err != nil {
		return engine.Submission{}, err
	}
	return v.Engine.Submit(ctx, j)
}

func (v *scripted) Poll(ctx context.Context, handle string) (engine.Status, error) {
	if err := v.next("poll"); err != nil {
		return engine.Status{}, err
	}
	return v.Engine.Poll(ctx, handle)
}

func (v *scripted) Open(ctx context.Context, handle string, offset int64) (engine.Content, error) {
	if err := v.next("open"); err != nil {
		return engine.Content{}, err
	}
	return v.Engine.Open(ctx, handle, offset)
}

func (v *scripted) Cancel(ctx context.Context, handle string) error {
	if err := v.next("cancel"); err != nil {
		return err
	}
	return v.Engine.Cancel(ctx, handle)
}

func (v *scripted) Find(ctx context.Context, id string) (string, error) {
	if err := v.next("find"); err != nil {
		return "", err
	}
	return v.Engine.Find(ctx, id)
}

// wrappedKeys holds wrapped vendors, one for each key, with a clock of their own.
type wrappedKeys struct {
	*clock
	engine.Engine
	keys map[string]*scripted
}

// wrap wraps a vendor for each name. A name may include a limit: "a=2". Every random number is one half.
func wrap(t *testing.T, p engine.Policy, names ...string) *wrappedKeys {
	t.Helper()
	s := &wrappedKeys{clock: &clock{now: time.Unix(1e9, 0)}, keys: map[string]*scripted{}}
	p.Now, p.Sleep = s.Now, s.Sleep
	if p.Rand == nil {
		p.Rand = func() float64 { return 0.5 }
	}
	var keys []engine.Key
	for _, n := range names {
		name, limit, _ := strings.Cut(n, "=")
		inFlight, _ := strconv.Atoi(limit)
		v := &scripted{Engine: fake.New(video(), s.Now), errs: map[string][]error{}, counts: map[string]int{}}
		v.Takes = 3 * time.Second
		s.keys[name] = v
		keys = append(keys, engine.Key{Name: name, Engine: v, InFlight: inFlight, Secrets: []string{"", "hunter2"}})
	}
	var err error
	if s.Engine, err = engine.Wrap(p, keys...); err != nil {
		t.Fatal(err)
	}
	return s
}

// video returns as much of an MP4 as the suite checks.
func video() []byte { return append([]byte("\x00\x00\x00\x18ftypmp42"), make([]byte, 500)...) }

func job(id, prompt string) engine.Job {
	seed := uint32(1)
	return engine.Job{Task: id, Model: "fake", Request: task.Request{Prompt: prompt, Seconds: 5, Seed: &seed}}
}

func (s *wrappedKeys) mustSubmit(t *testing.T, id string) string {
	t.Helper()
	sub, err := s.Submit(t.Context(), job(id, "a cat"))
	if err != nil {
		t.Fatalf("Submit: %v", err)
	}
	return sub.Handle
}

func wantClass(t *testing.T, err error, want engine.Class) {
	t.Helper()
	_ = errorOfClass(t, err, want)
}

func errorOfClass(t *testing.T, err error, want engine.Class) *engine.Error {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want class %s", want)
	}
	e := engine.AsError(err)
	if e.Class != want {
		t.Fatalf("class %s (%v), want %s", e.Class, err, want)
	}
	return e
}

func errorWithClass(c engine.Class) *engine.Error {
	return &engine.Error{Class: c, Reason: task.VendorUnavailable}
}

func repeat(n int, c engine.Class) []error { return slices.Repeat([]error{errorWithClass(c)}, n) }

func TestWrappedEngineSuite(t *testing.T) {
	for name, keys := range map[string][]string{
		"without a key's name": {""}, "one key": {"a"}, "three keys": {"a", "b", "c"}, "keys with limits": {"a=2", "b=2"},
	} {
		t.Run(name, func(t *testing.T) {
			enginetest.Run(t, func(t *testing.T) enginetest.Harness {
				s := wrap(t, engine.Policy{}, keys...)
				return enginetest.Harness{Engine: s.Engine, Job: func(id string) engine.Job { return job(id, "a cat") }, Pass: s.pass}
			})
		})
	}
}

func TestWrappedEngineSuiteWithErrors(t *testing.T) {
	enginetest.Run(t, func(t *testing.T) enginetest.Harness {
		s := wrap(t, engine.Policy{}, "a", "b")
		for _, v := range s.keys {
			for _, verb := range []string{"submit", "poll", "open", "cancel", "find"} {
				v.errs[verb] = repeat(2, engine.Unreachable)
			}
		}
		return enginetest.Harness{Engine: s.Engine, Job: func(id string) engine.Job { return job(id, "a cat") }, Pass: s.pass}
	})
}

type previewer struct{ engine.Engine }

func (previewer) Previews(context.Context, string) ([]engine.Preview, error) {
	return []engine.Preview{{Role: task.Poster}}, nil
}

type expander struct{ engine.Engine }

func (expander) Expand(prompt string, _ uint32) string { return prompt + ", in rain" }

type finder struct{ engine.Engine }

func (finder) Find(context.Context, string) (string, error) { return "h", nil }

func TestWrappedOptionalInterfaces(t *testing.T) {
	plain := struct{ engine.Engine }{fake.New(video(), time.Now)} // hides the fake's own Finder
	for name, e := range map[string]engine.Engine{
		"none": plain, "finder": finder{plain}, "previewer": previewer{plain}, "expander": expander{plain},
		"finder and previewer": struct {
			engine.Engine
			engine.Finder
			engine.Previewer
		}{plain, finder{}, previewer{}},
		"finder and expander": struct {
			engine.Engine
			engine.Finder
			engine.PromptExpander
		}{plain, finder{}, expander{}},
		"previewer and expander": struct {
			engine.Engine
			engine.Previewer
			engine.PromptExpander
		}{plain, previewer{}, expander{}},
		"all": struct {
			engine.Engine
			engine.Finder
			engine.Previewer
			engine.PromptExpander
		}{plain, finder{}, previewer{}, expander{}},
	} {
		t.Run(name, func(t *testing.T) {
			w, err := engine.Wrap(engine.Policy{}, engine.Key{Name: "k", Engine: e})
			if err != nil {
				t.Fatal(err)
			}
			f, finds := w.(engine.Finder)
			if _, want := e.(engine.Finder); finds != want {
				t.Errorf("Finder: %v, want %v", finds, want)
			} else if finds {
				if h, err := f.Find(t.Context(), "t"); h != "k/h" || err != nil {
					t.Errorf("found %q, %v", h, err)
				}
			}
			s, stills := w.(engine.Previewer)
			if _, want := e.(engine.Previewer); stills != want {
				t.Errorf("Previewer: %v, want %v", stills, want)
			} else if stills {
				if p, err := s.Previews(t.Context(), "k/h"); len(p) != 1 || err != nil {
					t.Errorf("previews %v, %v", p, err)
				}
			}
			x, expands := w.(engine.PromptExpander)
			if _, want := e.(engine.PromptExpander); expands != want {
				t.Errorf("PromptExpander: %v, want %v", expands, want)
			} else if expands && x.Expand("a cat", 1) != "a cat, in rain" {
				t.Errorf("expanded to %q", x.Expand("a cat", 1))
			}
		})
	}
}

func TestKeyNamesAreChecked(t *testing.T) {
	for name, keys := range map[string][]string{"none": {}, "twice": {"a", "a"}, "empty among others": {"a", ""}, "with a slash": {"a/b"}} {
		t.Run(name, func(t *testing.T) {
			var all []engine.Key
			for _, k := range keys {
				all = append(all, engine.Key{Name: k, Engine: fake.New(nil, time.Now)})
			}
			if _, err := engine.Wrap(engine.Policy{}, all...); err == nil {
				t.Error("taken")
			}
		})
	}
}

func TestDefaultClock(t *testing.T) {
	v := &scripted{Engine: fake.New(video(), time.Now), errs: map[string][]error{"poll": repeat(1, engine.Unreachable)}, counts: map[string]int{}}
	e, err := engine.Wrap(engine.Policy{Backoff: time.Nanosecond}, engine.Key{Engine: v})
	if err != nil {
		t.Fatal(err)
	}
	sub, err := e.Submit(t.Context(), job("a", "a cat"))
	if err != nil {
		t.Fatal(err)
	}
	if st, err := e.Poll(t.Context(), sub.Handle); err != nil || st.State != task.Succeeded {
		t.Errorf("%+v, %v", st, err)
	}
	ctx, stop := context.WithCancel(t.Context())
	v.errs["poll"] = []error{&engine.Error{Class: engine.Overloaded, RetryAfter: time.Second, Err: errors.New("busy")}}
	stop()
	if _, err := e.Poll(ctx, sub.Handle); err == nil {
		t.Error("a context that has ended was waited with")
	}
}

// unkind is an engine whose jobs fail in words that have its key.
type unkind struct{ engine.Engine }

func (unkind) Poll(context.Context, string) (engine.Status, error) {
	return engine.Status{State: task.Failed, Failure: &task.Failure{Reason: task.Internal, Text: "key_1234 failed", Detail: "by key_1234"}}, nil
}

func TestAFailedJobShowsNoSecret(t *testing.T) {
	s := wrap(t, engine.Policy{}, "k")
	w, err := engine.Wrap(engine.Policy{Now: s.Now, Sleep: s.Sleep}, engine.Key{Engine: unkind{s.keys["k"]}, Secrets: []string{"key_1234", ""}})
	if err != nil {
		t.Fatal(err)
	}
	if st, err := w.Poll(t.Context(), "1"); err != nil || st.Failure == nil || st.Failure.Text != "*** failed" || st.Failure.Detail != "by ***" {
		t.Errorf("%+v, %v", st.Failure, err)
	}
}
