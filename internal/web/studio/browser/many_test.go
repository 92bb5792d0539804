package browser_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/go-rod/rod/lib/input"
	"github.com/go-rod/rod/lib/proto"

	"github.com/filmgate/filmgate/internal/web/browsertest"
)

// choosesSeveral chooses the two takes that are done, all at once and as a range, saves both and gives both public pages.
func choosesSeveral(t *testing.T, p *studioPage) {
	p.open(t, "#/takes")
	p.choose(t, "[aria-label=State]", "Done")
	p.Until(t, `() => document.querySelectorAll('.card img').length === 2`)
	p.stepsThroughPreviews(t)
	p.press(t, "^Choose several$")
	p.press(t, "^Choose all 2$")
	p.says(t, ".many b", "2 chosen")
	p.saves(t, 2, func() { p.press(t, "^Download$") })
	p.press(t, "^Share$")
	p.says(t, ".notice", "2 takes shared")
	var links string
	p.Find(t, ".many pre")
	p.Read(t, &links, `() => document.querySelector('.many pre').textContent`)
	if n := len(strings.Fields(links)); n != 2 {
		t.Errorf("%d links: %s", n, links)
	}
	for link := range strings.FieldsSeq(links) {
		if status, page := anonymous(t, link); status != http.StatusOK || !strings.Contains(page, "<video") {
			t.Errorf("without a key %s answers %d", link, status)
		}
	}
	p.press(t, "^Close$")
	p.says(t, ".many b", "0 chosen")
	p.Click(t, "li:nth-child(1) > .card .choose input")
	p.says(t, ".many b", "1 chosen")
	if err := p.Keyboard.Press(input.ShiftLeft); err != nil {
		t.Fatal(err)
	}
	p.Click(t, "li:nth-child(2) > .card .choose input")
	if err := p.Keyboard.Release(input.ShiftLeft); err != nil {
		t.Fatal(err)
	}
	p.says(t, ".many b", "2 chosen")
}

// stepsThroughPreviews moves the mouse over the first take of the gallery, which shows its five previews one after another.
func (p *studioPage) stepsThroughPreviews(t *testing.T) {
	t.Helper()
	var box struct{ Left, Top, Width float64 }
	p.Read(t, &box, `() => { const b = document.querySelector('.card .hover').getBoundingClientRect(); return { left: b.left, top: b.top + 20, width: b.width } }`)
	seen := map[string]bool{}
	for i := range 5 {
		if err := p.Mouse.MoveTo(proto.Point{X: box.Left + box.Width*(float64(i)+0.5)/5, Y: box.Top}); err != nil {
			t.Fatal(err)
		}
		p.Until(t, `i => document.querySelector('.card .ticks').children[i].className === 'on'`, i)
		var source string
		p.Read(t, &source, `() => document.querySelector('.card .hover img').src`)
		seen[source] = true
	}
	if len(seen) != 5 {
		t.Errorf("the pointer steps through %d previews: %v", len(seen), seen)
	}
}

// saves does what has the browser save n files.
func (p *studioPage) saves(t *testing.T, n int, does func()) {
	t.Helper()
	b := p.Browser().Timeout(browsertest.Patience)
	if err := (proto.BrowserSetDownloadBehavior{Behavior: proto.BrowserSetDownloadBehaviorBehaviorAllow, DownloadPath: t.TempDir(), EventsEnabled: true}).Call(b); err != nil {
		t.Fatal(err)
	}
	saved := map[string]bool{}
	wait := b.EachEvent(func(e *proto.BrowserDownloadProgress) bool {
		if e.State == proto.BrowserDownloadProgressStateCompleted {
			saved[e.GUID] = true
		}
		return len(saved) == n
	})
	does()
	if wait(); len(saved) != n {
		t.Errorf("%d files are saved, want %d", len(saved), n)
	}
}
