package studio_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/web/studio"
)

// open returns a server of the studio at a base URL, with a call that answers with the Authorization header that it got.
func open(t testing.TB, base string, media ...string) http.Handler {
	t.Helper()
	s := newStudio(t, base, media...)
	mux := http.NewServeMux()
	for _, pattern := range []string{"GET /{$}", "GET /studio/{hash}/{file}", "POST /studio/session", "DELETE /studio/session"} {
		mux.Handle(pattern, s)
	}
	mux.Handle("/api/", s.Authorize(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Header.Get("Authorization")) })))
	return mux
}

// newStudio returns a studio at a base URL, which knows the key "good".
func newStudio(t testing.TB, base string, media ...string) *studio.Studio {
	t.Helper()
	s, err := studio.New(studio.Options{Base: func(*http.Request) string { return base }, Media: media, Check: func(w http.ResponseWriter, _ *http.Request, key string) bool {
		if key != "good" {
			http.Error(w, "unknown", http.StatusUnauthorized)
		}
		return key == "good"
	}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ask sends a request. header holds names and values in turn.
func ask(h http.Handler, method, path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://films.example"+path, strings.NewReader(body))
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

const here = "http://films.example"

func TestThePageAllowsNoInlineScriptAndNoOtherHost(t *testing.T) {
	w := ask(open(t, here, "https://bucket.example"), "GET", "/", "")
	policy := w.Header().Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self';", "style-src 'self';", "connect-src 'self';", "frame-ancestors 'none'", "media-src 'self' blob: https://bucket.example"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy lacks %q: %s", want, policy)
		}
	}
	if strings.Contains(policy, "unsafe") || strings.Contains(w.Body.String(), "//") {
		t.Errorf("%s\n%s", policy, w.Body)
	}
	if regexp.MustCompile(`<script[^>]*>[^<]|style=|<style| on[a-z]+=`).MatchString(w.Body.String()) {
		t.Errorf("the page has code in it:\n%s", w.Body)
	}
}

func TestThePageNamesItsFilesBelowThePublicPath(t *testing.T) {
	for base, root := range map[string]string{here: "/", here + "/video": "/video/"} {
		h := open(t, base)
		page := ask(h, "GET", "/", "").Body.String()
		if !strings.Contains(page, `<base href="`+root+`">`) {
			t.Errorf("%s: %s", base, page)
		}
		for _, m := range regexp.MustCompile(`(?:src|href)="(studio/[^"]+)"`).FindAllStringSubmatch(page, -1) {
			w := ask(h, "GET", "/"+m[1], "")
			if w.Code != http.StatusOK || w.Header().Get("Content-Type") == "" || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
				t.Errorf("%s: %d %v", m[1], w.Code, w.Header())
			}
		}
	}
}

// Whoever has signed in sees the form of a take without a call of the API, and whoever has not the sign-in.
func TestThePageKnowsWhetherTheBrowserHasAKey(t *testing.T) {
	h := open(t, here)
	for name, cookie := range map[string]string{"": "", "data-signed-in": signedIn(t, h)} {
		page := ask(h, "GET", "/", "", "Cookie", cookie).Body.String()
		if got := strings.Contains(page, "data-signed-in"); got != (name != "") {
			t.Errorf("with the cookie %q: %s", cookie, page)
		}
	}
}

func TestFilesOfAnotherBuildAreNotFound(t *testing.T) {
	if w := ask(open(t, here), "GET", "/studio/000000000000/studio.js", ""); w.Code != http.StatusNotFound {
		t.Errorf("%d", w.Code)
	}
}

// budget is how many bytes the whole page may have on the wire, without pictures and videos.
const budget = 300_000

func TestThePageIsSmall(t *testing.T) {
	files, err := os.ReadDir("built")
	if err != nil {
		t.Fatal(err)
	}
	h, all := open(t, here), 0
	path := regexp.MustCompile(`studio/[0-9a-f]{12}/`).FindString(ask(h, "GET", "/", "").Body.String())
	for _, f := range files {
		w := ask(h, "GET", "/"+path+f.Name(), "", "Accept-Encoding", "gzip")
		all += w.Body.Len()
		plain, err := os.ReadFile("built/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		unpacked, err := gzip.NewReader(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(unpacked); err != nil || !bytes.Equal(got, plain) || w.Header().Get("Content-Encoding") != "gzip" {
			t.Errorf("%s: gzipped it is another file: %v", f.Name(), err)
		}
	}
	if all > budget {
		t.Errorf("the page has %d bytes, more than %d", all, budget)
	}
	t.Logf("%d bytes, gzipped", all)
}

// BenchmarkStudio measures the size of the studio's page with all its files, and without those that only some of its pages need.
func BenchmarkStudio(b *testing.B) {
	h := open(b, here)
	page := ask(h, "GET", "/", "").Body.String()
	files, err := os.ReadDir("built")
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range []string{"first page", "all"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				packed, plain := len(page), len(page)
				path := regexp.MustCompile(`studio/[0-9a-f]{12}/`).FindString(page)
				for _, f := range files {
					if name == "all" || strings.Contains(page, f.Name()) {
						plain += ask(h, "GET", "/"+path+f.Name(), "").Body.Len()
						packed += ask(h, "GET", "/"+path+f.Name(), "", "Accept-Encoding", "gzip").Body.Len()
					}
				}
				b.ReportMetric(float64(packed)/1e3, "kB-gzip")
				b.ReportMetric(float64(plain)/1e3, "kB")
				b.ReportMetric(float64(packed)/float64(plain), "ratio-kB")
			}
		})
	}
}
