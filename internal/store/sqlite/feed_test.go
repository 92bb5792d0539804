package sqlite

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// Old events are deleted once for all tasks of a group, so many at once.
func TestTasksThatAreCreatedTogetherDeleteOldEventsOnce(t *testing.T) {
	db, err := OpenDB(t.Context(), filepath.Join(t.TempDir(), "filmgate.db"))
	if err == nil {
		_, _, err = db.Migrate(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	s := New(db, nil)
	t.Cleanup(func() { _ = s.Close() })
	const created = 6
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	create := func(id string, at time.Time, events int) {
		c := task.Change{Task: task.Task{ID: id, Account: 1, Created: at, Updated: at}}
		for range events {
			c.Events = append(c.Events, task.Event{At: at, Kind: "created", To: task.Queued})
		}
		if _, err := s.Apply(t.Context(), c); err != nil {
			t.Error(err)
		}
	}
	create("old", now.Add(-store.FeedLife-time.Hour), store.FeedTrim(created))
	release := hold(t, db)
	defer release()
	var all sync.WaitGroup
	for n := range created {
		all.Go(func() { create(fmt.Sprint(n), now, 1) })
	}
	for s.group.Waiting() < created {
	}
	release()
	all.Wait()
	page, err := s.Feed(t.Context(), 1, 0, 100)
	if err != nil || len(page.Events) != created || page.Events[0].Task == "old" {
		t.Errorf("%d events are left, %v", len(page.Events), err)
	}
}
