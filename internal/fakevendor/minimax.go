package fakevendor

import (
	"net/http"
	"strconv"
	"strings"
)

// minimax is MiniMax's video generation, versions 1 and 2 (platform.minimax.io).
func minimax() wire {
	return wire{
		name: "minimax", authorized: bearer,
		errorBody: func(status int, text string) any {
			kinds := map[int][2]string{
				400: {"bad_request_error", "2013"}, 401: {"authorized_error", "1004"}, 402: {"insufficient_balance_error", "1008"},
				404: {"bad_request_error", "2013"}, 422: {"unprocessable_entity_error", "1026"}, 429: {"rate_limit_error", "1002"},
				529: {"overloaded_error", "1041"},
			}
			kind, ok := kinds[status]
			if !ok && status >= 500 {
				kind = [2]string{"server_error", "1000"}
			} else if !ok {
				kind = [2]string{"bad_request_error", "2013"}
			}
			return map[string]any{
				"type": "error", "request_id": "r",
				"error": map[string]any{"type": kind[0], "message": text + " (" + kind[1] + ")", "http_code": strconv.Itoa(status)},
			}
		},
		callbackBody: minimaxCall,
		routes: map[string]func(*request){
			"POST /v2/video_generation":           minimaxSubmit2,
			"GET /v2/query/video_generation/{id}": minimaxPoll2,
			"DELETE /v2/video_generation/{id}":    minimaxDelete2,
			"POST /v1/video_generation":           minimaxSubmit1,
			"GET /v1/query/video_generation":      minimaxPoll1,
			"GET /v1/files/retrieve":              minimaxFile1,
		},
	}
}

func minimaxSubmit2(req *request) {
	var in struct {
		Model   string `json:"model"`
		Content []struct {
			Type  string `json:"type"`
			Text  string `json:"text"`
			Role  string `json:"role"`
			Image struct {
				URL string `json:"url"`
			} `json:"image_url"`
			Audio struct {
				URL string `json:"url"`
			} `json:"audio_url"`
		} `json:"content"`
		Resolution string `json:"resolution"`
		Ratio      string `json:"ratio"`
		Duration   int    `json:"duration"`
		Callback   string `json:"callback_url"`
	}
	if !req.json(&in) {
		return
	}
	s := submission{kind: "v2", seconds: in.Duration, callback: in.Callback}
	for _, c := range in.Content {
		if c.Type == "text" {
			s.prompt = c.Text
		}
		s.image = s.image || c.Role == "first_frame" || c.Role == "last_frame"
		switch c.Role {
		case "reference_image":
			s.inputs.Images = append(s.inputs.Images, c.Image.URL)
		case "reference_audio":
			s.inputs.Recordings = append(s.inputs.Recordings, c.Audio.URL)
		}
	}
	references := len(s.inputs.Images) + len(s.inputs.Recordings)
	switch {
	case references > 0 && (s.image || in.Model != "MiniMax-H3" || !minimaxReferences(s.inputs)):
		req.refuse(http.StatusBadRequest, "invalid params, content has references that do not fit")
		return
	case in.Model == "", s.prompt == "", in.Duration == 0, in.Resolution != strings.ToUpper(in.Resolution) || in.Resolution == "":
		req.refuse(http.StatusBadRequest, "invalid params, model, content with a text, resolution and duration are required")
		return
	case !s.image && references == 0 && (in.Ratio == "" || in.Ratio == "adaptive"):
		req.refuse(http.StatusBadRequest, "invalid params, ratio is required")
		return
	}
	if !req.challenge(in.Callback) {
		return
	}
	if j, ok := req.submit(s); ok {
		req.answer(http.StatusOK, map[string]string{"task_id": j.id})
	}
}

// minimaxReferences reports whether MiniMax-H3 takes these references.
func minimaxReferences(in Inputs) bool {
	return len(in.Images) > 0 && len(in.Images) <= 9 && len(in.Recordings) <= 3
}

func minimaxPoll2(req *request) {
	if j := req.minimax2(); j != nil {
		req.answerPoll(j, http.StatusOK, minimaxTask2(req, j))
	}
}

// minimax2 returns the job of the path. If there is none, it refuses the request as an invalid parameter, since this API has
// no 404, and returns nil.
func (req *request) minimax2() *job {
	id := req.r.PathValue("id")
	req.v.mu.Lock()
	j, ok := req.v.jobs[id]
	ok = ok && j.wire == req.wire.name && j.kind == "v2" && !j.deleted && !req.hasFault(j, "lost")
	req.v.mu.Unlock()
	if !ok {
		req.refuse(http.StatusBadRequest, "invalid params, invalid task_id")
		return nil
	}
	req.setTask(j.task)
	return j
}

// minimaxDelete2 cancels a queued task, deletes one that has ended and refuses otherwise.
func minimaxDelete2(req *request) {
	j := req.minimax2()
	if j == nil {
		return
	}
	action := "deleted"
	switch s := req.statusOf(j); s.phase {
	case waiting:
		req.cancelJob(j)
		action = "cancelled"
	case running, cancelled:
		req.refuse(http.StatusBadRequest, "invalid params, the task can't be cancelled or deleted now")
		return
	default:
		req.delete(j)
	}
	req.answer(http.StatusOK, map[string]string{"task_id": j.id, "action": action, "status": action})
}

// minimaxTask2 encodes a task of version 2, for polls and callbacks.
func minimaxTask2(req *request, j *job) any {
	s := req.statusOf(j)
	out := map[string]any{
		"id": j.id, "model": "MiniMax-H3", "created_at": j.started.Unix(), "updated_at": j.started.Unix(), "duration": j.seconds,
		"task_type": "generation", "modality": "video",
		"status": req.status(j, s, [5]string{"queued", "running", "succeeded", "failed", "cancelled"}),
	}
	switch s.phase {
	case done:
		content := map[string]string{}
		if link := req.link(j); link != "" {
			content["url"] = link
		}
		out["content"], out["usage"] = content, map[string]int{"total_seconds": j.seconds, "output_seconds": j.seconds, "total_tokens": 1000 * j.seconds}
	case failed:
		out["error"] = map[string]string{"code": "1000", "message": "unknown error"}
		if strings.HasPrefix(s.reason, "SAFETY") {
			out["error"] = map[string]string{"code": "1026", "message": "video description contains sensitive content"}
		}
	}
	return map[string]any{"task": out}
}

// minimaxCall returns the body of a callback. Version 1 has its own words in it.
func minimaxCall(req *request, j *job) any {
	if j.kind == "v2" {
		return minimaxTask2(req, j)
	}
	s := req.statusOf(j)
	return map[string]any{
		"task_id": j.id, "status": req.status(j, s, [5]string{"processing", "processing", "success", "failed", "failed"}),
		"file_id": "", "base_resp": minimaxBase(0, "success"),
	}
}

// minimaxBase returns version 1's base_resp, the only place where it reports errors.
func minimaxBase(code int, text string) map[string]any {
	return map[string]any{"status_code": code, "status_msg": text}
}

func minimaxSubmit1(req *request) {
	var in struct {
		Model           string `json:"model"`
		Prompt          string `json:"prompt"`
		FirstFrameImage string `json:"first_frame_image"`
		LastFrameImage  string `json:"last_frame_image"`
		Duration        int    `json:"duration"`
		Resolution      string `json:"resolution"`
		Callback        string `json:"callback_url"`
	}
	if !req.json(&in) {
		return
	}
	pictures := in.FirstFrameImage + in.LastFrameImage
	if in.Model == "" || in.Prompt == "" && pictures == "" || in.Resolution == "1080P" && in.Duration > 6 ||
		in.Resolution == "512P" && in.FirstFrameImage == "" {
		req.answer(http.StatusOK, map[string]any{"task_id": "", "base_resp": minimaxBase(2013, "invalid params")})
		return
	}
	if !req.challenge(in.Callback) {
		return
	}
	if j, ok := req.submit(submission{kind: "v1", prompt: in.Prompt, image: pictures != "", seconds: in.Duration, callback: in.Callback}); ok {
		req.answer(http.StatusOK, map[string]any{"task_id": j.id, "base_resp": minimaxBase(0, "success")})
	}
}

func minimaxPoll1(req *request) {
	id := req.r.URL.Query().Get("task_id")
	req.v.mu.Lock()
	j, ok := req.v.jobs[id]
	ok = ok && j.wire == req.wire.name && !req.hasFault(j, "lost")
	req.v.mu.Unlock()
	if !ok {
		req.answer(http.StatusOK, map[string]any{"task_id": "", "status": "", "base_resp": minimaxBase(2013, "invalid params, task_id not found")})
		return
	}
	s := req.statusOf(j)
	out := map[string]any{
		"task_id": id, "status": req.status(j, s, [5]string{"Queueing", "Processing", "Success", "Fail", "Fail"}), "file_id": "",
		"base_resp": minimaxBase(0, "success"),
	}
	switch {
	case s.phase == done && !req.hasFault(j, "nofile"):
		out["file_id"], out["video_width"], out["video_height"] = j.id, 1366, 768
	case s.phase == failed && strings.HasPrefix(s.reason, "SAFETY"):
		out["base_resp"] = minimaxBase(1026, "input new_sensitive")
	case s.phase == failed:
		out["base_resp"] = minimaxBase(1013, "internal service error")
	}
	req.answerPoll(j, http.StatusOK, out)
}

func minimaxFile1(req *request) {
	if j := req.find(req.r.URL.Query().Get("file_id")); j != nil {
		req.answer(http.StatusOK, map[string]any{
			"file":      map[string]any{"file_id": j.id, "bytes": len(video), "filename": "output.mp4", "purpose": "video_generation", "download_url": req.link(j)},
			"base_resp": minimaxBase(0, "success"),
		})
	}
}
