package query

import (
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// OldTask is an ended task, and whether it has events that are kept no longer.
type OldTask struct {
	At     task.Cursor
	Events bool
}

// ScanOldTask reads a row of the columns created, id and whether there are such events.
func ScanOldTask(scan func(...any) error) (t OldTask, err error) {
	var created int64
	err = scan(&created, &t.At.ID, &t.Events)
	t.At.Created = time.UnixMilli(created).UTC()
	return t, err
}

// SplitOld returns the ids of those tasks of a page that have such events, and the cursor after the page; the zero cursor if it is
// the last one.
func SplitOld(page []OldTask, limit int) (ids []string, last task.Cursor) {
	for _, t := range page {
		if t.Events {
			ids = append(ids, t.At.ID)
		}
	}
	if len(page) == limit {
		last = page[len(page)-1].At
	}
	return ids, last
}
