// Package profile serves the Go runtime's profiles (net/http/pprof) to people on the same machine.
//
// It has no keys, so it must be served at a local address only; it never shows the command line, which may hold secrets.
package profile

import (
	"net"
	"net/http"
	"net/http/pprof"
	"net/netip"
)

// Handler returns the handler of /debug/pprof/. A request that names a host which is not this machine is refused with 403: a web page in a
// browser on this machine could send it, under a name that its owner has pointed here.
func Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", http.NotFound)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("POST /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLocal(r.Host) {
			http.Error(w, "profiles are read under localhost or a loopback address", http.StatusForbidden)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// isLocal reports whether the Host of a request is this machine: localhost or a loopback address, with or without a port.
func isLocal(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if n := len(host); n > 2 && host[0] == '[' && host[n-1] == ']' {
		host = host[1 : n-1]
	}
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.Unmap().IsLoopback()
}
