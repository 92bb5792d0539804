package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/datafolder"
	"github.com/filmgate/filmgate/internal/node"
)

func (p program) migrateCommand() *cobra.Command {
	return p.command("migrate", "Bring the database to this version's tables (serve does so too)", func(ctx context.Context, s config.Settings, _ []string) error {
		db, from, to, err := node.OpenStore(ctx, s)
		if err != nil {
			return err
		}
		name := datafolder.Folder(s.Data).Database()
		if s.DatabaseURL != "" {
			name = "the database of FILMGATE_DATABASE_URL"
		}
		if from == to {
			_, err = fmt.Fprintf(p.out, "%s is at version %d already\n", name, to)
		} else {
			_, err = fmt.Fprintf(p.out, "%s went from version %d to %d\n", name, from, to)
		}
		return errors.Join(err, db.Close())
	}, nil, config.PartData)
}
