package studio

import (
	"encoding/json"
	"net/http"

	"github.com/filmgate/filmgate/internal/problem"
)

const (
	cookieName = "filmgate_studio"
	cookieLife = 30 * 24 * 60 * 60 // seconds, from the sign-in
	keyLimit   = 4096              // bytes of the body of a sign-in, and so of a key
)

// signIn stores a valid key in the cookie.
func (s *Studio) signIn(w http.ResponseWriter, r *http.Request) {
	if !s.sameOrigin(r) {
		refuse(w, http.StatusForbidden, "Sign in on the studio's own page. If this is it, FILMGATE_PUBLIC_URL is not the address in the browser.")
		return
	}
	var body struct{ Key string }
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, keyLimit)).Decode(&body); err != nil || body.Key == "" {
		refuse(w, http.StatusBadRequest, `Send {"key": "fg_…"}, at most 4096 bytes.`)
		return
	}
	if (&http.Cookie{Name: cookieName, Value: body.Key}).Valid() != nil {
		refuse(w, http.StatusBadRequest, "key: it has characters that no cookie may hold. Make another with `filmgate key create`.")
		return
	}
	if s.Check(w, r, body.Key) {
		s.setCookie(w, r, body.Key, cookieLife)
	}
}

// signOut removes the cookie.
func (s *Studio) signOut(w http.ResponseWriter, r *http.Request) {
	if !s.sameOrigin(r) {
		refuse(w, http.StatusForbidden, "Sign out on the studio's own page.")
		return
	}
	s.setCookie(w, r, "", -1)
}

func (s *Studio) setCookie(w http.ResponseWriter, r *http.Request, key string, life int) {
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: key, Path: s.root(r), MaxAge: life, HttpOnly: true,
		Secure: s.base(r).Scheme == "https", SameSite: http.SameSiteStrictMode})
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNoContent)
}

// Authorize lets the key of the cookie stand for the header Authorization, if a request has no such header and comes from the
// studio's own origin. Requests of other pages are passed on without the key, so that they are refused as any without one.
// Lists that are sent to the studio are compressed.
func (s *Studio) Authorize(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header["Cookie"] != nil && r.Header["Authorization"] == nil {
			if key := keyOf(r); key != "" && s.sameOrigin(r) {
				r = r.Clone(r.Context())
				r.Header.Set("Authorization", "Bearer "+key)
				packed, end := compress(w, r)
				defer end()
				w = packed
			}
		}
		next.ServeHTTP(w, r)
	})
}

// keyOf returns the key in the cookie of a request; "" if there is none.
func keyOf(r *http.Request) string {
	c, err := r.Cookie(cookieName)
	if err != nil {
		return ""
	}
	return c.Value
}

// sameOrigin reports whether a request comes from a page of this server, or from no page. net/http's protection lets safe methods
// pass from anywhere; here they may not either, because pages of origins that FILMGATE_CORS_ORIGINS names could read the answers.
func (s *Studio) sameOrigin(r *http.Request) bool {
	base := s.base(r)
	unsafe := &http.Request{Method: http.MethodPost, URL: r.URL, Host: base.Host, Header: r.Header}
	return s.origins.Check(unsafe) == nil
}

func refuse(w http.ResponseWriter, status int, detail string) {
	problem.Write(w, status, problem.Blank(status, detail, w.Header().Get("X-Request-Id")).Encode())
}
