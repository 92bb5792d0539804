package terminal

import (
	"fmt"
	"io"
	"time"

	"github.com/filmgate/filmgate/internal/transfer"
)

// progressLines is the time between two lines of progress of one step.
const progressLines = time.Second

// CopyProgress returns a function that prints a line for the first, and then for about one each second, of the reports of each
// step of a move, a backup or a restore. It may be called from one goroutine at a time.
func CopyProgress(out io.Writer, now func() time.Time) func(transfer.Progress) {
	var step string
	var next time.Time
	return func(p transfer.Progress) {
		if p.Step == step && now().Before(next) {
			return
		}
		step, next = p.Step, now().Add(progressLines)
		switch {
		case p.Total >= 0:
			fmt.Fprintf(out, "%s: %d of %d\n", p.Step, p.Done, p.Total)
		case p.Done > 0:
			fmt.Fprintf(out, "%s: %d\n", p.Step, p.Done)
		default:
			fmt.Fprintln(out, p.Step)
		}
	}
}

// Move prints what a move has moved. files says whether files were to be moved.
func Move(out io.Writer, r transfer.Report, files bool) error {
	table := newTable(out, "TABLE\tROWS\tHASH, THE SAME IN BOTH DATABASES")
	for _, t := range r.Tables {
		fmt.Fprintf(table, "%s\t%d\t%s\n", t.Name, t.Rows, t.Hash)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if files {
		fmt.Fprintf(out, "files: %d copied and %d there already, %d bytes in all; %d problems\n", r.Files.Copied, r.Files.Present, r.Files.Bytes, r.Files.Problems)
	}
	if r.Already {
		_, err := fmt.Fprintln(out, "the rows had been moved before, and both databases are equal")
		return err
	}
	_, err := fmt.Fprintf(out, `the move is complete, with %d jobs of the queue
From now on start the server on the new database only: a second one on the old database would send the same tasks to the engines.
`, r.Jobs)
	return err
}
