package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	taskID = "d110cdd2-df84-4126-ba58-8416b86003eb"
	create = "POST /api/v1/create_runway"
	get    = "GET /api/v1/get_runway/" + taskID
	video  = "GET /cdn/20261124/video.mp4"
)

// runway returns the part of a makevid answer that the client reads. progress and rest are JSON; rest comes after the status.
func fakeRunway(status, progress, rest string) string {
	return fmt.Sprintf(`{"task":{"id":%q,"status":%q,"progressRatio":%s%s}}`, taskID, status, progress, rest)
}

func succeeded(size int) string {
	return fakeRunway("SUCCEEDED", `"1"`, fmt.Sprintf(`,"artifacts":[{"url":"{url}/cdn/20261124/video.mp4","fileSize":"%d"}]`, size))
}

// making returns a server that makes one video, whose bytes are "a whole film".
func making(t *testing.T) *script {
	return newScript(t, map[string][]answer{
		create: bodies(fakeRunway("PENDING", "null", `,"artifacts":[]`)),
		get: bodies(fakeRunway("PENDING", "null", ""), fakeRunway("RUNNING", `"0.25"`, ""), fakeRunway("RUNNING", `"0.25"`, ""),
			fakeRunway("RUNNING", `"0.75"`, ""), succeeded(12)),
		video: bodies("a whole film"),
	})
}

func TestGenerateInAPipeWritesLines(t *testing.T) {
	t.Chdir(t.TempDir())
	s := making(t)
	run := s.session().run(t, "generate", "--prompt", "a lake")
	run.expect(t, 0)
	want := []string{"task " + taskID + " PENDING", "task " + taskID + " RUNNING 25%", "task " + taskID + " RUNNING 75%",
		"task " + taskID + " SUCCEEDED", taskID + ".mp4", ""}
	if got := strings.Split(run.out, "\n"); !slices.Equal(got, want) {
		t.Errorf("wrote %q, want %q", got, want)
	}
	if got := content(t, taskID+".mp4"); got != "a whole film" {
		t.Errorf("the file holds %q", got)
	}
}

func content(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestGenerateOnATerminalDrawsABar(t *testing.T) {
	t.Chdir(t.TempDir())
	run := making(t).session()
	run.terminal = true
	run.run(t, "generate", "--prompt", "a lake").expect(t, 0, "█", "100 %", "SUCCEEDED", taskID[:8])
	if strings.Contains(run.out, "task "+taskID) {
		t.Error("a terminal got plain lines")
	}
}

func TestGenerateSendsWhatItsFlagsSay(t *testing.T) {
	picture := filepath.Join(t.TempDir(), "lake.png")
	if err := os.WriteFile(picture, []byte("\x89PNG\r\n\x1a\nrest"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		args []string
		want map[string]any
	}{
		{"the least", []string{"--prompt", "a lake"},
			map[string]any{"seconds": 5., "text_prompt": "a lake", "enhance_prompt": true, "init_image": "", "image_as_end_frame": false}},
		{"everything", []string{"--prompt", "zoom", "--image", picture, "--seconds", "10", "--model", "gen3a_turbo", "--seed", "4294967295"},
			map[string]any{"seconds": 10., "text_prompt": "zoom", "enhance_prompt": true, "init_image": "data:image/png;base64,iVBORw0KGgpyZXN0",
				"image_as_end_frame": false, "model": "gen3a_turbo", "seed": 4294967295.}},
		{"a seed of nought", []string{"--prompt", "zoom", "--seed", "0"},
			map[string]any{"seconds": 5., "text_prompt": "zoom", "enhance_prompt": true, "init_image": "", "image_as_end_frame": false, "seed": 0.}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := making(t)
			out := filepath.Join(t.TempDir(), "out.mp4")
			s.session().run(t, append([]string{"generate", "-o", out}, tt.args...)...).expect(t, 0, out)
			var got map[string]any
			if err := json.Unmarshal([]byte(s.bodies[create]), &got); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("sent %v, want %v", got, tt.want)
			}
			if s.keys[create] != "Bearer sixteen letters!" || s.keys[video] != "" {
				t.Errorf("the key went to create as %q, to the video as %q", s.keys[create], s.keys[video])
			}
		})
	}
}

func TestGenerateChecksItsFlagsFirst(t *testing.T) {
	text := filepath.Join(t.TempDir(), "text.jpg")
	if err := os.WriteFile(text, []byte("no picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		args []string
		want []string
	}{
		{"nothing to go by", nil, []string{"--prompt"}},
		{"several at once", []string{"--image", "nowhere.jpg", "--seed", "-1"}, []string{"--image", "nowhere.jpg", `--seed: "-1"`, "4294967295"}},
		{"a picture that is none", []string{"--image", text}, []string{"no JPEG, PNG, WebP, AVIF or HEIC picture", "text/plain"}},
		{"a seed too large", []string{"--prompt", "a", "--seed", "4294967296"}, []string{"--seed"}},
		{"no folder to write to", []string{"--prompt", "a", "-o", "nowhere/a.mp4"}, []string{"--output", "nowhere"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := making(t)
			s.session().run(t, append([]string{"generate"}, tt.args...)...).expect(t, exitUsage, tt.want...)
			if len(s.keys) != 0 {
				t.Error("the server was asked")
			}
		})
	}
}

func TestGenerateSaysWhyThereIsNoVideo(t *testing.T) {
	const failure = `,"error":{"reason":"SAFETY.INPUT.TEXT","message":"Change the prompt."}`
	pending := bodies(fakeRunway("PENDING", "null", ""))
	tests := []struct {
		name    string
		answers map[string][]answer
		want    []string
	}{
		{"the task failed", map[string][]answer{create: pending, get: bodies(fakeRunway("FAILED", `"0.30"`, failure))},
			[]string{taskID, "failed: SAFETY.INPUT.TEXT: Change the prompt."}},
		{"the task was cancelled", map[string][]answer{create: pending, get: bodies(fakeRunway("CANCELLED", "null", ""))}, []string{taskID, "cancelled"}},
		{"a refusal, every field", map[string][]answer{create: {{400, `{"title":"The request is not valid","detail":"2 fields are wrong",
			"errors":[{"pointer":"#/seconds","detail":"7 is not 5 or 10"},{"pointer":"#/seed","detail":"too large"},{"pointer":"","detail":"odd"}]}`}}},
			[]string{"The request is not valid: 2 fields are wrong", "\n  seconds: 7 is not 5 or 10", "\n  seed: too large", "\n  body: odd"}},
		{"no key", map[string][]answer{create: {{401, `{"title":"A valid API key is needed"}`}}}, []string{"A valid API key is needed", "FILMGATE_API_KEY", "key create"}},
		{"a fault of the server's", map[string][]answer{create: {{500, `{"title":"Internal error","request_id":"r-1"}`}}}, []string{"Internal error", "r-1"}},
		{"a proxy's page", map[string][]answer{create: {{502, "<html>"}}}, []string{"502 Bad Gateway"}},
		{"another server's answer", map[string][]answer{create: bodies("<html>")}, []string{"can't be read"}},
		{"another server's JSON", map[string][]answer{create: bodies("{}")}, []string{"holds no task"}},
		{"a task that is gone", map[string][]answer{create: pending, get: {{404, `{"title":"Not found"}`}}}, []string{taskID, "Not found"}},
		{"a server that stays away", map[string][]answer{create: pending, get: {{503, `{"title":"The server is busy"}`}}}, []string{"may go on", "The server is busy"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			newScript(t, tt.answers).session().run(t, "generate", "--prompt", "a").expect(t, exitFailure, tt.want...)
			empty(t, ".")
		})
	}
}

// empty fails the test if the folder is not empty.
func empty(t *testing.T, folder string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v, error %v", entries, err)
	}
}

func TestGenerateWithoutAServerSaysWhatToStart(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close() // its port is free again
	run := &session{env: map[string]string{"FILMGATE_URL": s.URL}}
	run.run(t, "generate", "--prompt", "a").expect(t, exitFailure, "cannot reach the server at "+s.URL, "connection refused", "filmgate serve", "FILMGATE_URL")
}

func TestGenerateSurvivesAServersRestart(t *testing.T) {
	t.Chdir(t.TempDir())
	s := making(t)
	s.answers[get] = append([]answer{{status: http.StatusTeapot}, {status: 503, body: "{}"}, {status: 429}}, s.answers[get]...)
	s.session().run(t, "generate", "--prompt", "a").expect(t, 0, "RUNNING 75%", taskID+".mp4")
}

func TestGenerateInterruptedLeavesTheTaskRunning(t *testing.T) {
	for _, terminal := range []bool{false, true} {
		t.Run(fmt.Sprintf("terminal %v", terminal), func(t *testing.T) {
			t.Chdir(t.TempDir())
			s := making(t)
			ctx, interrupt := context.WithCancel(t.Context())
			run := s.session()
			run.terminal = terminal
			run.wait = func(context.Context, time.Duration) error {
				interrupt()
				return ctx.Err()
			}
			run.runUntil(ctx, "generate", "--prompt", "a")
			run.expect(t, exitInterrupted, "goes on", "filmgate task watch "+taskID, "filmgate task cancel "+taskID)
			for call := range s.keys {
				if strings.Contains(call, "cancel") {
					t.Errorf("it called %s", call)
				}
			}
			empty(t, ".")
		})
	}
}

func TestGenerateInterruptedBeforeTheFirstAnswer(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	making(t).session().runUntil(ctx, "generate", "--prompt", "a").expect(t, exitInterrupted)
}
