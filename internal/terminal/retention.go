package terminal

import (
	"fmt"
	"io"
	"time"

	"github.com/filmgate/filmgate/internal/retention"
)

// Retention prints how long things are kept, and what is older than that.
func Retention(out io.Writer, e retention.Expired) error {
	p, table := e.Periods, newTable(out, "WHAT\tKEPT FOR\tWOULD BE DELETED NOW")
	for _, row := range []struct {
		what    string
		kept    time.Duration
		deleted string
	}{
		{"files", p.Files, filesText(e.Files)},
		{"tasks", p.Tasks, fmt.Sprintf("%d tasks that have ended, and besides the files above %s", e.Tasks, filesText(e.OfThem))},
		{"events", p.Events, fmt.Sprintf("%d events of tasks that have ended, %d deliveries to webhooks", e.Old.Events, e.Old.Deliveries)},
		{"idempotency keys", p.Keys, fmt.Sprintf("%d keys", e.Old.Idempotency)},
	} {
		if row.kept == 0 {
			row.deleted = "nothing"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", row.what, keptText(row.kept), row.deleted)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, "Nothing was deleted. A server with these settings deletes it bit by bit while it runs.")
	return err
}

func filesText(f retention.Files) string {
	return fmt.Sprintf("%d videos, %d files, %.1f MiB", f.Artifacts, f.Files, float64(f.Bytes)/(1<<20))
}

// keptText returns a period as its setting has it.
func keptText(d time.Duration) string {
	hours := int(d.Hours())
	switch {
	case d == 0:
		return "forever"
	case hours%24 == 0:
		return fmt.Sprintf("%dd", hours/24)
	}
	return fmt.Sprintf("%dh", hours)
}
