package enginetest

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// callbackServer records the callbacks that it gets, and answers them as the engine asks.
type callbackServer struct {
	url string

	mu       sync.Mutex
	received []engine.Callback
}

func serveCallbacks(t *testing.T, e engine.Engine) *callbackServer {
	t.Helper()
	l := &callbackServer{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		c := engine.Callback{Header: r.Header, Body: body}
		if receiver, ok := e.(engine.CallbackReceiver); ok {
			if answer, err := receiver.Receive(r.Context(), c); err == nil {
				_, _ = w.Write(answer)
			}
		}
		if !strings.Contains(string(body), `"challenge"`) {
			l.mu.Lock()
			l.received = append(l.received, c)
			l.mu.Unlock()
		}
	}))
	t.Cleanup(s.Close)
	l.url = s.URL + "/callbacks/engine/token"
	return l
}

// take returns the callbacks since the last call.
func (l *callbackServer) take() []engine.Callback {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := l.received
	l.received = nil
	return all
}

// receive lets the engine check a callback. An engine that is no CallbackReceiver accepts all.
func receive(t *testing.T, e engine.Engine, c engine.Callback) error {
	t.Helper()
	r, ok := e.(engine.CallbackReceiver)
	if !ok {
		return nil
	}
	_, err := r.Receive(t.Context(), c)
	if err != nil && strings.Contains(err.Error(), Key) {
		t.Errorf("the error shows the key: %v", err)
	}
	return err
}

// callbacksFor submits job n with fault words, lets it end, and returns the callbacks that came.
func (p *vendorHarness) callbacksFor(t *testing.T, l *callbackServer, n byte, words string) []engine.Callback {
	t.Helper()
	j := p.jobWith(taskID(n), words)
	j.CallbackURL = l.url
	handle := submit(t, p.Harness, j)
	p.Pass(jobTime)
	p.fake.CallBack(t.Context())
	got := l.take()
	if _, err := p.Engine.Poll(t.Context(), handle); err != nil {
		t.Errorf("%q: %v", words, err)
	}
	return got
}

func callbacksArrive(t *testing.T, p *vendorHarness) {
	l := serveCallbacks(t, p.Engine)
	kind := p.Engine.Capabilities().Callbacks
	if kind == engine.NoCallbacks {
		j := p.Job(taskID(1))
		j.CallbackURL = l.url
		succeed(t, p.Harness, submit(t, p.Harness, j))
		p.fake.CallBack(t.Context())
		if n := len(l.take()); n > 0 {
			t.Errorf("an engine without callbacks got %d", n)
		}
		return
	}
	j := p.Job(taskID(1))
	j.CallbackURL = l.url
	handle := submit(t, p.Harness, j)
	p.fake.CallBack(t.Context())
	if n := len(l.take()); n > 0 {
		t.Errorf("%d callbacks before anything changed", n)
	}
	p.Pass(jobTime)
	p.fake.CallBack(t.Context())
	got := l.take()
	if len(got) != 1 {
		t.Fatalf("%d callbacks of work that has ended, want 1", len(got))
	}
	if err := receive(t, p.Engine, got[0]); err != nil {
		t.Errorf("the vendor's own callback: %v", err)
	}
	if st, err := p.Engine.Poll(t.Context(), handle); err != nil || st.State != task.Succeeded {
		t.Errorf("polled after its callback: %s, %v", st.State, err)
	}
	submit(t, p.Harness, p.Job(taskID(2)))
	p.Pass(jobTime)
	p.fake.CallBack(t.Context())
	if n := len(l.take()); n > 0 {
		t.Errorf("%d callbacks of work that named no URL", n)
	}
}

func badCallbacks(t *testing.T, p *vendorHarness) {
	if p.Engine.Capabilities().Callbacks == engine.NoCallbacks {
		t.Skip("the vendor sends none")
	}
	l := serveCallbacks(t, p.Engine)
	signed := p.Engine.Capabilities().Callbacks == engine.SignedCallbacks
	for i, words := range []string{"callback-forged", "callback-bare", "callback-stale", "callback-changed"} {
		got := p.callbacksFor(t, l, byte(i), words)
		if len(got) != 1 {
			t.Fatalf("%s: %d callbacks", words, len(got))
		}
		if err := receive(t, p.Engine, got[0]); signed != errors.Is(err, engine.ErrBadSignature) {
			t.Errorf("%s: %v", words, err)
		}
	}
	// A good callback is refused once it is old, and the next good one is accepted.
	kept := p.callbacksFor(t, l, 10, "kept")
	p.Pass(time.Hour)
	if err := receive(t, p.Engine, kept[0]); signed != errors.Is(err, engine.ErrBadSignature) {
		t.Errorf("sent again after an hour: %v", err)
	}
	twice := p.callbacksFor(t, l, 11, "callback-twice")
	if len(twice) != 2 {
		t.Fatalf("%d callbacks, want two of one end", len(twice))
	}
	for _, c := range twice {
		if err := receive(t, p.Engine, c); err != nil {
			t.Errorf("one of two: %v", err)
		}
	}
	if n := len(p.callbacksFor(t, l, 12, "no-callback")); n > 0 {
		t.Errorf("%d callbacks, want none", n)
	}
	// A poll is believed, not a callback.
	j := p.jobWith(taskID(13), "callback-lie")
	j.CallbackURL = l.url
	handle := submit(t, p.Harness, j)
	p.fake.CallBack(t.Context())
	if n := len(l.take()); n != 1 {
		t.Errorf("%d callbacks that lie, want 1", n)
	}
	if st, err := p.Engine.Poll(t.Context(), handle); err != nil || st.State.Terminal() {
		t.Errorf("after a callback that told of success: %s, %v", st.State, err)
	}
}
