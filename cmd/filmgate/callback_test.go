package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/fakevendor"
)

// front is a public address that forwards to a server which is started later.
type front struct {
	*httptest.Server
	behind atomic.Pointer[url.URL]
}

func newFront(t *testing.T) *front {
	f := &front{}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		httputil.NewSingleHostReverseProxy(f.behind.Load()).ServeHTTP(w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

// TestVendorsCallBack runs the program against a fake vendor, which sends callbacks.
func TestVendorsCallBack(t *testing.T) {
	t.Parallel()
	for _, wire := range []string{"fal", "replicate", "kling"} {
		t.Run(wire, func(t *testing.T) {
			t.Parallel()
			vendor := fakevendor.New(fakevendor.Options{Takes: time.Second})
			vendorServer := httptest.NewServer(vendor)
			t.Cleanup(vendorServer.Close)
			public := newFront(t)
			config := filepath.Join(t.TempDir(), "engines.yaml")
			text := fmt.Sprintf("engines:\n- {name: team, type: %s, base_url: %s/%s, callbacks: true, allow_networks: [127.0.0.0/8], keys: [{key: %s}]}\n"+
				"models: {\"*\": [team]}\n", wire, vendorServer.URL, wire, fakevendor.Key)
			if wire == "kling" {
				text = strings.Replace(text, "{key: ", "{key: access, secret: ", 1)
			}
			if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			p := run(t, t.TempDir(), "FILMGATE_CONFIG="+config, "FILMGATE_PUBLIC_URL="+public.URL)
			behind, err := url.Parse(p.base)
			if err != nil {
				t.Fatal(err)
			}
			public.behind.Store(behind)
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			go func() {
				for tick := time.Tick(50 * time.Millisecond); ctx.Err() == nil; <-tick {
					vendor.CallBack(ctx)
				}
			}()
			p.until(t, p.create(t, `{"seconds":5,"text_prompt":"a cat walks"}`), hasSucceeded)
			called := slices.IndexFunc(vendor.Seen(), func(s fakevendor.Seen) bool { return s.Method == "callback" && s.Status == http.StatusOK })
			if called < 0 {
				t.Errorf("no callback was taken: %+v\n%s", vendor.Seen(), p.errs)
			}
			if log := p.errs.String(); strings.Contains(log, fakevendor.Key) {
				t.Errorf("the key stands in the log: %s", log)
			}
		})
	}
}

func TestForgedCallbacksAreRefused(t *testing.T) {
	t.Parallel()
	p := run(t, t.TempDir())
	for _, path := range []string{"/callbacks/animatic/x", "/callbacks/nobody/00000000-0000-4000-8000-000000000000.abc"} {
		if code, body := p.call(t, http.MethodPost, path, "{}"); code != http.StatusNotFound || !strings.Contains(string(body), "There is nothing here.") {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}
}
