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
	healthMaxAge = time.Minute     // how long a good result is valid
	healthRetry  = 5 * time.Second // wait between two checks while ffmpeg does not work
)

// ErrNoFFmpeg is in the chain of every error of Health: ffmpeg is missing or does not work, which the operator must fix.
var ErrNoFFmpeg = errors.New("ffmpeg does not work on this server")

// FFmpegError says that ffmpeg does not work on this server. Its text is public; Err is the cause, for the log.
type FFmpegError struct {
	Text string
	Err  error
}

// Error returns the text.
func (u *FFmpegError) Error() string { return u.Text }

// Public returns the text, which may be shown to callers.
func (u *FFmpegError) Public() string { return u.Text }

// Unwrap returns ErrNoFFmpeg and the cause.
func (u *FFmpegError) Unwrap() []error { return []error{ErrNoFFmpeg, u.Err} }

// Health caches whether ffmpeg works on this machine. It checks again in the background: while ffmpeg works, when Err is called
// and the last result is old; while it does not, every few seconds, so that a server recovers by itself. It is safe for
// concurrent use.
type Health struct {
	check   func(context.Context) error
	changed func(error)
	ctx     context.Context //nolint:containedctx // context of the background checks; Close ends it
	cancel  context.CancelFunc
	checks  panics.Group

	mu        sync.Mutex
	err       error
	checkedAt time.Time     // time of the last check
	running   chan struct{} // closed when the running check is over; nil = none runs
	retry     *time.Timer
}

// NewHealth makes a Health and starts a first check; until it is over, ffmpeg counts as working if it is on PATH. check tests
// whether ffmpeg works and must end soon. changed is called with an *FFmpegError when ffmpeg stops working, and with nil when
// it works again.
func NewHealth(try func(context.Context) error, changed func(error)) *Health {
	h := &Health{check: try, changed: changed}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	if h.Err() == nil {
		h.recheck()
	}
	return h
}

// Err returns nil if ffmpeg worked at the last check, else an *FFmpegError. It notices a missing ffmpeg at once.
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

// Check checks now, after ffmpeg was seen to fail or hang, and returns the result as Err does. If ctx ends first, it returns
// the last known result.
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

// recheck starts a check.
func (h *Health) recheck() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.startCheck()
}

// Close cancels a running check and returns when it has ended. It may be called twice; afterwards Err returns the last result.
func (h *Health) Close() {
	h.cancel()
	h.mu.Lock()
	if h.retry != nil {
		h.retry.Stop()
	}
	h.mu.Unlock()
	h.checks.Wait()
}

// startCheck starts a check in the background, unless one is running, and returns a channel that is closed at its end. The
// caller holds mu.
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

// record stores the result of a check. The caller holds mu.
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

// publicError returns an *FFmpegError with a public text for err; nil for nil.
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
