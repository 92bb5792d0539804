package dialecttest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// InState returns a task that SUCCEEDED as it was in another state, or as it would be.
func InState(t task.Task, s task.State) task.Task {
	begun := t.Created.Add(2 * time.Second)
	t.State, t.Progress, t.Started, t.Finished = s, 0, time.Time{}, time.Time{}
	t.Updated = t.Created.Add(3 * time.Second)
	if s != task.Succeeded {
		t.Artifacts = nil
	}
	if s.Terminal() {
		t.Finished = t.Updated
	}
	switch s {
	case task.Queued:
		t.Updated, t.QueueWait = t.Created, 12400*time.Millisecond
	case task.Throttled:
		t.QueueWait = 30 * time.Second
	case task.Pending:
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

// States compares the answer of each encoder in every state with its file, testdata/states/<its name>.<state>.json, and checks
// that there are no other files. Each encoder is called once for each state.
func States(t *testing.T, encoders map[string]func(task.State) []byte) {
	t.Helper()
	files := map[string]bool{}
	all, err := filepath.Glob("testdata/states/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		files[f] = true
	}
	for family, encode := range encoders {
		for _, s := range task.States() {
			name := "testdata/states/" + family + "." + strings.ToLower(string(s)) + ".json"
			t.Run(family+" "+string(s), func(t *testing.T) {
				got := encode(s)
				want, err := os.ReadFile(name)
				if err != nil {
					t.Fatalf("%v; the answer is\n%s", err, got)
				}
				SameJSON(t, got, want)
			})
			delete(files, name)
		}
	}
	for f := range files {
		t.Errorf("%s is of no state", f)
	}
}
