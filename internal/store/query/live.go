package query

import (
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// CountLive returns the query of the tasks that have not ended, counted. engine is the SQL of a task's engine, and live its condition, which
// the index of live tasks has too. A task that has ended may be among those of the index while its job is cancelled.
func CountLive(engine, live string) string {
	var states []string
	for _, s := range task.LiveStates() {
		states = append(states, "'"+string(s)+"'")
	}
	return `SELECT state, model, ` + engine + ` AS engine, count(*), min(created) FROM tasks WHERE ` + live +
		` AND state IN (` + strings.Join(states, ", ") + `) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`
}

// ScanLive reads a row of CountLive.
func ScanLive(scan func(...any) error) (l store.LiveTasks, err error) {
	var model []byte // as PostgreSQL keeps what callers write
	var created int64
	err = scan(&l.State, &model, &l.Engine, &l.Tasks, &created)
	l.Model, l.Oldest = string(model), time.UnixMilli(created).UTC()
	return l, err
}
