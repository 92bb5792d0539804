package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/node"
	"github.com/filmgate/filmgate/internal/panics"
)

func (p program) serveCommand() *cobra.Command {
	return p.command("serve", "Answer the API until told to stop", func(ctx context.Context, s config.Settings, _ []string) error {
		return p.serve(ctx, s)
	}, nil, config.PartServer)
}

// serve opens the data folder, prints its first key if it makes one, and answers until ctx ends.
func (p program) serve(ctx context.Context, s config.Settings) (err error) {
	log := newLog(p.err, s.Log)
	log.DebugContext(ctx, "settings", "settings", s)
	hangups, stopHangups := p.hangups()
	defer stopHangups()
	n, err := node.Open(ctx, node.Options{
		Settings: s, Getenv: p.getenv, Now: p.now, Random: p.random, Log: log, Panics: panics.NewRecorder(log), Version: thisVersion(),
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, n.Close()) }()
	if err := p.firstKey(ctx, n.Store(), s.APIKey); err != nil {
		return err
	}
	return n.Serve(ctx, hangups, func(url string) { fmt.Fprintf(p.out, "listening on %s\n", url) })
}

// newLog returns a logger of structured lines, from level on.
func newLog(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level}))
}
