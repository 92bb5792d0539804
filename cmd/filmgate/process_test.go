package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/filmgate/filmgate/cmd/filmgate/servertest"
	"github.com/filmgate/filmgate/internal/store/postgres/postgrestest"
)

const testKey = servertest.Key

// All tests that start the program as a process share the built program and the PostgreSQL server.
var (
	programs servertest.Programs
	postgres postgrestest.Shared
)

func TestMain(m *testing.M) {
	if addr := os.Getenv(asModelServer); addr != "" {
		os.Exit(serveModels(addr))
	}
	code := programs.Run(m)
	postgres.Stop()
	os.Exit(code)
}

// process is one process of the program that serves a data folder.
type process struct {
	*servertest.Server
	base string
	cmd  *exec.Cmd
	errs *servertest.Log
}

// run starts the server on a free port and returns once it listens. settings are added to its environment, each as "NAME=value".
func run(t testing.TB, data string, settings ...string) *process {
	t.Helper()
	s := programs.Start(t, data, settings...)
	return &process{s, s.Base, s.Cmd, s.Log}
}

// end sends the signal and waits until the process has ended.
func (p *process) end(s syscall.Signal) { p.End(s) }

// call sends a request with the key and returns the answer's status and body.
func (p *process) call(t testing.TB, method, path, body string, header ...string) (int, []byte) {
	t.Helper()
	return p.Call(t, method, path, body, header...)
}

// taskAnswer is what the tests read of get_runway.
type taskAnswer struct {
	Task struct {
		ID       string  `json:"id"`
		Status   string  `json:"status"`
		Progress *string `json:"progressRatio"`
		Options  struct {
			Prompt string `json:"text_prompt"`
			Image  string `json:"init_image"`
		} `json:"options"`
		Artifacts []struct {
			URL      string   `json:"url"`
			Size     string   `json:"fileSize"`
			Previews []string `json:"previewUrls"`
			Metadata struct {
				FrameRate  int     `json:"frameRate"`
				Duration   float64 `json:"duration"`
				Dimensions [2]int  `json:"dimensions"`
			} `json:"metadata"`
		} `json:"artifacts"`
	} `json:"task"`
}

func (p *process) create(t testing.TB, body string) string {
	t.Helper()
	code, b := p.call(t, http.MethodPost, "/api/v1/create_runway", body)
	var a taskAnswer
	if err := json.Unmarshal(b, &a); err != nil || code != http.StatusOK {
		t.Fatalf("create: %d %s", code, b)
	}
	return a.Task.ID
}

func (p *process) get(t testing.TB, id string) taskAnswer {
	t.Helper()
	code, b := p.call(t, http.MethodGet, "/api/v1/get_runway/"+id, "")
	var a taskAnswer
	if err := json.Unmarshal(b, &a); err != nil || code != http.StatusOK {
		t.Fatalf("get: %d %s", code, b)
	}
	return a
}

// until polls the task until it is as wanted, for at most a minute.
func (p *process) until(t testing.TB, id string, wanted func(taskAnswer) bool) taskAnswer {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for n := 0; ; n++ {
		a := p.get(t, id)
		if wanted(a) {
			return a
		}
		if s := a.Task.Status; n > 20*90 || s == "FAILED" || s == "CANCELLED" || s == "SUCCEEDED" {
			t.Fatalf("the task is %s, which is not what the test waits for\n%s", s, p.errs)
		}
		<-tick.C
	}
}

func hasSucceeded(a taskAnswer) bool { return a.Task.Status == "SUCCEEDED" }

func atWork(a taskAnswer) bool {
	return a.Task.Status == "RUNNING" && a.Task.Progress != nil && *a.Task.Progress > "0.02"
}

// probe returns what ffprobe says about the file at the URL.
func (p *process) probe(t *testing.T, url string) string {
	t.Helper()
	code, video := p.call(t, http.MethodGet, strings.TrimPrefix(url, p.base), "")
	if code != http.StatusOK {
		t.Fatalf("%s: %d", url, code)
	}
	file := filepath.Join(t.TempDir(), "v.mp4")
	if err := os.WriteFile(file, video, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("ffprobe", "-v", "error", "-select_streams", "v", "-count_frames", "-show_entries",
		"stream=codec_name,profile,width,height,pix_fmt,color_space,r_frame_rate,nb_read_frames", "-of", "csv=p=0", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func TestTheMainJob(t *testing.T) {
	t.Parallel()
	p := run(t, t.TempDir())
	picture, err := os.ReadFile("../../demo/first-frame.jpg")
	if err != nil {
		t.Fatal(err)
	}
	body := fmt.Sprintf(`{"seconds":5,"text_prompt":"camera pull out","enhance_prompt":true,"init_image":"data:image/jpeg;base64,%s","image_as_end_frame":false}`,
		base64.StdEncoding.EncodeToString(picture))
	a := p.until(t, p.create(t, body), hasSucceeded)
	if n := len(a.Task.Artifacts); n != 1 {
		t.Fatalf("%d artifacts", n)
	}
	art := a.Task.Artifacts[0]
	if m := art.Metadata; m.FrameRate != 24 || m.Duration != 5.208 || m.Dimensions != [2]int{1280, 768} || len(art.Previews) != 5 {
		t.Errorf("metadata %+v, %d previews", m, len(art.Previews))
	}
	if a.Task.Options.Prompt != "camera pull out" {
		t.Errorf("the options say %q: they keep the original", a.Task.Options.Prompt)
	}
	if got, want := p.probe(t, art.URL), "h264,High,1280,768,yuv420p,bt709,24/1,125"; got != want {
		t.Errorf("the file is %s, want %s", got, want)
	}
	image := strings.TrimPrefix(a.Task.Options.Image, p.base)
	if code, _ := p.call(t, http.MethodGet, image, ""); code != http.StatusOK {
		t.Errorf("the stored picture: %d", code)
	}
	if code, _ := p.call(t, http.MethodGet, image[:len(image)-3]+"AAA", ""); code != http.StatusForbidden {
		t.Errorf("the stored picture by an altered link: %d", code)
	}
}

func TestAKillInMidRenderLosesNoTask(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	p := run(t, data)
	id := p.create(t, `{"seconds":5,"text_prompt":"slow pan over dunes","seed":1}`)
	p.until(t, id, atWork)
	p.end(syscall.SIGKILL)
	p = run(t, data)
	if a := p.until(t, id, hasSucceeded); len(a.Task.Artifacts) != 1 {
		t.Errorf("%d artifacts", len(a.Task.Artifacts))
	}
}

func TestATaskInterruptedBySIGTERMIsFinishedAfterTheNextStart(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	p := run(t, data)
	id := p.createLong(t)
	p.until(t, id, atWork)
	p.end(syscall.SIGTERM)
	if !p.cmd.ProcessState.Success() {
		t.Errorf("ended %v\n%s", p.cmd.ProcessState, p.errs)
	}
	p = run(t, data)
	if a := p.until(t, id, hasSucceeded); len(a.Task.Artifacts) != 1 {
		t.Errorf("%d artifacts", len(a.Task.Artifacts))
	}
}

func TestASecondServerOnADataFolderIsRefused(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	run(t, data)
	path, err := programs.Filmgate()
	if err != nil {
		t.Fatal(err)
	}
	second := exec.Command(path, "serve", "--addr", "127.0.0.1:0", "--data", data)
	out, err := second.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "another filmgate serves") {
		t.Errorf("%v: %s", err, out)
	}
}

func TestCancelEndsTheEncoder(t *testing.T) {
	t.Parallel()
	p := run(t, t.TempDir())
	id := p.create(t, `{"seconds":10,"text_prompt":"slow pan over dunes"}`)
	p.until(t, id, atWork)
	if code, b := p.call(t, http.MethodPost, "/api/v1/tasks/"+id+"/cancel", ""); code != http.StatusOK {
		t.Fatalf("cancel: %d %s", code, b)
	}
	if s := p.get(t, id).Task.Status; s != "CANCELLED" {
		t.Errorf("status %s", s)
	}
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", p.cmd.Process.Pid, p.cmd.Process.Pid))
	if err == nil && len(bytes.TrimSpace(children)) > 0 {
		t.Errorf("children are left: %s", children)
	}
}

func TestBadInputNamesTheField(t *testing.T) {
	t.Parallel()
	p := run(t, t.TempDir())
	for _, c := range []struct {
		name, body string
		status     int
		says       []string
	}{
		{"malformed JSON", `{"seconds":5,`, 400, []string{"/problems/invalid"}},
		{"no object", `[1]`, 400, []string{"object"}},
		{"all faults at once", `{"seconds":7,"text_prompt":5,"enhance_prompt":"yes","seed":-1,"resolution":"8k","init_image":"ftp://x/y"}`, 400,
			[]string{"#/seconds", "#/text_prompt", "#/enhance_prompt", "#/seed", "#/resolution", "#/init_image"}},
		{"seed out of range", `{"seconds":5,"text_prompt":"a","seed":4294967296}`, 400, []string{"#/seed", "4294967295"}},
		{"an empty prompt without a picture", `{"seconds":5,"text_prompt":""}`, 400, []string{"#/text_prompt"}},
		{"HTML for a picture", `{"seconds":5,"init_image":"data:image/png;base64,PGh0bWw+PGJvZHk+aGk8L2JvZHk+PC9odG1sPg=="}`, 415, []string{"#/init_image", "HTML"}},
		{"a private address", `{"seconds":5,"init_image":"http://127.0.0.1:1/a.jpg"}`, 422, []string{"#/init_image"}},
		{"another private address", `{"seconds":5,"init_image":"http://[::ffff:10.0.0.1]/a.jpg"}`, 422, []string{"#/init_image"}},
		{"an unknown model", `{"seconds":5,"text_prompt":"a","model":"gen9"}`, 400, []string{"#/model", "gen3a_turbo"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, b := p.call(t, http.MethodPost, "/api/v1/create_runway", c.body)
			if code != c.status {
				t.Errorf("status %d, want %d", code, c.status)
			}
			for _, s := range c.says {
				if !bytes.Contains(b, []byte(s)) {
					t.Errorf("%q is not in %s", s, b)
				}
			}
		})
	}
	for path, want := range map[string]int{
		"/api/v1/get_runway/none": 404, "/api/v1/get_runway/00000000-0000-4000-8000-000000000000": 404,
		"/api/v1/tasks?limit=0": 400, "/nowhere": 404, "/cdn/20261124/..%2f..%2ffilmgate.db": 404,
	} {
		if code, b := p.call(t, http.MethodGet, path, ""); code != want || !bytes.Contains(b, []byte(`"status":`)) {
			t.Errorf("%s: %d %s", path, code, b)
		}
	}
	if code, _ := p.call(t, http.MethodGet, "/api/v1/tasks", "", "Authorization", "Bearer no"); code != 401 {
		t.Errorf("a wrong key: %d", code)
	}
	if code, b := p.call(t, http.MethodGet, "/api/v1/tasks", ""); code != 200 || string(b) != `{"tasks":[],"next":null}`+"\n" {
		t.Errorf("refused requests left tasks: %d %s", code, b)
	}
}
