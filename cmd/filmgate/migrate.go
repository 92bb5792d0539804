package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/client"
	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/datafolder"
	"github.com/filmgate/filmgate/internal/node"
	"github.com/filmgate/filmgate/internal/terminal"
	"github.com/filmgate/filmgate/internal/transfer"
)

// moveFlags are the flags of migrate besides the settings.
type moveFlags struct {
	to, blobsTo string
	blobs       bool
}

func (p program) migrateCommand() *cobra.Command {
	var f moveFlags
	c := p.command("migrate", "Bring the database to this version's tables (serve does so too), or move it to another database",
		func(ctx context.Context, s config.Settings, _ []string) error {
			m, err := f.move(s)
			switch {
			case err != nil:
				return config.Usage(err)
			case m != nil:
				return p.moveData(ctx, *m)
			}
			return p.migrateTables(ctx, s)
		}, nil, config.PartData, config.PartFiles)
	c.Long = c.Short + `.

With --to, all rows are copied to another, empty database, and compared by counts and hashes. No server may run on either
database. A move that was interrupted goes on where it was if the same command is run again; until it is complete, no server
starts on the new database. What is moved stays as it is at its old place.`
	c.Flags().StringVar(&f.to, "to", "", "move the database there: postgres://USER:PASSWORD@HOST:5432/DATABASE, or a data folder for an SQLite database")
	c.Flags().BoolVar(&f.blobs, "blobs", false, "copy the videos and pictures too, to the data folder of --to")
	c.Flags().StringVar(&f.blobsTo, "blobs-to", "", "copy the videos and pictures there: a data folder, or s3://BUCKET?region=REGION as in docs/s3.md")
	return c
}

// migrateTables brings the database to this version's tables.
func (p program) migrateTables(ctx context.Context, s config.Settings) error {
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
}

// move returns the move that the flags ask for; nil if they ask for none.
func (f moveFlags) move(s config.Settings) (*node.Move, error) {
	m := &node.Move{Settings: s, To: apikey.Secret(f.to), FilesTo: f.blobsTo}
	if f.to == "" {
		if f.blobs || f.blobsTo != "" {
			return nil, errors.New("--blobs and --blobs-to need --to: the database that the rows are moved to")
		}
		return nil, nil //nolint:nilnil // nil is a value of its own here
	}
	if node.IsURL(f.to) {
		if err := config.CheckDatabaseURL(f.to); err != nil {
			return nil, fmt.Errorf("--to is ***: %w; allowed: postgres://USER:PASSWORD@HOST:5432/DATABASE, with the parameters of libpq, or a data folder", err)
		}
	}
	if node.IsURL(f.blobsTo) {
		if err := node.CheckBlobURL(f.blobsTo); err != nil {
			return nil, fmt.Errorf("--blobs-to is ***: %w; allowed: s3://BUCKET?region=REGION, with the parameters of docs/s3.md, or a data folder", err)
		}
	}
	if f.blobs && f.blobsTo == "" {
		if node.IsURL(f.to) {
			return nil, errors.New("--blobs needs --blobs-to, a data folder or a bucket: a PostgreSQL database holds no videos and pictures; " +
				"leave --blobs out if the next server has the same storage")
		}
		m.FilesTo = f.to
	}
	return m, nil
}

// moveData moves the database, shows the progress, and prints what was moved.
func (p program) moveData(ctx context.Context, m node.Move) error {
	m.Progress = terminal.CopyProgress(p.err, p.now)
	m.Problem = func(problem transfer.FileError) { fmt.Fprintf(p.err, "problem: %v\n", problem) }
	report, err := m.Run(ctx)
	if err != nil && ctx.Err() != nil {
		fmt.Fprintln(p.err, "filmgate: interrupted; the same command goes on with the move")
		return client.ErrInterrupted
	}
	if err != nil {
		return err
	}
	return terminal.Move(p.out, report, m.FilesTo != "")
}
