package gateway

import (
	"fmt"
	"io"
	"sync/atomic"
	"syscall"
)

// usualTempSpace is how many bytes inputs and results in the making may have together where Config says nothing.
const usualTempSpace = 8 << 30

// space bounds what all steps and requests together have in the temp folder. What it refuses is told as a quota of the disk
// is: callers are asked to send their file again, and results wait at their engines. Renders and previews in the making are
// bounded by how many there may be at once.
type space struct {
	most int64
	used atomic.Int64
}

// tempHold is what one step or request has of a space.
type tempHold struct {
	of   *space
	held int64
}

func (s *space) hold() *tempHold { return &tempHold{of: s} }

// take takes n bytes more, or none, with an error that blob.IsFull knows.
func (h *tempHold) take(n int64) error {
	if h.of.used.Add(n) > h.of.most {
		h.of.used.Add(-n)
		return fmt.Errorf("gateway: inputs and results in the making may have %d bytes together: %w", h.of.most, syscall.EDQUOT)
	}
	h.held += n
	return nil
}

// release gives all back. It may be called twice.
func (h *tempHold) release() {
	h.of.used.Add(-h.held)
	h.held = 0
}

// heldWriter is a file of the temp folder's that takes of a hold what is written to it. Its errors are those of our own disk.
type heldWriter struct {
	to   io.Writer
	hold *tempHold
}

// Write implements io.Writer.
func (w heldWriter) Write(p []byte) (int, error) {
	if err := w.hold.take(int64(len(p))); err != nil {
		return 0, diskFault(err)
	}
	n, err := w.to.Write(p)
	return n, diskFault(err)
}
