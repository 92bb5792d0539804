package server

import (
	"net"
	"net/http"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// Headers in which proxies describe the request that they forward. After applyForwarding each of them has one valid value or
// is absent.
const (
	forwardedFor    = "X-Forwarded-For"
	forwardedProto  = "X-Forwarded-Proto"
	forwardedHost   = "X-Forwarded-Host"
	forwardedPrefix = "X-Forwarded-Prefix"
	forwarded       = "Forwarded" // RFC 7239
)

// maxPrefix is the length of the longest path prefix that is accepted, in bytes.
const maxPrefix = 256

// forwarding is what trusted proxies report about a request. Fields that are absent or not valid are empty.
type forwarding struct {
	client       netip.AddrPort // address of the client of the outermost trusted proxy
	scheme, host string
	prefix       string // "/video": what the callers' paths begin with; no trailing slash
}

// applyForwarding reads the forwarding headers if the request comes from a trusted network, and removes them otherwise, so that
// no handler trusts a caller. The request that it returns has the client's address as RemoteAddr.
func (s *Server) applyForwarding(r *http.Request) *http.Request {
	var peer netip.AddrPort
	var t forwarding
	if s.trustUnix && overUnix(r) {
		t = s.readForwarding(r.Header, peer)
	} else if len(s.proxies) > 0 {
		var err error
		if peer, err = netip.ParseAddrPort(r.RemoteAddr); err == nil && s.trustsPeer(peer.Addr()) {
			t = s.readForwarding(r.Header, peer)
		}
	}
	for _, name := range [...]string{forwarded, forwardedFor, forwardedProto, forwardedHost, forwardedPrefix} {
		delete(r.Header, name)
	}
	for _, one := range [...]struct{ name, value string }{{forwardedProto, t.scheme}, {forwardedHost, t.host}, {forwardedPrefix, t.prefix}} {
		if one.value != "" {
			r.Header[one.name] = []string{one.value}
		}
	}
	if t.client.IsValid() && t.client != peer {
		r = r.WithContext(r.Context()) // net/http still uses the original
		r.RemoteAddr = t.client.String()
	}
	return r
}

// overUnix reports whether the request came over a Unix socket.
func overUnix(r *http.Request) bool {
	a, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	return ok && a.Network() == "unix"
}

// trustsPeer reports whether an address belongs to a trusted proxy.
func (s *Server) trustsPeer(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	return slices.ContainsFunc(s.proxies, func(p netip.Prefix) bool { return p.Contains(a) })
}

// readForwarding prefers X-Forwarded-* to Forwarded: most proxies set the former and pass on the latter as the caller sent it.
func (s *Server) readForwarding(h http.Header, peer netip.AddrPort) forwarding {
	var t forwarding
	hops := 1
	switch {
	case h[forwardedFor] != nil || h[forwardedProto] != nil || h[forwardedHost] != nil:
		t.client, hops = s.findClient(splitList(h[forwardedFor]), peer)
		t.scheme, t.host = parseScheme(hopValue(splitList(h[forwardedProto]), hops)), parseHost(hopValue(splitList(h[forwardedHost]), hops))
	case h[forwarded] != nil:
		t = s.readForwarded(strings.Join(h[forwarded], ","), peer)
	}
	t.prefix = parsePrefix(hopValue(splitList(h[forwardedPrefix]), hops))
	return t
}

// findClient reads the list backwards, because each proxy appends the address of its client. It stops at the first address
// that is not a trusted proxy, and returns that address. hops is the number of
// addresses that were read, at least 1.
func (s *Server) findClient(list []string, peer netip.AddrPort) (client netip.AddrPort, hops int) {
	client = peer
	for i := len(list) - 1; i >= 0; i-- {
		next, ok := parseAddress(list[i])
		if !ok {
			break
		}
		client = next
		hops++
		if !s.trustsPeer(next.Addr()) {
			break
		}
	}
	return client, max(hops, 1)
}

// readForwarded reads the elements of RFC 7239 in the same way. Scheme and host come from the outermost trusted proxy.
// A header that is malformed anywhere is ignored.
func (s *Server) readForwarded(value string, peer netip.AddrPort) forwarding {
	elements, ok := parseForwarded(value)
	t := forwarding{client: peer}
	if !ok {
		return t
	}
	for _, e := range slices.Backward(elements) {
		if v := parseScheme(e["proto"]); v != "" {
			t.scheme = v
		}
		if v := parseHost(e["host"]); v != "" {
			t.host = v
		}
		next, ok := parseAddress(e["for"])
		if !ok {
			break
		}
		t.client = next
		if !s.trustsPeer(next.Addr()) {
			break
		}
	}
	return t
}

// forwardedPair matches one parameter of a Forwarded element and the separator after it.
var forwardedPair = regexp.MustCompile("^[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)|\"((?:[^\"\\\\]|\\\\.)*)\")[ \t]*([;,]|$)")

// quotedPair matches an escaped character of a quoted string.
var quotedPair = regexp.MustCompile(`\\(.)`)

// parseForwarded parses a Forwarded header: for each element its parameters, by their names in lower case.
func parseForwarded(value string) (elements []map[string]string, ok bool) {
	element := map[string]string{}
	for value != "" {
		m := forwardedPair.FindStringSubmatch(value)
		if m == nil {
			return nil, false
		}
		name := strings.ToLower(m[1])
		if _, twice := element[name]; twice {
			return nil, false
		}
		element[name] = m[2] + quotedPair.ReplaceAllString(m[3], "$1")
		value = value[len(m[0]):]
		if m[4] != ";" {
			elements = append(elements, element)
			element = map[string]string{}
		}
		if m[4] != "" && value == "" {
			return nil, false
		}
	}
	return elements, true
}

// splitList returns the members of a comma-separated list that may span several header lines.
func splitList(lines []string) []string {
	if len(lines) == 0 {
		return nil
	}
	list := strings.Split(strings.Join(lines, ","), ",")
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	return list
}

// hopValue returns the member that the outermost trusted proxy added: the hops-th from the end, or the first if there are fewer.
func hopValue(list []string, hops int) string {
	if len(list) == 0 {
		return ""
	}
	return list[max(len(list)-hops, 0)]
}

// parseAddress reads an address with or without a port; an IPv6 address may be in brackets.
func parseAddress(text string) (netip.AddrPort, bool) {
	if a, err := netip.ParseAddrPort(text); err == nil {
		return a, true
	}
	if inner, ok := strings.CutPrefix(text, "["); ok {
		text = strings.TrimSuffix(inner, "]")
	}
	a, err := netip.ParseAddr(text)
	return netip.AddrPortFrom(a.WithZone(""), 0), err == nil
}

// parseScheme returns "http" or "https", or "" for any other text.
func parseScheme(text string) string {
	switch s := strings.ToLower(text); s {
	case "http", "https":
		return s
	}
	return ""
}

// hostPort matches a host name or an IP address, with or without a port.
var hostPort = regexp.MustCompile(`^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?$`)

// parseHost returns the text if it is a host, else "".
func parseHost(text string) string {
	if hostPort.MatchString(text) {
		return text
	}
	return ""
}

var prefixForm = regexp.MustCompile(`^(?:/[A-Za-z0-9._~-]+)+$`)

// parsePrefix returns a path prefix without its trailing slash; "" if the text is not a plain path.
func parsePrefix(text string) string {
	text = strings.TrimRight(text, "/")
	if len(text) > maxPrefix || !prefixForm.MatchString(text) || strings.Contains(text+"/", "/./") || strings.Contains(text+"/", "/../") {
		return ""
	}
	return text
}
