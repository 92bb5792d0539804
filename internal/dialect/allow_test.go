package dialect_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
)

// shared returns the routes of two dialects at the same paths: one has ids, the other a word.
func shared() []dialect.Route {
	isWord := func(r *http.Request) bool { return r.PathValue("id") == "word" }
	ids := []dialect.Route{says("GET /v1/{id}", "one", nil), says("DELETE /v1/{id}", "gone", nil), says("GET /v1/{id}/{part}", "part", hasHeader("X-Part")), says("POST /only", "only", nil)}
	words := []dialect.Route{says("POST /v1/word", "made", nil), says("GET /v1/word", "all", nil), says("GET /v1/{id}/{part}", "word's", isWord)}
	return append(words, dialect.Except(ids, isWord)...)
}

func TestAllowedMethodsAreThoseThatAnswer(t *testing.T) {
	allowed := dialect.Allowed(shared())
	for _, c := range []struct {
		name, path, header string
		want               []string
	}{
		{"a word", "/v1/word", "", []string{"GET", "HEAD", "POST"}},
		{"an id", "/v1/7", "", []string{"DELETE", "GET", "HEAD"}},
		{"a part of a word", "/v1/word/7", "", []string{"GET", "HEAD"}},
		{"a part of an id", "/v1/7/content", "X-Part", []string{"GET", "HEAD"}},
		{"a part that no route accepts", "/v1/7/content", "X-None", nil},
		{"a path with one method", "/only", "", []string{"POST"}},
		{"an unknown path", "/none", "", nil},
		{"a path that is not clean", "/v1//7/../word", "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPut, c.path, nil)
			r.Header.Set(c.header, "yes")
			if got := allowed(r); !slices.Equal(got, c.want) || r.Pattern != "" || r.PathValue("id") != "" {
				t.Errorf("%q, want %q; the request is now %q", got, c.want, r.Pattern)
			}
		})
	}
}

func TestPathOfAnotherDialectIsNotCalledByItsIDs(t *testing.T) {
	h := dialecttest.Mux(shared())
	for request, want := range map[[2]string]struct {
		status      int
		allow, body string
	}{
		{"GET", "/v1/7"}:          {200, "", "one  7"},
		{"GET", "/v1/word"}:       {200, "", "all  "},
		{"DELETE", "/v1/7"}:       {200, "", "gone  7"},
		{"DELETE", "/v1/word"}:    {405, "GET, HEAD, POST", ""},
		{"GET", "/v1/word/7"}:     {200, "", "word's  word"},
		{"GET", "/v1/7/content"}:  {404, "", ""},
		{"POST", "/only"}:         {200, "", "only  "},
		{"HEAD", "/v1/7/content"}: {404, "", ""},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(request[0], request[1], nil))
		if w.Code != want.status || w.Header().Get("Allow") != want.allow || want.body != "" && w.Body.String() != want.body {
			t.Errorf("%v: %d, Allow %q, %q", request, w.Code, w.Header().Get("Allow"), w.Body)
		}
	}
}
