package server

import (
	"net/http"
	"strings"
	"testing"
)

func TestCORSAllowsConfiguredOrigins(t *testing.T) {
	const page = "https://app.example"
	routes := []Route{echo, handle("GET /refused", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Vary", "Accept-Encoding")
		w.WriteHeader(http.StatusUnauthorized)
	})}
	for _, c := range []struct {
		name, origin, path string
		origins            []string
		allow, credentials string
		vary               string
	}{
		{"no origins configured", page, "/echo", nil, "", "", ""},
		{"a configured origin", page, "/echo", []string{"https://b", page}, page, "true", "Origin"},
		{"another origin", "https://evil.example", "/echo", []string{page}, "", "", "Origin"},
		{"an origin with the same prefix", page + ".evil", "/echo", []string{page}, "", "", "Origin"},
		{"no Origin header", "", "/echo", []string{page}, "", "", "Origin"},
		{"any origin", page, "/echo", []string{"*"}, "*", "", ""},
		{"a refused request", page, "/refused", []string{page}, page, "true", "Accept-Encoding, Origin"},
		{"an unknown path", page, "/nowhere", []string{page}, page, "true", "Origin"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, url, _ := start(t, Options{Routes: routes, Origins: c.origins})
			resp, _ := ask(t, "GET", url+c.path, "Origin", c.origin)
			h := resp.Header
			if h.Get("Access-Control-Allow-Origin") != c.allow || h.Get("Access-Control-Allow-Credentials") != c.credentials || strings.Join(h.Values("Vary"), ", ") != c.vary {
				t.Errorf("%v", h)
			}
			for _, name := range []string{"Content-Range", "Accept-Ranges", "Content-Length", "ETag", "Location", "Retry-After", "Filmgate-Ignored", "X-Request-Id"} {
				if strings.Contains(h.Get("Access-Control-Expose-Headers"), name) != (c.allow != "") {
					t.Errorf("%s in the wrong header: %v", name, h)
				}
			}
		})
	}
}

func TestPreflightIsAnsweredBeforeHandlers(t *testing.T) {
	_, url, _ := start(t, Options{Origins: []string{"https://app.example"}, Routes: []Route{handle("/any", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusUnauthorized)
	})}})
	for _, c := range []struct {
		name, origin, method, asked string
		status                      int
		allows                      []string
	}{
		{"of a configured origin", "https://app.example", "PATCH", "authorization,x-runway-version", 204, []string{"Authorization", "Content-Type", "Idempotency-Key", "Range", "If-None-Match", "x-runway-version"}},
		{"of another origin", "https://evil.example", "PATCH", "authorization", 401, nil},
		{"without a method", "https://app.example", "", "", 401, nil},
		{"with invalid header names", "https://app.example", "GET", "a b, \"x\", ,*", 204, []string{"Authorization"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			header := []string{"Origin", c.origin}
			if c.method != "" {
				header = append(header, "Access-Control-Request-Method", c.method, "Access-Control-Request-Headers", c.asked)
			}
			resp, body := ask(t, "OPTIONS", url+"/any", header...)
			h := resp.Header
			allowed := strings.Split(h.Get("Access-Control-Allow-Headers"), ", ")
			if resp.StatusCode != c.status || body != "" {
				t.Errorf("%d %s", resp.StatusCode, body)
			}
			for _, name := range c.allows {
				if !strings.Contains(", "+h.Get("Access-Control-Allow-Headers")+",", ", "+name+",") {
					t.Errorf("%s is not allowed: %v", name, allowed)
				}
			}
			if c.status == 204 && (!strings.Contains(h.Get("Access-Control-Allow-Methods"), "DELETE") || h.Get("Access-Control-Max-Age") == "" || strings.ContainsAny(h.Get("Access-Control-Allow-Headers"), "\" \t") && strings.Contains(h.Get("Access-Control-Allow-Headers"), "a b")) {
				t.Errorf("%v", h)
			}
		})
	}
	_, body := ask(t, "GET", url+"/metrics")
	if !strings.Contains(body, `route="OPTIONS (preflight)",status="204"} 2`) {
		t.Error("preflights are not counted separately")
	}
}
