package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/filmgate/filmgate/internal/backup"
	"github.com/filmgate/filmgate/internal/blob/file"
	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/datafolder"
	"github.com/filmgate/filmgate/internal/store/sqlite"
	"github.com/filmgate/filmgate/internal/transfer"
)

// Restore describes a restore of a backup into a data folder that is empty or does not exist.
type Restore struct {
	Settings config.Settings         // choose the data folder
	Folder   string                  // of the backup
	Progress func(transfer.Progress) // is called after every step; may be nil
}

// placeholder is the name of the database that is renamed to the real one before any file is copied. It says that the restore is
// not complete, so no server starts on it.
const placeholder = "restore.db"

// Run restores the backup, or continues a restore of it. It returns what the backup says of itself, and how many files it copied.
// The database takes its place last.
func (r Restore) Run(ctx context.Context) (m backup.Manifest, copied int64, err error) {
	if r.Settings.DatabaseURL != "" {
		return m, 0, ErrPostgres
	}
	for _, folder := range []*string{&r.Folder, &r.Settings.Data} {
		if *folder, err = filepath.Abs(*folder); err != nil {
			return m, 0, err
		}
	}
	if err := apart(r.Folder, r.Settings.Data); err != nil {
		return m, 0, err
	}
	known, err := sqlite.Version()
	if err != nil {
		return m, 0, err
	}
	from, err := backup.Open(ctx, backup.Folder(r.Folder), known, openFilesAt)
	if err != nil {
		return m, 0, fmt.Errorf("restore: %w", err)
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	if r.Settings.BlobURL != "" && !from.Files.Elsewhere {
		return m, 0, fmt.Errorf("%s: the files of this backup go into a data folder, and a server with this setting would not find them; leave it unset", bucketSetting)
	}
	copied, err = r.into(ctx, from, datafolder.Folder(r.Settings.Data))
	return from.Manifest, copied, err
}

// into restores a backup into a data folder, which it locks meanwhile.
func (r Restore) into(ctx context.Context, from *backup.Backup, to datafolder.Folder) (copied int64, err error) {
	if err := r.vacant(ctx, to); err != nil {
		return 0, err
	}
	lock, err := to.Claim(dataSetting)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	if err := r.vacant(ctx, to); err != nil { // another command may have been faster
		return 0, err
	}
	fail := func(err error) (int64, error) { return copied, fmt.Errorf("%s: %w", dataSetting, err) }
	if _, err := os.Stat(to.Database()); errors.Is(err, fs.ErrNotExist) {
		if err := r.mark(ctx, to); err != nil {
			return fail(err)
		}
	}
	files, err := file.Open(to.Files())
	if err != nil {
		return fail(err)
	}
	copied, err = from.RestoreFiles(ctx, files, r.Progress)
	if err = errors.Join(err, files.Close()); err == nil {
		err = from.RestoreDatabase(to.Database())
	}
	if err != nil {
		return copied, fmt.Errorf("restore: %w", err)
	}
	return copied, nil
}

// source names the backup in the database of a data folder into which it is being restored.
func (r Restore) source() string { return "the backup " + r.Folder }

// command returns the command that continues the restore, for a shell.
func (r Restore) command() string {
	return shellWords("filmgate", "restore", r.Folder, "--data", r.Settings.Data)
}

// vacant returns an error unless the data folder is empty, does not exist, or a restore of this backup into it is under way.
func (r Restore) vacant(ctx context.Context, to datafolder.Folder) error {
	found, err := os.ReadDir(string(to))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", dataSetting, err)
	}
	if _, err := os.Stat(to.Database()); err == nil {
		db, err := sqlite.OpenDB(ctx, to.Database())
		if err != nil {
			return fmt.Errorf("%s: %w", dataSetting, err)
		}
		source, err := transfer.MarkedSource(ctx, db)
		if err = errors.Join(err, db.Close()); err == nil && source == r.source() {
			return nil
		}
	}
	for _, e := range found {
		if name := e.Name(); name != "lock" && !strings.HasPrefix(name, placeholder) {
			return fmt.Errorf("%s: the folder %s is not empty (it has %s): restore into an empty or a new folder", dataSetting, string(to), name)
		}
	}
	return nil
}

// mark makes a database that says that the restore is not complete.
func (r Restore) mark(ctx context.Context, to datafolder.Folder) error {
	path := filepath.Join(string(to), placeholder)
	for _, ending := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(path + ending); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	db, err := sqlite.OpenDB(ctx, path)
	if err != nil {
		return err
	}
	_, _, err = db.Migrate(ctx)
	if err == nil {
		err = transfer.Mark(ctx, db, r.source(), r.command())
	}
	if err = errors.Join(err, db.Close()); err != nil {
		return err
	}
	return os.Rename(path, to.Database())
}
