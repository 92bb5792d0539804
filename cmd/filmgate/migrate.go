package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/datafolder"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/sqlite"
	"github.com/filmgate/filmgate/internal/task"
)

func (p program) migrateCommand() *cobra.Command {
	return p.command("migrate", "Bring the database to this version's tables (serve does so too)", func(ctx context.Context, s config.Settings, _ []string) error {
		return p.migrate(ctx, s)
	}, nil, config.PartData)
}

func (p program) migrate(ctx context.Context, s config.Settings) error {
	db, from, to, err := openDB(ctx, s)
	if err != nil {
		return err
	}
	if from == to {
		_, err = fmt.Fprintf(p.out, "%s is at version %d already\n", datafolder.Folder(s.Data).Database(), to)
	} else {
		_, err = fmt.Fprintf(p.out, "%s went from version %d to %d\n", datafolder.Folder(s.Data).Database(), from, to)
	}
	return errors.Join(err, db.Close())
}

// openDB opens the data folder's database, newly made where there is none, and brings its tables from their version
// to this program's.
func openDB(ctx context.Context, s config.Settings) (db *sqlite.DB, from, to int64, err error) {
	if err := datafolder.Folder(s.Data).Make(); err != nil {
		return nil, 0, 0, err
	}
	if db, err = sqlite.OpenDB(ctx, datafolder.Folder(s.Data).Database()); err != nil {
		return nil, 0, 0, fmt.Errorf("FILMGATE_DATA (--data): %w", err)
	}
	if from, to, err = db.Migrate(ctx); err != nil {
		return nil, 0, 0, errors.Join(fmt.Errorf("FILMGATE_DATA (--data): %w", err), db.Close())
	}
	return db, from, to, nil
}

// openStore opens the data folder's store for commands that change no task: it has no queue.
func openStore(ctx context.Context, s config.Settings) (store.Store, error) {
	db, _, _, err := openDB(ctx, s)
	if err != nil {
		return nil, err
	}
	return sqlite.New(db, func(context.Context, *sql.Tx, []task.Wake) error {
		return errors.New("this command has no queue")
	}), nil
}
