package server

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// CheckPrefix tells what is wrong with a prefix of paths; nil for "" and for "/video" or "/tools/video".
func CheckPrefix(path string) error {
	if parsePrefix(path) != path {
		return fmt.Errorf("%q: letters, digits and . _ ~ - between single slashes are taken, at most %d in all", path, maxPrefix)
	}
	return nil
}

// isOwnPath tells whether a path begins with the first part of one of our own, as /api does: nobody could tell then whether a
// proxy has removed the prefix.
func (s *Server) isOwnPath(path string) bool { return s.firstSegments[firstSegment(path)] }

// firstSegment is the first of a path's parts: "api" of "/api/v1/tasks".
func firstSegment(path string) string {
	part, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return part
}

// stripPrefix removes the prefix under which callers see this server from the request's path, where a proxy has not done so
// already, and returns it.
func (s *Server) stripPrefix(r *http.Request) (*http.Request, string) {
	p := s.prefix
	if p == "" {
		p = r.Header.Get(forwardedPrefix)
	}
	if p == "" || s.isOwnPath(p) {
		return r, p
	}
	path, ok := cutPrefix(r.URL.Path, p)
	raw, okRaw := cutPrefix(r.URL.RawPath, p)
	if !ok || r.URL.RawPath != "" && !okRaw {
		return r, p
	}
	r = r.WithContext(r.Context())
	r.URL = &url.URL{Path: path, RawPath: raw, RawQuery: r.URL.RawQuery, ForceQuery: r.URL.ForceQuery, Host: r.URL.Host, Scheme: r.URL.Scheme}
	return r, p
}

// cutPrefix is the rest of a path below the prefix: "/" for the prefix itself.
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
