package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"

	"github.com/spf13/cobra"

	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/node"
	"github.com/filmgate/filmgate/internal/panics"
)

func (p program) configCommand() *cobra.Command {
	check := p.command("check", "Read the settings file, report every error in it, and show where its engines are and which models end soon", func(_ context.Context, s config.Settings, _ []string) error {
		loader := node.Loader(p.getenv, p.now, nil)
		l, err := loader.Load(s.Config, config.Loaded{})
		if err != nil {
			return err
		}
		for _, e := range l.File.Engines {
			base, isDefault := loader.Kinds.Address(e)
			if isDefault {
				base += ", the default of its type"
			}
			fmt.Fprintf(p.out, "engine %s: %s at %s\n", e.Name, e.Type, base)
		}
		for _, text := range slices.Concat(l.Warnings, l.Endings(p.now())) {
			fmt.Fprintf(p.out, "warning: %s\n", text)
		}
		_, err = fmt.Fprintf(p.out, "%d engines and %d models: no errors\n", len(l.Engines), len(l.File.Models))
		return err
	}, nil, config.PartFile)
	return ownGroup("config", "Check the settings file", check)
}

func (p program) engineCommand() *cobra.Command {
	check := p.command("check", "Try each engine and key of the settings file without paying, and say what was learned", func(ctx context.Context, s config.Settings, _ []string) error {
		l, err := node.Loader(p.getenv, p.now, nil).Load(s.Config, config.Loaded{})
		if err != nil {
			return err
		}
		if len(l.File.Engines) == 0 {
			_, err := fmt.Fprintln(p.out, "there are no engines but the built-in renderer, which `filmgate doctor` checks")
			return err
		}
		for _, text := range l.Warnings {
			fmt.Fprintf(p.err, "warning: %s\n", text)
		}
		return l.CheckEngines(ctx, p.out)
	}, nil, config.PartFile)
	return ownGroup("engine", "Try the engines of the settings file, or start a model server", check, p.engineUpCommand())
}

// engineUpCommand returns the command that runs a model server in the foreground.
func (p program) engineUpCommand() *cobra.Command {
	return p.command("up", "Run the model server of an engine of the settings file until told to stop", func(ctx context.Context, s config.Settings, args []string) error {
		log := newLog(p.err, slog.LevelInfo)
		o := node.Options{Settings: s, Getenv: p.getenv, Now: p.now, Log: log, Panics: panics.NewRecorder(log)}
		return node.Up(ctx, o, args[0], func(engine, address, said string) {
			fmt.Fprintf(p.out, "engine %s: its server works at %s: %s\n", engine, address, said)
		})
	}, []string{"NAME"}, config.PartFile)
}
