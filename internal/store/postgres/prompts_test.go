package postgres

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/filmgate/filmgate/internal/store/storetest"
	"github.com/filmgate/filmgate/internal/task"
)

// Tasks that a server of an earlier version stores, before this one's migration or after it, are found by their prompts once they are in
// the index.
func TestPromptsOfAnEarlierVersionAreIndexed(t *testing.T) {
	db := migratedDB(t, Shared.Server(t).NewDatabase(t))
	s := New(db, func(context.Context, pgx.Tx, []task.Wake) error { return nil })
	for n := range 5 {
		tk := task.Task{ID: fmt.Sprint("t", n), Account: 7, State: task.Failed, Created: time.UnixMilli(0), Request: task.Request{Prompt: "Der Große Hafen"}}
		if _, err := s.Apply(t.Context(), task.Change{Task: tk}); err != nil {
			t.Fatal(err)
		}
	}
	again(t, db, 8)
	storetest.RunEarlierPrompts(t, s)
}
