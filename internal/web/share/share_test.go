package share_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/web/share"
)

// unavailable is an error that says that the same call may succeed later.
type unavailable struct{ error }

func (unavailable) Unavailable() bool { return true }

// get reads the page of a token.
func get(t *testing.T, token string) *httptest.ResponseRecorder {
	t.Helper()
	h, err := share.Handler(func(_ context.Context, _ *http.Request, token string) (share.Page, bool, error) {
		switch token {
		case "known":
			return share.Page{Title: `A "boat" <script>`, URL: "https://x/share/known", Video: "https://x/v.mp4", Poster: "https://x/p.jpg",
				Width: 1280, Height: 768}, true, nil
		case "broken":
			return share.Page{}, false, errors.New("no database")
		case "locked":
			return share.Page{}, false, fmt.Errorf("shared: %w", unavailable{errors.New("the database is locked")})
		default:
			return share.Page{}, false, nil
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /share/{token}", h)
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/share/"+token, nil))
	return w
}

func TestSharedPage(t *testing.T) {
	w := get(t, "known")
	for _, want := range []string{`src="https://x/v.mp4"`, `poster="https://x/p.jpg"`, `property="og:video" content="https://x/v.mp4"`,
		`property="og:image" content="https://x/p.jpg"`, `og:video:width" content="1280"`, "A &#34;boat&#34; &lt;script&gt;"} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("%q is missing", want)
		}
	}
	if w.Code != http.StatusOK || strings.Contains(w.Body.String(), "<script") {
		t.Errorf("status %d:\n%s", w.Code, w.Body)
	}
	for header, want := range map[string]string{"Cache-Control": "no-store", "X-Robots-Tag": "noindex"} {
		if got := w.Header().Get(header); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
}

func TestErrorPagesShowNoDetails(t *testing.T) {
	for token, c := range map[string]struct {
		status     int
		text       string
		retryAfter string
	}{
		"unknown": {404, "not shared", ""},
		"broken":  {500, "went wrong", ""},
		"locked":  {503, "Try again in a moment", "10"},
	} {
		w := get(t, token)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.text) || strings.Contains(w.Body.String(), "<video") ||
			strings.Contains(w.Body.String(), "database") || w.Header().Get("Retry-After") != c.retryAfter {
			t.Errorf("%s: %d %v\n%s", token, w.Code, w.Header(), w.Body)
		}
	}
}
