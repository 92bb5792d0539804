package sqlite

import (
	"fmt"
	"testing"

	"github.com/filmgate/filmgate/internal/store/storetest"
)

// Tasks that an earlier version stored are found by their prompts once they are in the index.
func TestPromptsOfAnEarlierVersionAreIndexed(t *testing.T) {
	db := openAtVersion(t, 11)
	for n := range 5 {
		if _, err := db.writer.ExecContext(t.Context(), `INSERT INTO tasks (id, account, state, ended, model, dialect, created, updated, version, deleted, low, body)
			VALUES ($1, 7, 'FAILED', 1, '', '', 0, 0, 1, 0, 0, $2)`, fmt.Sprint("t", n),
			fmt.Appendf(nil, `{"ID":"t%d","Account":7,"Created":"1970-01-01T00:00:00Z","Request":{"Prompt":"Der Große Hafen"}}`, n)); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := New(db, nil)
	storetest.RunEarlierPrompts(t, s)
}
