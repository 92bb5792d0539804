package main

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

const aVideo = `{"seconds": 5, "text_prompt": "slow zoom over dunes"}`

// until repeats a check until it succeeds, and fails the test after two minutes.
func until(t *testing.T, what string, come func() bool) {
	t.Helper()
	late, tick := time.After(2*time.Minute), time.NewTicker(50*time.Millisecond)
	defer tick.Stop()
	for !come() {
		select {
		case <-late:
			t.Fatalf("%s does not come", what)
		case <-tick.C:
		}
	}
}

// A server without ffmpeg says so in its log, in /readyz and in answers. It makes videos as soon as ffmpeg is installed.
func TestAServerWithoutFFmpegReportsItAndRecovers(t *testing.T) {
	t.Parallel()
	real, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Fatal(err)
	}
	path := t.TempDir()
	p := run(t, t.TempDir(), "PATH="+path)
	status, body := p.call(t, http.MethodGet, "/readyz", "")
	if want := `{"status":"unavailable","failing":["renderer"],"reasons":["ffmpeg is missing on this server"]}`; status != http.StatusServiceUnavailable || strings.TrimSpace(string(body)) != want {
		t.Errorf("readyz: %d %s", status, body)
	}
	for route, request := range map[string]string{
		"/api/v1/create_runway": aVideo, "/api/v1/create_luma": `{"user_prompt": "dunes", "expand_prompt": true}`,
		"/api/v1/tasks":                         `{"prompt": "dunes", "seconds": 5}`,
		"/api/v1/kling/text2video/create_kling": `{"prompt": "dunes"}`,
	} {
		resp := p.post(t, route, request)
		if resp.status != http.StatusServiceUnavailable || resp.retryAfter == "" || !strings.Contains(resp.body, "ffmpeg is missing on this server") {
			t.Errorf("%s: %d, Retry-After %q: %s", route, resp.status, resp.retryAfter, resp.body)
		}
	}
	if n := strings.Count(p.errs.String(), "level=WARN msg=\"no video is rendered"); n != 1 {
		t.Errorf("%d warnings in the log, want 1:\n%s", n, p.errs)
	}
	if err := os.Symlink(real, filepath.Join(path, "ffmpeg")); err != nil {
		t.Fatal(err)
	}
	until(t, "readiness", func() bool {
		status, _ := p.call(t, http.MethodGet, "/readyz", "")
		return status == http.StatusOK
	})
	if status, body := p.call(t, http.MethodPost, "/api/v1/create_runway", aVideo); status != http.StatusOK {
		t.Errorf("create: %d %s", status, body)
	}
}

// posted is the part of an answer that a test reads.
type posted struct {
	status           int
	retryAfter, body string
}

// post sends a body and returns the answer, with its Retry-After.
func (p *process) post(t *testing.T, path, body string) posted {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+testKey)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var answer json.RawMessage
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return posted{resp.StatusCode, resp.Header.Get("Retry-After"), string(answer)}
}

// A killed process leaves temporary files in the data folder. The next start removes them.
func TestAKilledProcessLeavesNoTempFiles(t *testing.T) {
	t.Parallel()
	data, system := t.TempDir(), t.TempDir()
	p := run(t, data, "TMPDIR="+system)
	if status, body := p.call(t, http.MethodPost, "/api/v1/create_runway", aVideo); status != http.StatusOK {
		t.Fatalf("create: %d %s", status, body)
	}
	inTheMaking := func() []string {
		names, err := filepath.Glob(filepath.Join(data, "temp", "*"))
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	until(t, "a file in the making", func() bool { return len(inTheMaking()) > 0 })
	leftover := filepath.Join(data, "temp", "stills-1")
	if err := os.Mkdir(leftover, 0o700); err != nil { // as a process leaves that is killed while it cuts previews
		t.Fatal(err)
	}
	p.end(syscall.SIGKILL)
	run(t, data, "TMPDIR="+system)
	if _, err := os.Stat(leftover); !os.IsNotExist(err) {
		t.Errorf("it is still there: %v", err)
	}
	if left, err := os.ReadDir(system); err != nil || len(left) > 0 {
		t.Errorf("in the system's own folder: %v, %v", left, err)
	}
}

// An ffmpeg that hangs is killed by the server.
func TestChildrenOfAKilledProcessEndWithIt(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells a child of its parent's end")
	}
	dir := t.TempDir()
	script := "#!/bin/sh\necho $$ > " + dir + "/new && mv " + dir + "/new " + dir + "/pid && exec sleep 1000\n"
	if err := os.WriteFile(filepath.Join(dir, "ffmpeg"), []byte(script), 0o700); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	p := run(t, t.TempDir(), "PATH="+dir+":"+os.Getenv("PATH"))
	var pid string
	until(t, "an ffmpeg", func() bool {
		b, err := os.ReadFile(filepath.Join(dir, "pid")) //nolint:gosec // the test's own
		pid = strings.TrimSpace(string(b))
		return err == nil
	})
	p.end(syscall.SIGKILL)
	until(t, "its end", func() bool {
		b, err := os.ReadFile("/proc/" + pid + "/stat") //nolint:gosec // the test's own child
		return err != nil || strings.Contains(string(b), ") Z ")
	})
}
