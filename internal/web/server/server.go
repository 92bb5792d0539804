// Package server is the HTTP server: it mounts routes and puts round each of them what all share: a request id, a log
// line, counters, a net under panics, problem documents for what no route answers, and limits against slow clients.
//
// What may enter: HTTP. What may not: anything of the project; routes, checks and collectors are handed in. Handlers
// find the request's id in the answer's X-Request-Id header, where it stands before they run.
package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/filmgate/filmgate/internal/panics"
)

// Limits of a connection.
const (
	headerTimeout = 10 * time.Second // for all headers of a request
	idleTimeout   = 2 * time.Minute  // between requests
	maxHeader     = 64 << 10         // bytes
	minRate       = 4 << 10          // bytes a second of a body, from a stall after its beginning on
	defaultStall  = 30 * time.Second
)

// Options are what a server is made of. Log and Random are needed, the rest may be zero.
type Options struct {
	Routes     []Route
	Checks     []Check // what /readyz asks
	Collectors []prometheus.Collector
	Log        *slog.Logger
	Prefix     string           // "/video": what the callers' paths begin with, whether or not a proxy removes it; "" = none
	Proxies    []netip.Prefix   // networks of proxies that are believed: Forwarded, X-Forwarded-For, -Proto, -Host and -Prefix
	Origins    []string         // of pages in browsers that may call: "https://app.example"; AnyOrigin alone = all
	Random     io.Reader        // for request ids; used by many goroutines at once
	Stall      time.Duration    // how long a client may send nothing of a body, or take nothing of an answer; 0 = 30 s
	Panics     *panics.Recorder // of handlers and whatever else the process has; nil = one that writes to Log
}

// Route is one handler of the server.
type Route struct {
	Pattern  string // of net/http's ServeMux
	Handler  http.Handler
	QuietLog bool // logged at debug level, for callers ask again and again
}

// Check is one thing that must work before the server is ready. It must return soon after its context ends.
type Check struct {
	Name string // told to whoever asks: "database"
	Run  func(context.Context) error
}

// Server answers HTTP.
type Server struct {
	http          http.Server
	mux           *http.ServeMux
	log           *slog.Logger
	random        io.Reader
	pace          readPace // of bodies
	panics        *panics.Recorder
	metrics       *metrics
	quiet         map[string]bool // by pattern
	prefix        string
	proxies       []netip.Prefix
	origins       []string
	firstSegments map[string]bool // first parts of our own paths
}

// Patterns are those of all mounted routes, sorted.
func (s *Server) Patterns() []string { return slices.Sorted(maps.Keys(s.quiet)) }

// New makes a server of the given routes and of its own: GET /healthz, /readyz and /metrics. It fails where two routes
// claim the same requests, a pattern is malformed, or two collectors the same name.
func New(o Options) (*Server, error) {
	if o.Panics == nil {
		o.Panics = panics.NewRecorder(o.Log)
	}
	s := &Server{panics: o.Panics, mux: http.NewServeMux(), log: o.Log, random: o.Random, quiet: map[string]bool{},
		prefix: o.Prefix, proxies: o.Proxies, origins: o.Origins, firstSegments: map[string]bool{}}
	if o.Stall <= 0 {
		o.Stall = defaultStall
	}
	s.pace = readPace{stall: o.Stall, grace: o.Stall, rate: minRate}
	var err error
	if s.metrics, err = newMetrics(o.Collectors, o.Panics); err != nil {
		return nil, err
	}
	own := []Route{
		{Pattern: "GET /healthz", Handler: http.HandlerFunc(serveAlive), QuietLog: true},
		{Pattern: "GET /readyz", Handler: readiness{o.Checks, o.Log, o.Panics}, QuietLog: true},
		{Pattern: "GET /metrics", Handler: s.metrics.handler(), QuietLog: true},
	}
	for _, r := range append(own, o.Routes...) {
		if err := s.mount(r); err != nil {
			return nil, err
		}
	}
	if err := CheckPrefix(s.prefix); err != nil {
		return nil, fmt.Errorf("server: prefix %w", err)
	}
	if s.isOwnPath(s.prefix) && s.prefix != "" {
		return nil, fmt.Errorf("server: the prefix %s begins as paths of this server do; nobody could tell which is meant", s.prefix)
	}
	s.http = http.Server{Handler: s, ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader, ConnContext: withConn,
		DisableGeneralOptionsHandler: true,                                                // every request comes to us: what was seen of the heads on a connection is counted
		ErrorLog:                     slog.NewLogLogger(o.Log.Handler(), slog.LevelDebug)} // broken clients, mostly
	return s, nil
}

// mount turns the mux's panics over patterns into errors.
func (s *Server) mount(r Route) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("server: route %q: %v", r.Pattern, p)
		}
	}()
	s.mux.Handle(r.Pattern, r.Handler)
	s.quiet[r.Pattern] = r.QuietLog
	s.firstSegments[firstSegment(r.Pattern[strings.Index(r.Pattern, "/"):])] = true
	return nil
}

// Serve answers on the listener until Shutdown; then it returns nil.
func (s *Server) Serve(l net.Listener) error {
	if err := s.http.Serve(listener{l, s.pace.stall}); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Shutdown stops accepting, lets requests that are under way end, and returns. When ctx ends first it cuts them off and
// returns ctx's error. It may be called twice.
func (s *Server) Shutdown(ctx context.Context) error {
	if err := s.http.Shutdown(ctx); err != nil {
		return errors.Join(err, s.http.Close())
	}
	return nil
}
