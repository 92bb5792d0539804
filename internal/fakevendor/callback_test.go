package fakevendor_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/filmgate/filmgate/internal/fakevendor"
)

// callbackServer records callbacks.
type callbackServer struct {
	url      string
	mu       sync.Mutex
	received []string // bodies
	headers  []http.Header
}

func receiveCallbacks(t *testing.T) *callbackServer {
	t.Helper()
	s := &callbackServer{}
	h := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.received, s.headers = append(s.received, string(b)), append(s.headers, r.Header)
	}))
	t.Cleanup(h.Close)
	s.url = h.URL + "/here"
	return s
}

// falKey returns the vendor's current key, as it publishes it.
func (p *clockedVendor) falKey(t *testing.T) ed25519.PublicKey {
	t.Helper()
	_, _, b, err := p.ask(t, "GET", "/fal/.well-known/jwks.json", "")
	var set struct{ Keys []struct{ X string } }
	if err != nil || json.Unmarshal(b, &set) != nil || len(set.Keys) != 2 {
		t.Fatalf("%s, %v", b, err)
	}
	key, err := base64.RawURLEncoding.DecodeString(set.Keys[1].X)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// signatureError returns "bare", "not signed" or "stale" for a callback whose signature is missing, wrong or old; "" if it is valid.
func signatureError(key ed25519.PublicKey, h http.Header, body string, now int64) string {
	at, err := strconv.ParseInt(h.Get("X-Fal-Webhook-Timestamp"), 10, 64)
	if err != nil {
		return "bare"
	}
	sum := sha256.Sum256([]byte(body))
	message := strings.Join([]string{h.Get("X-Fal-Webhook-Request-Id"), h.Get("X-Fal-Webhook-User-Id"), fmt.Sprint(at), hex.EncodeToString(sum[:])}, "\n")
	signature, err := hex.DecodeString(h.Get("X-Fal-Webhook-Signature"))
	switch {
	case err != nil || !ed25519.Verify(key, []byte(message), signature):
		return "not signed"
	case now-at > 300:
		return "stale"
	}
	return ""
}

func TestSignedCallbackFaults(t *testing.T) {
	for _, c := range []struct {
		words  string
		times  int
		fault  string
		status string
	}{
		{"", 1, "", "OK"},
		{"fail:INTERNAL", 1, "", "ERROR"},
		{"no-callback", 0, "", ""},
		{"callback-twice", 2, "", "OK"},
		{"callback-forged", 1, "not signed", "OK"},
		{"callback-bare", 1, "bare", "OK"},
		{"callback-changed", 1, "not signed", "OK"},
		{"callback-stale", 1, "stale", "OK"},
		{"stuck", 0, "", ""},
	} {
		t.Run(c.words, func(t *testing.T) {
			p, e := newVendor(t, fakevendor.Options{}), receiveCallbacks(t)
			p.clock.Store(1_000_000)
			body := fmt.Sprintf(`{"prompt":"a cat %s"}`, c.words)
			if status, _, b, err := p.ask(t, "POST", "/fal/owner/alias?fal_webhook="+e.url, body, "Authorization: Key "+fakevendor.Key); status != 200 {
				t.Fatalf("%d %s %v", status, b, err)
			}
			for _, pass := range []int64{0, 4, 4, 0, 60} { // waiting, running, done, then no change twice
				p.clock.Add(pass)
				p.CallBack(t.Context())
			}
			if len(e.received) != c.times {
				t.Fatalf("%d callbacks, want %d", len(e.received), c.times)
			}
			for i, b := range e.received {
				if got := signatureError(p.falKey(t), e.headers[i], b, 1_000_008); got != c.fault || !strings.Contains(b, `"status":"`+c.status+`"`) {
					t.Errorf("callback %d is %q, want %q: %s", i, got, c.fault, b)
				}
			}
		})
	}
}

func TestUnsignedCallbacksReportEveryPhase(t *testing.T) {
	for words, want := range map[string][]string{
		"a cat":             {"dreaming", "completed"},
		"callback-twice":    {"dreaming", "dreaming", "completed", "completed"},
		"callback-lie":      {"completed"},
		"fail:INTERNAL":     {"dreaming", "failed"},
		"no-callback":       nil,
		"a cat late-cancel": {"dreaming", "completed"},
	} {
		p, e := newVendor(t, fakevendor.Options{}), receiveCallbacks(t)
		body := fmt.Sprintf(`{"prompt":%q,"model":"ray-2","resolution":"720p","duration":"5s","callback_url":%q}`, words, e.url)
		if status, _, b, err := p.ask(t, "POST", "/luma/generations", body); err != nil || status >= 300 {
			t.Fatalf("%d %s %v", status, b, err)
		}
		for _, pass := range []int64{0, 4, 0, 4, 60} {
			p.clock.Add(pass)
			p.CallBack(t.Context())
		}
		var got []string
		for _, b := range e.received {
			var change struct{ State string }
			_ = json.Unmarshal([]byte(b), &change) // a body that is not JSON has no state
			got = append(got, change.State)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v, want %v", words, got, want)
		}
	}
}

func TestUndeliverableCallbacks(t *testing.T) {
	p := newVendor(t, fakevendor.Options{})
	body := `{"prompt":"a cat tag:x","model":"ray-2","resolution":"720p","duration":"5s","callback_url":"http://127.0.0.1:1/gone"}`
	if status, _, b, err := p.ask(t, "POST", "/luma/generations", body); err != nil || status >= 300 {
		t.Fatalf("%d %s %v", status, b, err)
	}
	p.clock.Add(8)
	p.CallBack(t.Context())
	seen := p.Seen()
	if last := seen[len(seen)-1]; last.Method != "callback" || last.Path != "127.0.0.1:1/gone" || last.Status != 0 || last.Task != "x" {
		t.Errorf("%+v", last)
	}
}

func TestSeenHasTheStatus(t *testing.T) {
	p := newVendor(t, fakevendor.Options{})
	p.ask(t, "GET", "/tasks", "")
	p.submit(t, "tag:a 429:1")
	p.submit(t, "tag:b drop:1")
	p.ask(t, "GET", "/runway/v1/tasks/none", "")
	p.ask(t, "GET", "/nobody/at/all", "")
	var got []string
	for _, s := range p.Seen() {
		got = append(got, fmt.Sprintf("%s %s %s %d", s.Wire, s.Path, s.Task, s.Status))
	}
	want := []string{"tasks /tasks  200", "runway /runway/v1/text_to_video a 429", "runway /runway/v1/text_to_video b 0", "runway /runway/v1/tasks/none  404", "nobody /nobody/at/all  404"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("seen\n%q, want\n%q", got, want)
	}
	for range 300 {
		p.ask(t, "GET", "/runway/v1/tasks/none", "")
	}
	if n := len(p.Seen()); n != 200 {
		t.Errorf("%d requests are kept, want the last 200", n)
	}
}
