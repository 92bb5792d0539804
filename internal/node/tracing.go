package node

import (
	"context"
	"log/slog"
	"time"

	"github.com/filmgate/filmgate/internal/tracing"
)

// sendTime is how long the last traces have to be sent when a server stops.
const sendTime = 5 * time.Second

// openTracer begins to trace, if the environment says where traces are sent. From then on log lines name their trace.
func (n *Node) openTracer(ctx context.Context) error {
	t, err := tracing.Open(ctx, tracing.Options{Getenv: n.Getenv, Version: n.Version, Log: n.Log})
	if err != nil || t == nil {
		return err
	}
	n.tracer, n.Log = t, slog.New(tracing.Handler(n.Log.Handler()))
	n.onClose(func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendTime)
		defer cancel()
		return t.Close(ctx)
	})
	return nil
}

// around measures and traces a call of an engine's vendor. It has the form of engine.Policy.Around.
func (n *Node) around(ctx context.Context, name, verb string) (context.Context, func(error)) {
	ctx, measured := n.meter.call(ctx, name, verb)
	if n.tracer == nil {
		return ctx, measured
	}
	ctx, traced := n.tracer.Call(ctx, name, verb)
	return ctx, func(err error) {
		measured(err)
		traced(err)
	}
}
