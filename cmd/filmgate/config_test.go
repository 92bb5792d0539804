package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/fakevendor"
)

// configFile writes a settings file and returns its path.
func configFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "filmgate.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestThePublishedCallRunsOnAVendorWithAKey(t *testing.T) {
	t.Parallel()
	vendor := httptest.NewServer(fakevendor.New(fakevendor.Options{Takes: time.Second}))
	t.Cleanup(vendor.Close)
	path := configFile(t, `
engines:
  - name: team
    type: runway
    base_url: `+vendor.URL+`/runway
    allow_networks: [127.0.0.0/8]
    keys: [{name: first, key: "${VENDOR_KEY}"}]
models:
  gen3a_turbo: [team, animatic]
`)
	p := run(t, t.TempDir(), "FILMGATE_CONFIG="+path, "VENDOR_KEY="+fakevendor.Key)
	a := p.until(t, p.create(t, `{"seconds":5,"text_prompt":"a boat","seed":1}`), hasSucceeded)
	if len(a.Task.Artifacts) != 1 {
		t.Fatalf("artifacts %+v", a.Task.Artifacts)
	}
	wantStatus(t, "the video", a.Task.Artifacts[0].URL, http.StatusOK)
	p.wantCall(t, http.MethodGet, "/api/v1/tasks/"+a.Task.ID, "", http.StatusOK, `"engine":"team"`)
	refused := p.create(t, `{"seconds":5,"text_prompt":"fail:SAFETY.INPUT.TEXT"}`)
	p.wantEnd(t, refused, "FAILED")
	p.wantCall(t, http.MethodGet, "/api/v1/get_runway/"+refused, "", http.StatusOK, `"reason":"SAFETY.INPUT.TEXT"`)
	p.wantMakevid(t)
	if strings.Contains(p.errs.String(), fakevendor.Key) {
		t.Error("the key is in the log")
	}
}

// wantEnd polls until the task has ended, and fails the test unless it ended as wanted.
func (p *process) wantEnd(t *testing.T, id, want string) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for range 20 * 60 {
		switch s := p.get(t, id).Task.Status; s {
		case want:
			return
		case "SUCCEEDED", "FAILED", "CANCELLED":
			t.Fatalf("ended %s, want %s", s, want)
		}
		<-tick.C
	}
	t.Fatalf("did not end\n%s", p.errs)
}
