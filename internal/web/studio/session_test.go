package studio_test

import (
	"net/http"
	"strings"
	"testing"
)

// signedIn returns the cookie of a sign-in, as a browser sends it.
func signedIn(t *testing.T, h http.Handler) string {
	t.Helper()
	w := ask(h, "POST", "/studio/session", `{"key":"good"}`, "Sec-Fetch-Site", "same-origin")
	cookie, _, _ := strings.Cut(w.Header().Get("Set-Cookie"), ";")
	if w.Code != http.StatusNoContent || cookie == "" {
		t.Fatalf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	return cookie
}

func TestTheKeyIsKeptInACookieThatScriptsAndOtherSitesCannotUse(t *testing.T) {
	for base, want := range map[string]string{
		here:                          "; Path=/; Max-Age=2592000; HttpOnly; SameSite=Strict",
		"https://films.example":       "; Path=/; Max-Age=2592000; HttpOnly; Secure; SameSite=Strict",
		"https://films.example/video": "; Path=/video/; Max-Age=2592000; HttpOnly; Secure; SameSite=Strict",
	} {
		w := ask(open(t, base), "POST", "/studio/session", `{"key":"good"}`, "Sec-Fetch-Site", "same-origin")
		if got := w.Header().Get("Set-Cookie"); w.Code != http.StatusNoContent || got != "filmgate_studio=good"+want {
			t.Errorf("%s: %d %q", base, w.Code, got)
		}
	}
}

func TestASignInIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		body   string
		header []string
		status int
		says   string
	}{
		"with an unknown key":                {`{"key":"bad"}`, nil, 401, "unknown"},
		"without a key":                      {`{}`, nil, 400, "key"},
		"with a body that is not JSON":       {`key=good`, nil, 400, "key"},
		"with a body that is too large":      {`{"key":"` + strings.Repeat("x", 5000) + `"}`, nil, 400, "4096"},
		"with a key that no cookie can hold": {`{"key":"a;b"}`, nil, 400, "key"},
		"from another site":                  {`{"key":"good"}`, []string{"Sec-Fetch-Site", "cross-site"}, 403, "FILMGATE_PUBLIC_URL"},
		"from another origin":                {`{"key":"good"}`, []string{"Origin", "https://evil.example"}, 403, "FILMGATE_PUBLIC_URL"},
	} {
		t.Run(name, func(t *testing.T) {
			w := ask(open(t, here), "POST", "/studio/session", c.body, c.header...)
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.says) || w.Header().Get("Set-Cookie") != "" {
				t.Errorf("%d %s %v", w.Code, w.Body, w.Header())
			}
		})
	}
}

func TestTheCookieSpeaksForPagesOfThisOriginAlone(t *testing.T) {
	h := open(t, here)
	cookie := signedIn(t, h)
	for name, c := range map[string]struct {
		method string
		header []string
		want   string
	}{
		"of this origin":                              {"POST", []string{"Sec-Fetch-Site", "same-origin"}, "Bearer good"},
		"of this origin, read":                        {"GET", []string{"Sec-Fetch-Site", "same-origin"}, "Bearer good"},
		"of this origin, by an older browser":         {"POST", []string{"Origin", here}, "Bearer good"},
		"of another site":                             {"POST", []string{"Sec-Fetch-Site", "cross-site"}, ""},
		"of another site, read":                       {"GET", []string{"Sec-Fetch-Site", "cross-site"}, ""},
		"of another origin of this site":              {"POST", []string{"Sec-Fetch-Site", "same-site"}, ""},
		"of another origin of this site, read":        {"GET", []string{"Sec-Fetch-Site", "same-site"}, ""},
		"of another origin, by an older browser":      {"POST", []string{"Origin", "http://other.example"}, ""},
		"of another origin, read by an older browser": {"GET", []string{"Origin", "http://other.example"}, ""},
		"of no origin":                                {"GET", []string{"Origin", "null"}, ""},
		"with a key of its own":                       {"GET", []string{"Sec-Fetch-Site", "same-origin", "Authorization", "Bearer other"}, "Bearer other"},
	} {
		t.Run(name, func(t *testing.T) {
			w := ask(h, c.method, "/api/v1/tasks", "", append(c.header, "Cookie", cookie)...)
			if got := w.Body.String(); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestASignOutRemovesTheCookie(t *testing.T) {
	h := open(t, here+"/video")
	if w := ask(h, "DELETE", "/studio/session", "", "Sec-Fetch-Site", "cross-site"); w.Code != http.StatusForbidden {
		t.Errorf("another site signs out: %d", w.Code)
	}
	w := ask(h, "DELETE", "/studio/session", "", "Sec-Fetch-Site", "same-origin")
	if got := w.Header().Get("Set-Cookie"); w.Code != http.StatusNoContent || !strings.HasPrefix(got, "filmgate_studio=; Path=/video/; Max-Age=0") {
		t.Errorf("%d %q", w.Code, got)
	}
}
