package chaos

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/filmgate/filmgate/internal/task"
)

// post sends an event to a receiver as a server does, and returns the answer's status; 0 if none came before ctx ended.
func post(ctx context.Context, t *testing.T, r *receiver, secret, prompt string) int {
	t.Helper()
	body := fmt.Sprintf(`{"type":"task.created","data":{"id":"a","prompt":%q}}`, prompt)
	signer, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Now().Add(-time.Hour) // by a clock that is wrong
	signature, err := signer.Sign(prompt, at, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url()+"/1", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set(standardwebhooks.HeaderWebhookID, prompt)
	q.Header.Set(standardwebhooks.HeaderWebhookTimestamp, fmt.Sprint(at.Unix()))
	q.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	answer, err := newClient().Do(q)
	if err != nil {
		return 0
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}

// untilItHangs returns a context that ends once a receiver has got an event.
func untilItHangs(t *testing.T, h *heard) context.Context {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		defer stop()
		for len(h.snapshot()) == 0 && waitUntil(ctx, time.Now().Add(time.Millisecond)) {
		}
	}()
	return ctx
}

// A receiver takes what it has refused once, and counts an event that it has taken and not answered as one that it has.
func TestReceiverMisbehavesOnceOfAnEvent(t *testing.T) {
	const secret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"
	verify, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	h := &hook{secret: verify}
	r := &receiver{seed: 7, hangUntil: time.Now().Add(time.Hour), hooks: map[string]*hook{"/1": h}}
	r.handler = r
	if err := r.start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.stop)
	prompts := map[misbehaviour]string{} // one for each
	for i := 0; len(prompts) <= int(behaves); i++ {
		prompt := fmt.Sprintf("tag:%d", i)
		prompts[r.draw("/1", event{Type: task.EventCreated, Data: struct{ ID, Prompt string }{Prompt: prompt}})] = prompt
	}
	for how, want := range map[misbehaviour]struct {
		status int
		has    bool
	}{answers500: {500, false}, cutsOff: {0, false}, losesAnswer: {0, true}, hangs: {0, false}, behaves: {204, true}} {
		h.heard = heard{}
		ctx := t.Context()
		if how == hangs {
			ctx = untilItHangs(t, &h.heard)
		}
		got := post(ctx, t, r, secret, prompts[how])
		if has := !lacks([]task.EventType{task.EventCreated}, h.heard.snapshot()["a"]); got != want.status || has != want.has {
			t.Errorf("misbehaviour %d: answer %d, taken %v; want %+v", how, got, has, want)
		}
		if again := post(t.Context(), t, r, secret, prompts[how]); again != http.StatusNoContent {
			t.Errorf("misbehaviour %d: the second answer is %d", how, again)
		}
		if count, wrong := judgeHeard([]task.EventType{task.EventCreated}, h.heard.snapshot()["a"]); count.again != 1 || len(wrong) > 0 {
			t.Errorf("misbehaviour %d: %+v %v", how, count, wrong)
		}
	}
	if wrong := h.heard.wrong(); len(wrong) > 0 {
		t.Error(wrong)
	}
	post(t.Context(), t, r, "whsec_AAAA", "forged")
	if wrong := h.heard.wrong(); len(wrong) != 1 || !strings.Contains(wrong[0], `"forged": unable to verify payload`) {
		t.Errorf("a wrong signature: %v", wrong)
	}
}
