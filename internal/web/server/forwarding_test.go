package server

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

// echo answers with the client's address, scheme, host, prefix and path as a handler sees them.
var echo = handle("GET /echo", func(w http.ResponseWriter, r *http.Request) {
	h := r.Header
	_, _ = fmt.Fprintf(w, "%s %s://%s%s %s", r.RemoteAddr, h.Get("X-Forwarded-Proto"), h.Get("X-Forwarded-Host"), h.Get("X-Forwarded-Prefix"), r.URL.Path)
})

// askFrom sends one request from an address to a server with the options, and returns the answer.
func askFrom(t *testing.T, o Options, from, path string, header http.Header) *httptest.ResponseRecorder {
	t.Helper()
	o.Log, o.Random = slog.New(slog.DiscardHandler), strings.NewReader(strings.Repeat("x", 1000))
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	r.RemoteAddr = from
	if header != nil {
		r.Header = header
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func TestOnlyConfiguredProxiesAreTrusted(t *testing.T) {
	const us, peer = "10.0.0.9:5", "192.0.2.7:5"
	x := func(pairs ...string) http.Header {
		h := http.Header{}
		for i := 0; i < len(pairs); i += 2 {
			h.Add(pairs[i], pairs[i+1])
		}
		return h
	}
	for _, c := range []struct {
		name, from string
		header     http.Header
		want       string
	}{
		{"no header", us, x(), us + " ://"},
		{"everything", us, x("X-Forwarded-For", "198.51.100.4", "X-Forwarded-Proto", "https", "X-Forwarded-Host", "films.example", "X-Forwarded-Prefix", "/video/"),
			"198.51.100.4:0 https://films.example/video"},
		{"from an untrusted address", peer, x("X-Forwarded-For", "198.51.100.4", "X-Forwarded-Proto", "https", "X-Forwarded-Host", "evil.example", "X-Forwarded-Prefix", "/evil",
			"Forwarded", "for=1.2.3.4"), peer + " ://"},
		{"a proxy with a mapped IPv4 address", "[::ffff:10.0.0.9]:5", x("X-Forwarded-For", "198.51.100.4"), "198.51.100.4:0 ://"},
		{"a chain of trusted proxies", us, x("X-Forwarded-For", "203.0.113.1, 198.51.100.4, 10.0.0.1"), "198.51.100.4:0 ://"},
		{"values of the caller before the proxy's", us, x("X-Forwarded-For", "127.0.0.1, 198.51.100.4", "X-Forwarded-Proto", "ftp, https", "X-Forwarded-Host", "evil.example, films.example",
			"X-Forwarded-Prefix", "/evil, /video"), "198.51.100.4:0 https://films.example/video"},
		{"several lines", us, x("X-Forwarded-For", "203.0.113.1", "X-Forwarded-For", "198.51.100.4", "X-Forwarded-For", "10.0.0.1"), "198.51.100.4:0 ://"},
		{"an address that can't be read", us, x("X-Forwarded-For", "198.51.100.4, unknown, 10.0.0.1"), "10.0.0.1:0 ://"},
		{"addresses with ports", us, x("X-Forwarded-For", "[2001:db8::1]:4711"), "[2001:db8::1]:4711 ://"},
		{"an IPv6 address", us, x("X-Forwarded-For", "2001:db8::1"), "[2001:db8::1]:0 ://"},
		{"an unknown scheme", us, x("X-Forwarded-Proto", "javascript"), us + " ://"},
		{"a host with a path", us, x("X-Forwarded-Host", "films.example/evil"), us + " ://"},
		{"a host with a user", us, x("X-Forwarded-Host", "a@b"), us + " ://"},
		{"a host with a port", us, x("X-Forwarded-Host", "films.example:8443"), us + " ://films.example:8443"},
		{"a prefix with ..", us, x("X-Forwarded-Prefix", "/a/../b"), us + " ://"},
		{"a prefix with two slashes", us, x("X-Forwarded-Prefix", "//evil.example"), us + " ://"},
		{"a prefix with a script", us, x("X-Forwarded-Prefix", `/"><script>`), us + " ://"},
		{"a prefix that is too long", us, x("X-Forwarded-Prefix", "/"+strings.Repeat("a", 300)), us + " ://"},

		{"Forwarded", us, x("Forwarded", `for=198.51.100.4;proto=https;host=films.example;by=10.0.0.9`), "198.51.100.4:0 https://films.example"},
		{"Forwarded, quoted", us, x("Forwarded", `For="[2001:db8::1]:4711";Proto="HTTPS" ; host="films\.example"`), "[2001:db8::1]:4711 https://films.example"},
		{"Forwarded, a chain", us, x("Forwarded", `for=203.0.113.1;host=evil.example, for=198.51.100.4;proto=https;host=films.example, for=10.0.0.1;proto=http;host=inner`),
			"198.51.100.4:0 https://films.example"},
		{"Forwarded, a hidden caller", us, x("Forwarded", "for=_secret;proto=https"), us + " https://"},
		{"Forwarded with a prefix", us, x("Forwarded", "for=198.51.100.4", "X-Forwarded-Prefix", "/video"), "198.51.100.4:0 ://" + "/video"},
		{"Forwarded of the caller beside X-Forwarded-For", us, x("Forwarded", "for=1.2.3.4;host=evil.example", "X-Forwarded-For", "198.51.100.4"), "198.51.100.4:0 ://"},
		{"Forwarded, malformed", us, x("Forwarded", `for=198.51.100.4;host="films.example`), us + " ://"},
		{"Forwarded, a parameter twice", us, x("Forwarded", `for=198.51.100.4;for=1.2.3.4`), us + " ://"},
		{"Forwarded, a trailing comma", us, x("Forwarded", `for=198.51.100.4,`), us + " ://"},
		{"Forwarded, no pair", us, x("Forwarded", `198.51.100.4`), us + " ://"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := Options{Routes: []Route{echo}, Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
			if got := askFrom(t, o, c.from, "/echo", c.header).Body.String(); got != c.want+" /echo" {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func TestClientAddressIsLogged(t *testing.T) {
	_, url, book := start(t, Options{Routes: []Route{echo}, Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	ask(t, "GET", url+"/echo", "X-Forwarded-For", "198.51.100.4")
	<-book.line
	if !strings.Contains(book.String(), `"from":"198.51.100.4:0"`) {
		t.Error(book.String())
	}
}

func TestPrefixIsOptionalInPaths(t *testing.T) {
	configured := Options{Routes: []Route{echo}, Prefix: "/tools/video"}
	forwarded := Options{Routes: []Route{echo}, Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	for _, c := range []struct {
		name, path string
		options    Options
		status     int
	}{
		{"kept", "/tools/video/echo", configured, 200},
		{"removed", "/echo", configured, 200},
		{"of another origin", "/tools/audio/echo", configured, 404},
		{"a longer last segment", "/tools/videos/echo", configured, 404},
		{"twice", "/tools/video/tools/video/echo", configured, 404},
		{"alone", "/tools/video", configured, 404},
		{"escaped", "/tools/vide%6f/echo", configured, 404},
		{"forwarded and kept", "/tools/video/echo", forwarded, 200},
		{"forwarded and removed", "/echo", forwarded, 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			if w := askFrom(t, c.options, "10.0.0.1:1", c.path, http.Header{"X-Forwarded-Prefix": {"/tools/video"}}); w.Code != c.status || c.status == 200 && !strings.HasSuffix(w.Body.String(), " /echo") {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}

func TestRedirectsKeepThePrefix(t *testing.T) {
	far := handle("GET /far", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://other.example/x", http.StatusFound)
	})
	o := Options{Routes: []Route{echo, far}, Prefix: "/video"}
	for path, want := range map[string]string{"/video//echo": "/video/echo", "//echo": "/video/echo", "/video/x/../echo": "/video/echo", "/far": "https://other.example/x"} {
		if w := askFrom(t, o, "10.0.0.1:1", "http://h"+path, nil); w.Header().Get("Location") != want {
			t.Errorf("%s: %d to %q, want %q", path, w.Code, w.Header().Get("Location"), want)
		}
	}
}

// The type of a problem is a link to its page, where the caller sees it.
func TestProblemsKeepThePrefix(t *testing.T) {
	configured := Options{Routes: []Route{echo}, Prefix: "/video"}
	forwarded := Options{Routes: []Route{echo}, Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	for _, c := range []struct {
		name    string
		options Options
		path    string
		prefix  string // X-Forwarded-Prefix
		want    string
	}{
		{"configured, kept", configured, "/video/nowhere", "", "/video/problems/not_found"},
		{"configured, removed", configured, "/nowhere", "", "/video/problems/not_found"},
		{"of a trusted proxy", forwarded, "/nowhere", "/tools/video", "/tools/video/problems/not_found"},
		{"like a path of ours", forwarded, "/nowhere", "/echo", "/echo/problems/not_found"},
		{"none", forwarded, "/nowhere", "", "/problems/not_found"},
		{"of a caller", configured, "/nowhere", "/evil", "/video/problems/not_found"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := askFrom(t, c.options, "10.0.0.1:1", c.path, http.Header{"X-Forwarded-Prefix": {c.prefix}})
			if want := `"type":"` + c.want + `"`; w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), want) {
				t.Errorf("%d %s, want %s", w.Code, w.Body, want)
			}
		})
	}
}

func TestPrefixLikeAnOwnPathIsRefused(t *testing.T) {
	for _, prefix := range []string{"/echo", "/healthz/x", "video", "/video/", "/a b"} {
		if _, err := New(Options{Prefix: prefix, Routes: []Route{echo}, Log: slog.New(slog.DiscardHandler)}); err == nil || !strings.Contains(err.Error(), prefix) {
			t.Errorf("%q: %v", prefix, err)
		}
	}
}

func FuzzForwarded(f *testing.F) {
	for _, seed := range []string{"", "for=1.2.3.4", `for="[::1]:5";host=a, proto=https`, `a="\"`, ";;,,", "for=;=,"} {
		f.Add(seed, seed)
	}
	s, err := New(Options{Log: slog.New(slog.DiscardHandler), Proxies: []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, one, other string) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header = http.Header{"Forwarded": {one}, "X-Forwarded-Prefix": {other}}
		if len(one)%2 == 0 {
			r.Header = http.Header{"X-Forwarded-For": {one, other}, "X-Forwarded-Host": {other}, "X-Forwarded-Proto": {one}}
		}
		r = s.applyForwarding(r)
		for name, values := range r.Header {
			if len(values) != 1 || strings.ContainsAny(values[0], "\"'<> \t\r\n@\\?#") {
				t.Errorf("%s: %q", name, values)
			}
		}
		if _, err := netip.ParseAddrPort(r.RemoteAddr); err != nil {
			t.Error(err)
		}
	})
}
