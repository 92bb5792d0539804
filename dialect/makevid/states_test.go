package makevid

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/dialect/dialecttest"
	"github.com/filmgate/filmgate/task"
)

// inState is the task of a family's published example in another state of its life.
func inState(t task.Task, s task.State) task.Task {
	begun := t.Created.Add(2 * time.Second)
	t.State, t.Progress, t.Started = s, 0, time.Time{}
	t.Updated = t.Created.Add(3 * time.Second)
	if s != task.Succeeded {
		t.Artifacts = nil
	}
	switch s {
	case task.Queued:
		t.Updated, t.Wait = t.Created, 12400*time.Millisecond
	case task.Throttled:
		t.Wait = 30 * time.Second
	case task.Running:
		t.Started, t.Progress = begun, 0.358
	case task.Succeeded:
		t.Started, t.Progress = begun, 1
	case task.Failed:
		t.Started, t.Progress, t.Failure = begun, 0.71, &task.Failure{Reason: task.SafetyOutputVideo, Detail: "for the operator alone"}
	case task.Cancelled:
		t.Started, t.Progress = begun, 0.4
	}
	return t
}

// Every family has a file of the whole answer of its get for every state: testdata/states/<family>.<state>.json.
func TestEveryStateIsAnsweredAsItsFileSays(t *testing.T) {
	files := map[string]bool{}
	all, err := filepath.Glob("testdata/states/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		files[f] = true
	}
	for _, c := range []struct {
		family string
		task   task.Task
		encode func(task.Task, scene) []byte
		scene  scene
	}{
		{"runway", runwayTaskOf(), encodeRunway, publishedScene()},
		{"luma", lumaTaskOf(), encodeLuma, mediaScene(t)},
		{"kling", klingTaskOf(), encodeKling, mediaScene(t)},
	} {
		for _, s := range task.States() {
			name := "testdata/states/" + c.family + "." + strings.ToLower(string(s)) + ".json"
			t.Run(c.family+" "+string(s), func(t *testing.T) {
				got := c.encode(inState(c.task, s), c.scene)
				want, err := os.ReadFile(name)
				if err != nil {
					t.Fatalf("%v; the answer is\n%s", err, got)
				}
				dialecttest.SameJSON(t, got, want)
			})
			delete(files, name)
		}
	}
	for f := range files {
		t.Errorf("%s is of no state", f)
	}
}
