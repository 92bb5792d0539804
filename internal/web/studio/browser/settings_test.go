package browser_test

import (
	"strings"
	"testing"
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
	var place string
	p.Read(t, &place, `() => location.hash`)
	places = append(places, "#/settings/webhooks", place)
}
