package chaos

import (
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/task"
)

func TestJudgeFindsWhatWasNotToldWell(t *testing.T) {
	want := []task.EventType{task.EventCreated, task.EventRunning, task.EventSucceeded}
	came := func(kind task.EventType) notice { return notice{id: "id of " + string(kind), kind: kind} }
	has := func(kind task.EventType) notice { return notice{id: "id of " + string(kind), kind: kind, has: true} }
	told := func(kinds ...task.EventType) (all []notice) {
		for _, kind := range kinds {
			all = append(all, came(kind), has(kind))
		}
		return all
	}
	other := notice{id: "another id", kind: task.EventRunning}
	for name, c := range map[string]struct {
		got   []notice
		again int
		want  string // "" = nothing is wrong
	}{
		"all in order":               {told(want...), 0, ""},
		"one twice":                  {told(task.EventCreated, task.EventCreated, task.EventRunning, task.EventSucceeded), 1, ""},
		"one again, not taken first": {append([]notice{came(task.EventCreated)}, told(want...)...), 1, ""},
		"nothing":                    {nil, 0, "task.created never came; task.running never came; task.succeeded never came"},
		"the first one missing":      {told(want[1:]...), 0, "task.running came before its receiver had task.created"},
		"the middle one missing":     {told(task.EventCreated, task.EventSucceeded), 0, "task.succeeded came before its receiver had task.running; task.running never came"},
		"the last one missing":       {told(want[:2]...), 0, "task.succeeded never came"},
		"two swapped":                {told(task.EventCreated, task.EventSucceeded, task.EventRunning), 0, "task.succeeded came before its receiver had task.running"},
		"one not waited for":         {append([]notice{came(task.EventCreated)}, told(task.EventRunning, task.EventCreated, task.EventSucceeded)...), 1, "task.running came before its receiver had task.created"},
		"one never taken":            {append(told(want[:2]...), came(task.EventSucceeded)), 0, "task.succeeded never came"},
		"one of no such event":       {append(told(want...), told(task.EventFailed)...), 0, "task.failed came, and the task has no such event"},
		"one as two":                 {append(told(want...), other), 0, "task.running came as id of task.running and as another id"},
	} {
		count, wrong := judgeHeard(want, c.got)
		got := strings.Join(wrong, "; ")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) || count.again != c.again {
			t.Errorf("%s: %q and %d once more, want %q and %d", name, got, count.again, c.want, c.again)
		}
		if lacks(want, c.got) != strings.Contains(got, "never came") {
			t.Errorf("%s: lacks an event: %v", name, lacks(want, c.got))
		}
	}
}

func TestJudgeFindsALifeThatCannotBe(t *testing.T) {
	created, running, failed := task.EventCreated, task.EventRunning, task.EventFailed
	for name, c := range map[string]struct {
		events []task.EventType
		ended  task.State
		ok     bool
	}{
		"a quick failure":      {[]task.EventType{created, failed}, task.Failed, true},
		"a failure":            {[]task.EventType{created, running, failed}, task.Failed, true},
		"no event":             {nil, task.Failed, false},
		"no end":               {[]task.EventType{created, running}, task.Failed, false},
		"another end":          {[]task.EventType{created, running, failed}, task.Succeeded, false},
		"no beginning":         {[]task.EventType{running, failed}, task.Failed, false},
		"two ends":             {[]task.EventType{created, failed, failed}, task.Failed, false},
		"something after that": {[]task.EventType{created, failed, running}, task.Failed, false},
	} {
		if wrong := judgeLife(c.events, c.ended); (len(wrong) == 0) != c.ok {
			t.Errorf("%s: %v", name, wrong)
		}
	}
}
