package vertex_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/vertex"
)

// newWithoutBucket returns an engine without a bucket whose operation has the given answer.
func newWithoutBucket(t *testing.T, answer string) engine.Engine {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(s.Close)
	return vertex.New(vertex.Options{Project: "p", Location: "l", Token: token, BaseURL: s.URL, HTTP: s.Client()})
}

const name = "projects/p/locations/l/publishers/google/models/m/operations/1"

func TestAnInlineVideoOpensAtAnyOffset(t *testing.T) {
	e := newWithoutBucket(t, `{"name":"`+name+`","done":true,"response":{"videos":[{"bytesBase64Encoded":"Li4uLmZ0eXBpc29t","mimeType":"video/mp4"}]}}`)
	for offset, want := range map[int64]string{0: "....ftypisom", 8: "isom", 12: "", 99: ""} {
		c, err := e.Open(t.Context(), name, offset)
		if err != nil {
			t.Fatal(err)
		}
		if b, _ := io.ReadAll(c.Body); string(b) != want || c.Size != 12 {
			t.Errorf("from %d: %q of %d, want %q", offset, b, c.Size, want)
		}
	}
}

func TestAnInvalidInlineVideoIsNotOpened(t *testing.T) {
	for answer, want := range map[string]engine.Class{
		`{"name":"` + name + `","done":true,"response":{"videos":[{"bytesBase64Encoded":"PGh0bWw+PC9odG1sPg=="}]}}`: engine.InvalidResponse,
		`{"name":"` + name + `","done":true,"response":{"videos":[]}}`:                                              engine.InvalidResponse,
		`{"name":"` + name + `"}`: engine.NotReady,
	} {
		_, err := newWithoutBucket(t, answer).Open(t.Context(), name, 0)
		if err == nil || engine.AsError(err).Class != want {
			t.Errorf("%s: %v, want %s", answer, err, want)
		}
	}
}

// newTokenServer returns Google's token endpoint, which checks the assertion, and the number of tokens that it has issued.
func newTokenServer(t *testing.T, public *rsa.PublicKey, seconds int) (*httptest.Server, *int) {
	t.Helper()
	issued := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		claims := jwt.MapClaims{}
		_, err := jwt.ParseWithClaims(r.FormValue("assertion"), claims, func(*jwt.Token) (any, error) { return public, nil })
		if err != nil || claims["iss"] != "films@p.iam.gserviceaccount.com" || !strings.Contains(fmt.Sprint(claims["scope"]), "cloud-platform") {
			http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
			return
		}
		issued++
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"access_token":"ya29.%d","token_type":"Bearer","expires_in":%d}`, issued, seconds)
	}))
	t.Cleanup(s.Close)
	return s, &issued
}

func keyFile(t *testing.T, key *rsa.PrivateKey, uri string) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(map[string]string{
		"type": "service_account", "client_email": "films@p.iam.gserviceaccount.com", "private_key_id": "1", "token_uri": uri,
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestATokenIsCachedUntilItExpires(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for seconds, want := range map[int]int{3600: 1, 1: 3} { // a token that expires at once is renewed each time
		s, issued := newTokenServer(t, &key.PublicKey, seconds)
		tokens, err := vertex.ServiceAccount(keyFile(t, key, s.URL), s.Client())
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if got, err := tokens.Get(t.Context()); err != nil || got != fmt.Sprintf("ya29.%d", *issued) {
				t.Errorf("token %q, %v", got, err)
			}
		}
		if *issued != want {
			t.Errorf("%d tokens for three calls, want %d", *issued, want)
		}
	}
}

func TestARefusedServiceAccountIsAnAuthErrorWithoutTheKey(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	s, _ := newTokenServer(t, &other.PublicKey, 3600)
	tokens, err := vertex.ServiceAccount(keyFile(t, key, s.URL), s.Client())
	if err != nil {
		t.Fatal(err)
	}
	e := vertex.New(vertex.Options{Project: "p", Location: "l", Token: tokens.Get, BaseURL: s.URL, HTTP: s.Client()})
	_, err = e.Poll(t.Context(), name)
	if err == nil || engine.AsError(err).Class != engine.AuthError || strings.Contains(err.Error(), "PRIVATE") {
		t.Errorf("%v", err)
	}
}

func TestARefusedTokenIsReplacedAtOnce(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	google, issued := newTokenServer(t, &key.PublicKey, 3600)
	tokens, err := vertex.ServiceAccount(keyFile(t, key, google.URL), google.Client())
	if err != nil {
		t.Fatal(err)
	}
	first, err := tokens.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	valid, calls := "Bearer ya29.2", 0
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls++
		w.Header().Set("Content-Type", "application/json")
		if r.Header.Get("Authorization") != valid {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(w, `{"name":"`+name+`"}`)
	}))
	defer api.Close()
	e := vertex.New(vertex.Options{Project: "p", Location: "l", Token: tokens.Get, DropToken: tokens.Drop, BaseURL: api.URL, HTTP: api.Client()})
	if _, err := e.Submit(t.Context(), engine.Job{Model: "m"}); err != nil || calls != 2 {
		t.Errorf("%d calls, %v", calls, err)
	}
	valid, calls = "none", 0
	if _, err := e.Submit(t.Context(), engine.Job{Model: "m"}); engine.AsError(err).Class != engine.AuthError || calls != 2 {
		t.Errorf("no token is good: %d calls, %v", calls, err)
	}
	tokens.Drop(first) // by a late answer
	if _, err := tokens.Get(t.Context()); err != nil || *issued != 3 {
		t.Errorf("%d tokens were issued, %v", *issued, err)
	}
}

func TestAnInvalidKeyFileIsRefused(t *testing.T) {
	for _, file := range []string{"", "{}", `{"type":"authorized_user","client_email":"a","private_key":"b","token_uri":"c"}`} {
		if _, err := vertex.ServiceAccount([]byte(file), http.DefaultClient); err == nil {
			t.Errorf("%q was accepted", file)
		}
	}
}
