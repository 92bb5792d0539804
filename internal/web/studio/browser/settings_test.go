package browser_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/go-rod/rod/lib/proto"
)

func showsModels(t *testing.T, p *studioPage) {
	p.open(t, "#/settings")
	p.says(t, "tbody th", "default")
	p.fill(t, "[aria-label='Search in the models']", "sora")
	p.Until(t, `() => { const all = [...document.querySelectorAll('tbody th')]; return all.length > 0 && all.every(e => e.textContent.includes('sora')) }`)
	places = append(places, "#/settings")
}

func plotsUsage(t *testing.T, p *studioPage) {
	p.open(t, "#/settings/usage")
	p.Find(t, ".plots canvas")
	p.says(t, "tbody th", "default")
	var today string
	p.Read(t, &today, `() => document.querySelector('.plots table tr:last-child').textContent`)
	if !strings.Contains(today, "2 made") {
		t.Errorf("of today it says %q", today)
	}
	p.choose(t, ".panel header select", "default")
	p.Until(t, `() => document.querySelectorAll('.plots canvas').length === 4 && document.querySelectorAll('.plots table')[2].textContent.includes('100 %')`)
	places = append(places, "#/settings/usage")
}

// The server refuses to call private addresses, so the delivery fails and says why.
func keepsWebhooks(t *testing.T, p *studioPage) {
	p.open(t, "#/settings/webhooks")
	p.Allow("400")
	p.fill(t, "#url", "nowhere")
	p.press(t, "^Create the webhook$")
	p.says(t, "#url-error", "URL")
	p.fill(t, "#url", "http://127.0.0.1:1/told")
	p.fill(t, "#description", hostile)
	p.press(t, "^Create the webhook$")
	p.says(t, ".secret code", "whsec_")
	p.press(t, "^I have it$")
	p.press(t, "127.0.0.1:1/told")
	p.says(t, ".stack", "onerror")
	p.press(t, "^Send a test event$")
	p.says(t, "summary", "webhook.test")
	p.Until(t, `() => { const log = document.querySelector('.rows details'); log.open = true; return log.textContent.includes('no answer') }`)
	p.press(t, "^Deliver again$")
	p.says(t, ".notice", "0 events") // it is still tried
	var place string
	p.Read(t, &place, `() => location.hash`)
	places = append(places, "#/settings/webhooks", place)
}

// makesKeys makes a key that may only read, which is shown once and is then in force, and revokes it.
func makesKeys(t *testing.T, p *studioPage) {
	p.open(t, "#/settings/keys")
	p.says(t, ".key-row", "(yours)")
	p.fill(t, "#key-name", hostile)
	p.press(t, "^Create the key$")
	p.says(t, ".key-row b", "onerror")
	p.press(t, "^I have it$")
	p.fill(t, "#key-name", "the shop")
	p.Find(t, ".checks label:nth-child(2)").MustClick()
	p.press(t, "^Create the key$")
	p.says(t, ".secret code", "fg_")
	var plain string
	p.Read(t, &plain, `() => document.querySelector('.secret code').textContent`)
	for method, want := range map[string]int{http.MethodGet: http.StatusOK, http.MethodPost: http.StatusForbidden} {
		if got := p.calls(t, method, plain); got != want {
			t.Errorf("with the new key %s answers %d, want %d", method, got, want)
		}
	}
	p.open(t, "#/settings/keys")
	p.says(t, ".key-row b", "the shop")
	var text string
	if p.Read(t, &text, `() => document.body.textContent`); strings.Contains(text, plain) {
		t.Error("the key is shown again")
	}
	p.accepts(t, func() { p.Click(t, "[aria-label='Revoke the shop']") })
	p.says(t, ".notice", "revoked")
	p.Until(t, `() => ![...document.querySelectorAll('.key-row b')].some(e => e.textContent === 'the shop')`)
	if got := p.calls(t, http.MethodGet, plain); got != http.StatusUnauthorized {
		t.Errorf("with the revoked key GET answers %d", got)
	}
	places = append(places, "#/settings/keys")
}

// calls returns the status of a call with a key.
func (p *studioPage) calls(t *testing.T, method, key string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, p.server.Base+"/api/v1/tasks", strings.NewReader(""))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+key)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	return answer.StatusCode
}

// accepts does what asks a question, and answers it with yes.
func (p *studioPage) accepts(t *testing.T, asks func()) {
	t.Helper()
	wait, answer := p.HandleDialog()
	done := make(chan error, 1)
	go func() {
		wait()
		done <- answer(&proto.PageHandleJavaScriptDialog{Accept: true})
	}()
	asks()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func showsEngines(t *testing.T, p *studioPage) {
	p.open(t, "#/settings/engines")
	p.says(t, ".engine h3", "animatic")
	p.says(t, ".engine .status", "working")
	p.says(t, ".engine .hint", "all models")
	places = append(places, "#/settings/engines")
}
