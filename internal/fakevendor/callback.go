package fakevendor

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// callbackTime limits one callback, and MiniMax's challenge, which must be echoed within 3 s.
const callbackTime = 3 * time.Second

// CallBack sends the callbacks that are due: one for each job with a callback URL whose phase has changed since its last
// callback. The owner of a Vendor calls it from time to time. The receivers' answers are ignored.
func (v *Vendor) CallBack(ctx context.Context) {
	v.mu.Lock()
	waiting := slices.Clone(v.callingJobs)
	v.mu.Unlock()
	for _, j := range waiting {
		req := &request{v: v, wire: j.wireOf, baseURL: j.baseURL, faults: parseFaults("")}
		req.callBack(ctx, j)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.callingJobs = slices.DeleteFunc(v.callingJobs, func(j *job) bool { return j.lastCalled >= done || j.deleted })
}

func (req *request) callBack(ctx context.Context, j *job) {
	s := req.statusOf(j)
	req.v.mu.Lock()
	before := j.lastCalled
	j.lastCalled = s.phase
	req.v.mu.Unlock()
	// As our engines ask fal and Replicate, they call only at the end.
	if j.callback == "" || s.phase == before || j.faults.has("no-callback") || req.wire.sign != nil && s.phase < done {
		return
	}
	body, err := json.Marshal(req.wire.callbackBody(req, j))
	if err != nil {
		return
	}
	for range 1 + min(j.faults.times["callback-twice"], 1) {
		req.send(ctx, j, body)
	}
}

// send sends one callback, with the faults that apply.
func (req *request) send(ctx context.Context, j *job, body []byte) {
	ctx, stop := context.WithTimeout(ctx, callbackTime)
	defer stop()
	h := http.Header{"Content-Type": {"application/json"}, "User-Agent": {"fakevendor"}}
	at, signer := req.v.opts.Now(), req.v
	if j.faults.has("callback-stale") {
		at = at.Add(-time.Hour)
	}
	if j.faults.has("callback-forged") {
		signer = &Vendor{opts: Options{Key: "another key"}}
	}
	if req.wire.sign != nil && !j.faults.has("callback-bare") {
		req.wire.sign(signer, h, body, at)
	}
	if j.faults.has("callback-changed") {
		body = append(body, ' ')
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, j.callback, bytes.NewReader(body))
	if err != nil {
		return
	}
	r.Header = h
	seen := Seen{Time: req.v.opts.Now(), Wire: req.wire.name, Method: "callback", Path: r.URL.Host + r.URL.Path, Task: j.task}
	if resp, err := http.DefaultClient.Do(r); err == nil {
		seen.Status = resp.StatusCode
		_ = resp.Body.Close()
	}
	req.v.addSeen(seen)
}

// challenge checks a callback URL as MiniMax does: the receiver must echo a text. It returns false if the submit was
// refused.
func (req *request) challenge(url string) bool {
	if url == "" {
		return true
	}
	ctx, stop := context.WithTimeout(req.r.Context(), callbackTime)
	defer stop()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(`{"challenge":"c-0123456789"}`))
	var echo struct {
		Challenge string `json:"challenge"`
	}
	if err == nil {
		r.Header.Set("Content-Type", "application/json")
		var resp *http.Response
		if resp, err = http.DefaultClient.Do(r); err == nil {
			var b []byte
			b, err = io.ReadAll(io.LimitReader(resp.Body, requestLimit))
			_ = resp.Body.Close()
			_ = json.Unmarshal(b, &echo) // a body that is not JSON has no echo
		}
	}
	if err != nil || echo.Challenge != "c-0123456789" {
		req.refuse(http.StatusBadRequest, "the callback_url did not echo the challenge")
		return false
	}
	return true
}

// falCall returns the body of fal's webhook.
func falCall(req *request, j *job) any {
	out := map[string]any{"request_id": j.id, "gateway_request_id": j.id, "status": "OK", "payload": map[string]any{}}
	if s := req.statusOf(j); s.phase != done {
		out["status"], out["error"] = "ERROR", "Invalid status code: 500"
	} else if link := req.link(j); link != "" {
		out["payload"] = map[string]any{"video": map[string]any{"url": link, "content_type": "video/mp4"}}
	}
	return out
}

// falKey returns the key that signs for fal. It is derived from the vendor's key, so that a test that knows that key can check signatures.
func (v *Vendor) falKey() ed25519.PrivateKey {
	seed := sha256.Sum256([]byte("fal webhooks " + v.opts.Key))
	return ed25519.NewKeyFromSeed(seed[:])
}

// falKeys serves fal's public keys: an old one, then the one in use.
func falKeys(req *request) {
	old := sha256.Sum256([]byte("old"))
	var set []map[string]string
	for i, k := range []ed25519.PrivateKey{ed25519.NewKeyFromSeed(old[:]), req.v.falKey()} {
		public := k.Public().(ed25519.PublicKey)
		set = append(set, map[string]string{"kty": "OKP", "crv": "Ed25519", "kid": strconv.Itoa(i), "x": base64.RawURLEncoding.EncodeToString(public)})
	}
	req.answer(http.StatusOK, map[string]any{"keys": set})
}

// signFal signs as fal does (fal.ai/docs/model-apis/webhooks).
func signFal(v *Vendor, h http.Header, body []byte, at time.Time) {
	sum := sha256.Sum256(body)
	seconds := strconv.FormatInt(at.Unix(), 10)
	message := strings.Join([]string{"request-1", "user-1", seconds, hex.EncodeToString(sum[:])}, "\n")
	h.Set("X-Fal-Webhook-Request-Id", "request-1")
	h.Set("X-Fal-Webhook-User-Id", "user-1")
	h.Set("X-Fal-Webhook-Timestamp", seconds)
	h.Set("X-Fal-Webhook-Signature", hex.EncodeToString(ed25519.Sign(v.falKey(), []byte(message))))
}

// webhookSecret returns the secret that signs Standard Webhooks.
func (v *Vendor) webhookSecret() string {
	sum := sha256.Sum256([]byte("webhooks " + v.opts.Key))
	return "whsec_" + base64.StdEncoding.EncodeToString(sum[:])
}

// signStandard signs as Standard Webhooks require.
func signStandard(v *Vendor, h http.Header, body []byte, at time.Time) {
	hook, err := standardwebhooks.NewWebhook(v.webhookSecret())
	if err != nil {
		return
	}
	signature, err := hook.Sign("msg_1", at, body)
	if err != nil {
		return
	}
	h.Set(standardwebhooks.HeaderWebhookID, "msg_1")
	h.Set(standardwebhooks.HeaderWebhookTimestamp, fmt.Sprint(at.Unix()))
	h.Set(standardwebhooks.HeaderWebhookSignature, signature)
}

// text returns a string field of an object; "" if it is not a string.
func text(object map[string]any, field string) string {
	s, _ := object[field].(string)
	return s
}
