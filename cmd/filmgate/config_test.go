package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/fakevendor"
)

func configFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "filmgate.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// asEnv looks names up as the environment does.
func asEnv(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}

func TestEveryErrorOfTheSettingsFileIsReportedWithItsLine(t *testing.T) {
	path := filepath.Join("testdata", "every-fault.yaml")
	_, err := program{getenv: asEnv(nil), now: time.Now}.loader().Load(path, config.Loaded{})
	if err == nil {
		t.Fatal("no fault was found")
	}
	golden := filepath.Join("testdata", "every-fault.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(err.Error()+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, readErr := os.ReadFile(golden)
	if readErr != nil {
		t.Fatal(readErr)
	}
	if got := err.Error() + "\n"; got != string(want) {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestThePublishedCallRunsOnAVendorWithAKey(t *testing.T) {
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

// FuzzSettingsFile holds that whatever stands in the file, it is taken or refused in words.
func FuzzSettingsFile(f *testing.F) {
	every, err := os.ReadFile(filepath.Join("testdata", "every-fault.yaml"))
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{
		string(every), "", "~", "engines: &e [*e]", "a: &a {<<: *a}", "models: {x: {to: y}}", "models: [a]", "engines: [~, [], {}]",
		"engines: [{keys: [~]}]", "models: {? [a] : b}", "engines: [{name: x, type: comfyui, workflows: [{slots: {prompt: x}}]}]", "--- a\n--- b\n",
		"deadline: ${X}", "engines: [{type: openai, serves: [{seconds: [a]}]}]",
		"engines: [{type: fal, keys: [a], serves: [{model: o/m, modes: [text], seconds: [5], inputs: {prompt: text}, fixed: {a: {b: [~, 1e9]}}}]}]",
		"engines: [{type: replicate, keys: [a], serves: [{model: a/b, price: 0.5, inputs: {first: ~, x: y}, fixed: &f {a: *f}}]}]",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, err := program{now: time.Now, getenv: func(string) string { return "7" }}.loader().Load(configFile(t, text), config.Loaded{})
		if err != nil && !strings.HasPrefix(err.Error(), "FILMGATE_CONFIG (--config): ") {
			t.Errorf("%q: %v", text, err)
		}
	})
}
