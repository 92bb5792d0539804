package fakevendor

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// videos describes how one server with OpenAI's /videos API differs from the others.
type videos struct {
	name        string
	accepted    int // status of a create
	json        bool
	form        bool
	mustFile    bool      // a form must contain a file
	fields      []string  // allowed in a create; nil = any
	words       [5]string // status words, by phase
	fastAPI     bool      // errors are {"detail": …}
	textSeconds bool      // a failed job's error is a string
	flatError   bool      // an error's body is the error object itself
	remove      bool      // DELETE cancels a running job
	cancels     bool      // and keeps it readable
	maxSeconds  float64   // longest video, in seconds; 0 = no limit
}

// openAIs returns OpenAI's own API and the servers that imitate it.
func openAIs() []wire {
	usual := [5]string{"queued", "in_progress", "completed", "failed", "failed"}
	var out []wire
	for _, v := range []videos{
		{name: "openai", accepted: 200, form: true, json: true, words: usual, fields: []string{"prompt", "model", "seconds", "size", "input_reference"}},
		{name: "sglang", accepted: 200, form: true, json: true, mustFile: true, fastAPI: true, remove: true, cancels: true,
			words: [5]string{"queued", "in_progress", "completed", "failed", "cancelled"}},
		{name: "vllm-omni", accepted: 200, form: true, fastAPI: true, remove: true, words: usual},
		{name: "tensorrt-llm", accepted: 202, json: true, textSeconds: true, flatError: true, remove: true, maxSeconds: 60,
			words:  [5]string{"queued", "generating", "completed", "failed", "failed"},
			fields: []string{"prompt", "model", "seconds", "size", "seed", "negative_prompt", "input_reference", "image_reference"}},
		{name: "litellm", accepted: 200, form: true, json: true, words: usual},
	} {
		out = append(out, v.wire())
	}
	return out
}

func (v videos) wire() wire {
	w := wire{name: v.name, authorized: bearer, routes: map[string]func(*request){
		"GET /v1/models":              listModels,
		"POST /v1/videos":             v.submit,
		"GET /v1/videos/{id}":         v.poll,
		"GET /v1/videos/{id}/content": v.content,
		"DELETE /v1/videos/{id}":      v.delete,
	}}
	w.errorBody = func(status int, text string) any {
		if v.fastAPI {
			return map[string]any{"detail": text}
		}
		if v.flatError {
			return map[string]any{"object": "error", "message": text, "type": "BadRequestError", "param": nil, "code": status}
		}
		return map[string]any{"error": map[string]any{"message": text, "type": "error", "param": nil, "code": strconv.Itoa(status)}}
	}
	return w
}

func (v videos) submit(req *request) {
	in := map[string]any{}
	form := strings.HasPrefix(req.r.Header.Get("Content-Type"), "multipart/form-data")
	switch {
	case form && v.form:
		if err := req.r.ParseMultipartForm(requestLimit); err != nil {
			req.refuse(http.StatusBadRequest, "the form is not valid: %v", err)
			return
		}
		for name, values := range req.r.MultipartForm.Value {
			in[name] = values[0]
		}
		for name := range req.r.MultipartForm.File {
			in[name] = "a file"
		}
		if v.mustFile && in["input_reference"] != "a file" {
			req.refuse(http.StatusUnprocessableEntity, "input_reference file is required in a form")
			return
		}
	case !form && v.json:
		if !req.json(&in) {
			return
		}
	default:
		req.refuse(http.StatusUnprocessableEntity, "the media type %s is not accepted", req.r.Header.Get("Content-Type"))
		return
	}
	for _, name := range slices.Sorted(maps.Keys(in)) {
		if v.fields != nil && !slices.Contains(v.fields, name) {
			req.refuse(http.StatusBadRequest, "Unknown parameter: '%s'.", name)
			return
		}
	}
	if seconds, ok := in["seconds"].(float64); ok && v.maxSeconds > 0 && seconds > v.maxSeconds {
		req.refuse(http.StatusBadRequest, "seconds: Input should be less than or equal to %g", v.maxSeconds)
		return
	}
	prompt, _ := in["prompt"].(string)
	if prompt == "" {
		req.refuse(http.StatusBadRequest, "prompt is required")
		return
	}
	if j, ok := req.submit(submission{prompt: prompt, echo: in}); ok {
		req.answer(v.accepted, v.video(req, j, jobStatus{}))
	}
}

// video encodes a Video.
func (v videos) video(req *request, j *job, s jobStatus) map[string]any {
	out := map[string]any{
		"id": j.id, "object": "video", "model": j.echo["model"], "status": req.status(j, s, v.words), "progress": int(s.progress * 100),
		"created_at": j.started.Unix(), "completed_at": nil, "expires_at": nil, "error": nil, "prompt": j.prompt, "size": j.echo["size"],
		"seconds": j.echo["seconds"], "remixed_from_video_id": nil,
	}
	if s.phase == failed {
		code, message := "server_error", "Internal error."
		if strings.HasPrefix(s.reason, "SAFETY") {
			code, message = "moderation_blocked", "Your request was blocked by our moderation system."
		}
		switch {
		case v.textSeconds:
			out["error"] = message
		case v.fastAPI:
			out["error"] = map[string]any{"message": message}
		default:
			out["error"] = map[string]any{"code": code, "message": message}
		}
	}
	return out
}

func (v videos) poll(req *request) {
	if j := req.find(req.r.PathValue("id")); j != nil {
		req.w.Header().Set("openai-poll-after-ms", "2500")
		req.answerPoll(j, http.StatusOK, v.video(req, j, req.statusOf(j)))
	}
}

func (v videos) content(req *request) {
	j := req.find(req.r.PathValue("id"))
	if j == nil {
		return
	}
	if req.statusOf(j).phase != done || req.hasFault(j, "nofile") {
		req.refuse(http.StatusNotFound, "the video is not ready")
		return
	}
	req.serveVideo(j)
}

func (v videos) delete(req *request) {
	j := req.find(req.r.PathValue("id"))
	if j == nil {
		return
	}
	if ended := req.statusOf(j).phase >= done; !ended && !v.remove {
		req.refuse(http.StatusBadRequest, "only completed or failed videos can be deleted")
		return
	}
	switch {
	case v.cancels && req.cancelJob(j):
		req.answer(http.StatusOK, v.video(req, j, req.statusOf(j)))
		return
	case !j.faults.has("late-cancel"):
		req.delete(j)
	}
	b, _ := json.Marshal(map[string]any{"id": j.id, "object": "video.deleted", "deleted": true, "status": "deleted"})
	req.bytes(http.StatusOK, "application/json", b)
}
