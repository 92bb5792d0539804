package fakevendor

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

// makevid is the Runway family of the makevid API, as Filmgate serves it: it honours Idempotency-Key, and tasks are
// cancelled by Filmgate's own call.
func makevid() wire {
	return wire{
		name: "makevid", authorized: bearer,
		errorBody: func(status int, text string) any {
			return map[string]any{"type": "about:blank", "title": http.StatusText(status), "status": status, "detail": text, "request_id": "r"}
		},
		routes: map[string]func(*request){
			"POST /api/v1/create_runway":     makevidSubmit,
			"GET /api/v1/get_runway/{id}":    makevidPoll,
			"POST /api/v1/tasks/{id}/cancel": makevidCancel,
			"POST /api/v1/datasets":          makevidDataset,
			"POST /api/v1/tasks":             makevidCreate,
			"GET /api/v1/tasks/{id}":         makevidTask,
		},
	}
}

func makevidSubmit(req *request) {
	var in map[string]any
	if !req.json(&in) {
		return
	}
	prompt, isText := in["text_prompt"].(string)
	seconds, _ := in["seconds"].(float64)
	_, enhance := in["enhance_prompt"].(bool)
	_, end := in["image_as_end_frame"].(bool)
	if !isText || !enhance || !end || seconds != 5 && seconds != 10 {
		req.refuse(http.StatusBadRequest, "a required field is missing or out of range")
		return
	}
	key := req.r.Header.Get("Idempotency-Key")
	j, ok := req.submit(submission{kind: "gen3a_turbo", prompt: prompt, external: key, seconds: int(seconds), echo: in,
		inputs: Inputs{Sound: new(false)}})
	if !ok {
		return
	}
	req.answer(http.StatusOK, map[string]any{"task": req.webtask(j, jobStatus{}, ""), "server_id": "7d3f2b9c"})
}

func makevidPoll(req *request) {
	if j := req.find(req.r.PathValue("id")); j != nil {
		req.answerPoll(j, http.StatusOK, map[string]any{"task": req.webtask(j, req.statusOf(j), req.link(j))})
	}
}

func makevidDataset(req *request) {
	kind, _, _ := strings.Cut(req.r.Header.Get("Content-Type"), "/")
	if !slices.Contains([]string{"video", "image", "audio"}, kind) {
		req.refuse(http.StatusUnsupportedMediaType, "a video, a picture or a recording is needed, not %s", kind)
		return
	}
	data, err := io.ReadAll(req.r.Body)
	if err != nil {
		req.refuse(http.StatusBadRequest, "the file is cut off")
		return
	}
	req.v.mu.Lock()
	name := fmt.Sprintf("datasets/d%d", len(req.v.uploads))
	req.v.uploads[name] = base64.StdEncoding.EncodeToString(data)
	req.v.mu.Unlock()
	req.answer(http.StatusOK, map[string]any{"id": "d", "url": req.baseURL + "/" + name + "?_jwt=x", "type": req.r.Header.Get("Content-Type")})
}

// makevidCreate is Filmgate's own create, with the fields that our engine sends.
func makevidCreate(req *request) {
	var in map[string]any
	if !req.json(&in) {
		return
	}
	if text(in, "model") == "" {
		req.refuse(http.StatusBadRequest, "model is needed")
		return
	}
	for _, field := range []string{"video", "first_frame", "last_frame"} {
		if link, ok := in[field]; ok && req.dataset(link) == "" {
			req.refuse(http.StatusBadRequest, "%s is no upload", field)
			return
		}
	}
	inputs := Inputs{Sound: new(in["audio"] == true)} // a Filmgate makes no sound unless it is asked to
	for field, list := range map[string]*[]string{"reference_images": &inputs.Images, "reference_audio": &inputs.Recordings} {
		references, _ := in[field].([]any)
		for _, r := range references {
			ref, _ := r.(map[string]any)
			data := req.dataset(ref["url"])
			if role := text(ref, "role"); data == "" || role != "" && (role != "subject" && role != "style" || field == "reference_audio") {
				req.refuse(http.StatusBadRequest, "%s: an upload and a role are needed", field)
				return
			}
			*list = append(*list, data)
		}
	}
	key := req.r.Header.Get("Idempotency-Key")
	j := req.knownJob(key)
	if j == nil {
		var ok bool
		if j, ok = req.submit(submission{prompt: text(in, "prompt"), external: key, echo: in, inputs: inputs}); !ok {
			return
		}
	}
	req.answer(http.StatusCreated, req.ownTask(j, jobStatus{}, ""))
}

// dataset returns an uploaded file in Base64; "" if the link is none of an upload.
func (req *request) dataset(link any) string {
	s, _ := link.(string)
	name, _, _ := strings.Cut(strings.TrimPrefix(s, req.baseURL+"/"), "?")
	req.v.mu.Lock()
	defer req.v.mu.Unlock()
	return req.v.uploads[name]
}

// ownTask encodes a task as Filmgate's own calls do, with the fields that our engine reads.
func (req *request) ownTask(j *job, s jobStatus, link string) map[string]any {
	out := map[string]any{"id": j.id, "status": req.status(j, s, [5]string{"QUEUED", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"}),
		"progress": s.progress, "progress_text": nil, "failure": nil, "artifacts": []any{}}
	if s.phase == failed {
		out["failure"] = map[string]any{"reason": s.reason, "message": "The task failed as it was asked to."}
	}
	if s.phase == done && link != "" {
		out["artifacts"] = []any{map[string]any{"url": link}}
	}
	return out
}

func makevidTask(req *request) {
	if j := req.find(req.r.PathValue("id")); j != nil {
		req.answerPoll(j, http.StatusOK, req.ownTask(j, req.statusOf(j), req.link(j)))
	}
}

func makevidCancel(req *request) {
	j := req.find(req.r.PathValue("id"))
	if j == nil {
		return
	}
	if !req.cancelJob(j) {
		req.refuse(http.StatusConflict, "the task has ended")
		return
	}
	req.answer(http.StatusOK, map[string]any{"id": j.id})
}
