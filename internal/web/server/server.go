// Package server is the HTTP server. [New] mounts routes and gives each of them a request id, a log line, metrics, recovery
// from panics, limits against slow clients, CORS, and the addresses that trusted proxies report. Requests that match no route
// get problem documents.
//
// It does not import tasks: routes, checks and collectors are passed in [Options]. Handlers find the request's id in the
// answer's X-Request-Id header, which is set before they run.
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
	minRate       = 4 << 10          // bytes a second of a body, after the first stall time
	defaultStall  = 30 * time.Second
)

// Options are the settings of a server. Log and Random are required, the other fields may be zero.
type Options struct {
	Routes     []Route
	Checks     []Check         // what /readyz runs
	Details    func() []string // what /readyz tells besides, in public words, and is no reason not to be ready; nil = nothing
	CheckEvery time.Duration   // how often Serve runs them too, for the log and the metrics; 0 = never
	Collectors []prometheus.Collector
	Log        *slog.Logger
	// MaxRunning is how many requests with a body, and as many without, may be worked on at once, up to the heads of their answers;
	// others get 503 with Retry-After. 0 = no limit.
	MaxRunning int
	// MaxWaiting is how many requests may wait at once: those of routes that wait, until their answers end, and those with the header
	// Prefer: wait. 0 = no limit.
	MaxWaiting int
	Prefix     string         // "/video": what the callers' paths begin with, whether or not a proxy removes it; "" = no prefix
	Proxies    []netip.Prefix // networks of trusted proxies: Forwarded, X-Forwarded-For, -Proto, -Host and -Prefix of others are ignored
	TrustUnix  bool           // whoever connects to a Unix socket is a trusted proxy
	Origins    []string       // origins of browser pages that may call (CORS): "https://app.example"; AnyOrigin = all
	Random     io.Reader      // for request ids; used by many goroutines at once
	Stall      time.Duration  // how long a client may send no byte of a body, or accept no byte of an answer; 0 = 30 s
	// Errors returns the media type and the body of an answer that no handler gives: an unknown path or method, a malformed
	// request, a panic. If the body is empty or the function nil, the server answers with a problem document.
	Errors func(r *http.Request, e Error) (mediaType string, body []byte)
	// Allowed returns the methods with which a request's path can be called, for the header Allow. Without it the patterns decide,
	// and a path for which it returns none is not found. nil = the patterns decide.
	Allowed func(r *http.Request) []string
	// Trace begins the trace of a request that a route answers, unless callers poll it. The request that it returns is answered; what it
	// returns besides is called with the status. nil = nothing is traced.
	Trace  func(r *http.Request, pattern string) (traced *http.Request, end func(status int))
	Panics *panics.Recorder // counts the panics of the process; nil = one that writes to Log
}

// Route is one handler of the server.
type Route struct {
	Pattern  string // as in net/http's ServeMux
	Handler  http.Handler
	QuietLog bool // log successful requests at debug level, because callers poll the route
	Waits    bool // its requests may wait long without work: Options.MaxWaiting bounds them, not MaxRunning
}

// route is what is done for each request that a route answers.
type route struct {
	quiet   bool // successful requests are logged at debug level
	metrics routeMetrics
}

// Error is an error that the server itself answers with.
type Error struct {
	Status    int
	Code      string // "not_found", "method_not_allowed", "invalid" or "internal_error"
	Title     string // the same for every occurrence
	Detail    string // this occurrence, in one sentence
	RequestID string
}

// Check tests one thing that must work before the server is ready. Run must return soon after its context ends.
type Check struct {
	Name string // shown to callers: "database"
	Run  func(context.Context) error
}

// Server answers HTTP.
type Server struct {
	http          http.Server
	mux           *http.ServeMux
	log           *slog.Logger
	ids           requestIDs
	errors        func(*http.Request, Error) (string, []byte) // nil = problem documents
	allowed       func(*http.Request) []string                // nil = the mux's patterns decide
	trace         func(*http.Request, string) (*http.Request, func(int))
	pace          readPace // of bodies
	panics        *panics.Recorder
	metrics       *metrics
	ready         *readiness
	checkEvery    time.Duration
	routes        map[string]route // by pattern
	others        route            // requests that no route matched
	bodied        load             // requests with a body
	bodyless      load             // requests without
	waiting       load             // requests that wait, with a body or without
	prefix        string
	proxies       []netip.Prefix
	trustUnix     bool
	origins       []string
	firstSegments map[string]bool // first parts of our own paths
}

// Patterns returns the patterns of all mounted routes, sorted.
func (s *Server) Patterns() []string {
	all := slices.Sorted(maps.Keys(s.routes))
	return slices.DeleteFunc(all, func(p string) bool { return p == preflight }) // which is the same for all of them
}

// New makes a server with the given routes and its own: GET /healthz, /readyz and /metrics. It fails if two routes match the
// same requests, a pattern is malformed, two collectors have the same name, or the prefix is not valid.
func New(o Options) (*Server, error) {
	if o.Panics == nil {
		o.Panics = panics.NewRecorder(o.Log)
	}
	s := &Server{panics: o.Panics, mux: http.NewServeMux(), log: o.Log, ids: requestIDs{random: o.Random}, errors: o.Errors, allowed: o.Allowed, trace: o.Trace, routes: map[string]route{},
		prefix: o.Prefix, proxies: o.Proxies, trustUnix: o.TrustUnix, origins: o.Origins, firstSegments: map[string]bool{}}
	if o.Stall <= 0 {
		o.Stall = defaultStall
	}
	s.pace = readPace{stall: o.Stall, grace: o.Stall, rate: minRate}
	var err error
	if s.metrics, err = newMetrics(o.Collectors, o.Panics, &s.waiting); err != nil {
		return nil, err
	}
	for kind, l := range map[string]*load{"with a body": &s.bodied, "without a body": &s.bodyless, "waiting": &s.waiting} {
		l.most, l.kind, l.log, l.shed = int64(o.MaxRunning), kind, o.Log, s.metrics.shed
	}
	s.waiting.most = int64(o.MaxWaiting)
	s.others = route{metrics: s.metrics.route("")}
	s.routes[preflight] = route{quiet: true, metrics: s.metrics.route(preflight)}
	s.ready, s.checkEvery = newReadiness(o, s.metrics.ready), o.CheckEvery
	own := []Route{
		{Pattern: "GET /healthz", Handler: http.HandlerFunc(serveAlive), QuietLog: true},
		{Pattern: "GET /readyz", Handler: s.ready, QuietLog: true},
		{Pattern: "GET /metrics", Handler: s.metrics.handler(), QuietLog: true},
	}
	for _, r := range own { // they answer whatever the load is
		if err := s.mount(r); err != nil {
			return nil, err
		}
	}
	for _, r := range o.Routes {
		r.Handler = s.bounded(r)
		if err := s.mount(r); err != nil {
			return nil, err
		}
	}
	if err := CheckPrefix(s.prefix); err != nil {
		return nil, fmt.Errorf("server: prefix %w", err)
	}
	if s.isOwnPath(s.prefix) && s.prefix != "" {
		return nil, fmt.Errorf("server: the prefix %s begins like paths of this server, so requests would be ambiguous", s.prefix)
	}
	s.http = http.Server{Handler: s, ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader, ConnContext: withConn,
		DisableGeneralOptionsHandler: true,                                                // ServeHTTP must see every request, to match it with its head on the connection
		ErrorLog:                     slog.NewLogLogger(o.Log.Handler(), slog.LevelDebug)} // mostly faulty clients
	return s, nil
}

// mount adds a route. It returns the mux's panic about a pattern as an error.
func (s *Server) mount(r Route) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("server: route %q: %v", r.Pattern, p)
		}
	}()
	if s.trace != nil && !r.QuietLog {
		r.Handler = s.traced(r)
	}
	s.mux.Handle(r.Pattern, r.Handler)
	s.routes[r.Pattern] = route{quiet: r.QuietLog, metrics: s.metrics.route(r.Pattern)}
	s.firstSegments[firstSegment(r.Pattern[strings.Index(r.Pattern, "/"):])] = true
	return nil
}

// Serve answers requests on the listener until Shutdown; then it returns nil.
func (s *Server) Serve(l net.Listener) error {
	if s.checkEvery > 0 {
		ctx, stop := context.WithCancel(context.Background())
		var watch panics.Group
		watch.Go(func() { s.ready.watch(ctx, s.checkEvery) })
		defer watch.Wait()
		defer stop()
	}
	if err := s.http.Serve(listener{l, s.pace.stall}); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Shutdown stops accepting connections, waits for running requests, and returns. If ctx ends first, it cuts them off and
// returns ctx's error. It may be called twice.
func (s *Server) Shutdown(ctx context.Context) error {
	if err := s.http.Shutdown(ctx); err != nil {
		return errors.Join(err, s.http.Close())
	}
	return nil
}
