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
	"syscall"
	"time"

	"github.com/filmgate/filmgate/internal/panics"
)

const (
	pipeGrace     = time.Second           // how long Wait reads on from the pipes of a child that has been killed
	watchInterval = 50 * time.Millisecond // how often the size of what a child writes is looked at
	maxStderr     = 16 << 10              // bytes of what a child says that are kept
)

// ErrTooSlow is returned (wrapped, with the limit) for a child that took longer than it may.
var ErrTooSlow = errors.New("media: the program took too long")

// ErrTooMuch is returned (wrapped, with the limit) for a child that wrote more than it may.
var ErrTooMuch = errors.New("media: the program wrote too much")

// Command prepares the program name with args as a child in a process group of its own. When ctx ends, the whole
// group is killed at once, so that nothing the child started outlives the work: there is nothing to save, for what a
// cancelled child was making is thrown away, and a later kill could meet a group that no longer is ours.
// On Linux a child also ends with this process, however that ends: nobody else would end one that hangs.
// Wait then returns ctx's error, or the child's own if it had already ended.
//
// A child may hang for ever: ctx must end by itself. Child does that for programs that are run to their end.
func Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.SysProcAttr = newProcessGroup()
	cmd.Cancel = func() error {
		return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
	cmd.WaitDelay = pipeGrace
	return cmd
}

// Child is a program that is run to its end, and what it may take for it.
type Child struct {
	Name   string
	Args   []string
	Dir    string        // where it runs; "" = here
	Stdin  io.Reader     // nil = nothing to read
	Time   time.Duration // after which its whole group is killed; it must be more than 0
	Writes string        // the file or folder that it writes; "" = none
	Bytes  int64         // that Writes, and what it prints, may have, each; a child that goes beyond is killed with its group
}

// Run runs the child and returns what it printed, and the end of what it said on standard error. The error is ctx's own
// where that ended; it wraps ErrTooSlow or ErrTooMuch where the child was killed for a limit; else it is that of exec.Cmd.
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

// Watch looks at the file or folder at path until ctx ends, and calls over once when it has more than most bytes.
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

// diskUsage is how many bytes the file at path has, or the files of the folder there; what can't be read has none.
func diskUsage(path string) (all int64) {
	_ = filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil //nolint:nilerr // it may be gone by now
		}
		if info, err := d.Info(); err == nil && info.Mode().IsRegular() {
			all += info.Size()
		}
		return nil
	})
	return all
}

// Tail is a writer that keeps the end of what is written to it, for what a child says. It is not safe for many goroutines.
type Tail struct{ buf bytes.Buffer }

// Write implements io.Writer. It never fails.
func (t *Tail) Write(p []byte) (int, error) {
	n := len(p)
	p = p[max(0, n-maxStderr):]
	if over := t.buf.Len() + len(p) - maxStderr; over > 0 {
		t.buf.Next(over)
	}
	_, _ = t.buf.Write(p) // a bytes.Buffer takes all
	return n, nil
}

// String is the end of what was written, without space around it.
func (t *Tail) String() string { return strings.TrimSpace(t.buf.String()) }

// limitedBuffer is a writer that keeps the first most bytes, and tells when there are more.
type limitedBuffer struct {
	buf      bytes.Buffer
	limit    int64
	exceeded func()
}

// Write implements io.Writer. It never fails: a child that can't print would say so in words that hide what is wrong.
func (h *limitedBuffer) Write(p []byte) (int, error) {
	n := len(p)
	if room := h.limit - int64(h.buf.Len()); int64(n) > room {
		p = p[:room]
		h.exceeded()
	}
	_, _ = h.buf.Write(p) // a bytes.Buffer takes all
	return n, nil
}
