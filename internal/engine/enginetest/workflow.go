package enginetest

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

//go:embed workflows/frames.json
var frameGraph []byte

//go:embed workflows/references.json
var referencesGraph []byte

// Workflow returns a small workflow: a text, a sampler with a size and a seed, an image, and a node that saves a video.
func Workflow() engine.Workflow {
	return engine.Workflow{
		Model: engine.Model{Name: "wan-i2v", Modes: []engine.Mode{engine.FromText, engine.FromFirst}, Limits: task.Limits{MaxSeconds: 10}, Seed: true},
		Graph: frameGraph,
		Slots: map[string][]string{
			"prompt": {"6.text"}, "negative_prompt": {"7.text"}, "seed": {"3.seed", "8.noise_seed"}, "frames": {"50.length"},
			"width": {"50.width"}, "height": {"50.height"}, "first_frame": {"52.image"},
		},
	}
}

// ReferencesWorkflow returns a workflow that makes sound if it is asked to, and takes two reference images and a recording.
func ReferencesWorkflow() engine.Workflow {
	return engine.Workflow{
		Model: engine.Model{Name: "ltx-references", Modes: []engine.Mode{engine.FromText, engine.FromReferences}, Limits: task.Limits{MaxSeconds: 10}, Seed: true},
		Graph: referencesGraph,
		Slots: map[string][]string{
			"prompt": {"6.text"}, "seed": {"10.seed"}, "audio": {"10.generate_audio"}, "reference_images": {"52.image", "53.image"}, "reference_audio": {"54.audio"},
		},
	}
}

// NewWorkflowEngine returns an engine that knows these workflows.
type NewWorkflowEngine func(base string, hc *http.Client, now func() time.Time, flows []engine.Workflow) (engine.Engine, error)

// RunWorkflows runs RunVendor on an engine whose models are workflows. A person who records names their own by COMFYUI_WORKFLOW, a file
// with the graph as "Export (API)" saves it, its slots and its limits.
func RunWorkflows(t *testing.T, wire string, open NewWorkflowEngine) {
	RunVendor(t, Vendor{
		Wire: wire, New: open.replay(t, "testdata"),
		Real: &Real{
			Needs: []Need{{Name: "COMFYUI_WORKFLOW", Sample: filepath.Join("..", "enginetest", "workflows", "described.json")}},
			New: func(values map[string]string, dir, base string, hc *http.Client, now func() time.Time) (engine.Engine, error) {
				theirs, file, err := readWorkflow(values["COMFYUI_WORKFLOW"])
				if err != nil {
					return nil, err
				}
				if err := os.WriteFile(filepath.Join(dir, recordedWorkflow), file, 0o600); err != nil {
					return nil, err
				}
				return open(base, hc, now, []engine.Workflow{theirs})
			},
			Replay: func(dir string) func(string, *http.Client, func() time.Time) engine.Engine {
				return open.replay(t, dir)
			},
		},
	})
}

// recordedWorkflow is the file in which a recording keeps its workflow for replay.
const recordedWorkflow = "recorded-workflow.json"

// replay returns a constructor of engines that know our workflows and that of the recording in the folder.
func (open NewWorkflowEngine) replay(t *testing.T, dir string) func(base string, hc *http.Client, now func() time.Time) engine.Engine {
	flows := []engine.Workflow{Workflow(), ReferencesWorkflow()}
	if theirs, _, err := readWorkflow(filepath.Join(dir, recordedWorkflow)); err == nil {
		flows = append(flows, theirs)
	} else if !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return func(base string, hc *http.Client, now func() time.Time) engine.Engine {
		e, err := open(base, hc, now, flows)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
}

// readWorkflow reads the file of a person who records. Its model has a name that none of ours has.
func readWorkflow(path string) (engine.Workflow, []byte, error) {
	b, err := os.ReadFile(path) //nolint:gosec // a test's own, or the person's
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
