package gateway

import (
	"fmt"
	"io"
	"sync/atomic"
	"syscall"
)

// defaultTempSpace is how many bytes inputs and results in the making may have together where Config says nothing.
const defaultTempSpace = 8 << 30

// tempSpace bounds what all steps and requests together have in the temp folder. What it refuses is told as a quota of the disk
// is: callers are asked to send their file again, and results wait at their engines. Renders and previews in the making are
// bounded by how many there may be at once.
type tempSpace struct {
	limit int64
	used  atomic.Int64
}

// tempReservation is what one step or request has of a space.
type tempReservation struct {
	space    *tempSpace
	reserved int64
}

func (s *tempSpace) reserve() *tempReservation { return &tempReservation{space: s} }

// take takes n bytes more, or none, with an error that blob.IsFull knows.
func (h *tempReservation) reserve(n int64) error {
	if h.space.used.Add(n) > h.space.limit {
		h.space.used.Add(-n)
		return fmt.Errorf("gateway: inputs and results in the making may have %d bytes together: %w", h.space.limit, syscall.EDQUOT)
	}
	h.reserved += n
	return nil
}

// release gives all back. It may be called twice.
func (h *tempReservation) release() {
	h.space.used.Add(-h.reserved)
	h.reserved = 0
}

// meteredWriter is a file of the temp folder's that takes of a hold what is written to it. Its errors are those of our own disk.
type meteredWriter struct {
	to          io.Writer
	reservation *tempReservation
}

// Write implements io.Writer.
func (w meteredWriter) Write(p []byte) (int, error) {
	if err := w.reservation.reserve(int64(len(p))); err != nil {
		return 0, diskFault(err)
	}
	n, err := w.to.Write(p)
	return n, diskFault(err)
}
