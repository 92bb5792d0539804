package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/retention"
)

// newSweeper returns what deletes files and rows that have been kept long enough.
func (n *Node) newSweeper() *retention.Sweeper {
	return retention.New(retention.Config{
		Periods: periods(n.Settings),
		Rows:    n.store, Files: n.gw.Catalog, Forget: n.gw.Forget, Now: n.Now, Log: n.Log,
	})
}

// periods returns how long the settings keep things.
func periods(s config.Settings) retention.Periods {
	return retention.Periods{Files: s.KeepFiles, Tasks: s.KeepTasks, Events: s.KeepEvents, Keys: s.KeepKeys}
}

// Expired returns what a server with these settings would delete at that time because it has been kept long enough. A server may
// work on the database meanwhile. It changes nothing, and fails if there is no database or its tables are an older program's.
func Expired(ctx context.Context, s config.Settings, now time.Time) (e retention.Expired, err error) {
	setting := dataSetting
	if s.DatabaseURL != "" {
		setting = databaseSetting
	}
	db, err := openUsable(ctx, s)
	if errors.Is(err, fs.ErrNotExist) {
		return e, fmt.Errorf("%s: there is no database: %w", setting, err)
	}
	if err != nil {
		return e, fmt.Errorf("%s: %w", setting, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	there, known, err := db.Versions(ctx)
	if err == nil && there < known {
		err = fmt.Errorf("the database has version %d, and this program reads %d: start a server on it, or run filmgate migrate", there, known)
	}
	if err == nil {
		e, err = retention.Count(ctx, withoutQueue(db), periods(s), now)
	}
	if err != nil {
		return e, fmt.Errorf("%s: %w", setting, err)
	}
	return e, nil
}
