package server

import (
	"net/http"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// What proxies say of the request that they pass on. After trust has gone over a request these headers are there with one
// sane value each, or not at all.
const (
	forwardedFor    = "X-Forwarded-For"
	forwardedProto  = "X-Forwarded-Proto"
	forwardedHost   = "X-Forwarded-Host"
	forwardedPrefix = "X-Forwarded-Prefix"
	forwarded       = "Forwarded" // RFC 7239
)

// maxPrefix is the longest prefix of paths that is believed, in bytes.
const maxPrefix = 256

// forwarding is what proxies say of a request. Empty fields were not told, or make no sense.
type forwarding struct {
	client       netip.AddrPort // who asked the outermost proxy that is believed
	scheme, host string
	prefix       string // "/video": what the callers' paths begin with; no trailing slash
}

// applyForwarding reads what the proxies say, if the request comes from a network that is believed, and removes everything else
// that looks like it, so that no handler believes a caller. The request that it returns bears the client's address.
func (s *Server) applyForwarding(r *http.Request) *http.Request {
	var peer netip.AddrPort
	var t forwarding
	if len(s.proxies) > 0 {
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
		r = r.WithContext(r.Context()) // net/http goes on with the original
		r.RemoteAddr = t.client.String()
	}
	return r
}

func (s *Server) trustsPeer(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	return slices.ContainsFunc(s.proxies, func(p netip.Prefix) bool { return p.Contains(a) })
}

// readForwarding takes X-Forwarded-* before Forwarded: most proxies set the former and pass on the latter as a caller wrote it.
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

// findClient goes from the proxy that we see outwards, for as long as each one is believed: each has added who asked it at the
// end of the list. hops is how many members were believed, at least 1.
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

// readForwarded is the same walk through elements of RFC 7239. The outermost proxy that is believed knows best under which
// name it was asked. A header that is malformed anywhere is not read at all.
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

// forwardedPair is one parameter of a Forwarded element, with what follows it.
var forwardedPair = regexp.MustCompile("^[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)|\"((?:[^\"\\\\]|\\\\.)*)\")[ \t]*([;,]|$)")

// quotedPair is a character of a quoted string that is there for itself.
var quotedPair = regexp.MustCompile(`\\(.)`)

// parseForwarded takes a Forwarded header apart: by element, its parameters by their names in small letters.
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

// splitList are those of a list that may stand in several lines.
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

// hopValue is the member that the outermost believed proxy has added: the hops-th from the end, or the first of fewer.
func hopValue(list []string, hops int) string {
	if len(list) == 0 {
		return ""
	}
	return list[max(len(list)-hops, 0)]
}

// parseAddress reads an address with or without a port; one of version 6 may stand in brackets.
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

func parseScheme(text string) string {
	switch s := strings.ToLower(text); s {
	case "http", "https":
		return s
	}
	return ""
}

// hostPort is a name or an address of either version, with or without a port.
var hostPort = regexp.MustCompile(`^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?$`)

func parseHost(text string) string {
	if hostPort.MatchString(text) {
		return text
	}
	return ""
}

var prefixForm = regexp.MustCompile(`^(?:/[A-Za-z0-9._~-]+)+$`)

// parsePrefix is what paths begin with, without a trailing slash; "" for none, and for what is no plain path.
func parsePrefix(text string) string {
	text = strings.TrimRight(text, "/")
	if len(text) > maxPrefix || !prefixForm.MatchString(text) || strings.Contains(text+"/", "/./") || strings.Contains(text+"/", "/../") {
		return ""
	}
	return text
}
