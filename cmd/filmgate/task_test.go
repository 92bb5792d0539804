package main

import (
	"fmt"
	"strings"
	"testing"
)

const (
	one    = "GET /api/v1/tasks/" + taskID
	cancel = "POST /api/v1/tasks/" + taskID + "/cancel"
)

// row returns a task as Filmgate's own calls answer it. rest is JSON, and comes last.
func row(id, status string, progress float64, rest string) string {
	return fmt.Sprintf(`{"id":%q,"status":%q,"model":"gen3a_turbo","prompt":"a lake\nat dusk, %s","progress":%g,"created_at":"2026-11-24T12:00:00.000Z"%s}`,
		id, status, strings.Repeat("very ", 20), progress, rest)
}

func TestTaskListIsATableThatFollowsPages(t *testing.T) {
	page := func(next string, ids ...string) string {
		var rows []string
		for _, id := range ids {
			rows = append(rows, row(id, "RUNNING", 0.256, ""))
		}
		return fmt.Sprintf(`{"tasks":[%s],"next":%s}`, strings.Join(rows, ","), next)
	}
	tests := []struct {
		name  string
		args  []string
		pages []answer
		calls []string // paths and queries that were asked
		lines int      // with the head
	}{
		{"one page", nil, bodies(page("null", "a", "b")), []string{"limit=20"}, 3},
		{"two pages", nil, bodies(page(`"c1+/"`, "a", "b"), page("null", "c")), []string{"limit=20", "cursor=c1%2B%2F&limit=18"}, 4},
		{"no more than asked for", []string{"--limit", "2"}, bodies(page(`"c1"`, "a", "b")), []string{"limit=2"}, 3},
		{"in pages of a hundred", []string{"--limit", "250"}, bodies(page("null", "a")), []string{"limit=100"}, 2},
		{"none", nil, bodies(page("null")), []string{"limit=20"}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newScript(t, map[string][]answer{"GET /api/v1/tasks": tt.pages})
			run := s.session().run(t, append([]string{"task", "list"}, tt.args...)...)
			run.expect(t, 0, "ID", "STATUS")
			if got := strings.Count(run.out, "\n"); got != tt.lines {
				t.Errorf("%d lines, want %d:\n%s", got, tt.lines, run.out)
			}
			for _, call := range tt.calls {
				if _, ok := s.keys["GET /api/v1/tasks?"+call]; !ok {
					t.Errorf("%s was not asked for, but %v", call, s.keys)
				}
			}
			if len(s.keys) != len(tt.calls) {
				t.Errorf("asked %v, want %v", s.keys, tt.calls)
			}
			if tt.lines > 1 && (!strings.Contains(run.out, "26%") || !strings.Contains(run.out, "a lake at dusk, very") || !strings.Contains(run.out, "…")) {
				t.Errorf("rows are\n%s", run.out)
			}
		})
	}
}

func TestTaskListRefusesALimitBelowOne(t *testing.T) {
	new(session).run(t, "task", "list", "--limit", "0").expect(t, exitUsage, "--limit", "1 or more")
}

func TestTaskGetPrintsTheAnswer(t *testing.T) {
	s := newScript(t, map[string][]answer{one: bodies(row(taskID, "FAILED", 0.5, `,"engine":"animatic"`))})
	s.session().run(t, "task", "get", taskID).expect(t, 0, "{\n  \"id\": \""+taskID+"\"", "\n  \"engine\": \"animatic\"\n}")
}

func TestTaskGetPrintsARefusal(t *testing.T) {
	s := newScript(t, map[string][]answer{one: {{404, `{"title":"Not found","detail":"there is no such task"}`}}})
	s.session().run(t, "task", "get", taskID).expect(t, exitFailure, "Not found: there is no such task")
	s.session().run(t, "task", "get", "../keys?a=b").expect(t, exitFailure, "404")
	if _, ok := s.keys["GET /api/v1/tasks/..%2Fkeys%3Fa=b"]; !ok {
		t.Errorf("an id was not kept from the path: %v", s.keys)
	}
}

func TestTaskWatchEndsWithTheVideosURLOrTheReason(t *testing.T) {
	tests := []struct {
		name string
		last string
		code int
		want string
	}{
		{"succeeded", row(taskID, "SUCCEEDED", 1, `,"artifacts":[{"url":"http://films.example/cdn/a.mp4"}]`), 0, "\nhttp://films.example/cdn/a.mp4\n"},
		{"failed", row(taskID, "FAILED", 0.4, `,"failure":{"reason":"INTERNAL","message":"Try again."}`), exitFailure, "failed: INTERNAL: Try again."},
		{"cancelled", row(taskID, "CANCELLED", 0.4, ""), exitFailure, "cancelled"},
		{"nonsense", "[]", exitFailure, "can't be read"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newScript(t, map[string][]answer{one: bodies(row(taskID, "QUEUED", 0, ""), row(taskID, "RUNNING", 0.4, ""), tt.last)})
			s.session().run(t, "task", "watch", taskID).expect(t, tt.code, "task "+taskID+" QUEUED\n", "RUNNING 40%", tt.want)
		})
	}
}

func TestTaskWatchOfAnEndedTaskPollsOnce(t *testing.T) {
	s := newScript(t, map[string][]answer{one: append(bodies(row(taskID, "CANCELLED", 0, "")), answer{500, "{}"})})
	s.session().run(t, "task", "watch", taskID).expect(t, exitFailure, "task "+taskID+" was cancelled")
}

func TestTaskCancel(t *testing.T) {
	s := newScript(t, map[string][]answer{cancel: append(bodies(row(taskID, "CANCELLED", 0, "")),
		answer{409, `{"title":"Not possible in the present state","detail":"the task has ended: CANCELLED"}`})})
	s.session().run(t, "task", "cancel", taskID).expect(t, 0, "task "+taskID+" is cancelled")
	s.session().run(t, "task", "cancel", taskID).expect(t, exitFailure, "the task has ended: CANCELLED")
}
