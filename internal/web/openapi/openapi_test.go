package openapi

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// shared is the handler of all tests, because to compress the document takes it long.
var shared = sync.OnceValue(func() http.Handler {
	return Handler(func(r *http.Request) string { return r.Header.Get("Prefix") })
})

func ask(t *testing.T, method string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, "/openapi.json", nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	shared().ServeHTTP(w, r)
	return w
}

func TestDocumentIsOpenAPI(t *testing.T) {
	w := ask(t, "GET")
	var doc struct{ OpenAPI string }
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil || doc.OpenAPI != "3.1.2" {
		t.Errorf("%q, %v", doc.OpenAPI, err)
	}
	if h := w.Header(); w.Code != 200 || h.Get("Content-Type") != "application/json" || h.Get("Content-Encoding") != "" || h.Get("Vary") != "Accept-Encoding" {
		t.Errorf("%d %v", w.Code, h)
	}
}

func TestGzipIfAccepted(t *testing.T) {
	for accept, want := range map[string]string{"gzip": "gzip", "br, GZIP;q=0.5": "gzip", "*": "gzip", "": "", "br": "", "gzip;q=0": "",
		"*, gzip;q=0": "", "gzip;q=0.000, *": "", "*;q=0": "", "identity": "", "gzip;q=x": ""} {
		t.Run(accept, func(t *testing.T) {
			w := ask(t, "GET", "Accept-Encoding", accept)
			if got := w.Header().Get("Content-Encoding"); got != want {
				t.Fatalf("%q, want %q", got, want)
			}
			body := io.Reader(w.Body)
			if want == "gzip" {
				zip, err := gzip.NewReader(body)
				if err != nil {
					t.Fatal(err)
				}
				body = zip
			}
			got, err := io.ReadAll(body)
			if err != nil || !bytes.Equal(got, document) {
				t.Errorf("%d bytes, %v", len(got), err)
			}
		})
	}
}

func TestUnchangedDocumentIs304(t *testing.T) {
	plain, zipped := ask(t, "GET").Header().Get("ETag"), ask(t, "GET", "Accept-Encoding", "gzip").Header().Get("ETag")
	if plain == zipped || plain == "" {
		t.Errorf("%s for both forms", plain)
	}
	for _, header := range [][]string{{"If-None-Match", plain}, {"If-None-Match", zipped, "Accept-Encoding", "gzip"}, {"If-None-Match", `"a", W/` + plain}} {
		if w := ask(t, "GET", header...); w.Code != 304 || w.Body.Len() > 0 {
			t.Errorf("%v: %d, %d bytes", header, w.Code, w.Body.Len())
		}
	}
	if w := ask(t, "GET", "If-None-Match", `"another"`); w.Code != 200 {
		t.Errorf("with another tag: %d", w.Code)
	}
}

func TestHeadHasNoBody(t *testing.T) {
	if w := ask(t, "HEAD"); w.Code != 200 || w.Body.Len() > 0 || w.Header().Get("Content-Length") == "" {
		t.Errorf("%d, %d bytes, %v", w.Code, w.Body.Len(), w.Header())
	}
}

func FuzzGzipNeedsAcceptEncoding(f *testing.F) {
	for _, accept := range []string{"gzip, br;q=0.1", "*;q=1", ";;q=,", "x-gzip;q=0.3", "gzip;q=1e309"} {
		f.Add(accept)
	}
	f.Fuzz(func(t *testing.T, accept string) {
		zipped := ask(t, "GET", "Accept-Encoding", accept).Header().Get("Content-Encoding") != ""
		if zipped && !strings.Contains(strings.ToLower(accept), "gzip") && !strings.Contains(accept, "*") {
			t.Errorf("%q was read as accepting gzip", accept)
		}
	})
}

func TestDocumentNamesTheCallersPrefix(t *testing.T) {
	plain := ask(t, "GET")
	for prefix, want := range map[string]string{"": "/", "/video": "/video", "/tools/video": "/tools/video"} {
		w := ask(t, "GET", "Prefix", prefix)
		var doc struct{ Servers []struct{ URL string } }
		if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil || len(doc.Servers) != 1 || doc.Servers[0].URL != want {
			t.Errorf("%q: %+v, %v", prefix, doc, err)
		}
		if same := w.Header().Get("ETag") == plain.Header().Get("ETag"); same != (prefix == "") {
			t.Errorf("%q: the same tag: %v", prefix, same)
		}
	}
}

func TestCachedDocumentsAreBounded(t *testing.T) {
	s := &handler{cached: map[string]func() variant{}}
	for i := range maxPrefixes + 2 {
		prefix := fmt.Sprintf("/%d", i)
		if body := s.forPrefix(prefix).body; !bytes.Contains(body, []byte(`"url": "`+prefix+`"`)) || len(s.cached) > maxPrefixes {
			t.Fatalf("%s: %d are cached", prefix, len(s.cached))
		}
	}
}
