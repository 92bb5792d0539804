package server

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/filmgate/filmgate/internal/problem"
)

// CheckPrefix returns an error if a path prefix is not valid. "", "/video" and "/tools/video" are valid.
func CheckPrefix(path string) error {
	if parsePrefix(path) != path {
		return fmt.Errorf("%q: only letters, digits and . _ ~ - between single slashes are allowed, at most %d characters in all", path, maxPrefix)
	}
	return nil
}

// isOwnPath reports whether a path begins like one of the server's own, such as /api. Such a prefix would be ambiguous: the
// server could not know whether a proxy has removed it.
func (s *Server) isOwnPath(path string) bool { return s.firstSegments[firstSegment(path)] }

// firstSegment returns the first segment of a path: "api" of "/api/v1/tasks".
func firstSegment(path string) string {
	part, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return part
}

// stripPrefix removes the prefix under which callers see this server from the request's path, unless a proxy has removed it
// already. It returns the request with the new path and with the prefix in its context, for problem documents, and the prefix.
func (s *Server) stripPrefix(r *http.Request) (*http.Request, string) {
	p := s.prefix
	if lines := r.Header[forwardedPrefix]; p == "" && len(lines) > 0 {
		p = lines[0]
	}
	if p == "" {
		return r, p
	}
	r = r.WithContext(problem.WithPrefix(r.Context(), p))
	if s.isOwnPath(p) {
		return r, p
	}
	path, ok := cutPrefix(r.URL.Path, p)
	raw, okRaw := cutPrefix(r.URL.RawPath, p)
	if !ok || r.URL.RawPath != "" && !okRaw {
		return r, p
	}
	r.URL = &url.URL{Path: path, RawPath: raw, RawQuery: r.URL.RawQuery, ForceQuery: r.URL.ForceQuery, Host: r.URL.Host, Scheme: r.URL.Scheme}
	return r, p
}

// cutPrefix returns the path below the prefix: "/" for the prefix itself. ok is false if the path is not below it.
func cutPrefix(path, prefix string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(path, prefix)
	if !ok || rest != "" && rest[0] != '/' {
		return "", false
	}
	if rest == "" {
		rest = "/"
	}
	return rest, true
}
