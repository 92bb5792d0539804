// Package browsertest opens pages of a server of the tests in Debian's Chromium. A page may ask that server alone, and log no error.
package browsertest

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/cdp"
	"github.com/go-rod/rod/lib/launcher"
	"github.com/go-rod/rod/lib/proto"

	"github.com/filmgate/filmgate/cmd/filmgate/servertest"
)

// Patience is how long one step of a page may take on a busy machine.
const Patience = 2 * time.Minute

// Start starts a Chromium that can reach only this machine. It ends with the test, or with the test program if that is killed.
func Start(t testing.TB) *rod.Browser {
	t.Helper()
	servertest.Need(t, "chromium")
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal(err)
	}
	l := launcher.New().Bin(dying(t, path)).Leakless(false).NoSandbox(os.Getuid() == 0).UserDataDir(t.TempDir()).
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

// dying returns a program that runs another one, which the kernel ends when its parent ends.
func dying(t testing.TB, path string) string {
	t.Helper()
	script := filepath.Join(t.TempDir(), filepath.Base(path))
	if err := os.WriteFile(script, []byte("#!/bin/sh\nexec setpriv --pdeathsig KILL '"+path+"' \"$@\"\n"), 0o700); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	return script
}

// Page is a page of a server in a browser.
type Page struct {
	*rod.Page
	mu       sync.Mutex
	requests []string // every URL that it requested
	faults   []string // what it logged as errors
	allowed  []string // parts of errors that the test expects
}

// New returns an empty page. At the end the test fails if the page sent a request to another server than base,
// "http://127.0.0.1:8080", and the others, or logged an error.
func New(t testing.TB, b *rod.Browser, base string, others ...string) *Page {
	t.Helper()
	page, err := b.Page(proto.TargetCreateTarget{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	p := &Page{Page: page.Context(ctx)}
	watch := p.EachEvent(func(e *proto.NetworkRequestWillBeSent) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.requests = append(p.requests, e.Request.URL)
	}, func(e *proto.RuntimeExceptionThrown) {
		text := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
		p.fault(text)
	}, func(e *proto.LogEntryAdded) {
		if e.Entry.Level == proto.LogLogEntryLevelError {
			p.fault(e.Entry.Text + " " + e.Entry.URL)
		}
	})
	go watch()
	t.Cleanup(func() {
		_ = p.Close()
		cancel()
		p.check(t, append(others, base))
	})
	return p
}

func (p *Page) fault(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = append(p.faults, text)
}

func (p *Page) check(t testing.TB, allowed []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, asked := range p.requests {
		if u, err := url.Parse(asked); err != nil || u.Scheme != "data" && u.Scheme != "blob" && !slices.Contains(allowed, u.Scheme+"://"+u.Host) {
			t.Errorf("the page requested %s", asked)
		}
	}
	for _, fault := range p.faults {
		if !slices.ContainsFunc(p.allowed, func(part string) bool { return strings.Contains(fault, part) }) {
			t.Errorf("the page logged: %s", fault)
		}
	}
}

// Allow lets the page log errors that contain one of the texts, such as that of an answer with an error status.
func (p *Page) Allow(parts ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.allowed = append(p.allowed, parts...)
}

// Requests returns the URLs that the page has requested.
func (p *Page) Requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.requests)
}

// Size sets the size of the visible part of the page, in page pixels, and how many screen pixels each of them has.
func (p *Page) Size(t testing.TB, width, height int, pixels float64) {
	t.Helper()
	if err := p.SetViewport(&proto.EmulationSetDeviceMetricsOverride{Width: width, Height: height, DeviceScaleFactor: pixels}); err != nil {
		t.Fatal(err)
	}
}

// Find waits for the first element of a selector.
func (p *Page) Find(t testing.TB, selector string) *rod.Element {
	t.Helper()
	e, err := p.Timeout(Patience).Element(selector)
	if err != nil {
		t.Fatalf("%s: %v", selector, err)
	}
	return e.CancelTimeout()
}

// Click clicks the first element of a selector, once it stands still.
func (p *Page) Click(t testing.TB, selector string) {
	t.Helper()
	if err := p.Find(t, selector).Timeout(Patience).Click(proto.InputMouseButtonLeft, 1); err != nil {
		t.Fatalf("%s: %v", selector, err)
	}
}

// Read runs a function in the page and decodes what it returns.
func (p *Page) Read(t testing.TB, into any, function string, arguments ...any) {
	t.Helper()
	got, err := p.Timeout(Patience).Eval(function, arguments...)
	if err != nil {
		t.Fatalf("%s: %v", function, err)
	}
	if err := json.Unmarshal([]byte(got.Value.JSON("", "")), into); err != nil {
		t.Fatalf("%s: %v: %s", function, err, got.Value)
	}
}

// Until waits until a function of the page returns true, also if the page is loaded anew meanwhile.
func (p *Page) Until(t testing.TB, function string, arguments ...any) {
	t.Helper()
	waiting := p.Timeout(Patience)
	err := waiting.Wait(rod.Eval(function, arguments...))
	for loadedAnew(err) {
		err = waiting.Wait(rod.Eval(function, arguments...))
	}
	if err != nil {
		t.Fatalf("%s: %v", function, err)
	}
}

// loadedAnew reports whether a function could not end because its page was replaced.
func loadedAnew(err error) bool {
	var of *cdp.Error
	return errors.As(err, &of) && (of.Message == "Inspected target navigated or closed" || errors.Is(of, cdp.ErrCtxDestroyed))
}
