package samples_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/input"
	"github.com/go-rod/rod/lib/launcher"
	"github.com/go-rod/rod/lib/proto"

	"github.com/filmgate/filmgate/cmd/filmgate/servertest"
)

// Heights in pixels. The component draws only what is near the visible part of the page.
const (
	seen         = 6_000 // the first family's calls are
	heightOfCall = 2_200 // more than the mean call has
)

// patience is how long one step of the page may take on a busy machine.
const patience = 2 * time.Minute

// browser starts a Chromium that can reach only this machine.
func browser(t *testing.T) *rod.Browser {
	t.Helper()
	servertest.Need(t, "chromium")
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal(err)
	}
	l := launcher.New().Bin(path).Leakless(false).NoSandbox(os.Getuid() == 0).UserDataDir(t.TempDir()).
		Set("disable-gpu").Set("disable-quic").Set("no-first-run").Set("disable-background-networking").
		Set("disable-component-update").Set("disable-sync").Set("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
	t.Cleanup(l.Kill)
	control, err := l.Launch()
	if err != nil {
		t.Fatal(err)
	}
	b := rod.New().ControlURL(control)
	if err := b.Connect(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// referencePage is the page /reference of a server in a browser.
type referencePage struct {
	*rod.Page
	mu       sync.Mutex
	requests []string // every URL that it requested
	faults   []string // what it wrote as errors
}

// openReference opens the page and waits until it shows its calls. change, which may be nil, changes the OpenAPI
// document that it reads. At the end the test fails if the page sent a request to another host or logged an error.
func openReference(t *testing.T, b *rod.Browser, p *server, change func(string) (string, error)) *referencePage {
	t.Helper()
	page, err := b.Page(proto.TargetCreateTarget{})
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		rewrite(t, page, p.Base+"/openapi.json", change)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	r := &referencePage{Page: page.Context(ctx)}
	watch := r.EachEvent(func(e *proto.NetworkRequestWillBeSent) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.requests = append(r.requests, e.Request.URL)
	}, func(e *proto.RuntimeExceptionThrown) {
		r.fault(e.ExceptionDetails.Text)
	}, func(e *proto.LogEntryAdded) {
		if e.Entry.Level == proto.LogLogEntryLevelError {
			r.fault(e.Entry.Text + " " + e.Entry.URL)
		}
	})
	go watch()
	t.Cleanup(func() {
		_ = r.Close()
		cancel()
		r.mu.Lock()
		defer r.mu.Unlock()
		for _, asked := range r.requests {
			if u, err := url.Parse(asked); err != nil || u.Scheme != "data" && u.Scheme != "blob" && u.Scheme+"://"+u.Host != p.Base {
				t.Errorf("the page requested %s", asked)
			}
		}
		for _, fault := range r.faults {
			t.Errorf("the page logged: %s", fault)
		}
	})
	r.screen(t, 1440, seen)
	if err := r.Navigate(p.Base + "/reference"); err != nil {
		t.Fatal(err)
	}
	r.element(t, ".client-libraries__select")
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

func (r *referencePage) fault(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.faults = append(r.faults, text)
}

// pixels is how many screen pixels a page pixel has. Nobody looks at the screen, and painting a page as tall as all calls
// at full size would take seconds for each change.
const pixels = 0.1

// screen sets the size of the visible part of the page, in page pixels.
func (r *referencePage) screen(t *testing.T, width, height int) {
	t.Helper()
	if err := r.SetViewport(&proto.EmulationSetDeviceMetricsOverride{Width: width, Height: height, DeviceScaleFactor: pixels}); err != nil {
		t.Fatal(err)
	}
}

// element waits for the first element of a selector.
func (r *referencePage) element(t *testing.T, selector string) *rod.Element {
	t.Helper()
	e, err := r.Timeout(patience).Element(selector)
	if err != nil {
		t.Fatalf("%s: %v", selector, err)
	}
	return e.CancelTimeout()
}

func (r *referencePage) click(t *testing.T, selector string) {
	t.Helper()
	if err := r.element(t, selector).Timeout(patience).Click(proto.InputMouseButtonLeft, 1); err != nil {
		t.Fatalf("%s: %v", selector, err)
	}
}

// eval runs a function in the page and decodes what it returns.
func (r *referencePage) eval(t *testing.T, into any, function string, arguments ...any) {
	t.Helper()
	got, err := r.Timeout(patience).Eval(function, arguments...)
	if err != nil {
		t.Fatalf("%s: %v", function, err)
	}
	if err := json.Unmarshal([]byte(got.Value.JSON("", "")), into); err != nil {
		t.Fatalf("%s: %v: %s", function, err, got.Value)
	}
}

// wait waits until a function of the page returns true.
func (r *referencePage) wait(t *testing.T, function string, arguments ...any) {
	t.Helper()
	if err := r.Timeout(patience).Wait(rod.Eval(function, arguments...)); err != nil {
		t.Fatalf("%s: %v", function, err)
	}
}

// key fills in the field for the API key.
func (r *referencePage) key(t *testing.T, key string) {
	t.Helper()
	if err := r.element(t, `input[placeholder="Token"]`).Input(key); err != nil {
		t.Fatal(err)
	}
}

// languages returns the languages of the page in its order, such as "shell/curl".
func (r *referencePage) languages(t *testing.T) []string {
	t.Helper()
	r.click(t, ".client-libraries__select")
	r.element(t, "[role=option]")
	var ids []string
	r.eval(t, &ids, `() => [...document.querySelectorAll('[role=option]')].map(e => e.id.split('-').pop())`)
	if err := r.Keyboard.Type(input.Escape); err != nil {
		t.Fatal(err)
	}
	r.wait(t, `() => !document.querySelector('[role=option]')`)
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
	if _, err := r.element(t, selector).Eval(`() => this.click()`); err != nil {
		t.Fatalf("%s: %v", selector, err)
	}
}

// samples chooses a language and returns the samples that the page then shows, by "POST /path".
func (r *referencePage) samples(t *testing.T, language string) map[string]string {
	t.Helper()
	r.press(t, ".client-libraries__select")
	r.press(t, fmt.Sprintf(`[role=option][id$="-%s"]`, language))
	r.wait(t, `() => !document.querySelector('[role=option]') && !!document.querySelector('section .request-editor-section pre')`)
	var shown map[string]string
	r.eval(t, &shown, shownSamples)
	return shown
}

func TestTheReference(t *testing.T) {
	b, p := browser(t), start(t)
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
	r.screen(t, 390, seen)
	r.wait(t, `() => innerWidth === 390`)
	var wide bool
	if r.eval(t, &wide, `() => document.documentElement.scrollWidth > innerWidth`); wide {
		t.Error("the page is wider than the screen")
	}
	r.try(t, "POST/api/v1/create_runway")
	var right int
	r.eval(t, &right, `() => Math.max(...[...document.querySelectorAll('[role=dialog] [data-addressbar-action=send]')].map(e => Math.ceil(e.getBoundingClientRect().right)))`)
	if right > 390 {
		t.Errorf("the send button ends at %d pixels", right)
	}
	r.leave(t)
	r.screen(t, 1440, seen)
}

// try opens the dialog that sends the request of a call, "POST/api/v1/create_runway".
func (r *referencePage) try(t *testing.T, call string) {
	t.Helper()
	r.click(t, fmt.Sprintf(`section[id$="/%s"] .show-api-client-button`, call))
	r.wait(t, `() => [...document.querySelectorAll('.scalar-client--open [data-addressbar-action=send]')].some(e => e.offsetParent)`)
}

// leave closes the dialog.
func (r *referencePage) leave(t *testing.T) {
	t.Helper()
	r.click(t, ".app-exit-button")
	r.wait(t, `() => !document.querySelector('.scalar-client--open')`)
}

// answered waits until the dialog shows an answer of status 200 that contains the text, and returns the dialog's text.
func (r *referencePage) answered(t *testing.T, text string) string {
	t.Helper()
	r.click(t, `[role=dialog] [data-addressbar-action=send]`)
	r.wait(t, `text => { const shown = document.querySelector('[role=dialog]').textContent; return shown.includes('200 OK') && shown.includes(text) }`, text)
	var shown string
	r.eval(t, &shown, `() => document.querySelector('[role=dialog]').textContent`)
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
	field := r.element(t, `[role=dialog] [contenteditable][aria-label=" Value"]`) // of the first parameter
	_, err := field.Eval(`() => getSelection().selectAllChildren(this)`)
	if err := errors.Join(err, field.Input(id[1])); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(r.answered(t, "CANCELLED"), id[1]) {
		t.Error("it shows another task")
	}
	r.leave(t)
	r.mu.Lock()
	defer r.mu.Unlock()
	if want := p.Base + "/api/v1/get_runway/" + id[1]; !slices.Contains(r.requests, want) {
		t.Errorf("the page requested %q, want %s among them", r.requests, want)
	}
}
