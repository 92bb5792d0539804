package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// CopyTo writes a consistent copy of the database, as of one moment, to a new file that only this user may read, and returns
// when the copy is on the disk. Other processes may read and write the database meanwhile: none of them waits. The copy holds no
// remains of deleted rows.
func (db *DB) CopyTo(ctx context.Context, path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600) //nolint:gosec // the path comes from the operator
	if err != nil {
		return fmt.Errorf("sqlite: copy to %s: %w", path, err)
	}
	// VACUUM INTO reads in one transaction, which in WAL mode keeps no writer waiting. It takes an empty file with its mode.
	_, err = db.writer.ExecContext(ctx, `VACUUM INTO $1`, path)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(mapDamage(err), f.Close()); err != nil {
		return fmt.Errorf("sqlite: copy to %s: %w", path, err)
	}
	return nil
}

// QuickCheck reads the whole file, and returns an error if it is damaged.
func (db *DB) QuickCheck(ctx context.Context) error {
	if err := db.quickCheck(ctx); err != nil {
		return fmt.Errorf("sqlite: check: %w", err)
	}
	return nil
}
