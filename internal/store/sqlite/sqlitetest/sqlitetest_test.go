package sqlitetest_test

import (
	"path/filepath"
	"testing"

	"github.com/filmgate/filmgate/internal/store/sqlite/sqlitetest"
)

func TestOpenMakesDatabasesOfTheNewestVersionThatShareNothing(t *testing.T) {
	var template sqlitetest.Template
	dir := t.TempDir()
	for _, name := range []string{"a.db", "b.db"} {
		db := template.Open(t, filepath.Join(dir, name))
		from, to, err := db.Migrate(t.Context())
		if err != nil || from != to || to == 0 {
			t.Errorf("%s: Migrate: from %d to %d, %v", name, from, to, err)
		}
		// The table must not be in the file of the next.
		if _, err := db.Writer().ExecContext(t.Context(), `CREATE TABLE mine (n INTEGER)`); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}
