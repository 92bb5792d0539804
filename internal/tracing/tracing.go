// Package tracing records traces by OpenTelemetry and sends them by OTLP, if the standard variables (OTEL_…) say where. Without them there is
// no [Tracer], and nothing is spent.
//
// A task's trace outlives its request: its row keeps what [Tracer.Of] returns, and the steps of any process continue it by
// [Tracer.Resume]. Only this package imports OpenTelemetry.
package tracing

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// scope names the program in the spans that it makes.
const scope = "github.com/filmgate/filmgate"

// maxKept is the length of the longest trace that a row keeps, in bytes: a longer state of the caller's tracing system is left out.
const maxKept = 600

// Tracer makes spans. Its methods may be called by many goroutines at once.
type Tracer struct {
	provider *sdk.TracerProvider
	spans    trace.Tracer
	context  propagation.TraceContext
}

// Close sends what has not been sent yet, until ctx ends.
func (t *Tracer) Close(ctx context.Context) error { return t.provider.Shutdown(ctx) }

// Request begins the span of a request that a route answers, in the trace of the request's traceparent header if it has one. The request
// that it returns is to be answered. end is called with the status of the answer.
func (t *Tracer) Request(r *http.Request, route string) (traced *http.Request, end func(status int)) {
	ctx := t.context.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
	_, path, _ := strings.Cut(route, " ")
	ctx, span := t.spans.Start(ctx, r.Method+" "+path, trace.WithSpanKind(trace.SpanKindServer),
		trace.WithAttributes(attribute.String("http.request.method", r.Method), attribute.String("http.route", path)))
	return r.WithContext(ctx), func(status int) {
		span.SetAttributes(attribute.Int("http.response.status_code", status))
		if status >= http.StatusInternalServerError {
			span.SetStatus(codes.Error, http.StatusText(status))
		}
		span.End()
	}
}

// Of returns the trace that ctx is part of, in the form in which a task's row keeps it: the traceparent header, and after a space the
// tracestate header if there is one. It is "" if ctx is part of none.
func (t *Tracer) Of(ctx context.Context) string {
	headers := propagation.MapCarrier{}
	t.context.Inject(ctx, headers)
	parent, state := headers["traceparent"], headers["tracestate"]
	if state == "" || len(parent)+1+len(state) > maxKept {
		return parent
	}
	return parent + " " + state
}

// Resume returns a context that is part of a trace, as Of returned it. A trace in another form changes nothing.
func (t *Tracer) Resume(ctx context.Context, kept string) context.Context {
	parent, state, _ := strings.Cut(kept, " ")
	return t.context.Extract(ctx, propagation.MapCarrier{"traceparent": parent, "tracestate": state})
}

// Begin begins the span of a step of a task. end is called with the step's error. Without a trace in ctx there is no span.
func (t *Tracer) Begin(ctx context.Context, name string, of task.Task) (stepped context.Context, end func(error)) {
	if !trace.SpanContextFromContext(ctx).IsValid() {
		return ctx, func(error) {}
	}
	ctx, span := t.spans.Start(ctx, name, trace.WithAttributes(attributesOf(of)...))
	return ctx, func(err error) { finish(span, err, time.Time{}) }
}

// Past records the span of what has ended, because only its end shows that it is worth one. err may be nil.
func (t *Tracer) Past(ctx context.Context, name string, of task.Task, begun, ended time.Time, err error) {
	if begun.IsZero() || !trace.SpanContextFromContext(ctx).IsValid() {
		return
	}
	_, span := t.spans.Start(ctx, name, trace.WithTimestamp(begun), trace.WithAttributes(attributesOf(of)...))
	finish(span, err, ended)
}

// Call begins the span of a call of an engine's vendor. end is called with the call's error. A poll has a span only if it failed: there may be
// hundreds.
func (t *Tracer) Call(ctx context.Context, name, verb string) (called context.Context, end func(error)) {
	if !trace.SpanContextFromContext(ctx).IsValid() {
		return ctx, func(error) {}
	}
	start := func(at time.Time) (context.Context, trace.Span) {
		return t.spans.Start(ctx, verb+" "+name, trace.WithSpanKind(trace.SpanKindClient), trace.WithTimestamp(at),
			trace.WithAttributes(attribute.String("filmgate.engine", name), attribute.String("filmgate.call", verb)))
	}
	begun := time.Now()
	if verb == "poll" {
		return ctx, func(err error) {
			if err != nil {
				_, span := start(begun)
				finish(span, err, time.Time{})
			}
		}
	}
	called, span := start(begun)
	return called, func(err error) { finish(span, err, time.Time{}) }
}

func attributesOf(t task.Task) []attribute.KeyValue {
	return []attribute.KeyValue{
		attribute.String("filmgate.task", t.ID), attribute.String("filmgate.engine", t.Engine), attribute.String("filmgate.model", t.Request.Model),
	}
}

// finish ends a span, now if ended is zero. Of an engine's error only the class is told: its text may quote a vendor.
func finish(span trace.Span, err error, ended time.Time) {
	var of *engine.Error
	switch {
	case errors.As(err, &of):
		span.SetStatus(codes.Error, string(of.Class))
	case err != nil:
		span.SetStatus(codes.Error, err.Error())
	}
	if ended.IsZero() {
		span.End()
		return
	}
	span.End(trace.WithTimestamp(ended))
}
