package browser_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/go-rod/rod/lib/proto"
)

// opensTheStoryboard opens the storyboard of the cases before and returns its address at the API.
func (p *studioPage) opensTheStoryboard(t *testing.T) (address string) {
	t.Helper()
	place := places[slices.IndexFunc(places, func(place string) bool { return strings.HasPrefix(place, "#/storyboards/") })]
	p.open(t, place)
	p.Find(t, ".shots > li:nth-child(2) .shot")
	return "/api/v1/" + strings.TrimPrefix(place, "#/")
}

// isChangedElsewhere changes the storyboard by the API while the page shows it. The next change on the page is refused, the newer
// storyboard is shown, and the change can be made to that.
func isChangedElsewhere(t *testing.T, p *studioPage) {
	p.Allow("412")
	address := p.opensTheStoryboard(t)
	p.changes(t, address, `{"name": "Quay"}`)
	p.Click(t, "[aria-label='Move shot 2 up']")
	p.says(t, ".notice", "changed meanwhile")
	p.Until(t, `() => document.querySelector('.board-name').value === 'Quay'`)
	p.shows(t, "the harbour at dawn", "the boats")
	p.Click(t, "[aria-label='Move shot 2 up']")
	p.shows(t, "the boats", "the harbour at dawn")
	p.changes(t, address, `{"name": "Harbour"}`)
	p.fill(t, "#new-prompt", "a ship")
	p.press(t, "^Add the shot$")
	p.says(t, ".shot-form [role=alert]", "changed meanwhile")
	p.Until(t, `() => document.querySelector('.board-name').value === 'Harbour' && document.querySelector('#new-prompt').value === 'a ship'`)
	p.shows(t, "the boats", "the harbour at dawn")
}

// changes changes a storyboard by the API.
func (p *studioPage) changes(t *testing.T, address, body string) {
	t.Helper()
	if code, answer := p.server.Call(t, http.MethodPatch, address, body); code != http.StatusOK {
		t.Fatalf("%d %s", code, answer)
	}
}

// dragsByFinger moves the first shot to the lower edge of a phone's window, where the page scrolls until it is behind the last.
func dragsByFinger(t *testing.T, p *studioPage) {
	defer p.window(t, desktop, desktopHeight, "light")
	p.window(t, phone, phoneHeight, "light")
	touches := proto.EmulationSetTouchEmulationEnabled{Enabled: true}
	if err := touches.Call(p); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = proto.EmulationSetTouchEmulationEnabled{}.Call(p) }()
	p.opensTheStoryboard(t)
	var grip proto.InputTouchPoint
	p.Read(t, &grip, `() => {
		const grip = document.querySelector('.grip')
		grip.scrollIntoView({ block: 'center' })
		const b = grip.getBoundingClientRect()
		return { x: b.left + b.width / 2, y: b.top + b.height / 2 }
	}`)
	if err := p.Touch.Start(&grip); err != nil {
		t.Fatal(err)
	}
	p.Find(t, ".shot.dragged")
	if err := p.Touch.Move(&proto.InputTouchPoint{X: grip.X, Y: phoneHeight - 10}); err != nil {
		t.Fatal(err)
	}
	p.Find(t, ".line-below")
	if err := p.Touch.End(); err != nil {
		t.Fatal(err)
	}
	p.shows(t, "the harbour at dawn", "the boats")
}
