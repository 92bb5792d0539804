package gateway_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/fake"
	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/task"
)

// callbackEngine is a fake whose vendor sends callbacks. One with the body "forged" is not the vendor's.
type callbackEngine struct {
	*fake.Engine
	urls map[string]string // by task
}

func (c callbackEngine) Capabilities() engine.Capabilities {
	caps := c.Engine.Capabilities()
	caps.Callbacks = engine.SignedCallbacks
	return caps
}

func (c callbackEngine) Submit(ctx context.Context, j engine.Job) (engine.Submission, error) {
	c.urls[j.Task] = j.CallbackURL
	return c.Engine.Submit(ctx, j)
}

func (c callbackEngine) Receive(_ context.Context, got engine.Callback) ([]byte, error) {
	switch string(got.Body) {
	case "forged":
		return nil, fmt.Errorf("%w: so it is", engine.ErrBadSignature)
	case "unknown":
		return nil, errors.New("the keys can't be fetched")
	}
	return []byte(`{"echo":"` + got.Header.Get("X-Echo") + `"}`), nil
}

// newCallbackHarness returns a harness with a callbackEngine.
func newCallbackHarness(t *testing.T, publicURL string, wanted *bool) (*harness, callbackEngine) {
	t.Helper()
	h := newHarness(t)
	c := callbackEngine{h.fake, map[string]string{}}
	h.config.PublicURL = publicURL
	h.config.Wake = func(_ context.Context, w ...task.Wake) error {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.wakes = append(h.wakes, w...)
		return nil
	}
	h.config.Registry = registry.Registry{Engines: []registry.ConfiguredEngine{{Name: "fake", Engine: c, EnginePolicy: registry.EnginePolicy{Callbacks: wanted}}}}
	h.Gateway = h.config.build()
	return h, c
}

// begin submits a task and returns its id and its callback URL's token.
func (h *harness) begin(t *testing.T, c callbackEngine, prompt string) (id, token string) {
	t.Helper()
	id = h.submit(t, prompt).ID
	h.step(t, id)
	_, token, _ = strings.Cut(c.urls[id], "https://films.example/callbacks/fake/")
	return id, token
}

// takeWakes returns the wakes since its last call.
func (h *harness) takeWakes() []task.Wake {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := h.wakes
	h.wakes = nil
	return all
}

func TestCallbackURLsAreGivenOut(t *testing.T) {
	yes, no := true, false
	for _, c := range []struct {
		name, public string
		wanted       *bool
		told         bool
	}{
		{"no public URL", "", nil, false},
		{"no public URL, wanted", "", &yes, false},
		{"https", "https://films.example", nil, true},
		{"https, not wanted", "https://films.example", &no, false},
		{"http", "http://localhost:8080", nil, false},
		{"http, wanted", "http://localhost:8080", &yes, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, vendor := newCallbackHarness(t, c.public, c.wanted)
			id := h.submit(t, "a cat").ID
			h.step(t, id)
			url := vendor.urls[id]
			if got := strings.HasPrefix(url, c.public+"/callbacks/fake/"+id+"."); got != c.told || !c.told && url != "" {
				t.Errorf("told %q", url)
			}
		})
	}
}

func TestCallbackCausesAPoll(t *testing.T) {
	h, vendor := newCallbackHarness(t, "https://films.example", nil)
	id, token := h.begin(t, vendor, "a cat")
	h.takeWakes()
	version := h.read(t, id).Version
	answer, err := h.ReceiveCallback(t.Context(), "fake", token, http.Header{"X-Echo": {"hello"}}, []byte("{}"))
	if err != nil || string(answer) != `{"echo":"hello"}` {
		t.Errorf("answered %q, %v", answer, err)
	}
	if w := h.takeWakes(); len(w) != 1 || w[0].Task != id || w[0].Lane != task.Remote || !w[0].At.IsZero() {
		t.Errorf("wakes %+v", w)
	}
	if now := h.read(t, id).Version; now != version {
		t.Errorf("the row was written %d times", now-version)
	}
}

func TestBadCallbacksAreIgnored(t *testing.T) {
	h, vendor := newCallbackHarness(t, "https://films.example", nil)
	id, token := h.begin(t, vendor, "a cat")
	ended, endedToken := h.begin(t, vendor, "a dog")
	h.run(t, ended)
	_, strange := newCallbackHarness(t, "https://films.example", nil)
	h.takeWakes()
	for _, c := range []struct {
		name, engine, token, body string
		code                      task.Code // "" = accepted
		wakes                     int
	}{
		{"forged", "fake", token, "forged", task.Unauthorized, 0},
		{"of a task that ended", "fake", endedToken, "{}", "", 0},
		{"forged, of a task that ended", "fake", endedToken, "forged", task.Unauthorized, 0},
		{"of another engine's name", "other", token, "{}", task.NotFound, 0},
		{"a guessed MAC", "fake", id + "." + strings.Repeat("0", 30), "{}", task.NotFound, 0},
		{"no MAC", "fake", id, "{}", task.NotFound, 0},
		{"another task's MAC", "fake", ended + token[len(id):], "{}", task.NotFound, 0},
		{"nothing", "fake", "", "{}", task.NotFound, 0},
		{"one that can't be checked", "fake", token, "unknown", "", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := h.ReceiveCallback(t.Context(), c.engine, c.token, http.Header{}, []byte(c.body))
			if code := task.CodeOf(err); err != nil && code != c.code || err == nil && c.code != "" {
				t.Errorf("%v, want %q", err, c.code)
			}
			if w := h.takeWakes(); len(w) != c.wakes {
				t.Errorf("wakes %+v, want %d", w, c.wakes)
			}
		})
	}
	if len(strange.urls) != 0 {
		t.Error("the callback caused a call")
	}
}

func TestManyCallbacksCauseFewPolls(t *testing.T) {
	h, vendor := newCallbackHarness(t, "https://films.example", nil)
	_, token := h.begin(t, vendor, "a cat")
	h.takeWakes()
	begun := h.now()
	call := func() {
		t.Helper()
		if _, err := h.ReceiveCallback(t.Context(), "fake", token, http.Header{}, []byte("{}")); err != nil {
			t.Fatal(err)
		}
	}
	for range 100 { // for ten seconds
		call()
		h.pass(100 * time.Millisecond)
	}
	w := h.takeWakes()
	if len(w) > 6 || len(w) < 5 {
		t.Fatalf("%d polls in ten seconds, want one in two seconds", len(w))
	}
	for i := 1; i < len(w); i++ {
		if gap := w[i].At.Sub(begun); gap < time.Duration(i)*2*time.Second {
			t.Errorf("poll %d comes after %v", i, gap)
		}
	}
	h.pass(time.Minute)
	call()
	if w := h.takeWakes(); len(w) != 1 || !w[0].At.IsZero() {
		t.Errorf("after a pause: %+v", w)
	}
}

func TestReliableCallbacksSlowPolls(t *testing.T) {
	h, vendor := newCallbackHarness(t, "https://films.example", nil)
	after := func(id string) time.Duration { return h.step(t, id).After.Truncate(time.Second) }
	first, token := h.begin(t, vendor, "a cat slow:1h")
	if got := after(first); got != 4*time.Second {
		t.Errorf("polls again after %v, want four times the engine's second", got)
	}
	if _, err := h.ReceiveCallback(t.Context(), "fake", token, http.Header{}, []byte("{}")); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		silent, _ := h.begin(t, vendor, fmt.Sprint("a silent cat ", i))
		h.run(t, silent)
	}
	late, lateToken := h.begin(t, vendor, "a late cat slow:1h")
	if got := after(late); got != time.Second {
		t.Errorf("after three tasks without a callback it polls again after %v", got)
	}
	heard, heardToken := h.begin(t, vendor, "a cat that is heard of")
	for _, token := range []string{lateToken, heardToken} {
		if _, err := h.ReceiveCallback(t.Context(), "fake", token, http.Header{}, []byte("{}")); err != nil {
			t.Fatal(err)
		}
	}
	h.run(t, heard)
	if got := after(late); got < 4*time.Second {
		t.Errorf("after a callback it polls again after %v", got)
	}
}

// Callbacks may come to another process than the one that steps their task.
func TestCallbacksOfAllProcessesCount(t *testing.T) {
	h, vendor := newCallbackHarness(t, "https://films.example", nil)
	var told []string
	h.config.Called = func(_ context.Context, id string) error {
		told = append(told, id)
		return errors.New("the others can't be told")
	}
	other := h.config.build()
	for i := range 3 {
		id, token := h.begin(t, vendor, fmt.Sprint("a cat ", i))
		if _, err := other.ReceiveCallback(t.Context(), "fake", token, http.Header{}, []byte("{}")); err != nil {
			t.Fatal(err)
		}
		if want := []string{id}; !slices.Equal(told, want) || len(h.takeWakes()) == 0 {
			t.Fatalf("told the others of %q, want %q, and a wake all the same", told, want)
		}
		told = nil
		h.HearCallback(id)
		h.run(t, id)
	}
	last, _ := h.begin(t, vendor, "a late cat slow:1h")
	if got := h.step(t, last).After.Truncate(time.Second); got < 4*time.Second {
		t.Errorf("it polls again after %v, as if no callbacks came", got)
	}
}
