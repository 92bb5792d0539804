package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

const (
	pollFirst = 500 * time.Millisecond
	pollMost  = 2 * time.Second
	pollTries = 15 // calls in a row that get no answer before watching gives up: a server's restart passes in less
)

// standing is how a task stands, in whichever dialect it was asked.
type taskStatus struct {
	ID       string
	Status   string
	Progress float64 // 0..1
	Reason   string  // why it failed: "CODE: text"; "" before
	URL      string  // of the finished video; "" before
	Size     int64   // bytes of it; 0 = unknown
}

func (s taskStatus) ended() bool {
	return s.Status == "SUCCEEDED" || s.Status == "FAILED" || s.Status == "CANCELLED"
}

func (s taskStatus) percent() int64 { return int64(math.Round(min(max(s.Progress, 0), 1) * 100)) }

// outcome is nil for a task that succeeded, else what a person should read.
func (s taskStatus) outcome() error {
	switch s.Status {
	case "SUCCEEDED":
		return nil
	case "FAILED":
		return fmt.Errorf("task %s failed: %s", s.ID, s.Reason)
	default:
		return fmt.Errorf("task %s was cancelled", s.ID)
	}
}

// watch asks how a task stands until it has ended, and shows each change. When the user breaks off, the task goes on.
func (p program) watch(ctx context.Context, now taskStatus, ask func(context.Context) (taskStatus, error)) (taskStatus, error) {
	display := p.display(now)
	pause, failures := pollFirst, 0
	for !now.ended() {
		err := p.wait(ctx, pause)
		if err == nil {
			var next taskStatus
			if next, err = ask(ctx); err == nil {
				now, failures = next, 0
				display.show(now)
			}
		}
		if ctx.Err() != nil {
			display.close()
			fmt.Fprintf(p.err, "Task %[1]s goes on at the server.\n  watch it:  filmgate task watch %[1]s\n  cancel it: filmgate task cancel %[1]s\n", now.ID)
			return now, errInterrupted
		}
		if err != nil {
			if failures++; !passing(err) || failures == pollTries {
				display.close()
				return now, fmt.Errorf("task %s may go on, but asking after it failed: %w", now.ID, err)
			}
		}
		pause = min(pause*5/4, pollMost)
	}
	display.close()
	return now, nil
}

// display shows how a task stands. show is called at every poll, close once.
type display interface {
	show(taskStatus)
	close()
}

func (p program) display(first taskStatus) display {
	var d display = &lines{out: p.out}
	if p.terminal {
		d = newBar(p.out, first)
	}
	d.show(first)
	return d
}

// lines prints a line for each change, for pipes and logs.
type lines struct {
	out  io.Writer
	last string
}

func (l *lines) show(s taskStatus) {
	line := fmt.Sprintf("task %s %s", s.ID, s.Status)
	if s.Status == "RUNNING" {
		line += fmt.Sprintf(" %d%%", s.percent())
	}
	if line != l.last {
		fmt.Fprintln(l.out, line)
		l.last = line
	}
}

func (*lines) close() {}

// bar draws a progress bar, for terminals.
type bar struct {
	progress *mpb.Progress
	bar      *mpb.Bar
	mu       sync.Mutex
	status   string
}

func newBar(out io.Writer, first taskStatus) *bar {
	b := &bar{progress: mpb.New(mpb.WithOutput(out), mpb.WithAutoRefresh(), mpb.WithWidth(48), mpb.WithRefreshRate(100*time.Millisecond))}
	b.bar = b.progress.New(100, mpb.BarStyle().Lbound("▕").Filler("█").Tip("█").Padding("░").Rbound("▏"),
		mpb.PrependDecorators(
			decor.Name(first.ID[:min(8, len(first.ID))]+" "),
			decor.Any(func(decor.Statistics) string { return b.word() }, decor.WC{W: len("THROTTLED"), C: decor.DindentRight}),
		),
		mpb.AppendDecorators(
			decor.Percentage(decor.WC{W: 5}),
			decor.Elapsed(decor.ET_STYLE_MMSS, decor.WC{W: 7}),
		))
	return b
}

func (b *bar) word() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.status
}

func (b *bar) show(s taskStatus) {
	b.mu.Lock()
	b.status = s.Status
	b.mu.Unlock()
	b.bar.SetCurrent(s.percent())
}

// close leaves the bar as it stands and waits until it was drawn a last time.
func (b *bar) close() {
	b.bar.Abort(false)
	b.progress.Wait()
}
