package samples_test

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/input"

	"github.com/filmgate/filmgate/internal/web/browsertest"
)

// Heights in pixels. The component draws only what is near the visible part of the page.
const (
	seen         = 6_000 // the first family's calls are
	heightOfCall = 2_200 // more than the mean call has
)

// referencePage is the page /reference of a server in a browser.
type referencePage struct{ *browsertest.Page }

// openReference opens the page and waits until it shows its calls. change, which may be nil, changes the OpenAPI
// document that it reads. At the end the test fails if the page sent a request to another host or logged an error.
func openReference(t *testing.T, b *rod.Browser, p *server, change func(string) (string, error)) *referencePage {
	t.Helper()
	r := &referencePage{browsertest.New(t, b, p.Base)}
	if change != nil {
		rewrite(t, r.Page.Page, p.Base+"/openapi.json", change)
	}
	r.Size(t, 1440, seen, pixels)
	if err := r.Navigate(p.Base + "/reference"); err != nil {
		t.Fatal(err)
	}
	r.Find(t, ".client-libraries__select")
	return r
}

// rewrite changes the answer that a page gets from a URL.
func rewrite(t *testing.T, page *rod.Page, from string, change func(string) (string, error)) {
	t.Helper()
	router := page.HijackRequests()
	err := router.Add(from, "", func(h *rod.Hijack) {
		if err := h.LoadResponse(http.DefaultClient, true); err != nil {
			t.Error(err)
		}
		changed, err := change(h.Response.Body())
		if err != nil {
			t.Error(err)
		}
		h.Response.SetBody(changed)
	})
	if err != nil {
		t.Fatal(err)
	}
	go router.Run()
	t.Cleanup(func() { _ = router.Stop() })
}

// pixels is how many screen pixels a page pixel has. Nobody looks at the screen, and painting a page as tall as all calls
// at full size would take seconds for each change.
const pixels = 0.1

// key fills in the field for the API key.
func (r *referencePage) key(t *testing.T, key string) {
	t.Helper()
	if err := r.Find(t, `input[placeholder="Token"]`).Input(key); err != nil {
		t.Fatal(err)
	}
}

// languages returns the languages of the page in its order, such as "shell/curl".
func (r *referencePage) languages(t *testing.T) []string {
	t.Helper()
	r.Click(t, ".client-libraries__select")
	r.Find(t, "[role=option]")
	var ids []string
	r.Read(t, &ids, `() => [...document.querySelectorAll('[role=option]')].map(e => e.id.split('-').pop())`)
	if err := r.Keyboard.Type(input.Escape); err != nil {
		t.Fatal(err)
	}
	r.Until(t, `() => !document.querySelector('[role=option]')`)
	return ids
}

// shownSamples returns the sample of every call in the chosen language, by "POST /path".
const shownSamples = `() => Object.fromEntries([...document.querySelectorAll('section')].flatMap(s => {
	const call = s.id.match(/\/(GET|POST|PUT|PATCH|DELETE)(\/.*)$/), code = s.querySelector('.request-editor-section pre')
	return call && code ? [[call[1] + ' ' + call[2], code.textContent]] : []
}))`

// hideCalls hides the contents of all calls. The page makes their elements as before, samples too, but no longer lays them out,
// which it would do anew for each of a thousand measurements and for each language.
func (r *referencePage) hideCalls(t *testing.T) {
	t.Helper()
	if err := r.AddStyleTag("", `section:is([id*="/GET/"], [id*="/POST/"], [id*="/PUT/"], [id*="/PATCH/"], [id*="/DELETE/"]) > * { display: none !important }`); err != nil {
		t.Fatal(err)
	}
}

// press clicks on an element at once. A real click first waits until the page stands still, which takes seconds while all
// calls are drawn.
func (r *referencePage) press(t *testing.T, selector string) {
	t.Helper()
	if _, err := r.Find(t, selector).Eval(`() => this.click()`); err != nil {
		t.Fatalf("%s: %v", selector, err)
	}
}

// samples chooses a language and returns the samples that the page then shows, by "POST /path".
func (r *referencePage) samples(t *testing.T, language string) map[string]string {
	t.Helper()
	r.press(t, ".client-libraries__select")
	r.press(t, fmt.Sprintf(`[role=option][id$="-%s"]`, language))
	r.Until(t, `() => !document.querySelector('[role=option]') && !!document.querySelector('section .request-editor-section pre')`)
	var shown map[string]string
	r.Read(t, &shown, shownSamples)
	return shown
}

func TestTheReference(t *testing.T) {
	b, p := browsertest.Start(t), start(t)
	t.Run("works on each screen", func(t *testing.T) {
		r := openReference(t, b, p, nil)
		t.Run("offers fifteen languages in order", func(t *testing.T) {
			if got := r.languages(t); !slices.Equal(got, offered) {
				t.Errorf("offered: %q\nwant:    %q", got, offered)
			}
		})
		t.Run("fits a narrow screen", func(t *testing.T) { fitsNarrow(t, r) })
		t.Run("tries calls with the key", func(t *testing.T) { triesCalls(t, r, p) })
		r.hideCalls(t)
		t.Run("has a sample of every call", func(t *testing.T) { everyCallHasASample(t, r, offered[0], p.document(t).calls()) })
	})
	t.Run("shows samples that run and keep every character", func(t *testing.T) { samplesRun(t, b, p) })
}

// fitsNarrow checks that the page and the dialog that sends a request fit a phone's screen.
func fitsNarrow(t *testing.T, r *referencePage) {
	r.Size(t, 390, seen, pixels)
	r.Until(t, `() => innerWidth === 390`)
	var wide bool
	if r.Read(t, &wide, `() => document.documentElement.scrollWidth > innerWidth`); wide {
		t.Error("the page is wider than the screen")
	}
	r.try(t, "POST/api/v1/create_runway")
	var right int
	r.Read(t, &right, `() => Math.max(...[...document.querySelectorAll('[role=dialog] [data-addressbar-action=send]')].map(e => Math.ceil(e.getBoundingClientRect().right)))`)
	if right > 390 {
		t.Errorf("the send button ends at %d pixels", right)
	}
	r.leave(t)
	r.Size(t, 1440, seen, pixels)
}

// try opens the dialog that sends the request of a call, "POST/api/v1/create_runway".
func (r *referencePage) try(t *testing.T, call string) {
	t.Helper()
	r.Click(t, fmt.Sprintf(`section[id$="/%s"] .show-api-client-button`, call))
	r.Until(t, `() => [...document.querySelectorAll('.scalar-client--open [data-addressbar-action=send]')].some(e => e.offsetParent)`)
}

// leave closes the dialog.
func (r *referencePage) leave(t *testing.T) {
	t.Helper()
	r.Click(t, ".app-exit-button")
	r.Until(t, `() => !document.querySelector('.scalar-client--open')`)
}

// answered waits until the dialog shows an answer of status 200 that contains the text, and returns the dialog's text.
func (r *referencePage) answered(t *testing.T, text string) string {
	t.Helper()
	r.Click(t, `[role=dialog] [data-addressbar-action=send]`)
	r.Until(t, `text => { const shown = document.querySelector('[role=dialog]').textContent; return shown.includes('200 OK') && shown.includes(text) }`, text)
	var shown string
	r.Read(t, &shown, `() => document.querySelector('[role=dialog]').textContent`)
	return shown
}

// triesCalls creates a task with the dialog and reads it by its id.
func triesCalls(t *testing.T, r *referencePage, p *server) {
	r.key(t, testKey)
	r.try(t, "POST/api/v1/create_runway")
	id := regexp.MustCompile(`"id":\s*"([0-9a-f-]{36})"`).FindStringSubmatch(r.answered(t, "PENDING"))
	if id == nil {
		t.Fatal("the answer shows no id")
	}
	p.cancel(t, id[1])
	r.leave(t)
	r.try(t, "GET/api/v1/get_runway/{id}")
	field := r.Find(t, `[role=dialog] [contenteditable][aria-label=" Value"]`) // of the first parameter
	_, err := field.Eval(`() => getSelection().selectAllChildren(this)`)
	if err := errors.Join(err, field.Input(id[1])); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(r.answered(t, "CANCELLED"), id[1]) {
		t.Error("it shows another task")
	}
	r.leave(t)
	if want := p.Base + "/api/v1/get_runway/" + id[1]; !slices.Contains(r.Requests(), want) {
		t.Errorf("the page requested %q, want %s among them", r.Requests(), want)
	}
}
