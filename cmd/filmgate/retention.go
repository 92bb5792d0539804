package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/node"
	"github.com/filmgate/filmgate/internal/terminal"
)

func (p program) retentionCommand() *cobra.Command {
	c := p.command("retention", "Print what the server would delete because it has been kept long enough", p.retention, nil, config.PartData, config.PartRetention)
	c.Long = c.Short + `.

It deletes nothing: the server does, by itself, with the same settings. To see what other times would delete, give them as flags:
filmgate retention --keep-files 30d. The server may run meanwhile.`
	return c
}

// retention prints how long things are kept, and how many are older.
func (p program) retention(ctx context.Context, s config.Settings, _ []string) error {
	e, err := node.Expired(ctx, s, p.now())
	if err != nil {
		return err
	}
	return terminal.Retention(p.out, e)
}
