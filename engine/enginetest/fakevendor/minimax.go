package fakevendor

import (
	"net/http"
	"strings"
)

// minimax is MiniMax's video generation, versions 1 and 2 (platform.minimax.io).
func minimax() wire {
	return wire{
		name: "minimax", proves: bearer,
		refusal: func(status int, text string) any {
			kind := map[int]string{400: "bad_request_error", 401: "authorized_error", 402: "insufficient_balance_error", 429: "rate_limit_error"}[status]
			if kind == "" {
				kind = "server_error"
			}
			return map[string]any{"type": "error", "error": map[string]any{"type": kind, "message": text}, "request_id": "r"}
		},
		calls: minimaxCall,
		routes: map[string]func(*ask){
			"POST /v2/video_generation":           minimaxSubmit2,
			"GET /v2/query/video_generation/{id}": minimaxPoll2,
			"POST /v1/video_generation":           minimaxSubmit1,
			"GET /v1/query/video_generation":      minimaxPoll1,
			"GET /v1/files/retrieve":              minimaxFile1,
		},
	}
}

func minimaxSubmit2(a *ask) {
	var in struct {
		Model   string `json:"model"`
		Content []struct {
			Type string `json:"type"`
			Text string `json:"text"`
			Role string `json:"role"`
		} `json:"content"`
		Ratio    string `json:"ratio"`
		Duration int    `json:"duration"`
		Callback string `json:"callback_url"`
	}
	if !a.json(&in) {
		return
	}
	s := submission{kind: "v2", seconds: in.Duration, callback: in.Callback}
	for _, c := range in.Content {
		if c.Type == "text" {
			s.prompt = c.Text
		}
		s.image = s.image || c.Role == "first_frame"
	}
	if in.Model == "" || s.prompt == "" || !s.image && in.Ratio == "" {
		a.refuse(http.StatusBadRequest, "model, one text and, without a picture, ratio are needed")
		return
	}
	if !a.challenge(in.Callback) {
		return
	}
	if j, ok := a.submit(s); ok {
		a.answer(http.StatusOK, map[string]string{"task_id": j.id})
	}
}

func minimaxPoll2(a *ask) {
	if j := a.find(a.r.PathValue("id")); j != nil {
		a.about(j, http.StatusOK, minimaxTask2(a, j))
	}
}

// minimaxTask2 is a task of version 2, for polls and callbacks.
func minimaxTask2(a *ask, j *job) any {
	s := a.stand(j)
	out := map[string]any{
		"task_id": j.id, "model": "MiniMax-H3", "created_at": j.begun.Unix(),
		"status": a.status(j, s, [5]string{"queued", "running", "succeeded", "failed", "cancelled"}),
	}
	switch s.phase {
	case done:
		content := map[string]string{}
		if link := a.link(j); link != "" {
			content["url"] = link
		}
		out["content"] = content
	case failed:
		out["error"] = map[string]string{"code": "internal_error", "message": "The task failed as it was asked to."}
		if strings.HasPrefix(s.reason, "SAFETY") {
			out["error"] = map[string]string{"code": "1026", "message": "The input holds sensitive content."}
		}
	}
	return out
}

// minimaxCall is a callback. Version 1 has words of its own for it.
func minimaxCall(a *ask, j *job) any {
	if j.kind == "v2" {
		return minimaxTask2(a, j)
	}
	s := a.stand(j)
	return map[string]any{
		"task_id": j.id, "status": a.status(j, s, [5]string{"processing", "processing", "success", "failed", "failed"}),
		"file_id": "", "base_resp": minimaxBase(0, "success"),
	}
}

// minimaxBase is the only place where version 1 tells of errors.
func minimaxBase(code int, text string) map[string]any {
	return map[string]any{"status_code": code, "status_msg": text}
}

func minimaxSubmit1(a *ask) {
	var in struct {
		Model           string `json:"model"`
		Prompt          string `json:"prompt"`
		FirstFrameImage string `json:"first_frame_image"`
		Duration        int    `json:"duration"`
		Callback        string `json:"callback_url"`
	}
	if !a.json(&in) {
		return
	}
	if in.Model == "" || in.Prompt == "" && in.FirstFrameImage == "" {
		a.answer(http.StatusOK, map[string]any{"task_id": "", "base_resp": minimaxBase(2013, "invalid params")})
		return
	}
	if !a.challenge(in.Callback) {
		return
	}
	if j, ok := a.submit(submission{kind: "v1", prompt: in.Prompt, image: in.FirstFrameImage != "", seconds: in.Duration, callback: in.Callback}); ok {
		a.answer(http.StatusOK, map[string]any{"task_id": j.id, "base_resp": minimaxBase(0, "success")})
	}
}

func minimaxPoll1(a *ask) {
	id := a.r.URL.Query().Get("task_id")
	a.v.mu.Lock()
	j, ok := a.v.jobs[id]
	ok = ok && j.wire == a.wire.name && !a.has(j, "lost")
	a.v.mu.Unlock()
	if !ok {
		a.answer(http.StatusOK, map[string]any{"task_id": "", "status": "", "base_resp": minimaxBase(2013, "invalid params, task_id not found")})
		return
	}
	s := a.stand(j)
	out := map[string]any{
		"task_id": id, "status": a.status(j, s, [5]string{"Queueing", "Processing", "Success", "Fail", "Fail"}), "file_id": "",
		"base_resp": minimaxBase(0, "success"),
	}
	switch {
	case s.phase == done && !a.has(j, "nofile"):
		out["file_id"], out["video_width"], out["video_height"] = j.id, 1366, 768
	case s.phase == failed && strings.HasPrefix(s.reason, "SAFETY"):
		out["base_resp"] = minimaxBase(1026, "input new_sensitive")
	case s.phase == failed:
		out["base_resp"] = minimaxBase(1013, "internal service error")
	}
	a.about(j, http.StatusOK, out)
}

func minimaxFile1(a *ask) {
	if j := a.find(a.r.URL.Query().Get("file_id")); j != nil {
		a.answer(http.StatusOK, map[string]any{
			"file":      map[string]any{"file_id": j.id, "bytes": len(video), "filename": "output.mp4", "purpose": "video_generation", "download_url": a.link(j)},
			"base_resp": minimaxBase(0, "success"),
		})
	}
}
