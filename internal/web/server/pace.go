package server

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// What is read of a body that a handler has refused, once the answer is on its way.
const (
	drainLimit = 128 << 20       // bytes
	drainStall = time.Second     // without a byte
	drainTime  = 3 * time.Second // in all, and more for those who send drainRate
	drainRate  = 32 << 10        // bytes a second
)

// readPace is how fast a body must come: something each stall, and rate bytes a second after the first grace.
type readPace struct {
	stall, grace time.Duration
	rate         int64
}

// deadline is until when the next byte must come, of a body whose first byte was waited for from begun on and which has had
// n bytes by now.
func (p readPace) deadline(begun, now time.Time, n int64) time.Time {
	idle, all := now.Add(p.stall), begun.Add(p.grace+time.Duration(float64(n)/float64(p.rate)*float64(time.Second)))
	if all.Before(idle) {
		return all
	}
	return idle
}

// limitBody bounds the time that a body may take, and only that: an answer may stream for hours. The connection is read
// further while the handler runs, so the deadline must go once the body has come. It is a copy of the request that
// gets the timed body: net/http looks at the original to see whether a client still waits for "100 Continue".
func (s *Server) limitBody(w http.ResponseWriter, r *http.Request) (*http.Request, *timedBody) {
	control := http.NewResponseController(w)
	if control.SetReadDeadline(time.Now().Add(s.pace.stall)) != nil { // also for net/http, which reads on where no handler does
		return r, nil // no connection to speak of
	}
	body := &timedBody{ReadCloser: r.Body, control: control, pace: s.pace}
	r = r.WithContext(r.Context())
	r.Body = body
	return r, body
}

type timedBody struct {
	io.ReadCloser
	control *http.ResponseController
	pace    readPace
	begun   time.Time // of the first read; zero: a client that waits for "100 Continue" still does
	read    int64     // bytes since then
	ended   bool
	failed  bool
}

func (b *timedBody) Read(p []byte) (int, error) {
	now := time.Now()
	if b.begun.IsZero() {
		b.begun = now
	}
	if !b.ended {
		_ = b.control.SetReadDeadline(b.pace.deadline(b.begun, now, b.read)) // it could be set before
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

// unread tells whether something of the body may still come.
func (b *timedBody) unread() bool { return b != nil && !b.ended }

// drain reads what a handler left of the body, once the answer is on its way. Most clients read no answer before
// they have sent all, and closing on one that still sends makes it lose the answer: it would see a reset connection
// in place of a 401 or 413. One that sends slowly is not waited for.
func (b *timedBody) drain(a *responseWriter) {
	if b.ended || b.failed || b.begun.IsZero() && a.request.Header.Get("Expect") != "" {
		return
	}
	a.Flush()
	b.pace = readPace{stall: min(drainStall, b.pace.stall), grace: min(drainTime, b.pace.grace), rate: drainRate}
	b.begun, b.read = time.Now(), 0
	_, _ = io.CopyN(io.Discard, b, drainLimit) // the connection is closed where more is left
}
