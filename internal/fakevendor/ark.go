package fakevendor

import (
	"net/http"
	"strings"
)

// ark is ByteDance's content generation at Volcengine Ark (volcengine-go-sdk, service/arkruntime).
func ark() wire {
	return wire{
		name: "ark", authorized: bearer,
		errorBody: func(status int, text string) any {
			codes := map[int][2]string{
				400: {"InvalidParameter", "BadRequest"}, 401: {"AuthenticationError", "Unauthorized"}, 402: {"AccountOverdueError", "Forbidden"}, 403: {"AccessDenied", "Forbidden"},
				404: {"NotFound.id", "NotFound"}, 409: {"Conflict", "Conflict"}, 429: {"RateLimitExceeded.EndpointRPMExceeded", "TooManyRequests"},
			}
			code, ok := codes[status]
			if !ok {
				code = [2]string{"InternalServiceError", "InternalServerError"}
			}
			return map[string]any{"error": map[string]any{"code": code[0], "message": text, "param": "", "type": code[1]}}
		},
		callbackBody: arkTask,
		routes: map[string]func(*request){
			"POST /contents/generations/tasks":        arkSubmit,
			"GET /contents/generations/tasks/{id}":    arkPoll,
			"DELETE /contents/generations/tasks/{id}": arkDelete,
		},
	}
}

// arkContent is a text, a frame or a reference of a request.
type arkContent struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Role     string `json:"role"`
	ImageURL struct {
		URL string `json:"url"`
	} `json:"image_url"`
	AudioURL struct {
		URL string `json:"url"`
	} `json:"audio_url"`
}

// add adds the content to s. It returns 1 for a frame, and whether the content may have its role.
func (c arkContent) add(s *submission) (frames int, ok bool) {
	switch c.Type + " " + c.Role {
	case "text ":
		s.prompt = c.Text
	case "image_url first_frame", "image_url last_frame":
		s.image = s.image || c.Role == "first_frame"
		return 1, true
	case "image_url reference_image":
		s.inputs.Images = append(s.inputs.Images, c.ImageURL.URL)
	case "audio_url reference_audio":
		s.inputs.Recordings = append(s.inputs.Recordings, c.AudioURL.URL)
	default:
		return 0, false
	}
	return 0, true
}

func arkSubmit(req *request) {
	var in struct {
		Model    string       `json:"model"`
		Content  []arkContent `json:"content"`
		Audio    *bool        `json:"generate_audio"`
		Duration int          `json:"duration"`
		Ratio    string       `json:"ratio"`
		Tier     string       `json:"service_tier"`
		Seed     *int64       `json:"seed"`
		Callback string       `json:"callback_url"`
	}
	if !req.json(&in) {
		return
	}
	s := submission{seconds: in.Duration, callback: in.Callback, inputs: Inputs{Sound: in.Audio}}
	frames := 0
	for _, c := range in.Content {
		frame, ok := c.add(&s)
		if !ok {
			req.refuse(http.StatusBadRequest, "The parameter content has a role that is not valid: %s %s", c.Type, c.Role)
			return
		}
		frames += frame
	}
	references := len(s.inputs.Images) + len(s.inputs.Recordings)
	if in.Model == "" || !s.image && s.prompt == "" && references == 0 {
		req.refuse(http.StatusBadRequest, "The parameter content is not valid")
		return
	}
	second := strings.Contains(in.Model, "seedance-2-")
	switch {
	case !second && in.Audio != nil, references > 0 && (frames > 0 || !arkReferences(in.Model, s.inputs)):
		req.refuse(http.StatusBadRequest, "The parameter generate_audio or content is not valid for model %s", in.Model)
		return
	case second && (in.Seed != nil || in.Tier == "flex"), in.Seed != nil && *in.Seed > 1<<31-1,
		strings.Contains(in.Model, "seedance-2-5-") && s.image && in.Ratio != "" && in.Ratio != "adaptive":
		req.refuse(http.StatusBadRequest, "The parameter seed, service_tier or ratio is not valid for model %s", in.Model)
		return
	}
	if j, ok := req.submit(s); ok {
		req.answer(http.StatusOK, map[string]string{"id": j.id})
	}
}

// arkReferences reports whether a model takes these references.
func arkReferences(model string, in Inputs) bool {
	return strings.Contains(model, "seedance-2-") && (len(in.Images) > 0 || !strings.Contains(model, "seedance-2-0"))
}

func arkPoll(req *request) {
	if j := req.find(req.r.PathValue("id")); j != nil {
		req.answerPoll(j, http.StatusOK, arkTask(req, j))
	}
}

// arkTask encodes a task, for polls and callbacks.
func arkTask(req *request, j *job) any {
	s := req.statusOf(j)
	out := map[string]any{
		"id": j.id, "model": "doubao-seedance", "created_at": j.started.Unix(), "updated_at": j.started.Unix(), "duration": j.seconds,
		"status": req.status(j, s, [5]string{"queued", "running", "succeeded", "failed", "cancelled"}),
	}
	switch s.phase {
	case done:
		content := map[string]string{}
		if link := req.link(j); link != "" {
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

// arkDelete cancels a queued task, refuses for a running one and deletes one that has ended.
func arkDelete(req *request) {
	j := req.find(req.r.PathValue("id"))
	if j == nil {
		return
	}
	switch s := req.statusOf(j); s.phase {
	case waiting:
		req.cancelJob(j)
	case running:
		req.refuse(http.StatusConflict, "The task is running and can't be deleted")
		return
	default:
		req.delete(j)
	}
	req.answer(http.StatusOK, map[string]any{})
}
