package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/engine/animatic"
)

func (p program) configCommand() *cobra.Command {
	check := p.command("check", "Read the settings file and report every error in it", func(_ context.Context, s config.Settings, _ []string) error {
		l, err := p.loader().Load(s.Config, config.Loaded{})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.out, "%d engines and %d models: no errors\n", len(l.Engines), len(l.File.Models))
		return err
	}, nil, config.PartFile)
	return ownGroup("config", "Check the settings file", check)
}

// loader returns what reads settings files.
func (p program) loader() config.Loader {
	return config.Loader{Kinds: engineKinds(), BuiltIn: animatic.Name, Getenv: p.getenv, Now: p.now, Panics: p.panics}
}

// reload reads the settings file again and works by it from now on. A file with errors changes nothing, and neither does
// one that makes the program panic.
func (n *node) reload(ctx context.Context, p program, path string, log *slog.Logger) {
	if path == "" {
		log.WarnContext(ctx, "there is no settings file to read again; FILMGATE_CONFIG names one")
		return
	}
	err := p.panics.Run(ctx, "reload", func() error {
		before := n.loaded
		next, err := p.loader().Reload(path, before)
		if err == nil {
			err = n.gw.Use(ctx, next.Registry(animatic.Name, n.engine))
		}
		if err == nil {
			n.loaded = next
			log.InfoContext(ctx, "settings read again", append([]any{"file", path}, before.Changes(next)...)...)
		}
		return err
	})
	many := (*config.FileError)(nil)
	switch {
	case errors.As(err, &many):
		log.ErrorContext(ctx, "the settings stay as they were", "file", path, "errors", len(many.Problems))
		for _, one := range many.Problems {
			log.ErrorContext(ctx, "settings file", "error", one)
		}
	case err != nil:
		log.ErrorContext(ctx, "the settings stay as they were", "file", path, "error", err)
	}
}
