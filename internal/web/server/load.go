package server

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
)

// shedRetry is the Retry-After of a request that is refused, in seconds: what the requests before it take at most.
const shedRetry = 2

// load bounds how many requests of one kind are worked on at once. Each that is above the bound is refused at once, so that
// those below it are answered in time and the server needs no more memory. Requests with a body, requests without and requests that
// wait have a load each: many slow bodies or streams keep no poll away.
type load struct {
	most    int64 // 0 = no limit
	running atomic.Int64
	refused atomic.Int64 // since the server has been overloaded; 0 = it is not
	kind    string       // "with a body", for the log
	log     *slog.Logger
	shed    prometheus.Counter
}

// enter reports whether a request may be worked on. It must then leave.
func (l *load) enter(ctx context.Context) bool {
	if l.running.Add(1) <= l.most || l.most <= 0 {
		return true
	}
	l.running.Add(-1)
	l.shed.Inc()
	if l.refused.Add(1) == 1 {
		l.log.WarnContext(ctx, "overloaded: requests are refused with 503", "kind", l.kind, "at once", l.most)
	}
	return false
}

// leave ends a request that has entered. The overload is over when half of the bound is free.
func (l *load) leave() {
	if l.running.Add(-1) > l.most/2 || l.refused.Load() == 0 {
		return
	}
	if n := l.refused.Swap(0); n > 0 {
		l.log.Info("no longer overloaded", "kind", l.kind, "refused", n)
	}
}

// bounded returns the route's handler, which is called only within the bound of the requests' load. A request counts until the head of
// its answer is written, so a slow reader does not; one that waits counts until its answer ends.
func (s *Server) bounded(route Route) http.Handler {
	h := route.Handler
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := w.(*responseWriter)
		if !ok {
			h.ServeHTTP(w, r)
			return
		}
		if route.Waits || asksToWait(r) {
			if s.waiting.enter(r.Context()) {
				defer s.waiting.leave()
				h.ServeHTTP(a, r)
			} else {
				a.refuseLoad()
			}
			return
		}
		of := &s.bodyless
		if a.body != nil {
			of = &s.bodied
		}
		if !of.enter(r.Context()) {
			a.refuseLoad()
			return
		}
		a.load = of
		defer a.leaveLoad() // if the handler panics or writes nothing
		h.ServeHTTP(a, r)
	})
}

// asksToWait reports whether a request prefers that its answer waits (RFC 7240, section 4.3).
func asksToWait(r *http.Request) bool {
	for _, line := range r.Header["Prefer"] {
		if strings.Contains(strings.ToLower(line), "wait") {
			return true
		}
	}
	return false
}

// refuseLoad answers a request that is above the bound of its load.
func (a *responseWriter) refuseLoad() {
	a.shed = true
	a.Header().Set("Retry-After", strconv.Itoa(shedRetry))
	a.problem(http.StatusServiceUnavailable, "unavailable", "Overloaded", "The server has too much to do. Try again in a few seconds.")
}

// leaveLoad ends the request's part of the load. It may be called again.
func (a *responseWriter) leaveLoad() {
	if a.load != nil {
		a.load.leave()
		a.load = nil
	}
}
