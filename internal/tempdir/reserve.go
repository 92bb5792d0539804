package tempdir

import (
	"fmt"
	"io"
	"os"
	"syscall"
)

// Reservation holds the bytes that one step or request has reserved in a Dir. Use it from one goroutine at a time.
type Reservation struct {
	dir      *Dir
	reserved int64
}

// Reserve begins a reservation of no bytes.
func (d *Dir) Reserve() *Reservation { return &Reservation{dir: d} }

// Add reserves n bytes more. If the folder has not so many left it reserves none, and its error is that of a full quota
// (blob.IsFull): callers are asked to send their file again, and results wait at their engines.
func (r *Reservation) Add(n int64) error {
	if r.dir.used.Add(n) > r.dir.limit {
		r.dir.used.Add(-n)
		return DiskError(fmt.Errorf("inputs and results in the making may have %d bytes together: %w", r.dir.limit, syscall.EDQUOT))
	}
	r.reserved += n
	return nil
}

// Release gives all bytes back. It may be called twice.
func (r *Reservation) Release() {
	r.dir.used.Add(-r.reserved)
	r.reserved = 0
}

// Writer writes to f, and reserves what it writes. Its errors wrap blob.ErrUnavailable.
func (r *Reservation) Writer(f *os.File) io.Writer { return writer{f, r} }

type writer struct {
	file        *os.File
	reservation *Reservation
}

// Write implements io.Writer.
func (w writer) Write(p []byte) (int, error) {
	if err := w.reservation.Add(int64(len(p))); err != nil {
		return 0, err
	}
	n, err := w.file.Write(p)
	return n, DiskError(err)
}
