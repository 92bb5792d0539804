package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/filmgate/filmgate/internal/client"
	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/doctor"
	"github.com/filmgate/filmgate/internal/node"
)

func (p program) doctorCommand() *cobra.Command {
	return p.command("doctor", "Check this machine for what the server needs", func(ctx context.Context, s config.Settings, _ []string) error {
		return doctor.Print(p.out, doctor.Run(ctx, s, func(ctx context.Context, base string) bool {
			return client.Client{Base: base, HTTP: p.http}.Alive(ctx)
		}, node.CheckDatabase, node.CheckBucket, node.CheckOwner,
			func(ctx context.Context, s config.Settings) error { return node.CheckClock(ctx, s, p.now) },
			func(s config.Settings) ([]string, []config.ServerCheck, error) {
				l, err := node.Loader(p.getenv, p.now, nil).Load(s.Config, config.Loaded{})
				return l.Endings(p.now()), l.CheckServers(), err
			}))
	}, nil, config.PartServer, config.PartClient)
}
