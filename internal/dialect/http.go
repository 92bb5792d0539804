package dialect

import (
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// Route is one call of a dialect, for the server to mount.
type Route struct {
	Pattern      string // of net/http's ServeMux, "GET /api/v1/get_runway/{id}"
	Handler      http.Handler
	QuietLog     bool // callers poll it: not every request is logged
	Waits        bool // its answer may come minutes later, when a task has ended, or go on for as long as the caller reads
	LongPoll     bool // it answers with one task, found by FindTask: "Prefer: wait" has it answer at the task's next change
	Doc          Doc
	Undocumented bool // it answers that there is no such call, is part of a page, or is documented at another path
	// Match tells routes with the same Pattern apart: it reports whether the request is this one's. nil = any request. Routes
	// are asked in their order.
	Match func(*http.Request) bool
}

// Origin is the URL under which callers reach this server. The zero value takes it from each request.
type Origin struct {
	Public     string // the configured public URL, "https://films.example/video"; "" = as the request names it
	TrustProxy bool   // believe X-Forwarded-Proto, -Host and -Prefix; only safe if the server removes those of callers
}

// Base returns the start of every URL in the answer to r, without a trailing slash. Without a public URL it is the request's
// scheme and host.
func (o Origin) Base(r *http.Request) string {
	if o.Public != "" {
		return strings.TrimRight(o.Public, "/")
	}
	scheme, host := "http", r.Host
	if r.TLS != nil {
		scheme = "https"
	}
	if o.TrustProxy {
		if p := firstOf(r.Header.Get("X-Forwarded-Proto")); p == "http" || p == "https" {
			scheme = p
		}
		if h := firstOf(r.Header.Get("X-Forwarded-Host")); h != "" {
			host = h
		}
	}
	if host == "" { // HTTP/1.0 does not require a Host
		host = "localhost" // of a Unix socket
		if a, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok && a.Network() != "unix" {
			host = a.String()
		}
	}
	return scheme + "://" + host + o.Prefix(r)
}

// Links returns what makes the URLs of files in the answer to r.
func (o Origin) Links(r *http.Request, gw Gateway) Links {
	return Links{Base: o.Base(r), Token: gw.Token, Now: gw.Now()}
}

// Prefix returns the path under which callers reach this server, without a trailing slash: "" or "/video".
func (o Origin) Prefix(r *http.Request) string {
	if o.Public != "" {
		u, err := url.Parse(o.Public)
		if err != nil {
			return ""
		}
		return strings.TrimRight(u.Path, "/")
	}
	if !o.TrustProxy {
		return ""
	}
	return strings.TrimRight(firstOf(r.Header.Get("X-Forwarded-Prefix")), "/")
}

// firstOf returns the first member of a comma-separated header.
func firstOf(list string) string {
	first, _, _ := strings.Cut(list, ",")
	return strings.TrimSpace(first)
}

// Bearer returns the bearer token of the Authorization header; "" if there is none.
func Bearer(r *http.Request) string {
	lines := r.Header["Authorization"]
	if len(lines) == 0 {
		return ""
	}
	scheme, token, _ := strings.Cut(lines[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// WriteJSON answers with a JSON body that must not be cached. Answers writes those of tasks.
func WriteJSON(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	h["Content-Type"], h["Cache-Control"] = jsonType, noStore
	writeBody(w, status, body)
}

// matches compares weakly, as If-None-Match requires (RFC 9110, section 13.1.2).
func matches(lines []string, tag string) bool {
	tag = strings.TrimPrefix(tag, weak)
	for _, l := range lines {
		for one := range strings.SplitSeq(l, ",") {
			one = strings.TrimSpace(one)
			if one == "*" || strings.TrimPrefix(one, weak) == tag {
				return true
			}
		}
	}
	return false
}

func writeBody(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the caller may have gone
}
