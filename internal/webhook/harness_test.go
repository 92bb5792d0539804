package webhook_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/outbound"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/rowstest"
	"github.com/filmgate/filmgate/internal/task"
	"github.com/filmgate/filmgate/internal/webhook"
)

// databases makes the stores of the tests.
var databases rowstest.Databases

func TestMain(m *testing.M) { os.Exit(databases.Main(m)) }

// owner may do everything in account 7.
func owner() apikey.Key {
	return apikey.Key{Account: 7, Scopes: []apikey.Scope{apikey.Read, apikey.Write}}
}

// port is embedded under another name than its method's.
type port = store.Webhooks

// rows are a database whose records can be made to fail, or to wait.
type rows struct {
	port
	fail    error         // what RecordDelivery returns
	commit  chan struct{} // nil = at once; otherwise RecordDelivery waits until it is closed
	claimed func()        // what happens after ClaimDeliveries; nil = nothing
}

func (r *rows) ClaimDeliveries(ctx context.Context, webhook string, now, until time.Time, limit int) ([]task.Delivery, error) {
	if r.claimed != nil {
		defer r.claimed()
	}
	return r.port.ClaimDeliveries(ctx, webhook, now, until, limit)
}

func (r *rows) RecordDelivery(ctx context.Context, d task.Delivery, now time.Time) error {
	if r.fail != nil {
		return r.fail
	}
	if r.commit != nil {
		<-r.commit
	}
	return r.port.RecordDelivery(ctx, d, now)
}

// harness has webhooks in a database, and a clock that the test moves.
type harness struct {
	*webhook.Endpoints
	*webhook.Sender
	store store.Store
	rows  *rows

	mu       sync.Mutex
	time     time.Time
	outcomes []webhook.Outcome
}

func (h *harness) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.time
}

func (h *harness) sleep(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.time = h.time.Add(d)
}

func newHarness(t testing.TB, o outbound.Options) *harness {
	t.Helper()
	s := databases.Open(t, t.TempDir(), nil)
	h := &harness{store: s, rows: &rows{port: s.(store.Webhooks)}, time: time.Date(2026, 11, 29, 10, 0, 0, 0, time.UTC)}
	h.Endpoints = webhook.NewEndpoints(webhook.EndpointsConfig{Rows: h.rows, Secret: []byte("secret of the server"), Now: h.now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler)})
	h.Sender = h.sender(o)
	return h
}

// sender makes another sender on the same rows, as the next process would have it.
func (h *harness) sender(o outbound.Options) *webhook.Sender {
	return webhook.NewSender(webhook.SenderConfig{
		Endpoints: h.Endpoints, Read: h.store.Task, HTTP: outbound.New(o).HTTP(), Roll: func() float64 { return 0 },
		Encode: func(t task.Task, e task.Event) []byte {
			return fmt.Appendf(nil, `{"type":%q,"task":%q}`, e.Type(), t.ID)
		},
		Test: func(w task.Webhook, _ time.Time) []byte { return fmt.Appendf(nil, `{"test":%q}`, w.ID) },
		Observe: func(o webhook.Outcome, _ time.Duration) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.outcomes = append(h.outcomes, o)
		},
	})
}

// local lets the tests' receivers be called.
func local() outbound.Options {
	return outbound.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
}

// create makes a webhook of account 7.
func (h *harness) create(t testing.TB, url string) (w task.Webhook, secret string) {
	t.Helper()
	w, secret, err := h.CreateWebhook(t.Context(), owner(), task.WebhookEdit{URL: &url})
	if err != nil {
		t.Fatal(err)
	}
	return w, secret
}

// happen writes the events of a new task, a second apart, as the gateway does.
func (h *harness) happen(t testing.TB, id string, states ...task.State) {
	t.Helper()
	tk := task.Task{ID: id, Account: 7, Created: h.now()}
	for i, s := range states {
		if i > 0 {
			h.sleep(time.Second)
		}
		e := task.Event{At: h.now(), Kind: "state", From: tk.State, To: s}
		if tk.Version == 0 {
			e.Kind = "created"
		}
		tk.State, tk.Updated = s, h.now()
		c := task.Change{Task: tk, Events: []task.Event{e}}
		if err := h.Plan(t.Context(), &c); err != nil {
			t.Fatal(err)
		}
		version, err := h.store.Apply(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		tk.Version = version
	}
}

// deliver delivers to a webhook until it has to wait, and returns the wait; 0 = nothing is left.
func (h *harness) deliver(t testing.TB, id string) time.Duration {
	t.Helper()
	for {
		wait, done, err := h.Deliver(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if done || wait > 0 {
			return wait
		}
	}
}

// log returns the deliveries to a webhook, oldest first.
func (h *harness) log(t *testing.T, id string) []task.Delivery {
	t.Helper()
	all, err := h.Endpoints.Deliveries(t.Context(), owner(), task.DeliveryQuery{Webhook: id})
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(all)
	return all
}

// got is a request that a receiver got.
type got struct {
	id, body string
	header   http.Header
}

// sink is a receiver that records what it gets and answers as told.
type sink struct {
	*httptest.Server
	mu     sync.Mutex
	all    []got
	answer func(w http.ResponseWriter, r *http.Request) // nil = 200
}

// await returns when so many requests have come.
func (s *sink) await(t *testing.T, n int) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); len(s.got()) < n; { // only guards against a hanging test
		if time.Now().After(deadline) {
			t.Fatalf("%d of %d requests have come", len(s.got()), n)
		}
		runtime.Gosched()
	}
}

func newSink(t testing.TB, answer func(w http.ResponseWriter, r *http.Request)) *sink {
	t.Helper()
	s := &sink{answer: answer}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := make([]byte, r.ContentLength)
		if _, err := r.Body.Read(body); err != nil && err.Error() != "EOF" {
			t.Error(err)
		}
		s.mu.Lock()
		s.all = append(s.all, got{r.Header.Get("webhook-id"), string(body), r.Header.Clone()})
		answer := s.answer
		s.mu.Unlock()
		if answer != nil {
			answer(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *sink) got() []got {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.all)
}

func (s *sink) bodies() (out []string) {
	for _, g := range s.got() {
		out = append(out, g.body)
	}
	return out
}

// status answers with a status.
func status(code int) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// genuine reports whether a request is signed with a secret, at any time.
func genuine(t *testing.T, g got, secret string) bool {
	t.Helper()
	w, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	return w.VerifyIgnoringTimestamp([]byte(g.body), g.header) == nil
}

var errCrash = errors.New("the process died")
