package media

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/panics"
)

const (
	pipeGrace     = time.Second           // how long Wait reads the pipes of a child after it was killed
	watchInterval = 50 * time.Millisecond // how often the size of a child's output files is checked
	maxStderr     = 16 << 10              // bytes of a child's standard error that are kept
)

// ErrTooSlow is returned (wrapped, with the limit) for a child that exceeded its time limit.
var ErrTooSlow = errors.New("media: the program took too long")

// ErrTooMuch is returned (wrapped, with the limit) for a child that exceeded its limit on output.
var ErrTooMuch = errors.New("media: the program wrote too much")

// Command returns a command for the program name in a process group of its own. When ctx ends, the whole group is killed at
// once, so that no process of the child outlives the work. The output of a cancelled child is thrown away, so there is nothing
// to save, and a later kill could hit a group of other processes. On Linux a child is also killed when this process ends,
// because nothing else would end a child that hangs. Wait then returns ctx's error, or the child's own if it had ended before.
//
// A child may hang for ever, so ctx must have a deadline. Child sets one for programs that run to their end.
func Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.SysProcAttr = newProcessGroup()
	cmd.Cancel = func() error { return KillGroup(cmd) }
	cmd.WaitDelay = pipeGrace
	return cmd
}

// Child is a program to run to its end, and its limits.
type Child struct {
	Name   string
	Args   []string
	Dir    string        // working folder; "" = the current one
	Stdin  io.Reader     // nil = no input
	Time   time.Duration // time limit, after which its whole group is killed; must be more than 0
	Writes string        // the file or folder that it writes; "" = none
	Bytes  int64         // size limit of Writes and of standard output, each; beyond it the child is killed with its group
}

// Run runs the child and returns its standard output and the end of its standard error. The error is ctx's own if ctx ended;
// it wraps ErrTooSlow or ErrTooMuch if the child exceeded a limit; else it is that of exec.Cmd.
func (c Child) Run(ctx context.Context) (printed []byte, stderr string, err error) {
	limited, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	timed, stop := context.WithTimeoutCause(limited, c.Time, fmt.Errorf("%w: more than %v", ErrTooSlow, c.Time))
	defer stop()
	tooMuch := func() { cancel(fmt.Errorf("%w: more than %d bytes", ErrTooMuch, c.Bytes)) }
	out, words := &limitedBuffer{limit: c.Bytes, exceeded: tooMuch}, &Tail{}
	cmd := Command(timed, c.Name, c.Args...)
	cmd.Dir = c.Dir
	cmd.Stdin, cmd.Stdout, cmd.Stderr = c.Stdin, out, words
	if err := cmd.Start(); err != nil {
		return nil, "", err
	}
	var watch panics.Group
	if c.Writes != "" {
		watch.Go(func() { Watch(timed, c.Writes, c.Bytes, tooMuch) })
	}
	err = cmd.Wait()
	stopped := context.Cause(timed)
	stop()
	watch.Wait()
	switch {
	case ctx.Err() != nil:
		err = ctx.Err()
	case err != nil && stopped != nil:
		err = stopped
	case c.Writes != "" && diskUsage(c.Writes) > c.Bytes:
		err = fmt.Errorf("%w: more than %d bytes", ErrTooMuch, c.Bytes)
	}
	return out.buf.Bytes(), words.String(), err
}

// Watch checks the size of the file or folder at path until ctx ends, and calls over once if it has more than most bytes.
func Watch(ctx context.Context, path string, most int64, over func()) {
	tick := time.NewTicker(watchInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if diskUsage(path) > most {
				over()
				return
			}
		}
	}
}

// diskUsage returns the size in bytes of the file at path, or of all files in the folder there. Files that can't be read count
// as 0.
func diskUsage(path string) (all int64) {
	_ = filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil //nolint:nilerr // it may have been removed
		}
		if info, err := d.Info(); err == nil && info.Mode().IsRegular() {
			all += info.Size()
		}
		return nil
	})
	return all
}

// Tail is a writer that keeps the last 16 KiB written to it, for a child's standard error. It is not safe for concurrent use.
type Tail struct{ buf bytes.Buffer }

// Write implements io.Writer. It never fails.
func (t *Tail) Write(p []byte) (int, error) {
	n := len(p)
	p = p[max(0, n-maxStderr):]
	if over := t.buf.Len() + len(p) - maxStderr; over > 0 {
		t.buf.Next(over)
	}
	_, _ = t.buf.Write(p) // a bytes.Buffer never fails
	return n, nil
}

// String returns the end of what was written, without surrounding space.
func (t *Tail) String() string { return strings.TrimSpace(t.buf.String()) }

// limitedBuffer is a writer that keeps the first limit bytes and calls exceeded if there are more.
type limitedBuffer struct {
	buf      bytes.Buffer
	limit    int64
	exceeded func()
}

// Write implements io.Writer. It never fails: a child that can't print would report that, and hide the real error.
func (h *limitedBuffer) Write(p []byte) (int, error) {
	n := len(p)
	if room := h.limit - int64(h.buf.Len()); int64(n) > room {
		p = p[:room]
		h.exceeded()
	}
	_, _ = h.buf.Write(p) // a bytes.Buffer never fails
	return n, nil
}
