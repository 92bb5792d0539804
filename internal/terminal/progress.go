// Package terminal prints what the commands of filmgate show people: a task's progress, and tables of tasks, models and
// keys.
package terminal

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/cwriter"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/filmgate/filmgate/internal/client"
)

// Progress shows how far a task is.
type Progress interface {
	// Show is called after every poll.
	Show(client.Status)
	// Close is called once, after the last Show.
	Close()
}

// Is reports whether f is a terminal that a bar can be drawn on. Some report a width of no columns, on which a bar would be
// invisible.
func Is(f *os.File) bool {
	width, height, err := cwriter.GetSize(int(f.Fd()))
	return err == nil && width > 0 && height > 0
}

// NewProgress returns a bar for a terminal, else lines. first is the task's status.
func NewProgress(out io.Writer, terminal bool, first client.Status) Progress {
	if terminal {
		return newBar(out, first)
	}
	return &lines{out: out}
}

// lines prints a line for each change, for pipes and logs.
type lines struct {
	out  io.Writer
	last string
}

// Show prints a line if the status has changed.
func (l *lines) Show(s client.Status) {
	line := fmt.Sprintf("task %s %s", s.ID, s.State)
	if s.State == "RUNNING" {
		line += fmt.Sprintf(" %d%%", s.Percent())
	}
	if line != l.last {
		fmt.Fprintln(l.out, line)
		l.last = line
	}
}

// Close does nothing: every line is complete.
func (*lines) Close() {}

// bar draws a progress bar.
type bar struct {
	progress *mpb.Progress
	bar      *mpb.Bar
	mu       sync.Mutex
	status   string
}

func newBar(out io.Writer, first client.Status) *bar {
	b := &bar{progress: mpb.New(mpb.WithOutput(out), mpb.WithAutoRefresh(), mpb.WithWidth(48), mpb.WithRefreshRate(100*time.Millisecond))}
	b.bar = b.progress.New(100, mpb.BarStyle().Lbound("▕").Filler("█").Tip("█").Padding("░").Rbound("▏"),
		mpb.PrependDecorators(
			decor.Name(first.ID[:min(8, len(first.ID))]+" "),
			decor.Any(func(decor.Statistics) string { return b.current() }, decor.WC{W: len("THROTTLED"), C: decor.DindentRight}),
		),
		mpb.AppendDecorators(
			decor.Percentage(decor.WC{W: 5}),
			decor.Elapsed(decor.ET_STYLE_MMSS, decor.WC{W: 7}),
		))
	return b
}

func (b *bar) current() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.status
}

// Show draws the bar at the status.
func (b *bar) Show(s client.Status) {
	b.mu.Lock()
	b.status = s.State
	b.mu.Unlock()
	b.bar.SetCurrent(s.Percent())
}

// Close leaves the bar as it is, after it was drawn a last time.
func (b *bar) Close() {
	b.bar.Abort(false)
	b.progress.Wait()
}
