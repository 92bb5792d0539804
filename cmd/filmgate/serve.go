package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"time"

	"github.com/spf13/cobra"

	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/panics"
	"github.com/filmgate/filmgate/internal/web/server"
)

// stopTime is how long running answers and work have to end after SIGTERM; the process is gone within 30 s.
const stopTime = 25 * time.Second

func (p program) serveCommand() *cobra.Command {
	return p.command("serve", "Answer the API until told to stop", func(ctx context.Context, s config.Settings, _ []string) error {
		return p.serve(ctx, s)
	}, nil, config.PartServer)
}

// serve opens the data folder, listens, and serves until ctx ends.
func (p program) serve(ctx context.Context, s config.Settings) (err error) {
	log := newLog(p.err, s.Log)
	log.DebugContext(ctx, "settings", "settings", s)
	p.panics = panics.NewRecorder(log)
	hangups, quiet := p.hangups()
	defer quiet()
	n, err := p.openNode(ctx, s, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, n.close()) }()
	if err := p.firstKey(ctx, n.store, s.APIKey); err != nil {
		return err
	}
	if c := n.loaded.File; len(c.Engines) > 0 && c.Models == nil {
		log.WarnContext(ctx, "the settings file has engines and no models: no task is sent to them, the built-in renderer makes every video", "file", s.Config)
	}
	web, err := p.server(ctx, s, n, log)
	if err != nil {
		return err
	}
	listener, err := listen(ctx, s.Addr)
	if err != nil {
		return err
	}
	if err := n.queue.Start(ctx, steps{n.gw, notifier(s, n, listener.Addr(), log), p.verifier(n, log)}); err != nil {
		return errors.Join(err, listener.Close())
	}
	var reloading panics.Group
	reloading.Go(func() {
		for range hangups {
			n.reload(ctx, p, s.Config, log)
		}
	})
	defer reloading.Wait()
	defer quiet()
	return p.answer(ctx, log, listener, web, n.stop)
}

// newLog returns a logger of structured lines, from level on.
func newLog(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level}))
}

func listen(ctx context.Context, addr string) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("FILMGATE_ADDR (--addr): %w; take another port, or 0 for a free one", err)
	}
	return listener, nil
}

// answer serves web on listener until ctx ends. Then it accepts no more connections, waits for running answers while stop
// ends all other work, and cuts off what is not done after stopTime.
func (p program) answer(ctx context.Context, log *slog.Logger, listener net.Listener, web *server.Server, stop func(context.Context) error) error {
	failed := make(chan error, 1)
	p.panics.Go(ctx, "listener", func() error { return web.Serve(listener) }, func(err error) { failed <- err })
	fmt.Fprintf(p.out, "listening on http://%s\n", listener.Addr())
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
		log.InfoContext(ctx, "stopping", "at most", stopTime)
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	stopped := make(chan error, 1)
	p.panics.Go(ending, "stop", func() error { return stop(ending) }, func(err error) { stopped <- err })
	if late := web.Shutdown(ending); late != nil {
		log.WarnContext(ctx, "answers were cut off", "error", late)
		err = errors.Join(err, late)
	}
	if late := <-stopped; late != nil {
		err = errors.Join(err, fmt.Errorf("stopping: %w", late))
	}
	return err
}
