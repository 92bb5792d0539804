// Package browser_test uses the studio of a running server in a browser, as a person does. All cases share one server and one browser.
// With -update the tests write the pictures of docs/img, and with -pictures=DIR one of every page in both colours and two sizes, to look at.
package browser_test

import (
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/go-rod/rod/lib/proto"

	"github.com/filmgate/filmgate/cmd/filmgate/servertest"
	"github.com/filmgate/filmgate/internal/web/browsertest"
)

var (
	update   = flag.Bool("update", false, "write the pictures of docs/img again")
	pictures = flag.String("pictures", "", "folder for a picture of every page")
)

// programs holds the program, built once for all tests.
var programs servertest.Programs

func TestMain(m *testing.M) { os.Exit(programs.Run(m)) }

// Sizes of windows, in pixels.
const (
	desktop, desktopHeight = 1280, 800
	phone, phoneHeight     = 390, 844
)

// studioPage is a page of the studio.
type studioPage struct {
	*browsertest.Page
	server *servertest.Server
	data   string // the server's folder
}

// places are the pages of the studio. Cases add those that they have filled.
var places = []string{"", "#/takes"}

func TestTheStudio(t *testing.T) {
	data := t.TempDir()
	b, s := browsertest.Start(t), programs.Start(t, data)
	p := &studioPage{browsertest.New(t, b, s.Base), s, data}
	p.Allow("401") // before the sign-in, and of a wrong key
	for _, c := range []struct {
		name string
		test func(*testing.T, *studioPage)
	}{
		{"asks for a key and keeps it from scripts", signsIn},
		{"opens before all of it is there", opensAtOnce},
		{"makes a take from a dropped picture and shows it finish", makesATake},
		{"plays the take, shares it and ends the share", sharesATake},
		{"moves the camera before the picture and makes four takes", movesTheCamera},
		{"cancels takes, and deletes several", cancelsAndDeletes},
		{"takes a picture that is chosen or pasted", takesPictures},
		{"compares two takes in step", comparesTwo},
		{"chooses several takes, saves and shares them", choosesSeveral},
		{"moves a take to another group", movesATake},
		{"shows the models and what they can do", showsModels},
		{"plots what was made", plotsUsage},
		{"keeps webhooks and shows what was delivered", keepsWebhooks},
		{"shows the engines and how they do", showsEngines},
		{"makes keys, shows them once and revokes them", makesKeys},
		{"makes three shots of a storyboard into one video", makesAStoryboard},
		{"says that somebody else has changed the storyboard", isChangedElsewhere},
		{"moves a shot with a finger", dragsByFinger},
		{"lists many takes, and those that are asked for", listsManyTakes},
		{"says beside each field what the server refuses", showsErrors},
		{"shows requests that every dialect takes", showsRequests},
		{"is used by keyboard alone", worksByKeyboard},
		{"fits a phone", fitsAPhone},
		{"looks as its pictures show", looks},
		{"runs no script that a text holds", showsHostileTexts},
		{"has no serious fault for screen readers", isAccessible},
		{"works below a path, with its files in a bucket", worksBelowAPath},
		{"signs out, and at once if the key is revoked", signsOut},
	} {
		if !t.Run(c.name, func(t *testing.T) { c.test(t, p) }) {
			p.picture(t, os.TempDir()+"/studio-failed.png")
			t.FailNow() // later cases build on earlier ones
		}
	}
}

// open shows a page of the studio: "#/takes".
func (p *studioPage) open(t testing.TB, place string) {
	t.Helper()
	if err := p.Navigate("about:blank"); err != nil {
		t.Fatal(err)
	}
	if err := p.Navigate(p.server.Base + "/" + place); err != nil {
		t.Fatal(err)
	}
}

// window sets the window's size and its colours: "light" or "dark".
func (p *studioPage) window(t *testing.T, width, height int, scheme string) {
	t.Helper()
	p.Size(t, width, height, 1)
	features := []*proto.EmulationMediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}
	if err := (proto.EmulationSetEmulatedMedia{Features: features}).Call(p); err != nil {
		t.Fatal(err)
	}
}

// picture writes a picture of the window.
func (p *studioPage) picture(t *testing.T, path string) {
	t.Helper()
	png, err := p.Screenshot(false, &proto.PageCaptureScreenshot{Format: proto.PageCaptureScreenshotFormatPng})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, png, 0o644); err != nil {
		t.Fatal(err)
	}
}

// says waits until an element of the selector has the text.
func (p *studioPage) says(t *testing.T, selector, text string) {
	t.Helper()
	p.Until(t, `(selector, text) => [...document.querySelectorAll(selector)].some(e => e.textContent.includes(text))`, selector, text)
}

// fill replaces the text of a field.
func (p *studioPage) fill(t *testing.T, selector, text string) {
	t.Helper()
	field := p.Find(t, selector)
	if err := field.SelectAllText(); err != nil {
		t.Fatal(err)
	}
	if err := field.Input(text); err != nil {
		t.Fatal(err)
	}
}

// press clicks the button or link with the text.
func (p *studioPage) press(t *testing.T, text string) {
	t.Helper()
	e, err := p.Timeout(browsertest.Patience).ElementR("button, a, summary", text)
	if err == nil {
		err = e.Click(proto.InputMouseButtonLeft, 1)
	}
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
}

// choose chooses an option of a list by its text, as soon as the list has it.
func (p *studioPage) choose(t *testing.T, selector, text string) {
	t.Helper()
	p.Until(t, `(selector, text) => {
		const list = document.querySelector(selector), option = list && [...list.options].find(o => o.text === text)
		if (option) { option.selected = true; list.dispatchEvent(new Event('change', { bubbles: true })) }
		return !!option
	}`, selector, text)
}

// newest returns the newest task of the server.
func (p *studioPage) newest(t *testing.T) map[string]any {
	t.Helper()
	_, body := p.server.Call(t, http.MethodGet, "/api/v1/tasks?limit=1", "")
	var page struct{ Tasks []map[string]any }
	if err := json.Unmarshal(body, &page); err != nil || len(page.Tasks) != 1 {
		t.Fatalf("%v %s", err, body)
	}
	return page.Tasks[0]
}

// drop drops a file on an element, as from another program.
func (p *studioPage) drop(t *testing.T, selector, name, mediaType string, content []byte) {
	t.Helper()
	p.gives(t, `(data, selector) => { for (const kind of ['dragover', 'drop']) document.querySelector(selector).dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true })) }`,
		selector, name, mediaType, content)
}

// gives runs a function of the page with a file, as the browser holds files that are dropped or pasted, and a selector.
func (p *studioPage) gives(t *testing.T, function, selector, name, mediaType string, content []byte) {
	t.Helper()
	var ok bool
	p.Read(t, &ok, `(selector, name, type, base64) => {
		const bytes = Uint8Array.from(atob(base64), c => c.charCodeAt(0)), data = new DataTransfer()
		data.items.add(new File([bytes], name, { type }));
		(`+function+`)(data, selector)
		return true
	}`, selector, name, mediaType, base64.StdEncoding.EncodeToString(content))
}

func signsIn(t *testing.T, p *studioPage) {
	p.window(t, desktop, desktopHeight, "light")
	p.open(t, "")
	p.fill(t, "#key", "fg_wrong")
	p.press(t, "^Sign in$")
	p.says(t, "[role=alert]", "not known")
	p.fill(t, "#key", servertest.Key)
	p.press(t, "^Sign in$")
	p.Find(t, "#prompt")
	var seen string
	if p.Read(t, &seen, `() => document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage)`); strings.Contains(seen, servertest.Key) {
		t.Errorf("scripts see the key: %s", seen)
	}
}

// opensAtOnce opens the studio while neither the models nor the other pages can be read.
func opensAtOnce(t *testing.T, p *studioPage) {
	p.Allow("ERR_BLOCKED_BY_CLIENT")
	if err := (proto.NetworkClearBrowserCache{}).Call(p); err != nil {
		t.Fatal(err)
	}
	p.blocks(t, "*/api/v1/models", "*/pages.js")
	p.open(t, "")
	p.Find(t, "#prompt")
	p.says(t, ".facts", "can’t be read")
	p.Find(t, ".chip:has([value='9:16'])")
	p.Find(t, "input#seconds")
	p.press(t, "^Takes$")
	p.says(t, "main [role=alert]", "can’t be loaded")
	p.blocks(t)
	p.press(t, "^Load the studio again$")
	p.says(t, ".empty", "No takes yet")
	p.press(t, "^Make$")
	p.says(t, ".facts", "Made by")
}

// blocks lets the page read no URL that matches one of these.
func (p *studioPage) blocks(t *testing.T, urls ...string) {
	t.Helper()
	if err := (proto.NetworkSetBlockedURLs{Urls: append([]string{}, urls...)}).Call(p); err != nil {
		t.Fatal(err)
	}
}

// demoPicture is the path of a picture, and its content.
func demoPicture(t *testing.T) (path string, content []byte) {
	t.Helper()
	path = servertest.InTree(t, "demo/first-frame.jpg")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, content
}

func makesATake(t *testing.T, p *studioPage) {
	_, picture := demoPicture(t)
	p.fill(t, "#prompt", "the camera pulls back from a lake")
	p.drop(t, ".frame", "first-frame.jpg", "image/jpeg", picture)
	p.says(t, ".frame .caption", "×")
	p.Click(t, ".chip:has([value='9:16'])")
	p.says(t, ".frame .framing", "built-in renderer")
	p.fill(t, "#seconds", "1")
	if !slices.ContainsFunc(p.Requests(), func(asked string) bool { return strings.HasSuffix(asked, "/api/v1/events") }) {
		t.Error("the page does not follow the stream of events")
	}
	p.Click(t, "button.primary")
	p.says(t, ".job .status", "Done")
	p.Find(t, ".job .hover img")
	p.illustrates(t, "studio-make.png")
	p.window(t, desktop, desktopHeight, "dark")
	p.illustrates(t, "studio-make-dark.png")
	p.window(t, desktop, desktopHeight, "light")
	if made := p.newest(t); made["status"] != "SUCCEEDED" || made["seconds"] != 1.0 || made["aspect_ratio"] != "9:16" || made["first_frame"] == nil {
		t.Errorf("%v", made)
	}
}

func sharesATake(t *testing.T, p *studioPage) {
	p.Click(t, ".job .title")
	p.Until(t, `() => document.querySelector('video')?.readyState >= 2`)
	p.Click(t, "[aria-label='One frame on']")
	p.says(t, ".steps output", "Frame 2 of 24")
	p.Click(t, "[aria-label='Go to preview 5 of 5']")
	p.says(t, ".steps output", "Frame 24 of 24")
	var cropped bool
	if p.Read(t, &cropped, `() => [...document.querySelectorAll('.still')].some(e => Math.abs(e.clientWidth / e.clientHeight - 9 / 16) > 0.02)`); cropped {
		t.Error("the previews of an upright video are cropped")
	}
	p.press(t, "^Share$")
	share := p.Find(t, "a[target=_blank]")
	p.illustrates(t, "studio-take.png")
	address, err := share.Attribute("href")
	if err != nil || address == nil {
		t.Fatal(err)
	}
	if status, page := anonymous(t, *address); status != http.StatusOK || !strings.Contains(page, "<video") {
		t.Errorf("without a key the share answers %d %s", status, page)
	}
	p.says(t, "[aria-label='Read in the prompt'] .moves", "pull out")
	p.timeline(t)
	p.press(t, "^Stop sharing$")
	p.says(t, "button", "Share")
	p.Until(t, `() => !document.querySelector('a[target=_blank]')`)
	if status, _ := anonymous(t, *address); status != http.StatusNotFound {
		t.Errorf("after its end the share answers %d", status)
	}
	p.press(t, "The answer in each API")
	p.answers(t)
	id, _ := p.newest(t)["id"].(string)
	places = append(places, "#/takes/"+id)
}

// timeline compares the states that the take's page shows with those of the API.
func (p *studioPage) timeline(t *testing.T) {
	t.Helper()
	id, _ := p.newest(t)["id"].(string)
	_, body := p.server.Call(t, http.MethodGet, "/api/v1/tasks/"+id+"/states", "")
	var want struct {
		States []struct{ Status, At string }
	}
	if err := json.Unmarshal(body, &want); err != nil || len(want.States) < 3 {
		t.Fatalf("%v %s", err, body)
	}
	p.Until(t, `n => document.querySelectorAll('[aria-label=Timeline] li').length === n`, len(want.States))
	var names, times []string
	p.Read(t, &names, `() => [...document.querySelectorAll('[aria-label=Timeline] li b')].map(e => e.textContent)`)
	p.Read(t, &times, `() => [...document.querySelectorAll('[aria-label=Timeline] time')].map(e => e.dateTime)`)
	said := map[string]string{"QUEUED": "Queued", "PENDING": "Starting", "RUNNING": "Running", "SUCCEEDED": "Done"}
	for i, s := range want.States {
		if names[i] != said[s.Status] || times[i] != s.At {
			t.Errorf("state %d is shown as %s at %s, the API says %+v", i, names[i], times[i], s)
		}
	}
}

// answers chooses each API of a take's page, which must answer.
func (p *studioPage) answers(t *testing.T) {
	t.Helper()
	for _, name := range p.apis(t) {
		p.choose(t, ".code select", name)
		p.Until(t, `name => document.querySelector('.code select').value === name && document.querySelector('.code pre').textContent.startsWith('{')`, name)
	}
}

// apis returns the APIs that the page shows a request or an answer of.
func (p *studioPage) apis(t *testing.T) (names []string) {
	t.Helper()
	p.Find(t, ".code select")
	p.Read(t, &names, `() => [...document.querySelector('.code select').options].map(o => o.value)`)
	return names
}

// anonymous reads a page without a key.
func anonymous(t *testing.T, address string) (status int, page string) {
	t.Helper()
	r, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(text)
}

func showsErrors(t *testing.T, p *studioPage) {
	p.open(t, "")
	p.Allow("400", "422", "415")
	p.fill(t, "#prompt", "a lake")
	p.fill(t, "#seconds", "99")
	p.Click(t, "button.primary")
	p.says(t, "#seconds-error", "60")
	p.Until(t, `() => document.activeElement.id === 'seconds'`)
	p.fill(t, "#seconds", "1")
	p.press(t, "^Clear$")
	for name, content := range map[string]string{"drawing.svg": `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`, "page.png": "<html><script>alert(1)</script>"} {
		p.drop(t, ".frame", name, "image/svg+xml", []byte(content))
		p.says(t, "#first-frame-error", "JPEG")
		p.press(t, "^Clear$")
	}
}

// looks takes pictures, if a flag asks for them.
func looks(t *testing.T, p *studioPage) {
	if *pictures == "" {
		return
	}
	defer p.window(t, desktop, desktopHeight, "light")
	for i, place := range places {
		for _, scheme := range []string{"light", "dark"} {
			for _, width := range []int{desktop, phone} {
				p.window(t, width, map[int]int{desktop: desktopHeight, phone: phoneHeight}[width], scheme)
				p.open(t, place)
				p.settles(t)
				p.picture(t, fmt.Sprintf("%s/%d-%s-%d.png", *pictures, i, scheme, width))
			}
		}
	}
}

// illustrates writes a picture of docs/img, if a flag asks for it.
func (p *studioPage) illustrates(t *testing.T, name string) {
	t.Helper()
	if *update {
		p.settles(t)
		p.picture(t, servertest.InTree(t, "docs/img/"+name))
	}
}

// settles waits until the page has loaded its pictures.
func (p *studioPage) settles(t *testing.T) {
	t.Helper()
	p.Find(t, "h1")
	p.Until(t, `() => !document.querySelector('.loading') && [...document.images].every(i => i.complete)`)
}

// hostile is a text that would run as a script wherever it is taken for HTML.
const hostile = `</script><img src=x onerror="window.hit=1"><svg onload=window.hit=1>'"><script>window.hit=1</script>{{7*7}}`

func showsHostileTexts(t *testing.T, p *studioPage) {
	body := fmt.Sprintf(`{"prompt":%q,"negative_prompt":%q,"name":"a &lt;b>","seconds":1,"asset_group":%q}`, hostile, hostile, "<b>group")
	code, answer := p.server.Call(t, http.MethodPost, "/api/v1/tasks", body)
	if code != http.StatusCreated {
		t.Fatalf("%d %s", code, answer)
	}
	id, _ := p.newest(t)["id"].(string)
	p.server.Call(t, http.MethodPost, "/api/v1/tasks/"+id+"/cancel", "")
	for _, place := range places {
		p.open(t, place)
		p.Find(t, "h1")
		var hit bool
		if p.Read(t, &hit, `() => !!window.hit || !!document.querySelector('img[src=x], main script')`); hit {
			t.Errorf("%q ran or holds what a text holds", place)
		}
	}
}

func fitsAPhone(t *testing.T, p *studioPage) {
	defer p.window(t, desktop, desktopHeight, "light")
	p.window(t, phone, phoneHeight, "light")
	for _, place := range places {
		p.open(t, place)
		p.Find(t, "h1")
		var wide []string
		p.Read(t, &wide, `() => document.documentElement.scrollWidth <= innerWidth ? [] :
			[...document.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.tagName + '.' + e.className)`)
		if len(wide) > 0 {
			t.Errorf("%q is wider than the window: %v", place, wide)
		}
	}
	p.window(t, phone, phoneHeight, "dark")
	p.open(t, "#/takes")
	p.choose(t, "[aria-label=State]", "Done")
	p.Until(t, `() => document.querySelectorAll('.card img').length > 2`)
	p.illustrates(t, "studio-phone.png")
}

func signsOut(t *testing.T, p *studioPage) {
	p.press(t, "^Sign out$")
	p.Find(t, "#key")
	p.open(t, "")
	p.Find(t, "#key")
	second := p.secondKey(t)
	p.fill(t, "#key", second.plain)
	p.press(t, "^Sign in$")
	p.Find(t, "#prompt")
	second.revoke(t)
	p.press(t, "^Takes$") // the next call
	p.Find(t, "#key")
}
