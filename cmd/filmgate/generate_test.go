package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
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
	create = "POST /api/v1/tasks"
	get    = "GET /api/v1/tasks/" + taskID
	video  = "GET /cdn/20261124/video.mp4"
)

// fakeTask returns the part of an answer that the client reads. rest is JSON.
func fakeTask(status string, progress float64, rest string) string {
	return row(taskID, status, progress, rest)
}

func succeeded(size int) string {
	const url = "{url}/cdn/20261124/video.mp4"
	return fakeTask("SUCCEEDED", 1, fmt.Sprintf(`,"artifacts":[{"url":%q,"files":[{"url":"{url}/cdn/1.jpg","size":7},{"url":%[1]q,"size":%d}]}]`, url, size))
}

// making returns a server that makes one video, whose bytes are "a whole film".
func making(t *testing.T) *script {
	return newScript(t, map[string][]answer{
		create: bodies(fakeTask("PENDING", 0, `,"artifacts":[]`)),
		get: bodies(fakeTask("PENDING", 0, ""), fakeTask("RUNNING", 0.25, ""), fakeTask("RUNNING", 0.25, ""),
			fakeTask("RUNNING", 0.75, ""), succeeded(12)),
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
	t.Chdir(t.TempDir())
	for name, content := range map[string]string{"lake.png": "\x89PNG\r\n\x1a\nrest", "odd:style": "\x89PNG\r\n\x1a\n", "voice.mp3": "ID3", "steps.aac": "\xff\xf1\x50\x80\x02\x1f\xfc"} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const png, odd = "data:image/png;base64,iVBORw0KGgpyZXN0", "data:image/png;base64,iVBORw0KGgo="
	least := func(more map[string]any) map[string]any {
		want := map[string]any{"seconds": 5., "prompt": "a", "expand_prompt": true}
		maps.Copy(want, more)
		return want
	}
	tests := []struct {
		name string
		args []string
		want map[string]any
	}{
		{"the least", nil, least(nil)},
		{"a picture, a model, a length and a seed", []string{"--image", "lake.png", "--seconds", "10", "--model", "gen3a_turbo", "--seed", "4294967295"},
			least(map[string]any{"seconds": 10., "first_frame": png, "model": "gen3a_turbo", "seed": 4294967295.})},
		{"a picture by its URL", []string{"--image", "https://a.example/a.png"}, least(map[string]any{"first_frame": "https://a.example/a.png"})},
		{"a seed of nought", []string{"--seed", "0"}, least(map[string]any{"seed": 0.})},
		{"sound", []string{"--audio"}, least(map[string]any{"audio": true})},
		{"no sound", []string{"--no-audio"}, least(map[string]any{"audio": false})},
		{"no sound in other words", []string{"--audio=false"}, least(map[string]any{"audio": false})},
		{"reference images", []string{"--reference-image", "lake.png", "--reference-image", "lake.png:subject", "--reference-image", "lake.png:hero",
			"--reference-image", "lake.png:style:look", "--reference-image", "https://a.example:8080/a.png", "--reference-image", "https://a.example/a.png:general",
			"--reference-image", "odd:style", "--reference-image", "odd:style:style"},
			least(map[string]any{"reference_images": []any{map[string]any{"url": png}, map[string]any{"url": png, "role": "subject"},
				map[string]any{"url": png, "name": "hero"}, map[string]any{"url": png, "role": "style", "name": "look"},
				map[string]any{"url": "https://a.example:8080/a.png"}, map[string]any{"url": "https://a.example/a.png", "role": "general"},
				map[string]any{"url": odd}, map[string]any{"url": odd, "role": "style"}}})},
		{"recordings", []string{"--reference-audio", "voice.mp3:style", "--reference-audio", "steps.aac", "--reference-audio", "data:audio/wav;base64,UklG:voice"},
			least(map[string]any{"reference_audio": []any{map[string]any{"url": "data:audio/mpeg;base64,SUQz", "name": "style"},
				map[string]any{"url": "data:application/octet-stream;base64,//FQgAIf/A=="}, map[string]any{"url": "data:audio/wav;base64,UklG", "name": "voice"}}})},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := making(t)
			out := filepath.Join(t.TempDir(), "out.mp4")
			s.session().run(t, append([]string{"generate", "--prompt", "a", "-o", out}, tt.args...)...).expect(t, 0, out)
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
		{"an odd word about sound", []string{"--prompt", "a", "--audio=maybe"}, []string{`"maybe"`, "--audio", "allowed are true and false"}},
		{"both words about sound", []string{"--prompt", "a", "--audio", "--no-audio"}, []string{"--audio and --no-audio contradict each other"}},
		{"references that are not there", []string{"--prompt", "a", "--reference-image", "gone.png:subject", "--reference-audio", "gone.wav"},
			[]string{"--reference-image: ", "gone.png: no such file", "--reference-audio: ", "gone.wav"}},
		{"a role that is none", []string{"--prompt", "a", "--reference-image", text + ":3d"}, []string{`--reference-image: `, `"3d" is no role (general, subject, style) and no name (a letter`}},
		{"a name that is none", []string{"--prompt", "a", "--reference-audio", text + ":my voice"}, []string{`--reference-audio: `, `"my voice" is no name (a letter`}},
		{"a recording that is none", []string{"--prompt", "a", "--reference-audio", text + ":voice"}, []string{"no WAV, MP3, AAC, M4A, Ogg or FLAC recording", "text/plain"}},
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
	const failure = `,"failure":{"reason":"SAFETY.INPUT.TEXT","message":"Change the prompt."}`
	pending := bodies(fakeTask("PENDING", 0, ""))
	tests := []struct {
		name    string
		answers map[string][]answer
		want    []string
	}{
		{"the task failed", map[string][]answer{create: pending, get: bodies(fakeTask("FAILED", 0.3, failure))},
			[]string{taskID, "failed: SAFETY.INPUT.TEXT: Change the prompt."}},
		{"the task was cancelled", map[string][]answer{create: pending, get: bodies(fakeTask("CANCELLED", 0, ""))}, []string{taskID, "cancelled"}},
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
