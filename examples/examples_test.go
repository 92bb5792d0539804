// Package examples_test runs the programs in this folder as their readers would, against a server that runs beside them.
//
// A program takes a prompt as its first argument and writes NAME.mp4 into the folder in which it runs. FILMGATE_URL and
// FILMGATE_API_KEY say where the server is. If the task fails, it prints the error's class and ends with status 1.
package examples_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/filmgate/filmgate/cmd/filmgate/servertest"
	"github.com/filmgate/filmgate/internal/fakevendor"
)

var programs servertest.Programs

func TestMain(m *testing.M) { os.Exit(programs.Run(m)) }

// example is one of the programs.
type example struct {
	name     string
	command  []string // before the prompt
	packages string   // of Debian, that bring what the command needs
	failure  string   // what it prints of a failed task: the SDK's own error class, or the task's reason
	retries  bool     // its SDK repeats a request that was answered with 429 or 503
}

// all returns every program of the folder, in the order of their names.
func all(t *testing.T) []example {
	t.Helper()
	known := known()
	files, err := filepath.Glob("typescript/*.ts")
	if err != nil {
		t.Fatal(err)
	}
	var out []example
	for _, file := range files {
		e, ok := known[strings.TrimSuffix(filepath.Base(file), ".ts")]
		if !ok {
			t.Errorf("%s is not run by the tests", file)
			continue
		}
		e.name = strings.TrimSuffix(filepath.Base(file), ".ts")
		path, err := filepath.Abs(file)
		if err != nil {
			t.Fatal(err)
		}
		e.command, e.packages = []string{servertest.Node(t), path}, "nodejs npm"
		out = append(out, e)
	}
	return append(out, goPrograms(t)...)
}

// goPrograms returns the programs in Go, which are built first.
func goPrograms(t *testing.T) []example {
	t.Helper()
	folders, err := filepath.Glob("go/*/main.go")
	if err != nil {
		t.Fatal(err)
	}
	var out []example
	for _, file := range folders {
		name := filepath.Base(filepath.Dir(file))
		program := filepath.Join(t.TempDir(), name)
		if text, err := exec.CommandContext(t.Context(), "go", "build", "-C", "go", "-o", program, "./"+name).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, text)
		}
		out = append(out, example{name: name, command: []string{program}, packages: "go", failure: "the video failed: ", retries: true})
	}
	return out
}

// run runs the program in a folder of its own against a server and returns what it printed.
func (e example) run(t *testing.T, base, prompt string) (out, folder string, err error) {
	t.Helper()
	folder = t.TempDir()
	c := exec.CommandContext(t.Context(), e.command[0], append(e.command[1:], prompt)...)
	c.Dir = folder
	c.Env = append(os.Environ(), "FILMGATE_URL="+base, "FILMGATE_API_KEY="+servertest.Key, "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1", "NODE_NO_WARNINGS=1")
	var text bytes.Buffer
	c.Stdout, c.Stderr = &text, &text
	err = c.Run()
	return text.String(), folder, err
}

// makesAVideo checks that the program ends well and has saved a video that can be played.
func (e example) makesAVideo(t *testing.T, base string) {
	t.Helper()
	out, folder, err := e.run(t, base, "a lighthouse in a storm, slow push in")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	probe, err := exec.CommandContext(t.Context(), "ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=codec_name", "-of", "csv=p=0",
		filepath.Join(folder, e.name+".mp4")).CombinedOutput()
	if err != nil || strings.TrimSpace(string(probe)) != "h264" {
		t.Errorf("%s.mp4: %s, %v\n%s", e.name, probe, err, out)
	}
}

// withVendor starts a server whose every video is made by a vendor that obeys its prompts.
func withVendor(t *testing.T) *servertest.Server {
	t.Helper()
	vendor := httptest.NewServer(fakevendor.New(fakevendor.Options{Takes: time.Second}))
	t.Cleanup(vendor.Close)
	settings := filepath.Join(t.TempDir(), "filmgate.yaml")
	text := `
engines:
  - name: vendor
    type: openai
    flavor: sglang
    base_url: "` + vendor.URL + `/sglang/v1"
    allow_networks: [127.0.0.0/8]
    keys: [{key: "` + fakevendor.Key + `"}]
    serves: [{name: wan2.2, modes: [text, first_frame], max_seconds: 20}]
models: {"*": [vendor]}
`
	if err := os.WriteFile(settings, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return programs.Start(t, t.TempDir(), "FILMGATE_CONFIG="+settings)
}

// busy is a proxy that refuses the first request of each method, with 503 and then with 429.
type busy struct {
	next http.Handler
	mu   sync.Mutex
	seen map[string]int
}

// ServeHTTP implements http.Handler.
func (b *busy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	b.seen[r.Method]++
	n := b.seen[r.Method]
	b.mu.Unlock()
	if n > 2 {
		b.next.ServeHTTP(w, r)
		return
	}
	w.Header().Set("Retry-After", "1")
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader([]int{http.StatusServiceUnavailable, http.StatusTooManyRequests}[n-1])
	_, _ = w.Write([]byte(`{"error":{"message":"busy"},"detail":"busy"}`))
}

func TestExamples(t *testing.T) {
	s := withVendor(t)
	to, err := url.Parse(s.Base)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all(t) {
		t.Run(filepath.Base(e.command[len(e.command)-1]), func(t *testing.T) {
			servertest.Need(t, e.packages)
			t.Parallel() // most of its time it waits between polls
			t.Run("makes a video, and outlives a busy server if its SDK does", func(t *testing.T) {
				t.Parallel()
				base := s.Base
				if e.retries {
					proxy := httptest.NewServer(&busy{next: httputil.NewSingleHostReverseProxy(to), seen: map[string]int{}})
					defer proxy.Close()
					base = proxy.URL
				}
				e.makesAVideo(t, base)
			})
			t.Run("reports a failed task", func(t *testing.T) {
				t.Parallel()
				out, _, err := e.run(t, s.Base, "a lighthouse fail:SAFETY.OUTPUT.VIDEO")
				if err == nil || !strings.Contains(out, e.failure) {
					t.Errorf("%v; want %s in\n%s", err, e.failure, out)
				}
			})
		})
	}
}

// What the programs see of a server with the renderer differs in the video only, so one of them shows it.
func TestAnExampleWithTheRenderer(t *testing.T) {
	for _, e := range goPrograms(t) {
		servertest.Need(t, e.packages)
		e.makesAVideo(t, programs.Start(t, t.TempDir()).Base)
	}
}

// known holds what the tests expect of each program.
func known() map[string]example {
	return map[string]example{
		"ark":        {failure: "BYTEDANCE_VIDEO_GENERATION_FAILED", retries: true},
		"fal":        {failure: "by its content rules", retries: true},
		"gateway":    {failure: "GatewayFailedDependencyError", retries: true},
		"luma":       {failure: "by its content rules", retries: true},
		"google":     {failure: "by its content rules", retries: true},
		"kling":      {failure: "KlingError"},
		"openai":     {failure: "OpenAIError", retries: true},
		"openrouter": {failure: "AI_APICallError", retries: true},
		"replicate":  {failure: "Prediction failed"}, // its SDK repeats a create after 429 only
		"runway":     {failure: "TaskFailedError", retries: true},
		"xai":        {failure: "Video generation failed", retries: true},
	}
}
