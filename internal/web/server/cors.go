package server

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// AnyOrigin in Options.Origins allows every origin.
const AnyOrigin = "*"

// preflight is the route of CORS preflight requests in the log and the metrics.
const preflight = "OPTIONS (preflight)"

const (
	corsMethods = "GET, HEAD, POST, PUT, PATCH, DELETE"
	corsExposed = "Accept-Ranges, Content-Disposition, Content-Length, Content-Range, ETag, Filmgate-Failure, Filmgate-Ignored, Filmgate-Provider, Filmgate-Task-Id, " +
		"Idempotent-Replayed, Last-Modified, Location, Preference-Applied, Retry-After, WWW-Authenticate, X-Request-Id"
	corsMaxAge          = "7200" // seconds; Chromium caches no answer for longer
	maxRequestedHeaders = 2048   // bytes of header names that a page may ask for
)

// corsHeaders returns the headers that a page may send, besides those that it asks for by name.
func corsHeaders() []string {
	return []string{"Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-Modified-Since", "If-None-Match", "If-Range",
		"If-Unmodified-Since", "Range", "X-Request-Id"}
}

// applyCORS sets the headers that let pages of the configured origins read the answer. It reports whether it has answered: it
// answers preflight requests, which need no key, because browsers send none with them.
func (s *Server) applyCORS(a *responseWriter) bool {
	if len(s.origins) == 0 {
		return false
	}
	h, origin := a.Header(), a.request.Header.Get("Origin")
	all := slices.Contains(s.origins, AnyOrigin)
	if !all {
		a.vary = append(a.vary, "Origin")
	}
	if origin == "" || !all && !slices.Contains(s.origins, origin) {
		return false
	}
	if all {
		origin = AnyOrigin // without credentials, so a page needs a key of its own
	} else {
		h.Set("Access-Control-Allow-Credentials", "true") // for the cookies of a proxy in front of us; we use none
	}
	h.Set("Access-Control-Allow-Origin", origin)
	if a.request.Method != http.MethodOptions || a.request.Header.Get("Access-Control-Request-Method") == "" {
		h.Set("Access-Control-Expose-Headers", corsExposed)
		return false
	}
	a.request.Pattern = preflight
	a.vary = append(a.vary, "Access-Control-Request-Method", "Access-Control-Request-Headers")
	h.Set("Access-Control-Allow-Methods", corsMethods)
	h.Set("Access-Control-Allow-Headers", strings.Join(allowedHeaders(a.request.Header.Values("Access-Control-Request-Headers")), ", "))
	h.Set("Access-Control-Max-Age", corsMaxAge)
	h.Set("Cache-Control", "no-store")
	a.WriteHeader(http.StatusNoContent)
	return true
}

var headerName = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")

// allowedHeaders returns the headers that a page may send: ours and all that it asks for. Vendors' libraries send many headers
// of their own, and none of them grants anything.
func allowedHeaders(asked []string) []string {
	out := corsHeaders()
	list := strings.Join(asked, ",")
	if len(list) > maxRequestedHeaders {
		return out
	}
	for name := range strings.SplitSeq(list, ",") {
		name = strings.TrimSpace(name)
		if headerName.MatchString(name) && !slices.ContainsFunc(out, func(one string) bool { return strings.EqualFold(one, name) }) {
			out = append(out, name)
		}
	}
	return out
}
