package terminal

import (
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/transfer"
)

func TestCopyProgressIsALineASecondForEachStep(t *testing.T) {
	var out strings.Builder
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	show := CopyProgress(&out, func() time.Time { return now })
	for _, p := range []transfer.Progress{{Step: "copying tasks", Total: 3}, {Step: "copying tasks", Done: 1, Total: 3}, {Step: "copying events", Total: 5}} {
		show(p)
	}
	now = now.Add(time.Second)
	show(transfer.Progress{Step: "copying events", Done: 4, Total: 5})
	show(transfer.Progress{Step: "copying files", Done: 7, Total: -1})
	show(transfer.Progress{Step: "copying jobs", Total: -1})
	const want = "copying tasks: 0 of 3\ncopying events: 0 of 5\ncopying events: 4 of 5\ncopying files: 7\ncopying jobs\n"
	if out.String() != want {
		t.Errorf("it wrote\n%sinstead of\n%s", &out, want)
	}
}

func TestMoveSaysWhatWasMoved(t *testing.T) {
	report := transfer.Report{Tables: []transfer.Table{{Name: "tasks", Rows: 3, Hash: "abc"}}, Jobs: 2, Files: transfer.Files{Copied: 4, Present: 5, Bytes: 6, Problems: 1}}
	again := report
	again.Already = true
	for name, c := range map[string]struct {
		report transfer.Report
		files  bool
		want   []string
		not    string
	}{
		"rows":               {report, false, []string{"tasks  3     abc\n", "the move is complete, with 2 jobs of the queue\n", "on the new database only"}, "files"},
		"files":              {report, true, []string{"files: 4 copied and 5 there already, 6 bytes in all; 1 problems\n"}, "before"},
		"what is there":      {again, false, []string{"the rows had been moved before, and both databases are equal\n"}, "complete"},
		"files of those too": {again, true, []string{"files: 4 copied and 5 there already"}, "complete"},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			if err := Move(&out, c.report, c.files); err != nil {
				t.Fatal(err)
			}
			for _, want := range c.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("%q is not in\n%s", want, &out)
				}
			}
			if strings.Contains(out.String(), c.not) {
				t.Errorf("%q is in\n%s", c.not, &out)
			}
		})
	}
}
