package browser_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/go-rod/rod/lib/proto"

	"github.com/filmgate/filmgate/cmd/filmgate/servertest"
)

// makesAStoryboard makes three shots, changes their order by mouse and by keyboard, retakes one, renders them, and deletes one.
func makesAStoryboard(t *testing.T, p *studioPage) {
	p.open(t, "#/storyboards")
	p.says(t, ".empty", "No storyboards yet")
	p.fill(t, ".new-board input", "Harbour")
	p.press(t, "^New storyboard$")
	p.choose(t, "header select", "854 × 480")
	p.refusesAShot(t)
	file := p.Find(t, "#new-frame")
	if err := file.SetFiles([]string{servertest.InTree(t, "demo/first-frame.jpg")}); err != nil {
		t.Fatal(err)
	}
	p.says(t, ".shot-form .caption", "×")
	for i, prompt := range []string{"the boats", "the harbour at dawn", "the gulls"} {
		p.addShot(t, prompt, i+1)
	}
	p.drag(t, ".shots > li:nth-child(2) .grip", ".shots > li:nth-child(1)")
	p.shows(t, "the harbour at dawn", "the boats", "the gulls")
	p.Find(t, "[aria-label='Move shot 3 up']").MustFocus()
	p.keys(t, "Enter")
	p.shows(t, "the harbour at dawn", "the gulls", "the boats")
	p.Until(t, `() => document.activeElement.getAttribute('aria-label') === 'Move shot 2 up'`)
	p.choose(t, ".shots > li:nth-child(2) select", "Dissolve")
	p.Find(t, ".shots > li:nth-child(2) .between input")
	p.retakes(t)
	p.says(t, ".hint", "3 shots, 2.5 s") // when all are ready
	places = append(places, "#/storyboards", p.place(t))
	p.rendersTheStoryboard(t)
	p.Click(t, "[aria-label='Delete shot 2']")
	p.shows(t, "the harbour at dawn", "the boats")
	p.says(t, "[aria-labelledby=renders]", "the storyboard has changed since")
	p.open(t, "#/takes")
	p.choose(t, "[aria-label=State]", "Done")
	p.Until(t, `() => document.querySelectorAll('.card img').length > 3`)
	p.illustrates(t, "studio-takes.png")
}

// refusesAShot asks for a shot that the server refuses.
func (p *studioPage) refusesAShot(t *testing.T) {
	t.Helper()
	p.Allow("400", "422")
	p.fill(t, "#new-prompt", "too long")
	p.fill(t, "#new-seconds", "99")
	p.press(t, "^Add the shot$")
	p.says(t, "#new-seconds-error", "60")
	p.fill(t, "#new-seconds", "1")
}

// addShot adds the nth shot by the form, which keeps the length of the shot before.
func (p *studioPage) addShot(t *testing.T, prompt string, n int) {
	t.Helper()
	p.fill(t, "#new-prompt", prompt)
	p.press(t, "^Add the shot$")
	p.Until(t, `n => document.querySelectorAll('.shot').length === n && document.querySelector('#new-prompt').value === ''`, n)
}

// shows waits until the shots have these prompts, on the page and on the server.
func (p *studioPage) shows(t *testing.T, prompts ...string) {
	t.Helper()
	want, _ := json.Marshal(prompts) // texts always encode
	var same bool
	p.Read(t, &same, `async want => {
		for (;;) {
			const here = [...document.querySelectorAll('.shot .title')].map(e => e.textContent)
			const answer = await fetch('api/v1/storyboards/' + location.hash.split('/')[2])
			const there = (await answer.json()).shots.map(s => s.takes.find(t => t.task === s.take).prompt)
			if (JSON.stringify(here) === want && JSON.stringify(there) === want) return true
			await new Promise(next => setTimeout(next, 50))
		}
	}`, string(want))
}

// drag moves the mouse with its button pressed from the middle of an element to the top of another.
func (p *studioPage) drag(t *testing.T, from, to string) {
	t.Helper()
	grip := p.Find(t, from)
	if err := grip.ScrollIntoView(); err != nil {
		t.Fatal(err)
	}
	var end struct{ X, Y float64 }
	p.Read(t, &end, `to => { const b = document.querySelector(to).getBoundingClientRect(); return { x: b.left + 20, y: b.top + 5 } }`, to)
	if err := grip.Hover(); err != nil {
		t.Fatal(err)
	}
	if err := p.Mouse.Down(proto.InputMouseButtonLeft, 1); err != nil {
		t.Fatal(err)
	}
	p.Find(t, ".shot.dragged")
	if err := p.Mouse.MoveLinear(proto.Point{X: end.X, Y: end.Y}, 4); err != nil {
		t.Fatal(err)
	}
	p.Find(t, ".line-above")
	if err := p.Mouse.Up(proto.InputMouseButtonLeft, 1); err != nil {
		t.Fatal(err)
	}
}

// retakes makes another take of the last shot with another prompt, which is chosen, and chooses the first one again.
func (p *studioPage) retakes(t *testing.T) {
	t.Helper()
	p.Click(t, "[aria-label='Change… and retake shot 3']")
	p.Find(t, ".shot .shot-form img")
	p.fill(t, ".shot .shot-form textarea", "the boats in rain")
	p.press(t, "^Make the take$")
	p.shows(t, "the harbour at dawn", "the gulls", "the boats in rain")
	p.Click(t, ".shots > li:nth-child(3) .choice .chip:nth-of-type(1)")
	p.shows(t, "the harbour at dawn", "the gulls", "the boats")
	id, _ := p.newest(t)["id"].(string)
	p.server.Call(t, http.MethodPost, "/api/v1/tasks/"+id+"/cancel", "")
	p.says(t, ".choice", "Take 2, cancelled")
}

// place returns the address of the page that is shown.
func (p *studioPage) place(t *testing.T) (place string) {
	t.Helper()
	p.Read(t, &place, `() => location.hash`)
	return place
}

// rendersTheStoryboard renders the shots to one video, plays it, and reads the contact sheets.
func (p *studioPage) rendersTheStoryboard(t *testing.T) {
	t.Helper()
	p.press(t, "^Render the video$")
	p.Find(t, "[aria-labelledby=renders] .progress, [aria-labelledby=renders] video")
	p.Until(t, `() => document.querySelector('[aria-labelledby=renders] video')?.readyState >= 2`)
	p.Read(t, new(any), `() => scrollTo(0, 0)`)
	p.illustrates(t, "studio-storyboard.png")
	var address string
	p.Read(t, &address, `() => document.querySelector('[aria-labelledby=renders] video').src`)
	if facts := ffprobe(t, address); facts.seconds < 2.4 || facts.seconds > 2.6 || facts.size != "854x480" {
		t.Errorf("the joined video: %+v", facts)
	}
	p.press(t, "^Show it$")
	p.Until(t, `() => document.querySelector('.sheet')?.naturalWidth > 0`)
	var sheets []string
	p.Read(t, &sheets, `async () => Promise.all([...document.querySelectorAll('a[download*="contact sheet"]')].map(async a => {
		const answer = await fetch(a.href)
		return answer.headers.get('Content-Type') + ' ' + (await answer.text()).slice(0, 5)
	}))`)
	if len(sheets) != 2 || !strings.HasPrefix(sheets[0], "image/jpeg") || sheets[1] != "application/pdf %PDF-" {
		t.Errorf("contact sheets %q", sheets)
	}
}

// joined is what ffprobe says of a video.
type joined struct {
	seconds float64
	size    string
}

// ffprobe reads the video at an address.
func ffprobe(t *testing.T, address string) joined {
	t.Helper()
	servertest.Need(t, "ffprobe")
	r, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	video, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %v", address, r.StatusCode, err)
	}
	c := exec.CommandContext(t.Context(), "ffprobe", "-v", "error", "-of", "json", "-show_entries", "format=duration:stream=codec_type,width,height", "-")
	c.Stdin = strings.NewReader(string(video))
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var facts struct {
		Format  struct{ Duration string }
		Streams []struct{ Width, Height int }
	}
	if err := json.Unmarshal(out, &facts); err != nil || len(facts.Streams) == 0 {
		t.Fatalf("%v: %s", err, out)
	}
	seconds := math.NaN()
	_, _ = fmt.Sscan(facts.Format.Duration, &seconds) // NaN fails below
	return joined{seconds, fmt.Sprintf("%dx%d", facts.Streams[0].Width, facts.Streams[0].Height)}
}
