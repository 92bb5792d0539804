package chaos

import (
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/task"
)

func TestJudgeFindsWhatIsWrong(t *testing.T) {
	const id = "00000000-0000-4000-8000-000000000001"
	good := task.Task{ID: id, State: task.Succeeded, Engine: "runway", Artifacts: make([]task.Artifact, 1)}
	ended := func(s task.State, engine, text string) task.Task {
		row := task.Task{ID: id, State: s, Engine: engine}
		if text != "" {
			row.Failure = &task.Failure{Reason: task.VendorUnavailable, Text: text}
		}
		return row
	}
	twice := good
	twice.Engine, twice.Attempts = "replicate", []task.Attempt{{Engine: "replicate", Unconfirmed: true}, {Engine: "replicate"}}
	const unconfirmed = "Submitted, unconfirmed: the engine's answer never came."
	answered, cut := outcome{id: id}, outcome{Create: Create{Cut: CutAnswer, Leave: true}}
	cancelled := outcome{Create: Create{Cancel: 1}, id: id, cancelled: true}
	for name, c := range map[string]struct {
		outcome outcome
		row     task.Task
		made    int
		want    string // "" = nothing is wrong
	}{
		"a success":                          {answered, good, 1, ""},
		"a success of a caller who was cut":  {cut, good, 1, ""},
		"a create that made nothing":         {cut, task.Task{}, 0, ""},
		"a lost task":                        {answered, task.Task{}, 0, "lost"},
		"a job without a row":                {cut, task.Task{}, 1, "there is no row"},
		"another task's id":                  {outcome{id: "another"}, good, 1, "its caller has got the id another"},
		"servers that say otherwise":         {outcome{id: id, state: task.Failed}, good, 1, "the servers said that it is FAILED, and its row is SUCCEEDED"},
		"an odd answer":                      {outcome{id: id, problem: "400"}, good, 1, "its caller got 400"},
		"a task at work":                     {answered, ended(task.Running, "runway", ""), 1, "it has not ended"},
		"paid for twice":                     {answered, good, 2, "paid for 2 times, 1 allowed"},
		"paid for twice, as the operator is": {answered, twice, 2, ""},
		"paid for three times":               {answered, twice, 3, "paid for 3 times, 2 allowed"},
		"a success without a job":            {answered, good, 0, "the vendor has no job for it"},
		"a success without a video":          {answered, ended(task.Succeeded, "runway", ""), 1, "it has 0 artifacts"},
		"a cancel":                           {cancelled, ended(task.Cancelled, "runway", ""), 1, ""},
		"a cancel that was forgotten":        {cancelled, good, 1, "its cancel was answered, and it is SUCCEEDED"},
		"a cancel of nobody":                 {answered, ended(task.Cancelled, "runway", ""), 1, "nobody has cancelled it"},
		"a failure that was not paid for":    {answered, ended(task.Failed, "runway", ""), 0, ""},
		"a failure that was":                 {answered, ended(task.Failed, "runway", ""), 1, "FAILED without saying so"},
		"a failure that says so":             {answered, ended(task.Failed, "runway", unconfirmed), 1, ""},
		"a doubt that could be settled":      {answered, ended(task.Failed, "kling", unconfirmed), 1, "kling can be asked"},
		"a failure with files":               {answered, task.Task{ID: id, State: task.Failed, Artifacts: good.Artifacts}, 0, "it is FAILED and has 1 artifacts"},
	} {
		got := strings.Join(judge(c.outcome, c.row, c.row.ID != "", c.made), "; ")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
