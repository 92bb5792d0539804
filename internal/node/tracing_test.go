package node

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	otlp "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	spans "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/fakevendor"
	"github.com/filmgate/filmgate/internal/keystore"
)

// receiver is a receiver of OTLP.
type receiver struct {
	*httptest.Server
	mu       sync.Mutex
	services []string
	spans    []*spans.Span
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		var got otlp.ExportTraceServiceRequest
		if err == nil {
			err = proto.Unmarshal(body, &got)
		}
		if err != nil || req.URL.Path != "/v1/traces" {
			t.Errorf("%s: %v", req.URL, err)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		for _, of := range got.ResourceSpans {
			for _, a := range of.Resource.Attributes {
				if a.Key == "service.name" {
					r.services = append(r.services, a.Value.GetStringValue())
				}
			}
			for _, s := range of.ScopeSpans {
				r.spans = append(r.spans, s.Spans...)
			}
		}
		w.Header().Set("Content-Type", "application/x-protobuf")
	}))
	t.Cleanup(r.Close)
	return r
}

// named returns the span of a name; there must be one.
func (r *receiver) named(t *testing.T, name string) *spans.Span {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.IndexFunc(r.spans, func(s *spans.Span) bool { return s.Name == name })
	if i < 0 {
		t.Fatalf("no span %q among %v", name, r.spans)
	}
	return r.spans[i]
}

// tracedOptions are those of a server that sends traces to the receiver and tasks to a vendor, and of which the clock is now.
func tracedOptions(t *testing.T, to *receiver, now func() time.Time, log io.Writer) Options {
	t.Helper()
	vendor := httptest.NewServer(fakevendor.New(fakevendor.Options{Now: now}))
	t.Cleanup(vendor.Close)
	return Options{
		Settings: config.Settings{Data: t.TempDir(), Workers: 1, Config: configFile(t, `
engines: [{name: team, type: runway, base_url: "`+vendor.URL+`/runway", allow_networks: [127.0.0.0/8], keys: [{key: `+fakevendor.Key+`}]}]
models: {"*": [team]}
`)},
		Getenv: asEnv(map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": to.URL}),
		Now:    now, Random: rand.Reader, Log: slog.New(slog.NewTextHandler(log, nil)),
	}
}

const (
	callersTrace = "4bf92f3577b34da6a3ce929d0e0e4736"
	callersSpan  = "00f067aa0ba902b7"
)

// createTraced creates a task in the caller's trace and returns its id.
func createTraced(t *testing.T, n *Node) string {
	t.Helper()
	key, err := keystore.Keys{Store: n.Store(), Now: n.Now, Random: n.Random}.Create(t.Context(), apikey.Key{Account: 1, Scopes: []apikey.Scope{apikey.Read, apikey.Write}})
	if err != nil {
		t.Fatal(err)
	}
	web, err := n.server(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var made struct {
		ID string `json:"id"`
	}
	for _, call := range []struct{ method, path, body string }{
		{http.MethodPost, "/api/v1/tasks", `{"model":"gen4_turbo","prompt":"a cat walks","seconds":5}`},
		{http.MethodGet, "/api/v1/tasks/", ""}, // a poll, which has no span
	} {
		r := httptest.NewRequest(call.method, call.path+made.ID, strings.NewReader(call.body))
		r.Header.Set("Authorization", "Bearer "+string(key))
		r.Header.Set("Traceparent", "00-"+callersTrace+"-"+callersSpan+"-01")
		r.Header.Set("Tracestate", "vendor=kept")
		w := httptest.NewRecorder()
		if web.ServeHTTP(w, r); w.Code >= 300 {
			t.Fatalf("%s: %d %s", call.path, w.Code, w.Body)
		}
		if err := json.Unmarshal(w.Body.Bytes(), &made); err != nil {
			t.Fatal(err)
		}
	}
	return made.ID
}

// The trace of a caller goes on in the steps of another process, which reads it from the task's row.
func TestATraceGoesFromTheCallerToTheStoredVideo(t *testing.T) {
	t.Parallel()
	to, clock := newReceiver(t), time.Now()
	var log strings.Builder
	o := tracedOptions(t, to, func() time.Time { return clock }, &log)
	first, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	id := createTraced(t, first)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		next, err := second.gw.Advance(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if next.Done {
			break
		}
		clock = clock.Add(next.After)
	}
	if err := second.Close(); err != nil { // which sends what is left
		t.Fatal(err)
	}
	request := to.named(t, "POST /api/v1/tasks")
	if got := hex.EncodeToString(request.ParentSpanId); got != callersSpan || request.TraceState != "vendor=kept" {
		t.Errorf("the request's parent is %s with %q", got, request.TraceState)
	}
	parents := map[string]*spans.Span{"wait": request, "submit team": request, "job": request, "ingest": request, "open team": to.named(t, "ingest")}
	for name, parent := range parents {
		s := to.named(t, name)
		if hex.EncodeToString(s.TraceId) != callersTrace || !slices.Equal(s.ParentSpanId, parent.SpanId) || s.TraceState != "vendor=kept" {
			t.Errorf("%s: trace %x, parent %x (%q), want parent %x", name, s.TraceId, s.ParentSpanId, s.TraceState, parent.SpanId)
		}
	}
	if n := len(to.spans); n != len(parents)+1 {
		t.Errorf("there are %d spans: %v", n, to.spans)
	}
	if !slices.Contains(to.services, "filmgate") {
		t.Errorf("the service is %v", to.services)
	}
	for _, line := range []string{"msg=request", "msg=\"task created\"", "to=SUCCEEDED"} {
		i := strings.Index(log.String(), line)
		if i < 0 || !strings.Contains(strings.SplitN(log.String()[i:], "\n", 2)[0], "trace_id="+callersTrace) {
			t.Errorf("the line %s does not name its trace:\n%s", line, log.String())
		}
	}
}

func TestWithoutAnEndpointNothingIsTraced(t *testing.T) {
	t.Parallel()
	to := newReceiver(t)
	o := tracedOptions(t, to, time.Now, io.Discard)
	o.Getenv = asEnv(map[string]string{"OTEL_SERVICE_NAME": "x"})
	n := openTest(t, o)
	row, err := n.store.Task(t.Context(), createTraced(t, n))
	if err != nil || n.tracer != nil || row.Trace != "" || len(to.spans) != 0 {
		t.Errorf("%v, tracer %v, trace %q, %d spans", err, n.tracer, row.Trace, len(to.spans))
	}
}
