package server

import (
	"encoding/base64"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/filmgate/filmgate/internal/panics"
)

// Security headers of every answer, unless a handler sets others.
var (
	nosniff    = []string{"nosniff"}
	noReferrer = []string{"no-referrer"} // paths may hold share tokens
	noFrames   = []string{"DENY"}
)

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	begun := time.Now()
	markTLS(r)
	r = s.applyForwarding(r)
	a := &responseWriter{ResponseWriter: w, errors: s.errors, allowed: s.allowed, id: [1]string{s.requestID(r.Header["X-Request-Id"])}}
	h := w.Header()
	h["X-Request-Id"] = a.id[:]
	h["X-Content-Type-Options"] = nosniff
	h["Referrer-Policy"] = noReferrer
	h["X-Frame-Options"] = noFrames
	framed, ours := nextHead(r)
	var body *timedBody
	if r.Body != nil && r.Body != http.NoBody {
		r, body = s.limitBody(w, r)
	}
	r, a.prefix = s.stripPrefix(r)
	a.request, a.body, a.closes = r, body, ours && framed.codings > 0
	s.metrics.running.Inc()
	defer s.done(a, begun) // it also runs if ServeHTTP panics
	func() {
		defer s.recoverPanic(a)
		if ours && framed.ambiguous(r) {
			a.refuseFraming()
			return
		}
		if s.applyCORS(a) {
			return
		}
		s.mux.ServeHTTP(a, r)
		if a.status == 0 {
			a.WriteHeader(http.StatusOK)
		}
	}()
	if body != nil {
		body.drain(a)
	}
}

// traced returns the route's handler with a trace around it, which ends when the request is logged.
func (s *Server) traced(r Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		request, end := s.trace(request, r.Pattern)
		if a, ok := w.(*responseWriter); ok {
			a.request, a.traced = request, end
		}
		r.Handler.ServeHTTP(w, request)
	})
}

// requestID returns the caller's id if it is valid, else a new one.
func (s *Server) requestID(given []string) string {
	if len(given) > 0 && saneID(given[0]) {
		return given[0]
	}
	return s.ids.next()
}

// requestIDs makes ids of 128 random bits. It reads bytes for many of them at once. The field random must be set.
type requestIDs struct {
	random io.Reader
	mu     sync.Mutex
	buffer [64 * 16]byte
	unused []byte // of buffer
}

// next returns a new id: 22 characters.
func (ids *requestIDs) next() string {
	const size = 16
	var id [22]byte
	ids.mu.Lock()
	defer ids.mu.Unlock()
	if len(ids.unused) < size {
		n, err := io.ReadAtLeast(ids.random, ids.buffer[:], size)
		if err != nil {
			panic(err) // the system's randomness never fails
		}
		ids.unused = ids.buffer[:n]
	}
	base64.RawURLEncoding.Encode(id[:], ids.unused[:size])
	ids.unused = ids.unused[size:]
	return string(id[:])
}

// saneID reports whether an id is safe in log lines and headers: 1 to 128 letters, digits and ".", "_", "-".
func saneID(id string) bool {
	for _, c := range []byte(id) {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '.' && c != '_' && c != '-' {
			return false
		}
	}
	return id != "" && len(id) <= 128
}

// recoverPanic answers 500 after a panic. If the answer has begun, it closes the connection, so that the client sees an incomplete answer.
func (s *Server) recoverPanic(a *responseWriter) {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler { //nolint:errorlint // compared as net/http does
		panic(p)
	}
	e, ok := p.(*panics.Error) // a panic in a goroutine of the handler
	if !ok {
		e = &panics.Error{Value: p, Stack: debug.Stack()}
	}
	s.panics.Record(a.request.Context(), "http", e, "request_id", a.id[0], "route", a.request.Pattern)
	if a.status != 0 {
		panic(http.ErrAbortHandler)
	}
	a.problem(http.StatusInternalServerError, "internal_error", "Internal error", "Something went wrong on our side. Quote the request id when you report it.")
}

// done counts and logs a request.
func (s *Server) done(a *responseWriter, begun time.Time) {
	took, r, ctx := time.Since(begun), a.request, a.request.Context()
	status := a.status
	if status == 0 {
		status = http.StatusOK // net/http's default for a handler that writes nothing
	}
	s.metrics.running.Dec()
	if a.traced != nil {
		a.traced(status)
	}
	route, ok := s.routes[r.Pattern]
	if !ok {
		route = s.others
	}
	route.metrics.count(status, took)
	level := slog.LevelInfo
	if route.quiet && status < 400 || a.shed { // of an overload, one line tells
		level = slog.LevelDebug
	}
	if !s.log.Enabled(ctx, level) {
		return
	}
	// Only the path: a query may hold a token.
	s.log.LogAttrs(ctx, level, "request", slog.String("request_id", a.id[0]), slog.String("method", r.Method),
		slog.String("path", redactedPath(r)), slog.String("route", r.Pattern), slog.Int("status", status),
		slog.Int64("bytes", a.bytes), slog.Duration("took", took), slog.String("from", r.RemoteAddr))
}

// redactedPath returns the request's path with "***" for a token, which is a secret.
func redactedPath(r *http.Request) string {
	if token := r.PathValue("token"); token != "" {
		return strings.ReplaceAll(r.URL.Path, token, "***")
	}
	return r.URL.Path
}
