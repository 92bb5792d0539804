package node

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/datafolder"
	"github.com/filmgate/filmgate/internal/queue"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/postgres"
	"github.com/filmgate/filmgate/internal/store/sqlite"
	"github.com/filmgate/filmgate/internal/transfer"
)

// end is one end of a move.
type end struct {
	side  transfer.Side
	rows  movableRows
	queue movableJobs
}

// movableRows is a database of tasks, whatever its kind.
type movableRows interface {
	store.Portable
	Name() string
	Versions(ctx context.Context) (there, known int64, err error)
	TableNames(ctx context.Context) ([]string, error)
	Check(ctx context.Context) error
	Migrate(ctx context.Context) (from, to int64, err error)
	Close() error
}

// movableJobs is the queue in a database, whatever its kind.
type movableJobs interface {
	Migrate(ctx context.Context) (from, to int, err error)
	Jobs(ctx context.Context, yield func([]queue.Job) error) error
	DeleteJobs(ctx context.Context) error
	TakeOver(ctx context.Context, jobs []queue.Job) error
}

// openEnds holds what a move has opened.
type openEnds struct {
	folders []string // data folders that are locked
	closers []func() error
}

func (o *openEnds) onClose(f func() error) { o.closers = append(o.closers, f) }

// close closes what was opened, last first.
func (o *openEnds) close() error {
	var errs []error
	for _, f := range slices.Backward(o.closers) {
		errs = append(errs, f())
	}
	return errors.Join(errs...)
}

// claim makes and locks a data folder, unless this move has locked it already.
func (o *openEnds) claim(folder datafolder.Folder, setting string) error {
	if slices.ContainsFunc(o.folders, func(locked string) bool { return sameFile(locked, string(folder)) }) {
		return nil
	}
	lock, err := folder.Claim(setting)
	if err != nil {
		return err
	}
	o.onClose(lock.Close)
	o.folders = append(o.folders, string(folder))
	return nil
}

// openDatabases opens and locks both databases, and makes the tables of the second. Nothing is made before the first one and the
// rights at the second are found to be as they should.
func (o *openEnds) openDatabases(ctx context.Context, m Move) (from, to end, err error) {
	const target = "--to"
	if from, err = o.openSource(ctx, m.Settings); err != nil {
		return from, to, err
	}
	if url := string(m.To); IsURL(url) {
		to, err = o.openPostgres(ctx, url, target, func(db *postgres.DB) error { return isAnother(ctx, from, db) })
	} else if sameFile(from.rows.Name(), datafolder.Folder(url).Database()) {
		err = fmt.Errorf("%s: %s is the data folder of the database itself; name another one", target, url)
	} else {
		to, err = o.openSQLite(ctx, datafolder.Folder(url), target)
	}
	if err == nil {
		err = to.side.Fail(prepare(ctx, to))
	}
	return from, to, err
}

// openSource opens the database that the settings choose, and brings its tables to this program's version, as serve does.
func (o *openEnds) openSource(ctx context.Context, s config.Settings) (from end, err error) {
	if s.DatabaseURL != "" {
		from, err = o.openPostgres(ctx, string(s.DatabaseURL), databaseSetting, func(*postgres.DB) error { return nil })
	} else {
		folder := datafolder.Folder(s.Data)
		if _, err := os.Stat(folder.Database()); err != nil {
			return from, fmt.Errorf("%s: there is no database to move: %w", dataSetting, err)
		}
		from, err = o.openSQLite(ctx, folder, dataSetting)
	}
	if err != nil {
		return from, err
	}
	if err := transfer.Unfinished(ctx, from.rows); err != nil {
		return from, from.side.Fail(err)
	}
	there, _, err := from.rows.Versions(ctx)
	if err == nil && there == 0 {
		err = errors.New("there are no tasks to move: it has none of the tables")
	}
	if err == nil {
		err = migrateTables(ctx, from)
	}
	return from, from.side.Fail(err)
}

func migrateTables(ctx context.Context, e end) error {
	if _, _, err := e.rows.Migrate(ctx); err != nil {
		return err
	}
	_, _, err := e.queue.Migrate(ctx)
	return err
}

// openPostgres opens and locks a PostgreSQL database that this user may write, if it is accepted.
func (o *openEnds) openPostgres(ctx context.Context, url, setting string, accept func(*postgres.DB) error) (end, error) {
	fail := func(err error) (end, error) { return end{}, fmt.Errorf("%s: %w", setting, err) }
	db, err := postgres.OpenDB(ctx, url)
	if err != nil {
		return fail(err)
	}
	o.onClose(db.Close)
	if err := accept(db); err != nil {
		return fail(err)
	}
	if err := db.Check(ctx); err != nil {
		return fail(err)
	}
	if err := db.Lock(ctx); err != nil {
		return fail(err)
	}
	q, err := queue.NewPostgres(db.Pool(), queue.Options{})
	if err != nil {
		return fail(err)
	}
	return end{transfer.Side{Rows: db, Name: db.Name(), Setting: setting}, db, q}, nil
}

// openSQLite locks a data folder and opens its database. It makes both if they do not exist.
func (o *openEnds) openSQLite(ctx context.Context, folder datafolder.Folder, setting string) (end, error) {
	if err := o.claim(folder, setting); err != nil {
		return end{}, err
	}
	fail := func(err error) (end, error) { return end{}, fmt.Errorf("%s: %w", setting, err) }
	db, err := sqlite.OpenDB(ctx, folder.Database())
	if err != nil {
		return fail(err)
	}
	o.onClose(db.Close)
	if err := db.Check(ctx); err != nil {
		return fail(err)
	}
	q, err := queue.NewSQLite(db.Writer(), queue.Options{})
	if err != nil {
		return fail(err)
	}
	return end{transfer.Side{Rows: db, Name: filepath.Clean(db.Name()), Setting: setting}, db, q}, nil
}

// sameFile reports whether both paths lead to the same file or folder.
func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	other, err2 := os.Stat(b)
	return err == nil && err2 == nil && os.SameFile(one, other)
}

// isAnother returns an error if db is the database at the other end.
func isAnother(ctx context.Context, from end, db *postgres.DB) error {
	source, ok := from.rows.(*postgres.DB)
	if !ok {
		return nil
	}
	same, err := db.Same(ctx, source)
	if err == nil && same {
		err = errors.New("it is the database that is moved; name another one")
	}
	return err
}

// prepare makes the tables at the end that rows are moved to. It changes no table that has rows.
func prepare(ctx context.Context, to end) error {
	there, known, err := to.rows.Versions(ctx)
	if err != nil {
		return err
	}
	names, err := to.rows.TableNames(ctx)
	if err != nil {
		return err
	}
	for _, t := range store.Tables() {
		if there == known || !slices.Contains(names, t.Name) {
			continue
		}
		if there == 0 {
			return fmt.Errorf("it has a table %s that is not Filmgate's: take an empty database", t.Name)
		}
		n, err := to.rows.Count(ctx, t)
		if err != nil {
			return err
		}
		if n > 0 {
			return fmt.Errorf("it has %d rows in %s, of an older version: take an empty database", n, t.Name)
		}
	}
	return migrateTables(ctx, to)
}
