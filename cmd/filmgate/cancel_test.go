package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/fakevendor"
)

func TestACancelFromEachDialectReachesTheVendor(t *testing.T) {
	t.Parallel()
	fake := vendors(t, time.Hour, `
engines: [{name: team, type: runway, base_url: "{url}/runway", {here}, keys: [{key: "{key}"}]}]
models: {"*": [team]}
`)
	p := fake.run(t)
	for dialect, c := range map[string]struct{ method, path, header, value string }{
		"filmgate":         {http.MethodPost, "/api/v1/tasks/{id}/cancel", "", ""},
		"filmgate, delete": {http.MethodDelete, "/api/v1/tasks/{id}", "", ""},
		"ark":              {http.MethodDelete, "/api/v3/contents/generations/tasks/{id}", "", ""},
		"fal":              {http.MethodPut, "/fal/fal-ai/veo3.1/requests/{id}/cancel", "", ""},
		"luma":             {http.MethodDelete, "/dream-machine/v1/generations/{id}", "", ""},
		"openai":           {http.MethodDelete, "/v1/videos/{id}", "", ""},
		"replicate":        {http.MethodPost, "/replicate/v1/predictions/{id}/cancel", "", ""},
		"runway":           {http.MethodDelete, "/v1/tasks/{id}", "X-Runway-Version", "2024-11-06"},
	} {
		id := p.create(t, `{"seconds":5,"text_prompt":"a boat"}`)
		p.until(t, id, func(taskAnswer) bool { a := p.whole(t, id).Attempts; return len(a) == 1 && a[0].Handle != "" })
		var header []string
		if c.header != "" {
			header = []string{c.header, c.value}
		}
		if code, body := p.call(t, c.method, strings.Replace(c.path, "{id}", id, 1), "", header...); code >= 300 {
			t.Errorf("%s: %d %s", dialect, code, body)
			continue
		}
		p.logs(t, "task="+id+" engine=team handle=")
		if cancels(fake.Vendor, p.whole(t, id).Attempts[0].Handle) == 0 {
			t.Errorf("%s: the vendor was not told", dialect)
		}
		if got := p.whole(t, id); got.Status != "CANCELLED" {
			t.Errorf("%s: the task is %s", dialect, got.Status)
		}
	}
}

// cancels returns how many cancels of a job the vendor has got.
func cancels(fake *fakevendor.Vendor, handle string) (n int) {
	for _, s := range fake.Seen() {
		if s.Method == http.MethodDelete && strings.HasSuffix(s.Path, handle) {
			n++
		}
	}
	return n
}

func TestACancelOutlivesAKill(t *testing.T) {
	t.Parallel()
	var fake *fakevendor.Vendor
	arrived, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodDelete {
			once.Do(func() { // the first never comes through
				close(arrived)
				<-release
				panic(http.ErrAbortHandler)
			})
		}
		fake.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	fake = fakevendor.New(fakevendor.Options{Takes: time.Hour})
	path := configFile(t, "")
	writeSettings(t, path, s.URL, "engines: [{name: team, {here}, type: runway, base_url: \"{url}/runway\", keys: [{key: \"{key}\"}]}]\nmodels: {\"*\": [team]}\n")
	data, settings := t.TempDir(), "FILMGATE_CONFIG="+path
	p := run(t, data, settings)
	id := p.create(t, `{"seconds":5,"text_prompt":"a boat"}`)
	p.until(t, id, func(taskAnswer) bool { a := p.whole(t, id).Attempts; return len(a) == 1 && a[0].Handle != "" })
	if code, body := p.call(t, http.MethodPost, "/api/v1/tasks/"+id+"/cancel", ""); code != http.StatusOK {
		t.Fatalf("cancel: %d %s", code, body)
	}
	<-arrived
	p.end(syscall.SIGKILL)
	close(release)
	p = run(t, data, settings)
	p.logs(t, "task="+id+" engine=team handle=")
	if got := p.whole(t, id); got.Status != "CANCELLED" || cancels(fake, got.Attempts[0].Handle) == 0 {
		t.Errorf("the vendor was not told after the restart: %+v", got)
	}
}
