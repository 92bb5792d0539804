package reference_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/web/reference"
)

// ask sends a request to the handler. header holds names and values in turn.
func ask(t *testing.T, method, path string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	h, err := reference.Handler(reference.Options{Title: `The "films" <API>`, Document: "openapi.json", Scheme: "key"})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// find returns the first group of the first match in the page.
func find(t *testing.T, expression string) string {
	t.Helper()
	page := ask(t, http.MethodGet, "/reference").Body.String()
	m := regexp.MustCompile(expression).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("%s is not in\n%s", expression, page)
	}
	return html.UnescapeString(m[1])
}

// script returns the path of the page's script.
func script(t *testing.T) string { return "/" + find(t, `<script src="([^"/][^"]+)"`) }

func TestPageLoadsOnlyItsDocumentAndScript(t *testing.T) {
	if got := find(t, "<title>(.*)</title>"); got != `The "films" <API>` {
		t.Errorf("title %q", got)
	}
	if got := find(t, `data-url="([^"]*)"`); got != "openapi.json" {
		t.Errorf("document %q", got)
	}
	page := ask(t, http.MethodGet, "/reference")
	if strings.Contains(page.Body.String(), "//") {
		t.Errorf("the page names another host:\n%s", page.Body)
	}
	if got := page.Header().Get("Content-Type"); got != "text/html; charset=utf-8" {
		t.Errorf("type %q", got)
	}
	if got := page.Header().Get("Cache-Control"); got != "no-cache" {
		t.Errorf("Cache-Control %q: an old page would name a script that no longer exists", got)
	}
}

func TestPolicyAllowsOnlyThisServer(t *testing.T) {
	policy := map[string]string{}
	for directive := range strings.SplitSeq(ask(t, http.MethodGet, "/reference").Header().Get("Content-Security-Policy"), "; ") {
		name, sources, _ := strings.Cut(directive, " ")
		policy[name] = sources
		for source := range strings.FieldsSeq(sources) {
			if strings.HasPrefix(source, "http") || strings.Contains(source, "*") || source == "'unsafe-eval'" {
				t.Errorf("%s allows %s", name, source)
			}
		}
	}
	for name, want := range map[string]string{"default-src": "'none'", "script-src": "'self'", "connect-src": "'self'", "frame-ancestors": "'none'"} {
		if policy[name] != want {
			t.Errorf("%s %s, want %s", name, policy[name], want)
		}
	}
}

func TestConfigurationCallsNoOtherHost(t *testing.T) {
	var c struct {
		Fonts     *bool   `json:"withDefaultFonts"`
		Telemetry *bool   `json:"telemetry"`
		Proxy     *string `json:"proxyUrl"`
		Agent     struct{ Disabled bool }
		MCP       struct{ Disabled bool }
	}
	if err := json.Unmarshal([]byte(find(t, `data-configuration="([^"]*)"`)), &c); err != nil {
		t.Fatal(err)
	}
	if c.Fonts == nil || *c.Fonts || c.Telemetry == nil || *c.Telemetry || c.Proxy == nil || *c.Proxy != "" || !c.Agent.Disabled || !c.MCP.Disabled {
		t.Errorf("%+v", c)
	}
}

func TestScriptIsCachedForAYear(t *testing.T) {
	for _, accept := range []string{"gzip", "identity"} {
		h := ask(t, http.MethodGet, script(t), "Accept-Encoding", accept).Header()
		for name, want := range map[string]string{"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding",
			"Content-Type": "text/javascript; charset=utf-8"} {
			if got := h.Get(name); got != want {
				t.Errorf("%s, %s: %q, want %q", accept, name, got, want)
			}
		}
	}
}

func TestScriptIsGzippedIfAccepted(t *testing.T) {
	plain := ask(t, http.MethodGet, script(t)).Body.Bytes()
	for accept, packed := range map[string]bool{"gzip": true, "br": false, "": false} {
		w := ask(t, http.MethodGet, script(t), "Accept-Encoding", accept)
		if got := w.Header().Get("Content-Encoding") == "gzip"; got != packed {
			t.Fatalf("%q: gzipped: %v", accept, got)
		}
		body := w.Body.Bytes()
		if packed {
			body = unpack(t, body)
		}
		if !bytes.Equal(body, plain) {
			t.Errorf("%q: %d bytes of script, want the same %d bytes as without gzip", accept, len(body), len(plain))
		}
	}
}

func TestHeadHasNoBody(t *testing.T) {
	mux := http.NewServeMux()
	h, err := reference.Handler(reference.Options{Title: "x", Document: "openapi.json", Scheme: "key"})
	if err != nil {
		t.Fatal(err)
	}
	mux.Handle("GET /", h)
	server := httptest.NewServer(mux)
	defer server.Close()
	for _, path := range []string{"/reference", script(t)} {
		resp, err := http.Head(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", path, resp.Status)
		}
	}
}

func TestOtherScriptsAreNotFound(t *testing.T) {
	for _, path := range []string{"/reference/scalar.js", "/reference/scalar-000000000000.js", "/reference/page.html"} {
		if w := ask(t, http.MethodGet, path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// The hash is in scripts/vendor-reference.sh.
func TestVendoredFileMatchesItsHash(t *testing.T) {
	text, err := os.ReadFile("../../../scripts/vendor-reference.sh")
	if err != nil {
		t.Fatal(err)
	}
	pinned := regexp.MustCompile(`(?m)^vendored=([0-9a-f]{64})\b`).FindSubmatch(text)
	if pinned == nil {
		t.Fatal("the script pins no hash")
	}
	packed, err := os.ReadFile("scalar.js.gz")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(unpack(t, packed))
	if got := hex.EncodeToString(sum[:]); got != string(pinned[1]) {
		t.Errorf("the file has the SHA-256 %s, the script makes %s", got, pinned[1])
	}
	if licence, err := os.ReadFile("LICENSE"); err != nil || !bytes.Contains(licence, []byte("MIT License")) {
		t.Errorf("its licence: %v", err)
	}
}

func unpack(t *testing.T, packed []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}
