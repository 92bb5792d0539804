package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/filmgate/filmgate/internal/client"
	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/node"
	"github.com/filmgate/filmgate/internal/terminal"
	"github.com/filmgate/filmgate/internal/transfer"
)

func (p program) backupCommand() *cobra.Command {
	c := p.command("backup", "Copy the database and the files to a folder, while the server runs", p.backUp, []string{"DIR"}, config.PartData, config.PartFiles)
	c.Long = c.Short + `.

DIR holds one backup: the database as of one moment, and the files that it names, compared by their SHA-256. It is made if it does
not exist. The same command again renews the backup: it copies the database and only the files that are new, and removes what the
new database no longer names. If it is interrupted, the backup before it stays complete. DIR holds keys and secrets; only you may read it.

The exit code is 1 if a file that should be there is missing or damaged; the backup is complete otherwise. filmgate restore brings
the backup back. For a database in PostgreSQL see docs/backup.md.`
	return c
}

// backUp makes a backup, shows the progress, and prints what the backup holds.
func (p program) backUp(ctx context.Context, s config.Settings, args []string) error {
	r, err := node.Backup{Settings: s, Folder: args[0], Program: thisVersion(), Now: p.now,
		Progress: terminal.CopyProgress(p.err, p.now),
		Problem:  func(problem transfer.FileError) { fmt.Fprintf(p.err, "problem: %v\n", problem) },
		Deleted:  func(key string) { fmt.Fprintf(p.err, "deleted after the database was copied: %s\n", key) },
	}.Run(ctx)
	if err != nil && ctx.Err() != nil {
		fmt.Fprintln(p.err, "filmgate: interrupted; an earlier backup in the folder is as it was")
		return client.ErrInterrupted
	}
	if err != nil {
		return err
	}
	if err := terminal.Backup(p.out, args[0], r); err != nil || r.Problems == 0 {
		return err
	}
	return fmt.Errorf("%d files that rows name are missing or damaged, as the lines above say; all else is in the backup", r.Problems)
}

func (p program) restoreCommand() *cobra.Command {
	c := p.command("restore", "Bring a backup back into an empty data folder", p.restore, []string{"DIR"}, config.PartData, config.PartFiles)
	c.Long = c.Short + `.

DIR is the folder of filmgate backup. It is checked first, and all files are compared with their SHA-256. The data folder (--data)
must be empty or not exist. A restore that was interrupted goes on if the same command is run again; from the first file
on until it is complete, no server starts on the data folder.

Tasks that had not ended when the backup was made go on: those that an engine had accepted are looked for there, and the others are
sent, and paid a second time if the old server sent them after the backup. The old server must not run any more.`
	return c
}

// restore restores a backup, shows the progress, and prints what was restored.
func (p program) restore(ctx context.Context, s config.Settings, args []string) error {
	m, copied, err := node.Restore{Settings: s, Folder: args[0], Progress: terminal.CopyProgress(p.err, p.now)}.Run(ctx)
	if err != nil && ctx.Err() != nil {
		fmt.Fprintln(p.err, "filmgate: interrupted; the same command goes on with the restore")
		return client.ErrInterrupted
	}
	if err != nil {
		return err
	}
	return terminal.Restored(p.out, s.Data, m, copied)
}
