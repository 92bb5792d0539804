package fakevendor

import (
	"net/http"
	"strings"
)

// makevid is the makevid API's Runway family, as a Filmgate serves it: an Idempotency-Key is honoured, and tasks can be
// cancelled by Filmgate's own call.
func makevid() wire {
	return wire{
		name: "makevid", proves: bearer,
		refusal: func(status int, text string) any {
			return map[string]any{"type": "about:blank", "title": http.StatusText(status), "status": status, "detail": text, "request_id": "r"}
		},
		routes: map[string]func(*ask){
			"POST /api/v1/create_runway":     makevidSubmit,
			"GET /api/v1/get_runway/{id}":    makevidPoll,
			"POST /api/v1/tasks/{id}/cancel": makevidCancel,
			"POST /api/v1/datasets":          makevidDataset,
			"POST /api/v1/tasks":             makevidCreate,
			"GET /api/v1/tasks/{id}":         makevidTask,
		},
	}
}

func makevidSubmit(a *ask) {
	var in map[string]any
	if !a.json(&in) {
		return
	}
	prompt, isText := in["text_prompt"].(string)
	seconds, _ := in["seconds"].(float64)
	_, enhance := in["enhance_prompt"].(bool)
	_, end := in["image_as_end_frame"].(bool)
	if !isText || !enhance || !end || seconds != 5 && seconds != 10 {
		a.refuse(http.StatusBadRequest, "a required field is missing or out of range")
		return
	}
	key := a.r.Header.Get("Idempotency-Key")
	j, ok := a.submit(submission{kind: "gen3a_turbo", prompt: prompt, external: key, seconds: int(seconds), echo: in})
	if !ok {
		return
	}
	a.answer(http.StatusOK, map[string]any{"task": a.webtask(j, stand{}, ""), "server_id": "7d3f2b9c"})
}

func makevidPoll(a *ask) {
	if j := a.find(a.r.PathValue("id")); j != nil {
		a.about(j, http.StatusOK, map[string]any{"task": a.webtask(j, a.stand(j), a.link(j))})
	}
}

func makevidDataset(a *ask) {
	if kind := a.r.Header.Get("Content-Type"); !strings.HasPrefix(kind, "video/") {
		a.refuse(http.StatusUnsupportedMediaType, "a video is needed, not %s", kind)
		return
	}
	a.answer(http.StatusOK, map[string]any{"id": "d", "url": a.base + "/datasets/d.mp4?_jwt=x", "type": "video/mp4"})
}

// makevidCreate is Filmgate's own create, as far as this engine uses it.
func makevidCreate(a *ask) {
	var in map[string]any
	if !a.json(&in) {
		return
	}
	if video := text(in, "video"); !strings.HasPrefix(video, a.base+"/datasets/") || text(in, "model") == "" {
		a.refuse(http.StatusBadRequest, "model and the video of an upload are needed")
		return
	}
	key := a.r.Header.Get("Idempotency-Key")
	j := a.known(key)
	if j == nil {
		var ok bool
		if j, ok = a.submit(submission{prompt: text(in, "prompt"), external: key, echo: in}); !ok {
			return
		}
	}
	a.answer(http.StatusCreated, a.ownTask(j, stand{}, ""))
}

// ownTask is a task as Filmgate's own calls show it, as far as anybody here reads it.
func (a *ask) ownTask(j *job, s stand, link string) map[string]any {
	out := map[string]any{"id": j.id, "status": a.status(j, s, [5]string{"QUEUED", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"}),
		"progress": s.progress, "progress_text": nil, "failure": nil, "artifacts": []any{}}
	if s.phase == failed {
		out["failure"] = map[string]any{"reason": s.reason, "message": "The task failed as it was asked to."}
	}
	if s.phase == done && link != "" {
		out["artifacts"] = []any{map[string]any{"url": link}}
	}
	return out
}

func makevidTask(a *ask) {
	if j := a.find(a.r.PathValue("id")); j != nil {
		a.about(j, http.StatusOK, a.ownTask(j, a.stand(j), a.link(j)))
	}
}

func makevidCancel(a *ask) {
	j := a.find(a.r.PathValue("id"))
	if j == nil {
		return
	}
	if !a.cancel(j) {
		a.refuse(http.StatusConflict, "the task has ended")
		return
	}
	a.answer(http.StatusOK, map[string]any{"id": j.id})
}
