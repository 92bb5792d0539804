package runway_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
	"github.com/filmgate/filmgate/internal/dialect/runway"
	"github.com/filmgate/filmgate/internal/task"
)

// continuable returns a finished task that has a last frame.
func continuable() task.Task {
	return task.Task{ID: "00000000-0000-4000-8000-000000000001", Account: 7, State: task.Succeeded,
		Artifacts: []task.Artifact{{Files: []task.File{{Role: task.Video, Key: "cdn/20261128/video.mp4"}, {Role: task.LastFrame, Key: "cdn/20261128/last.jpg"}}}}}
}

func TestVideoGoesOnFromTheLastFrameOfATask(t *testing.T) {
	g := &recording{Gateway: open()}
	g.Put(continuable())
	w := post(dialecttest.Mux(runway.Routes(g, runway.Options{})), "/v1/tasks",
		`{"taskType":"gen3a_turbo","options":{"text_prompt":"on and on","init_video":"https://films.example/a.mp4","extended_from_task_id":"`+continuable().ID+`"}}`)
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if g.first != task.StoredSource("cdn/20261128/last.jpg") || g.parent != continuable().ID {
		t.Errorf("first frame %q, parent %q", g.first, g.parent)
	}
}

// recording is a gateway that records its requests.
type recording struct {
	*dialecttest.Gateway
	first, parent, prompt string
	seed                  *uint32
}

func (r *recording) Submit(ctx context.Context, who apikey.Key, asked task.Request) (task.Task, error) {
	r.first, r.parent, r.prompt, r.seed = asked.First.Source, asked.ParentID, asked.Prompt, asked.Seed
	return r.Gateway.Submit(ctx, who, asked)
}

func TestTaskThatCannotBeContinuedIsNamed(t *testing.T) {
	deleted, gone := continuable(), continuable()
	deleted.Deleted = true
	gone.Artifacts[0].Deleted = true
	for _, c := range []struct {
		name  string
		known task.Task
		id    string
		want  string
	}{
		{"no id", continuable(), "latest", `\"latest\" is not possible; allowed: the id of a finished task of this server`},
		{"an unknown task", continuable(), "00000000-0000-4000-8000-000000000099", "there is no task with the id 00000000-0000-4000-8000-000000000099"},
		{"a deleted task", deleted, continuable().ID, "there is no task with the id"},
		{"a task at work", dialecttest.InState(continuable(), task.Running), continuable().ID, "the task is RUNNING; only one that has SUCCEEDED can be continued"},
		{"a task without its files", gone, continuable().ID, "the task's files were deleted"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := open()
			g.Put(c.known)
			w := post(routes(g), "/v1/tasks", `{"taskType":"gen3a_turbo","options":{"extended_from_task_id":"`+c.id+`"}}`)
			if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "options.extended_from_task_id: "+c.want) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}

func TestGen2OptionsReplaceOnlyWhatTheyHold(t *testing.T) {
	g := &recording{Gateway: open()}
	w := post(dialecttest.Mux(runway.Routes(g, runway.Options{})), "/v1/tasks",
		`{"taskType":"gen2","options":{"seed":9,"text_prompt":"a lake","init_image":"https://films.example/a.jpg","gen2Options":{"text_prompt":"a river"}}}`)
	if w.Code != http.StatusOK || g.seed == nil || *g.seed != 9 || g.prompt != "a river" || g.first != "https://films.example/a.jpg" {
		t.Errorf("%d %s, seed %v, prompt %q, first frame %q", w.Code, w.Body, g.seed, g.prompt, g.first)
	}
}
