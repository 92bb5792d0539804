package media

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"sync"
	"time"

	"github.com/filmgate/filmgate/internal/panics"
)

const (
	healthMaxAge = time.Minute     // how long a good result is believed
	healthRetry  = 5 * time.Second // between two looks while ffmpeg does not work
)

// ErrNoFFmpeg is in every error of Health: ffmpeg is missing or does not work, which is the operator's to mend.
var ErrNoFFmpeg = errors.New("ffmpeg does not work on this server")

// FFmpegError says that ffmpeg does not work here. Its text is public; Err is what happened, for the log.
type FFmpegError struct {
	Text string
	Err  error
}

// Error returns the text.
func (u *FFmpegError) Error() string { return u.Text }

// Public returns the text, which callers may see.
func (u *FFmpegError) Public() string { return u.Text }

// Unwrap returns ErrNoFFmpeg and the cause.
func (u *FFmpegError) Unwrap() []error { return []error{ErrNoFFmpeg, u.Err} }

// Health remembers whether ffmpeg works on this machine, so that asking costs nothing: it looks again in the background, now
// and then while all is well and somebody asks, and every few seconds while it is not, so that a server recovers by itself.
// It is safe for use by many goroutines.
type Health struct {
	check   func(context.Context) error
	changed func(error)
	ctx     context.Context //nolint:containedctx // of the looks in the background, which Close ends
	cancel  context.CancelFunc
	checks  panics.Group

	mu        sync.Mutex
	err       error
	checkedAt time.Time     // of the last look
	running   chan struct{} // closed when the look that is under way is over; nil = none is
	retry     *time.Timer
}

// NewHealth makes a Health and begins a first look; until that has an answer, ffmpeg is taken to work where it is on PATH.
// try finds out whether ffmpeg works and must end soon. changed is called with an *FFmpegError when ffmpeg is found not to work,
// and with nil when it works again.
func NewHealth(try func(context.Context) error, changed func(error)) *Health {
	h := &Health{check: try, changed: changed}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	if h.Err() == nil {
		h.recheck()
	}
	return h
}

// Err returns nil where ffmpeg works as far as is known, else an *FFmpegError. A missing ffmpeg is seen at once.
func (h *Health) Err() error {
	_, missing := exec.LookPath("ffmpeg")
	h.mu.Lock()
	defer h.mu.Unlock()
	if missing != nil && h.err == nil {
		h.record(missing)
	}
	if h.err == nil && !h.checkedAt.IsZero() && time.Since(h.checkedAt) > healthMaxAge {
		h.startCheck()
	}
	return h.err
}

// Check looks now, for somebody has seen ffmpeg fail or hang, and returns what was found as Err does; or what is known where ctx
// ends before.
func (h *Health) Check(ctx context.Context) error {
	h.mu.Lock()
	looked := h.startCheck()
	h.mu.Unlock()
	select {
	case <-looked:
	case <-ctx.Done():
	}
	return h.Err()
}

// recheck begins a look.
func (h *Health) recheck() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.startCheck()
}

// Close ends a look that is under way and returns when it is over. It may be called twice; Err then says what was found last.
func (h *Health) Close() {
	h.cancel()
	h.mu.Lock()
	if h.retry != nil {
		h.retry.Stop()
	}
	h.mu.Unlock()
	h.checks.Wait()
}

// startCheck begins a look in the background, unless one is under way, and returns what is closed when it is over. The caller holds mu.
func (h *Health) startCheck() <-chan struct{} {
	if h.running != nil {
		return h.running
	}
	looked := make(chan struct{})
	if h.ctx.Err() != nil {
		close(looked)
		return looked
	}
	h.running = looked
	h.checks.Go(func() {
		err := panics.Catch(func() error { return h.check(h.ctx) })
		h.mu.Lock()
		defer h.mu.Unlock()
		h.running = nil
		if h.ctx.Err() == nil {
			h.record(err)
		}
		close(looked)
	})
	return looked
}

// record takes note of what a look found. The caller holds mu.
func (h *Health) record(err error) {
	before := h.err
	h.checkedAt, h.err = time.Now(), publicError(err)
	if (before == nil) != (h.err == nil) {
		h.changed(h.err)
	}
	if h.retry != nil {
		h.retry.Stop()
	}
	if h.err != nil && h.ctx.Err() == nil {
		h.retry = time.AfterFunc(healthRetry, h.recheck)
	}
}

// publicError puts what went wrong into public words.
func publicError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, exec.ErrNotFound):
		return &FFmpegError{"ffmpeg is missing on this server", err}
	case errors.Is(err, ErrTooSlow):
		return &FFmpegError{"ffmpeg does not answer on this server", err}
	default:
		return &FFmpegError{fmt.Sprint(ErrNoFFmpeg), err}
	}
}
