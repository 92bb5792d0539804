package browser_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// many is how many takes the gallery has in its case: more than a page of the API.
const many = 130

// fillsTheGallery makes takes that never begin, because each is cancelled at once.
func (p *studioPage) fillsTheGallery(t *testing.T) {
	t.Helper()
	for i := range many {
		code, answer := p.server.Call(t, http.MethodPost, "/api/v1/tasks", fmt.Sprintf(`{"prompt":"take number %d","seconds":1}`, i))
		var made struct{ ID string }
		if err := json.Unmarshal(answer, &made); err != nil || code != http.StatusCreated {
			t.Fatalf("%d %s", code, answer)
		}
		p.server.Call(t, http.MethodPost, "/api/v1/tasks/"+made.ID+"/cancel", "")
	}
}

func listsManyTakes(t *testing.T, p *studioPage) {
	p.fillsTheGallery(t)
	read := p.pages()
	p.open(t, "#/takes")
	p.says(t, ".card .title", fmt.Sprintf("take number %d", many-1))
	var drawn int
	if p.Read(t, &drawn, `() => document.querySelectorAll('.card').length`); drawn > 60 {
		t.Errorf("%d cards are drawn, of which few are near the window", drawn)
	}
	p.Until(t, `() => { scrollTo(0, document.body.scrollHeight); return [...document.querySelectorAll('.card .title')].some(e => e.textContent === 'take number 0') }`)
	if p.Read(t, &drawn, `() => document.querySelectorAll('.card').length`); drawn > 60 {
		t.Errorf("at the end %d cards are drawn", drawn)
	}
	if n := p.pages() - read; n != 2 {
		t.Errorf("%d pages of the list were read, want 2", n)
	}
	p.choose(t, "[aria-label=State]", "Done")
	p.Until(t, `() => !document.querySelector('.card .status') && document.querySelectorAll('.card').length > 0`)
	p.choose(t, "[aria-label=State]", "Failed")
	p.says(t, ".empty", "No take matches")
	p.press(t, "^Show all takes$")
	p.fill(t, "[type=search]", "12 NUMBER")
	p.keys(t, "Enter")
	p.Until(t, `() => { const all = [...document.querySelectorAll('.card .title')].map(e => e.textContent); return all.length > 1 && all.every(s => s.includes('12')) }`)
}

// pages returns how many pages of the list of all takes the gallery has read.
func (p *studioPage) pages() (n int) {
	for _, url := range p.Requests() {
		if strings.Contains(url, "/api/v1/tasks?limit=100") {
			n++
		}
	}
	return n
}

func comparesTwo(t *testing.T, p *studioPage) {
	code, answer := p.server.Call(t, http.MethodPost, "/api/v1/tasks", `{"prompt":"a cat at a lighthouse in a storm, pan left","seconds":1,"resolution":"480p"}`)
	if code != http.StatusCreated {
		t.Fatalf("%d %s", code, answer)
	}
	p.open(t, "")
	p.says(t, ".job .status", "Done")
	p.open(t, "#/takes")
	p.choose(t, "[aria-label=State]", "Done")
	p.Until(t, `() => document.querySelectorAll('.card img').length === 2`)
	p.press(t, "^Choose several$")
	p.Until(t, `() => { const boxes = document.querySelectorAll('.choose input'); for (const b of boxes) if (!b.checked) b.click(); return boxes.length === 2 }`)
	p.press(t, "^★ Favorite$")
	p.says(t, ".notice", "2 takes marked")
	p.choose(t, "[aria-label='Which takes']", "Favorites")
	p.Until(t, `() => document.querySelectorAll('.card img').length === 2`)
	p.Until(t, `() => { const boxes = document.querySelectorAll('.choose input'); for (const b of boxes) if (!b.checked) b.click(); return boxes.length === 2 }`)
	p.fill(t, "[aria-label='Group to move to']", "Sea")
	p.keys(t, "Enter")
	p.says(t, ".notice", "2 takes moved to Sea")
	p.choose(t, "[aria-label='Which takes']", "Group: Sea")
	p.Until(t, `() => document.querySelectorAll('.card img').length === 2`)
	p.Until(t, `() => { const boxes = document.querySelectorAll('.choose input'); for (const b of boxes) if (!b.checked) b.click(); return boxes.length === 2 }`)
	p.press(t, "^Compare the two$")
	p.Until(t, `() => { const all = [...document.querySelectorAll('video')]; return all.length === 2 && all.every(v => v.readyState >= 2) }`)
	p.Click(t, "[aria-label='One frame on']")
	p.says(t, ".steps output", "Frame 2 of 24")
	p.Until(t, `() => [...document.querySelectorAll('video')].every(v => Math.floor(v.currentTime * 24) === 1)`)
	var place string
	p.Read(t, &place, `() => location.hash`)
	places = append(places, place)
}

// movesATake moves a take to another group on its page.
func movesATake(t *testing.T, p *studioPage) {
	p.open(t, "#/takes")
	p.choose(t, "[aria-label='Which takes']", "Group: Sea")
	p.Until(t, `() => document.querySelectorAll('.card img').length === 2`)
	p.Click(t, ".card a")
	p.Until(t, `() => document.querySelector('[aria-label=Group] input')?.value === 'Sea'`)
	p.says(t, "[aria-label='Read in the prompt']", "Drawncat")
	p.says(t, "[aria-label='Read in the prompt'] .moves", "pan left 0 to 1 s")
	p.fill(t, "[aria-label=Group] input", "Harbour")
	p.press(t, "^Move it there$")
	p.says(t, ".notice", "Moved to Harbour")
	p.open(t, "#/takes")
	p.choose(t, "[aria-label='Which takes']", "Group: Harbour")
	p.Until(t, `() => document.querySelectorAll('.card img').length === 1`)
}

// takesPictures gives the form pictures by choosing a file, by pasting, and by their URLs.
func takesPictures(t *testing.T, p *studioPage) {
	path, picture := demoPicture(t)
	p.open(t, "")
	if err := p.Find(t, "#last-frame").SetFiles([]string{path}); err != nil {
		t.Fatal(err)
	}
	p.says(t, ".frame:nth-child(2) .caption", "×")
	p.press(t, "^Remove$")
	for _, frame := range []string{"1", "2"} { // the first picture is the first frame, the next one the last
		p.gives(t, `(data, selector) => document.querySelector(selector).dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }))`, "#prompt", "pasted.jpg", "image/jpeg", picture)
		p.says(t, ".frame:nth-child("+frame+") .caption", "×")
	}
	p.press(t, "^Clear$")
	p.takesAURL(t, picture)
}

// takesAURL names a picture by its URL, of which the page shows what the shape leaves, and one that is not there.
func (p *studioPage) takesAURL(t *testing.T, picture []byte) {
	t.Helper()
	code, answer := p.server.Call(t, http.MethodPost, "/api/v1/datasets", string(picture))
	var kept struct{ URL string }
	if err := json.Unmarshal(answer, &kept); err != nil || code != http.StatusOK {
		t.Fatalf("%d %s", code, answer)
	}
	p.Allow("422")
	p.fill(t, "[aria-label='First frame by URL']", "http://127.0.0.1:1/none.jpg")
	p.keys(t, "Enter")
	p.says(t, "#first-frame-error", "could not be fetched")
	p.Until(t, `() => document.querySelector('[aria-label="First frame by URL"]').value === 'http://127.0.0.1:1/none.jpg'`)
	p.fill(t, "[aria-label='First frame by URL']", kept.URL)
	p.keys(t, "Enter")
	p.Until(t, `() => document.querySelector('.frame .cropped img')?.naturalWidth > 0`)
	p.Click(t, ".chip:has([value='1:1'])")
	p.says(t, ".frame .framing", "fills 1:1")
	p.press(t, "^Clear$")
}
