package comfy_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/comfy"
	"github.com/filmgate/filmgate/internal/engine/enginetest"
	"github.com/filmgate/filmgate/internal/task"
)

// workflow returns a small workflow: a text, a sampler with a size and a seed, an image, and a node that saves a video.
func workflow(t *testing.T) engine.Workflow {
	t.Helper()
	graph, err := os.ReadFile("testdata/workflow.json")
	if err != nil {
		t.Fatal(err)
	}
	return engine.Workflow{
		Model: engine.Model{Name: "wan-i2v", Modes: []engine.Mode{engine.FromText, engine.FromFirst}, Limits: task.Limits{MaxSeconds: 10}, Seed: true},
		Graph: graph,
		Slots: map[string][]string{
			"prompt": {"6.text"}, "negative_prompt": {"7.text"}, "seed": {"3.seed", "8.noise_seed"}, "frames": {"50.length"},
			"width": {"50.width"}, "height": {"50.height"}, "first_frame": {"52.image"},
		},
	}
}

// referencesWorkflow returns a workflow that makes sound if it is asked to, and takes two reference images and a recording.
func referencesWorkflow(t *testing.T) engine.Workflow {
	t.Helper()
	graph, err := os.ReadFile("testdata/references.json")
	if err != nil {
		t.Fatal(err)
	}
	return engine.Workflow{
		Model: engine.Model{Name: "ltx-references", Modes: []engine.Mode{engine.FromText, engine.FromReferences}, Limits: task.Limits{MaxSeconds: 10}, Seed: true},
		Graph: graph,
		Slots: map[string][]string{
			"prompt": {"6.text"}, "seed": {"10.seed"}, "audio": {"10.generate_audio"}, "reference_images": {"52.image", "53.image"}, "reference_audio": {"54.audio"},
		},
	}
}

// recordedWorkflow is the file in which a recording keeps its workflow for replay.
const recordedWorkflow = "recorded-workflow.json"

// readWorkflowFile reads the workflow file of the person who records. Its model has a name that none of ours has.
func readWorkflowFile(path string) (engine.Workflow, []byte, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return engine.Workflow{}, nil, err
	}
	var d struct {
		Graph      json.RawMessage     `json:"graph"`
		Slots      map[string][]string `json:"slots"`
		Modes      []engine.Mode       `json:"modes"`
		MaxSeconds int                 `json:"max_seconds"`
	}
	if err := json.Unmarshal(b, &d); err != nil {
		return engine.Workflow{}, nil, fmt.Errorf("%s: %w", path, err)
	}
	m := engine.Model{Name: "recorded", Modes: d.Modes, Limits: task.Limits{MaxSeconds: max(1, d.MaxSeconds)}}
	return engine.Workflow{Model: m, Graph: d.Graph, Slots: d.Slots}, b, nil
}

// replayEngine returns a constructor of engines that know our workflow and that of the recording in the folder.
func replayEngine(t *testing.T, dir string) func(base string, hc *http.Client, now func() time.Time) engine.Engine {
	flows := []engine.Workflow{workflow(t), referencesWorkflow(t)}
	if theirs, _, err := readWorkflowFile(filepath.Join(dir, recordedWorkflow)); err == nil {
		flows = append(flows, theirs)
	} else if !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return func(base string, hc *http.Client, now func() time.Time) engine.Engine {
		return open(t, comfy.Options{BaseURL: base, Key: enginetest.Key, HTTP: hc, Now: now, Workflows: flows})
	}
}

func open(t *testing.T, o comfy.Options) engine.Engine {
	t.Helper()
	e, err := comfy.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestSuite(t *testing.T) {
	enginetest.RunVendor(t, enginetest.Vendor{
		Wire: "comfy", New: replayEngine(t, "testdata"),
		Real: &enginetest.Real{
			Needs: []enginetest.Need{{Name: "COMFYUI_WORKFLOW", Sample: filepath.Join("testdata", "described.json")}},
			New: func(values map[string]string, dir, base string, hc *http.Client, now func() time.Time) (engine.Engine, error) {
				theirs, file, err := readWorkflowFile(values["COMFYUI_WORKFLOW"])
				if err != nil {
					return nil, err
				}
				if err := os.WriteFile(filepath.Join(dir, recordedWorkflow), file, 0o600); err != nil {
					return nil, err
				}
				return comfy.New(comfy.Options{BaseURL: base, Key: enginetest.Key, HTTP: hc, Now: now, Workflows: []engine.Workflow{theirs}})
			},
			Replay: func(dir string) func(string, *http.Client, func() time.Time) engine.Engine {
				return replayEngine(t, dir)
			},
		},
	})
}

// At Comfy Cloud a job costs money and can't be looked up; on a server of one's own it costs nothing, and the proxy lists it.
func TestACloudJobIsNeverMadeTwice(t *testing.T) {
	for base, own := range map[string]bool{
		"": false, "https://cloud.comfy.org/api/v2": false, "https://dep-1.run.comfy.app": false, "http://127.0.0.1:8189": true, "http://gpu.example": true,
	} {
		e := open(t, comfy.Options{BaseURL: base, Workflows: []engine.Workflow{workflow(t), referencesWorkflow(t)}})
		_, finds := e.(engine.Finder)
		if c := e.Capabilities(); finds != own || c.Restartable != own || !c.ExternalID {
			t.Errorf("%q: finds %v, restartable %v, external id %v", base, finds, c.Restartable, c.ExternalID)
		}
	}
}

// cloud answers every request to Comfy Cloud, and keeps the latest.
type cloud struct {
	status int
	body   string
	last   *http.Request
	sent   string
}

func (c *cloud) RoundTrip(r *http.Request) (*http.Response, error) {
	b, err := io.ReadAll(r.Body)
	c.last, c.sent = r, string(b)
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(c.status)
	_, _ = w.WriteString(c.body)
	return w.Result(), err
}

func TestTheKeyOfAnAccountIsPassedToNodesThatPay(t *testing.T) {
	for key, want := range map[string]bool{"comfyui-0123456789": true, "a-token-of-a-proxy": false} {
		c := &cloud{status: http.StatusCreated, body: `{"id": "j", "status": "queued"}`}
		e := open(t, comfy.Options{Key: key, HTTP: &http.Client{Transport: c}, Workflows: []engine.Workflow{workflow(t), referencesWorkflow(t)}})
		if shown := fmt.Sprintf("%+v %#v", e, e); strings.Contains(shown, key) {
			t.Errorf("the engine prints its key: %s", shown)
		}
		if _, err := e.Submit(t.Context(), engine.Job{Task: "t", Model: "wan-i2v"}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(c.sent, `"extra_data":{"api_key_comfy_org":"`+key+`"}`); got != want || strings.Contains(c.sent, "metadata") {
			t.Errorf("%s: sent %s", key, c.sent)
		}
		if h := c.last.Header; h.Get("X-API-Key") != key || h.Get("Authorization") != "Bearer "+key || c.last.URL.String() != "https://cloud.comfy.org/api/v2/jobs" {
			t.Errorf("%s: %s with %v", key, c.last.URL, h)
		}
	}
}

func TestAUsedKeySaysThatAJobMayExist(t *testing.T) {
	c := &cloud{status: http.StatusUnprocessableEntity, body: `{"error": {"code": "idempotency_key_reuse", "message": "used", "details": null}}`}
	e := open(t, comfy.Options{HTTP: &http.Client{Transport: c}, Workflows: []engine.Workflow{workflow(t), referencesWorkflow(t)}})
	_, err := e.Submit(t.Context(), engine.Job{Task: "t", Model: "wan-i2v"})
	if got := engine.AsError(err); got.Class != engine.Refused || !strings.HasPrefix(got.Text, "Submitted, unconfirmed") {
		t.Errorf("%v", err)
	}
}

func TestWithoutAWorkflowThereIsNoEngine(t *testing.T) {
	if e, err := comfy.New(comfy.Options{}); err == nil || e != nil || !strings.Contains(err.Error(), "workflows") {
		t.Errorf("%v, %v", e, err)
	}
}
