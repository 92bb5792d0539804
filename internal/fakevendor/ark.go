package fakevendor

import (
	"net/http"
	"strings"
)

// ark is ByteDance's content generation at Volcengine Ark (volcengine-go-sdk, service/arkruntime).
func ark() wire {
	return wire{
		name: "ark", proves: bearer,
		refusal: func(status int, text string) any {
			codes := map[int][2]string{
				400: {"InvalidParameter", "BadRequest"}, 401: {"AuthenticationError", "Unauthorized"}, 403: {"AccessDenied", "Forbidden"},
				404: {"NotFound.id", "NotFound"}, 409: {"Conflict", "Conflict"}, 429: {"RateLimitExceeded.EndpointRPMExceeded", "TooManyRequests"},
			}
			code, ok := codes[status]
			if !ok {
				code = [2]string{"InternalServiceError", "InternalServerError"}
			}
			return map[string]any{"error": map[string]any{"code": code[0], "message": text, "param": "", "type": code[1]}}
		},
		calls: arkTask,
		routes: map[string]func(*ask){
			"POST /contents/generations/tasks":        arkSubmit,
			"GET /contents/generations/tasks/{id}":    arkPoll,
			"DELETE /contents/generations/tasks/{id}": arkDelete,
		},
	}
}

func arkSubmit(a *ask) {
	var in struct {
		Model   string `json:"model"`
		Content []struct {
			Type     string `json:"type"`
			Text     string `json:"text"`
			Role     string `json:"role"`
			ImageURL struct {
				URL string `json:"url"`
			} `json:"image_url"`
		} `json:"content"`
		Duration int    `json:"duration"`
		Ratio    string `json:"ratio"`
		Tier     string `json:"service_tier"`
		Seed     *int64 `json:"seed"`
		Callback string `json:"callback_url"`
	}
	if !a.json(&in) {
		return
	}
	s := submission{seconds: in.Duration, callback: in.Callback}
	for _, c := range in.Content {
		if c.Type == "text" {
			s.prompt = c.Text
		}
		s.image = s.image || c.ImageURL.URL != "" && c.Role == "first_frame"
	}
	if in.Model == "" || len(in.Content) == 0 || !s.image && s.prompt == "" {
		a.refuse(http.StatusBadRequest, "The parameter content is not valid")
		return
	}
	second := strings.Contains(in.Model, "seedance-2-")
	switch {
	case second && (in.Seed != nil || in.Tier == "flex"), in.Seed != nil && *in.Seed > 1<<31-1,
		strings.Contains(in.Model, "seedance-2-5-") && s.image && in.Ratio != "" && in.Ratio != "adaptive":
		a.refuse(http.StatusBadRequest, "The parameter seed, service_tier or ratio is not valid for model %s", in.Model)
		return
	}
	if j, ok := a.submit(s); ok {
		a.answer(http.StatusOK, map[string]string{"id": j.id})
	}
}

func arkPoll(a *ask) {
	if j := a.find(a.r.PathValue("id")); j != nil {
		a.about(j, http.StatusOK, arkTask(a, j))
	}
}

// arkTask is a task, for polls and callbacks.
func arkTask(a *ask, j *job) any {
	s := a.stand(j)
	out := map[string]any{
		"id": j.id, "model": "doubao-seedance", "created_at": j.begun.Unix(), "updated_at": j.begun.Unix(), "duration": j.seconds,
		"status": a.status(j, s, [5]string{"queued", "running", "succeeded", "failed", "cancelled"}),
	}
	switch s.phase {
	case done:
		content := map[string]string{}
		if link := a.link(j); link != "" {
			content["video_url"] = link
		}
		out["content"], out["usage"] = content, map[string]int{"completion_tokens": 1000 * j.seconds, "total_tokens": 1000 * j.seconds}
	case failed:
		code := "InternalServiceError"
		if strings.HasPrefix(s.reason, "SAFETY") {
			code = "OutputVideoSensitiveContentDetected"
		}
		out["error"] = map[string]string{"code": code, "message": "The task failed as it was asked to."}
	}
	return out
}

// arkDelete cancels what is queued, refuses what is running and forgets what has ended.
func arkDelete(a *ask) {
	j := a.find(a.r.PathValue("id"))
	if j == nil {
		return
	}
	switch s := a.stand(j); s.phase {
	case waiting:
		a.cancel(j)
	case running:
		a.refuse(http.StatusConflict, "The task is running and can't be deleted")
		return
	default:
		a.forget(j)
	}
	a.answer(http.StatusOK, map[string]any{})
}
