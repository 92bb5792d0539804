package docsite_test

import (
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/filmgate/filmgate"
	"github.com/filmgate/filmgate/internal/web/docsite"
)

// site renders the documents of the repository.
func site(t *testing.T) *docsite.Site {
	t.Helper()
	s, err := docsite.Render(filmgate.Documents())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// get reads a path with a header, which may be empty.
func get(t *testing.T, h http.Handler, target string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

var (
	reference = regexp.MustCompile(`(?:href|src|action)="([^"]*)"`)
	id        = regexp.MustCompile(` id="([^"]*)"`)
	inline    = regexp.MustCompile(`<(?:style|script)| style=| on[a-z]+="`)
)

// TestEveryLinkOfTheSiteLeadsSomewhere follows all links from the first page on, as a browser resolves them.
func TestEveryLinkOfTheSiteLeadsSomewhere(t *testing.T) {
	s := site(t)
	bodies := map[string]string{} // by path
	read := func(p string) (string, bool) {
		if body, ok := bodies[p]; ok {
			return body, true
		}
		w := get(t, s, p)
		if w.Code != http.StatusOK {
			return "", false
		}
		bodies[p] = w.Body.String()
		return bodies[p], true
	}
	for queue, seen := []string{"/docs"}, map[string]bool{"/docs": true}; len(queue) > 0; queue = queue[1:] {
		page, base := queue[0], &url.URL{Path: queue[0]}
		body, ok := read(page)
		if !ok || !strings.HasPrefix(body, "<!doctype html>") {
			continue
		}
		if found := inline.FindString(body); found != "" {
			t.Errorf("%s has %q, which its policy refuses", page, found)
		}
		for _, m := range reference.FindAllStringSubmatch(body, -1) {
			to, err := base.Parse(strings.ReplaceAll(m[1], "&amp;", "&"))
			if err != nil {
				t.Errorf("%s: %v", page, err)
				continue
			}
			if to.IsAbs() || to.Path == "/" || to.Path == "/reference" {
				continue
			}
			there, ok := read(to.Path)
			if !ok {
				t.Errorf("%s: %s leads nowhere", page, m[1])
			}
			if to.Fragment != "" && !hasID(there, to.Fragment) {
				t.Errorf("%s: %s has no such heading", page, m[1])
			}
			if !seen[to.Path] {
				seen[to.Path] = true
				queue = append(queue, to.Path)
			}
		}
	}
	for _, want := range []string{"/docs/engines", "/docs/changelog", "/docs/gallery", "/docs/gallery/neon.jpg", "/problems/invalid", "/docs/examples/typescript/openai.ts", "/docs/img/architecture.svg"} {
		if bodies[want] == "" {
			t.Errorf("no link leads to %s", want)
		}
	}
}

func hasID(body, want string) bool {
	for _, m := range id.FindAllStringSubmatch(body, -1) {
		if m[1] == want {
			return true
		}
	}
	return false
}

func TestEveryDocumentIsInTheNavigation(t *testing.T) {
	home := get(t, site(t), "/docs").Body.String()
	err := fs.WalkDir(filmgate.Documents(), ".", func(name string, d fs.DirEntry, err error) error {
		page, markdown := strings.CutSuffix(name, ".md")
		if err != nil || !markdown || path.Dir(name) == "docs/problems" {
			return err
		}
		link := strings.TrimSuffix(page, "/README")
		if path.Dir(name) == "." {
			link = "docs/" + strings.ToLower(page)
		}
		if !strings.Contains(home, `href="`+link+`"`) {
			t.Errorf("%s is not in the navigation", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPagesAreCachedByTheirTags(t *testing.T) {
	s := site(t)
	plain, packed := get(t, s, "/docs/engines"), get(t, s, "/docs/engines", "Accept-Encoding", "gzip")
	unpacked, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(unpacked); err != nil || string(text) != plain.Body.String() {
		t.Errorf("gzipped it is another page: %v", err)
	}
	for name, want := range map[string]string{"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-cache", "Vary": "Accept-Encoding"} {
		if got := plain.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if policy := plain.Header().Get("Content-Security-Policy"); strings.Contains(policy, "unsafe") || !strings.Contains(policy, "default-src 'none'") {
		t.Errorf("policy %q", policy)
	}
	for _, tag := range []string{plain.Header().Get("ETag"), packed.Header().Get("ETag")} {
		encoding := "identity"
		if strings.HasSuffix(tag, `-gzip"`) {
			encoding = "gzip"
		}
		if w := get(t, s, "/docs/engines", "If-None-Match", tag, "Accept-Encoding", encoding); w.Code != http.StatusNotModified || tag == "" {
			t.Errorf("%s: %d", tag, w.Code)
		}
	}
	style := regexp.MustCompile(`stylesheet" href="([^"]*)"`).FindStringSubmatch(plain.Body.String())
	if w := get(t, s, "/docs/"+style[1][len("../docs/"):]); w.Code != 200 || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("%s: %d %v", style[1], w.Code, w.Header())
	}
}

func TestAnswersThatAreNoPages(t *testing.T) {
	s := site(t)
	for _, c := range []struct {
		path, mediaType, text string
		status                int
	}{
		{"/docs/none", "text/html; charset=utf-8", "There is no such page", 404},
		{"/problems/none", "text/html; charset=utf-8", "There is no such page", 404},
		{"/docs/engines.md", "text/html; charset=utf-8", "There is no such page", 404},
		{"/docs/img", "text/html; charset=utf-8", "There is no such page", 404},
		{"/docs/../go.mod", "text/html; charset=utf-8", "There is no such page", 404},
		{"/docs/examples/typescript/openai.ts", "text/plain; charset=utf-8", "import", 200},
		{"/docs/gallery/neon.jpg", "image/jpeg", "", 200},
		{"/docs/img/architecture.svg", "image/svg+xml", "<svg", 200},
	} {
		w := get(t, s, c.path)
		if w.Code != c.status || w.Header().Get("Content-Type") != c.mediaType || !strings.Contains(w.Body.String(), c.text) {
			t.Errorf("%s: %d %s", c.path, w.Code, w.Header().Get("Content-Type"))
		}
	}
	if w := get(t, s, "/docs/"); w.Code != http.StatusMovedPermanently || w.Header().Get("Location") != "../docs" {
		t.Errorf("/docs/: %d %v", w.Code, w.Header())
	}
}

func TestSearch(t *testing.T) {
	s := site(t)
	for _, c := range []struct{ query, want string }{
		{"another filmgate serves the folder", `href="../docs/troubleshooting#the-server-does-not-start"`}, // by the text of an error
		{"IDEMPOTENCY-key", "<mark>Idempotency-Key</mark>"},
		{"retention", `href="../docs/retention"`},
		{"SAFETY.INPUT.TEXT", `troubleshooting#tasks-that-failed`},
		{"no such words zzzz", "No section has all of these words"},
		{"", "Type one or more words"},
		{"<script>alert(1)</script>", "&lt;script&gt;"},
		{strings.Repeat("é", 5000), "No section"},
	} {
		w := get(t, s, "/docs/search?q="+url.QueryEscape(c.query))
		if w.Code != 200 || !strings.Contains(w.Body.String(), c.want) || strings.Contains(w.Body.String(), "<script") {
			t.Errorf("%.40q: %d, without %s\n%s", c.query, w.Code, c.want, regexp.MustCompile(`(?s)<main.*</main>`).FindString(w.Body.String()))
		}
	}
}

func TestDocumentsThatCanNotBeShown(t *testing.T) {
	var told error
	h := docsite.New(fstest.MapFS{}, func(err error) { told = err })
	if w := get(t, h, "/docs"); w.Code != http.StatusInternalServerError || !errors.Is(told, fs.ErrNotExist) {
		t.Errorf("%d, told %v", w.Code, told)
	}
}
