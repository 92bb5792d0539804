package tracing

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// Options says where traces go.
type Options struct {
	Getenv  func(string) string // the variables OTEL_…
	Version string              // of the program
	Log     *slog.Logger        // says if traces can't be sent
}

// Open returns a Tracer if the variables say that traces are sent: OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, or
// OTEL_TRACES_EXPORTER=otlp for the standard address of this machine. Else, and with OTEL_SDK_DISABLED=true or OTEL_TRACES_EXPORTER=none, it
// returns nil. OpenTelemetry's own library reads the variables of the sampler, the resource, the batches and the connection from the process's
// environment. The error names the variable that is wrong; it connects to nothing.
func Open(ctx context.Context, o Options) (*Tracer, error) {
	where, on, err := endpoint(o.Getenv)
	if err != nil || !on {
		return nil, err
	}
	exporter, err := otlptracehttp.New(ctx, where...)
	if err != nil {
		return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_…: %w", err)
	}
	about, err := resource.New(ctx, resource.WithAttributes(attribute.String("service.name", "filmgate"), attribute.String("service.version", o.Version)),
		resource.WithTelemetrySDK(), resource.WithHost(), resource.WithFromEnv()) // the environment's name of the service comes last, so it counts
	if err != nil {
		return nil, errors.Join(fmt.Errorf("OTEL_RESOURCE_ATTRIBUTES: %w", err), exporter.Shutdown(ctx))
	}
	provider := sdk.NewTracerProvider(sdk.WithBatcher(loggedExporter{exporter, o.Log}), sdk.WithResource(about))
	return &Tracer{provider: provider, spans: provider.Tracer(scope)}, nil
}

// endpoint returns where traces are sent, and whether they are.
func endpoint(getenv func(string) string) (where []otlptracehttp.Option, on bool, err error) {
	exporter := getenv("OTEL_TRACES_EXPORTER")
	if strings.EqualFold(getenv("OTEL_SDK_DISABLED"), "true") || exporter == "none" {
		return nil, false, nil
	}
	if exporter != "" && exporter != "otlp" {
		return nil, false, fmt.Errorf("OTEL_TRACES_EXPORTER is %q; allowed: otlp or none", exporter)
	}
	for _, name := range []string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"} {
		text := getenv(name)
		if text == "" {
			continue
		}
		u, err := url.Parse(text)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return nil, false, fmt.Errorf("%s is %q; allowed: an http or https URL", name, text)
		}
		if name == "OTEL_EXPORTER_OTLP_ENDPOINT" {
			u = u.JoinPath("v1/traces")
		}
		where = append(where, otlptracehttp.WithEndpointURL(u.String()))
		break
	}
	if where == nil && exporter == "" {
		return nil, false, nil
	}
	return where, true, checkProtocol(getenv)
}

// checkProtocol refuses protocols that are not spoken.
func checkProtocol(getenv func(string) string) error {
	for _, name := range []string{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"} {
		if p := getenv(name); p == "http/protobuf" {
			return nil
		} else if p != "" {
			return fmt.Errorf("%s is %q; allowed: http/protobuf, at port 4318 of most collectors", name, p)
		}
	}
	return nil
}

// loggedExporter logs what can't be sent, instead of handing it to the error handler that all users of OpenTelemetry in the process share.
type loggedExporter struct {
	sdk.SpanExporter
	log *slog.Logger
}

// ExportSpans sends the spans. Those that can't be sent are lost.
func (e loggedExporter) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	if err := e.SpanExporter.ExportSpans(ctx, spans); err != nil {
		e.log.WarnContext(ctx, "traces could not be sent", "spans", len(spans), "error", err)
	}
	return nil
}
