package main

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// ownTask is a task as the calls of Filmgate's own API answer it.
type ownTask struct {
	ID          string  `json:"id"`
	Status      string  `json:"status"`
	Engine      string  `json:"engine"`
	EngineModel string  `json:"engine_model"`
	Seconds     int     `json:"seconds"`
	Video       *string `json:"video"`
	Attempts    []struct {
		Handle string  `json:"handle"`
		Cost   float64 `json:"cost"`
	} `json:"attempts"`
	Artifacts []struct {
		Width    int     `json:"width"`
		Height   int     `json:"height"`
		Duration float64 `json:"duration_seconds"`
		HasAudio bool    `json:"has_audio"`
		URL      string  `json:"url"`
	} `json:"artifacts"`
	Failure any `json:"failure"`
}

// createOwn creates a task by Filmgate's own API.
func (p *process) createOwn(t *testing.T, body string) ownTask {
	t.Helper()
	code, b := p.call(t, http.MethodPost, "/api/v1/tasks", body)
	var made ownTask
	if err := json.Unmarshal(b, &made); err != nil || code != http.StatusCreated || made.Status != "QUEUED" {
		t.Fatalf("%d %s, %v", code, b, err)
	}
	return made
}

// createShort creates a task for a video that is drawn in a tenth of the time of the shortest by makevid's calls. It is for tests
// that need a finished video, whatever it shows.
func (p *process) createShort(t *testing.T) (id string) {
	t.Helper()
	return p.createOwn(t, `{"prompt":"static shot of a meadow","seconds":1,"resolution":"480p"}`).ID
}

// createLong is createShort for tests that do something while the video is drawn, which takes a third of the time of one by makevid's calls.
func (p *process) createLong(t *testing.T) (id string) {
	t.Helper()
	return p.createOwn(t, `{"prompt":"slow pan over dunes","seconds":5,"resolution":"480p"}`).ID
}

// finished polls a task until it has SUCCEEDED.
func (p *process) finished(t *testing.T, id string) ownTask {
	t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for range 600 {
		_, b := p.call(t, http.MethodGet, "/api/v1/tasks/"+id, "")
		var got ownTask
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatalf("%s: %v", b, err)
		}
		switch got.Status {
		case "SUCCEEDED":
			return got
		case "FAILED", "CANCELLED":
			t.Fatalf("%s", b)
		}
		<-tick.C
	}
	t.Fatalf("task %s has not ended", id)
	return ownTask{}
}

// uploadClip makes a video of two seconds with ffmpeg and uploads it.
func (p *process) uploadClip(t *testing.T) (url string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "clip.mov")
	if out, err := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=24:d=2", path).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	clip, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	code, b := p.call(t, http.MethodPost, "/api/v1/datasets", string(clip), "Content-Type", "video/quicktime")
	var d struct {
		URL      string
		Type     string
		Duration float64 `json:"duration_seconds"`
	}
	if err := json.Unmarshal(b, &d); err != nil || code != http.StatusOK || d.Type != "video/quicktime" || d.Duration != 2 {
		t.Fatalf("%d %s, %v", code, b, err)
	}
	return d.URL
}

func TestCreateUsesTheAnimaticWithoutSettings(t *testing.T) {
	t.Parallel()
	p := run(t, t.TempDir())
	made := p.createOwn(t, `{"prompt":"slow zoom over dunes","seconds":1,"aspect_ratio":"1:1","resolution":"480p","caption":true}`)
	got := p.finished(t, made.ID)
	if got.Engine != "animatic" || len(got.Artifacts) != 1 || got.Artifacts[0].Width != 640 || got.Artifacts[0].Height != 640 || got.Artifacts[0].Duration != 1 {
		t.Errorf("%+v", got)
	}
	for body, says := range map[string]string{
		`{"prompt":"x","model":"sora"}`:                                     `"sora\" is no model of this server; allowed are the `,
		`{"prompt":"x","seconds":60,"video":"https://example.com/a.mp4"}`:   `can't make a video from another video; allowed: text, first frame, last frame, first and last frame"`,
		`{"prompt":"x","first_frame":"http://127.0.0.1:1/secret.jpg"}`:      `the server could not be reached, or closed the connection`,
		`{"prompt":"x","first_frame":"data:image/png;base64,PGh0bWw+aGk="}`: `an HTML page; allowed: JPEG, PNG, WebP`,
	} {
		code, b := p.call(t, http.MethodPost, "/api/v1/tasks", body)
		if code < 400 || code > 422 || !strings.Contains(string(b), says) {
			t.Errorf("%s: %d %s, want %s", body, code, b, says)
		}
	}
}

func TestModelsOfCreateFollowTheSettings(t *testing.T) {
	t.Parallel()
	v := vendors(t, time.Second, `models: {storyboard: [animatic]}`)
	p := v.run(t)
	p.createOwn(t, `{"prompt":"x","seconds":1,"model":"storyboard"}`)
	if code, b := p.call(t, http.MethodPost, "/api/v1/tasks", `{"prompt":"x","model":"rushes"}`); code != http.StatusBadRequest || !strings.Contains(string(b), "storyboard") {
		t.Errorf("%d %s", code, b)
	}
	writeSettings(t, v.path, "", `models: {rushes: [animatic]}`)
	_ = p.cmd.Process.Signal(syscall.SIGHUP)
	p.logs(t, "settings read again")
	p.createOwn(t, `{"prompt":"x","seconds":1,"model":"rushes"}`)
	p.wantCall(t, http.MethodGet, "/api/v1/models", "", http.StatusOK, `"name":"rushes","dialects":["filmgate"],"engines":[{"engine":"animatic"`)
}

func TestAVideoIsMadeFromAnotherThroughAnotherFilmgate(t *testing.T) {
	t.Parallel()
	v := vendors(t, time.Second, `
engines:
  - {name: dream, type: luma, flavor: dream-machine-v1, base_url: "{url}/luma", {here}, keys: [{key: "{key}"}]}
  - {name: team, type: runway, base_url: "{url}/runway", {here}, keys: [{key: "{key}"}]}
models: {default: [dream, team], gen3a_turbo: [team]}
`)
	behind := v.run(t)
	made := behind.createOwn(t, `{"prompt":"the same in winter","video":"`+behind.uploadClip(t)+`"}`)
	if made.Seconds != 2 || made.Video == nil || made.Engine != "dream" {
		t.Errorf("%+v", made)
	}
	// Luma can't fetch from a server without a public URL, so the next target of the route gets the task.
	if got := behind.finished(t, made.ID); got.Engine != "team" || got.EngineModel != "aleph2" || got.Attempts[1].Cost != 0.56 {
		t.Errorf("%+v", got)
	}
	writeSettings(t, v.path, behind.base, `
engines: [{name: other, type: makevid, base_url: "{url}", {here}, keys: [{key: "`+testKey+`"}]}]
models: {gen3a_turbo: [other]}
`)
	front := v.run(t)
	made = front.createOwn(t, `{"prompt":"the same in winter","model":"gen3a_turbo","video":"`+front.uploadClip(t)+`"}`)
	got := front.finished(t, made.ID)
	if got.Engine != "other" || !strings.HasPrefix(got.Attempts[0].Handle, "tasks/") || len(got.Artifacts) != 1 {
		t.Errorf("%+v", got)
	}
	theirs := behind.finished(t, strings.TrimPrefix(got.Attempts[0].Handle, "tasks/"))
	if theirs.EngineModel != "aleph2" || theirs.Seconds != 2 {
		t.Errorf("behind it: %+v", theirs)
	}
}
