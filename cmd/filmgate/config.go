package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/node"
)

func (p program) configCommand() *cobra.Command {
	check := p.command("check", "Read the settings file and report every error in it, and the models that end soon", func(_ context.Context, s config.Settings, _ []string) error {
		l, err := node.Loader(p.getenv, p.now, nil).Load(s.Config, config.Loaded{})
		if err != nil {
			return err
		}
		for _, line := range l.Endings(p.now()) {
			fmt.Fprintf(p.out, "warning: %s\n", line)
		}
		_, err = fmt.Fprintf(p.out, "%d engines and %d models: no errors\n", len(l.Engines), len(l.File.Models))
		return err
	}, nil, config.PartFile)
	return ownGroup("config", "Check the settings file", check)
}
