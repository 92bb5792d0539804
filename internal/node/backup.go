package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/backup"
	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/blob/file"
	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/datafolder"
	"github.com/filmgate/filmgate/internal/store/sqlite"
	"github.com/filmgate/filmgate/internal/transfer"
)

// Backup describes a backup of a data folder with an SQLite database. A server may use the folder meanwhile.
type Backup struct {
	Settings config.Settings // choose the data folder
	Folder   string          // of the backup
	Program  string          // version of this program
	Now      func() time.Time
	Progress func(transfer.Progress) // as in backup.Create, like the others
	Problem  func(transfer.FileError)
	Deleted  func(key string)
}

// ErrPostgres says that a database in PostgreSQL has tools of its own for backups.
var ErrPostgres = errors.New(databaseSetting + ": backup and restore are for SQLite; a PostgreSQL database is backed up with pg_dump, as docs/backup.md says")

// Run makes the backup, or renews the one in the folder.
func (b Backup) Run(ctx context.Context) (r backup.Report, err error) {
	if b.Settings.DatabaseURL != "" {
		return r, ErrPostgres
	}
	data := datafolder.Folder(b.Settings.Data)
	if _, err := os.Stat(data.Database()); err != nil {
		return r, fmt.Errorf("%s: there is no database to back up: %w", dataSetting, err)
	}
	if err := apart(b.Folder, b.Settings.Data); err != nil {
		return r, err
	}
	db, err := sqlite.OpenDB(ctx, data.Database())
	if err != nil {
		return r, fmt.Errorf("%s: %w", dataSetting, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	c := backup.Create{Folder: backup.Folder(b.Folder), Program: b.Program, Now: b.Now, Rows: db, OpenCopy: openCopy, OpenFiles: openFilesAt,
		Progress: b.Progress, Problem: b.Problem, Deleted: b.Deleted}
	if b.Settings.BlobURL == "" {
		files, err := file.Open(data.Files())
		if err != nil {
			return r, fmt.Errorf("%s: %w", dataSetting, err)
		}
		defer func() { err = errors.Join(err, files.Close()) }()
		c.Files = files
	}
	if r, err = c.Run(ctx); err != nil {
		err = fmt.Errorf("backup: %w", err)
	}
	return r, err
}

func openCopy(ctx context.Context, path string) (backup.Copy, error) {
	db, err := sqlite.OpenDB(ctx, path)
	if err != nil {
		return nil, err
	}
	return db, nil
}

func openFilesAt(path string) (blob.Storage, error) {
	files, err := file.Open(path)
	if err != nil {
		return nil, err
	}
	return files, nil
}

// apart returns an error if one of the folders lies in the other.
func apart(folder, data string) error {
	one, err := realPath(folder)
	other, err2 := realPath(data)
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	if within(one, other) || within(other, one) {
		return fmt.Errorf("the backup %s and the data folder %s lie one in the other; take another folder", folder, data)
	}
	return nil
}

func within(path, folder string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// realPath returns the absolute path without symbolic links. What does not exist yet is kept as it is.
func realPath(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	resolved, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) && path != filepath.Dir(path) {
		parent, err := realPath(filepath.Dir(path))
		return filepath.Join(parent, filepath.Base(path)), err
	}
	return resolved, err
}
