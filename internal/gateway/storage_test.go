package gateway_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/task"
)

// remoteBucket is a storage that can't be used at all while it is closed.
type remoteBucket struct{ closableBucket }

func (b *remoteBucket) Ping(ctx context.Context) error {
	if b.closed {
		return blob.ErrUnavailable
	}
	return b.Bucket.Ping(ctx)
}

// A video is copied from its engine once to find the storage away, and once more when the storage is back, however long that
// takes. Meanwhile the task says what it waits for.
func TestFinishedVideosWaitAtTheirEnginesForTheStorage(t *testing.T) {
	h := newHarness(t)
	bucket, copies := &remoteBucket{closableBucket{Bucket: h.config.Bucket, closed: true}}, 0
	h.config.Bucket = bucket
	h.use(&hookedEngine{Engine: h.fake, hook: func() { copies++ }})
	id := h.submit(t, "a lake").ID
	for end := h.now().Add(6 * time.Hour); h.now().Before(end); {
		next, err := h.Advance(t.Context(), id)
		if err != nil {
			next.After = time.Second
		}
		h.pass(next.After)
	}
	if got := h.read(t, id); got.State != task.Running || got.Failure != nil || !strings.Contains(got.ProgressText, "waiting for the server's storage") || copies != 1 {
		t.Fatalf("while the storage is away: %s, %+v, %q, copied %d times", got.State, got.Failure, got.ProgressText, copies)
	}
	bucket.closed = false
	if got := h.run(t, id); got.State != task.Succeeded || got.ProgressText != "" || copies != 2 || h.fake.Submits(id) != 1 {
		t.Errorf("when it is back: %s, %q, copied %d times, submitted %d times", got.State, got.ProgressText, copies, h.fake.Submits(id))
	}
}
