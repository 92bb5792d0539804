package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/engine/enginetest/fakevendor"
)

func configFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "filmgate.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEveryFaultOfTheSettingsFileIsNamedAtOnce(t *testing.T) {
	_, err := readConfig(configFile(t, `
engines:
  - name: animatic
    type: runway
    keys: [{key: "${NO_SUCH}"}]
  - name: "a/b"
    type: sora
    base_url: ftp://x
    timeout: -1s
    allow_networks: [localhost]
    surprise: 1
  - name: two
    type: fal
    keys: [{key: a}, {key: b, in_flight: -1}]
models:
  gen3a_turbo: [nobody, two/model]
  empty: []
`), func(string) string { return "" })
	if err == nil {
		t.Fatal("no fault was found")
	}
	for _, want := range []string{
		"FILMGATE_CONFIG (--config)", "field surprise not found", `"animatic" is taken`, "the environment has no NO_SUCH",
		`engines[1].name: "a/b"`, `engines[1].type: "sora"; allowed: ark, `, `engines[1].base_url: "ftp://x"`, "engines[1].timeout",
		`engines[1].allow_networks: "localhost"`, "engines[1].keys: at least one", "engines[2].keys[0].name", "engines[2].keys[1].in_flight",
		`models.gen3a_turbo: there is no engine "nobody"`, "models.empty: no engine",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not named in:\n%v", want, err)
		}
	}
}

func TestValuesOfTheEnvironmentGoWhereTheyAreNamed(t *testing.T) {
	c, err := readConfig(configFile(t, `
engines:
  - {name: r, type: runway, base_url: "https://${HOST}/x", timeout: 90s, keys: [{name: team, key: "${KEY}", in_flight: 3}]}
models: {"*": [r, animatic]}
`), func(name string) string { return map[string]string{"HOST": "vendor.example", "KEY": "secret"}[name] })
	if err != nil {
		t.Fatal(err)
	}
	e := c.Engines[0]
	if e.BaseURL != "https://vendor.example/x" || e.Timeout != 90*time.Second || e.Keys[0] != (keyConfig{Name: "team", Key: "secret", InFlight: 3}) {
		t.Errorf("read %+v", e)
	}
}

func TestNoSettingsFileIsNoFault(t *testing.T) {
	if c, err := readConfig("", nil); err != nil || len(c.Engines) != 0 {
		t.Errorf("%+v, %v", c, err)
	}
	if _, err := readConfig(filepath.Join(t.TempDir(), "none.yaml"), nil); err == nil {
		t.Error("a file that is not there is none")
	}
}

func TestThePublishedCallRunsOnAVendorOnceThereIsAKey(t *testing.T) {
	vendor := httptest.NewServer(fakevendor.New(fakevendor.Options{Takes: time.Second}))
	t.Cleanup(vendor.Close)
	t.Setenv("FILMGATE_CONFIG", configFile(t, `
engines:
  - name: team
    type: runway
    base_url: `+vendor.URL+`/runway
    allow_networks: [127.0.0.0/8]
    keys: [{name: first, key: "${VENDOR_KEY}"}]
models:
  gen3a_turbo: [team, animatic]
`))
	t.Setenv("VENDOR_KEY", fakevendor.Key)
	p := run(t, t.TempDir())
	a := p.until(t, p.create(t, `{"seconds":5,"text_prompt":"a boat","seed":1}`), hasSucceeded)
	if len(a.Task.Artifacts) != 1 {
		t.Fatalf("artifacts %+v", a.Task.Artifacts)
	}
	wantStatus(t, "the video", a.Task.Artifacts[0].URL, http.StatusOK)
	p.wantCall(t, http.MethodGet, "/api/v1/tasks/"+a.Task.ID, "", http.StatusOK, `"engine":"team"`)
	refused := p.create(t, `{"seconds":5,"text_prompt":"fail:SAFETY.INPUT.TEXT"}`)
	p.wantEnd(t, refused, "FAILED")
	p.wantCall(t, http.MethodGet, "/api/v1/get_runway/"+refused, "", http.StatusOK, `"reason":"SAFETY.INPUT.TEXT"`)
	if strings.Contains(p.errs.String(), fakevendor.Key) {
		t.Error("the key is in the log")
	}
}

// wantEnd polls until the task has ended, as wanted.
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
