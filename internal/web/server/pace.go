package server

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// Limits on reading the rest of a body after the answer.
const (
	drainLimit = 128 << 20       // bytes
	drainStall = time.Second     // without a byte
	drainTime  = 3 * time.Second // in all, and longer for clients that send at drainRate
	drainRate  = 32 << 10        // bytes a second
)

// readPace is how fast a body must arrive: at least a byte in each stall, and rate bytes a second after the first grace.
type readPace struct {
	stall, grace time.Duration
	rate         int64
}

// deadline returns when the next byte must arrive, for a body that was first read at begun and has delivered n bytes.
func (p readPace) deadline(begun, now time.Time, n int64) time.Time {
	idle, all := now.Add(p.stall), begun.Add(p.grace+time.Duration(float64(n)/float64(p.rate)*float64(time.Second)))
	if all.Before(idle) {
		return all
	}
	return idle
}

// limitBody limits the time in which a body must arrive. An answer may stream for hours: net/http reads the connection while
// the handler runs, so the deadline is removed at the end of the body. A copy of the request gets the timed body, because
// net/http checks the original to see whether a client still waits for "100 Continue".
func (s *Server) limitBody(w http.ResponseWriter, r *http.Request) (*http.Request, *timedBody) {
	control := http.NewResponseController(w)
	if control.SetReadDeadline(time.Now().Add(s.pace.stall)) != nil { // also for net/http, which reads the body if no handler does
		return r, nil // not a connection
	}
	body := &timedBody{ReadCloser: r.Body, control: control, pace: s.pace}
	r = r.WithContext(r.Context())
	r.Body = body
	return r, body
}

// timedBody is a request's body with read deadlines.
type timedBody struct {
	io.ReadCloser
	control *http.ResponseController
	pace    readPace
	begun   time.Time // time of the first read; zero = none, and a client may still wait for "100 Continue"
	read    int64     // bytes since then
	ended   bool
	failed  bool
}

// Read reads from the body before its deadline.
func (b *timedBody) Read(p []byte) (int, error) {
	now := time.Now()
	if b.begun.IsZero() {
		b.begun = now
	}
	if !b.ended {
		_ = b.control.SetReadDeadline(b.pace.deadline(b.begun, now, b.read)) // setting it has worked before
	}
	n, err := b.ReadCloser.Read(p)
	b.read += int64(n)
	switch {
	case errors.Is(err, io.EOF):
		b.ended = true
		_ = b.control.SetReadDeadline(time.Time{})
	case err != nil:
		b.failed = true
	}
	return n, err
}

// unread reports whether bytes of the body may still arrive.
func (b *timedBody) unread() bool { return b != nil && !b.ended }

// drain sends the answer and reads the rest of the body. Most clients read the answer only after they have sent everything. If
// the connection were closed while they send, they would see a reset connection in place of a 401 or 413. drain does not
// wait for a client that sends slowly.
func (b *timedBody) drain(a *responseWriter) {
	if b.ended || b.failed || b.begun.IsZero() && a.request.Header.Get("Expect") != "" {
		return
	}
	a.Flush()
	b.pace = readPace{stall: min(drainStall, b.pace.stall), grace: min(drainTime, b.pace.grace), rate: drainRate}
	b.begun, b.read = time.Now(), 0
	_, _ = io.CopyN(io.Discard, b, drainLimit) // if more is left, the connection is closed
}
