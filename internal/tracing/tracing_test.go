package tracing

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

const parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

// recorded returns a Tracer, and a function that returns what it has recorded: each span with its status.
func recorded(t *testing.T) (*Tracer, func() []string) {
	t.Helper()
	kept := tracetest.NewInMemoryExporter()
	provider := sdk.NewTracerProvider(sdk.WithSyncer(kept))
	return &Tracer{provider: provider, spans: provider.Tracer(scope)}, func() (all []string) {
		for _, s := range kept.GetSpans() {
			text := s.Name
			if s.Status.Code == codes.Error {
				text += ": " + s.Status.Description
			}
			all = append(all, text)
		}
		return all
	}
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		env  map[string]string
		on   bool
		text string // of the error
	}{
		{nil, false, ""},
		{map[string]string{"OTEL_SERVICE_NAME": "x"}, false, ""},
		{map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, true, ""},
		{map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://otel.example/x"}, true, ""},
		{map[string]string{"OTEL_TRACES_EXPORTER": "otlp"}, true, ""},
		{map[string]string{"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, false, ""},
		{map[string]string{"OTEL_SDK_DISABLED": "True", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, false, ""},
		{map[string]string{"OTEL_TRACES_EXPORTER": "zipkin"}, false, `OTEL_TRACES_EXPORTER is "zipkin"; allowed: otlp or none`},
		{map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "127.0.0.1:4318"}, false, "OTEL_EXPORTER_OTLP_ENDPOINT is \"127.0.0.1:4318\"; allowed: an http or https URL"},
		{map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "grpc://h:4317"}, false, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is"},
		{map[string]string{"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, false, `OTEL_EXPORTER_OTLP_PROTOCOL is "grpc"; allowed: http/protobuf`},
		{map[string]string{"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/protobuf", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, true, ""},
	} {
		tr, err := Open(t.Context(), Options{Getenv: func(name string) string { return c.env[name] }, Log: slog.New(slog.DiscardHandler)})
		if (tr != nil) != c.on || (err == nil) != (c.text == "") || err != nil && !strings.Contains(err.Error(), c.text) {
			t.Errorf("%v: tracer %v, error %v", c.env, tr, err)
		}
		if tr != nil {
			if err := tr.Close(t.Context()); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestTraceInARow(t *testing.T) {
	t.Parallel()
	tr, _ := recorded(t)
	for in, want := range map[string]string{
		"": "", "nonsense": "", parent: parent, parent + " vendor=1,other=2": parent + " vendor=1,other=2",
		parent + " vendor=" + strings.Repeat("x", 250) + ",other=" + strings.Repeat("y", 250) + ",third=" + strings.Repeat("z", 60): parent,
		strings.Replace(parent, "-01", "-00", 1): strings.Replace(parent, "-01", "-00", 1), // the caller does not record it
	} {
		if got := tr.Of(tr.Resume(context.Background(), in)); got != want {
			t.Errorf("%q is kept as %q", in, got)
		}
	}
}

func TestSpans(t *testing.T) {
	t.Parallel()
	tr, spans := recorded(t)
	ctx := tr.Resume(t.Context(), parent)
	for _, c := range []struct {
		verb string
		err  error
	}{{"submit", nil}, {"submit", &engine.Error{Class: engine.Overloaded, Detail: "said with a secret"}}, {"poll", nil}, {"poll", &engine.Error{Class: engine.Unreachable}}} {
		_, end := tr.Call(ctx, "team", c.verb)
		end(c.err)
	}
	_, end := tr.Begin(ctx, "ingest", task.Task{ID: "a"})
	end(fmt.Errorf("store: %w", errors.New("away")))
	tr.Past(ctx, "job", task.Task{ID: "a"}, time.Unix(1, 0), time.Unix(2, 0), nil)
	tr.Past(ctx, "job that never began", task.Task{}, time.Time{}, time.Unix(2, 0), nil)
	want := []string{"submit team", "submit team: overloaded", "poll team: unreachable", "ingest: store: away", "job"}
	if got := spans(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	_, none := tr.Call(t.Context(), "team", "submit") // a task from before tracing was on
	none(nil)
	_, none = tr.Begin(t.Context(), "ingest", task.Task{})
	none(nil)
	tr.Past(t.Context(), "job", task.Task{}, time.Unix(1, 0), time.Unix(2, 0), nil)
	if got := spans(); len(got) != len(want) {
		t.Errorf("without a trace: %q", got)
	}
}

func TestRequests(t *testing.T) {
	t.Parallel()
	tr, spans := recorded(t)
	for header, known := range map[string]bool{parent: true, "": false, "00-zz-1-01": false} {
		r := httptest.NewRequest(http.MethodPost, "/api/v1/tasks", nil)
		r.Header.Set("Traceparent", header)
		traced, end := tr.Request(r, "POST /api/v1/tasks/{id}")
		if of := tr.Of(traced.Context()); strings.HasPrefix(of, parent[:35]) != known || of == "" {
			t.Errorf("with %q the request is part of %q", header, of)
		}
		end(http.StatusOK)
	}
	_, end := tr.Request(httptest.NewRequest(http.MethodGet, "/", nil), "GET /")
	end(http.StatusBadGateway)
	if got := spans(); got[0] != "POST /api/v1/tasks/{id}" || got[3] != "GET /: Bad Gateway" {
		t.Errorf("%q", got)
	}
}

func TestLogLinesNameTheirTrace(t *testing.T) {
	t.Parallel()
	tr, _ := recorded(t)
	var text bytes.Buffer
	log := slog.New(Handler(slog.NewTextHandler(&text, nil))).With("a", 1)
	log.InfoContext(tr.Resume(t.Context(), parent), "in")
	log.InfoContext(t.Context(), "out")
	lines := strings.Split(text.String(), "\n")
	if !strings.HasSuffix(lines[0], "msg=in a=1 trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7") || !strings.HasSuffix(lines[1], "msg=out a=1") {
		t.Errorf("%s", text.String())
	}
}
