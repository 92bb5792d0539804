package fakevendor

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// gemini is the Interactions API of the Gemini API, for models that make videos, and the files that they make
// (ai.google.dev/gemini-api/docs/omni).
func gemini() wire {
	return wire{
		name: "gemini",
		authorized: func(key string, r *http.Request, _ time.Time) bool {
			return r.Header.Get("X-Goog-Api-Key") == key
		},
		errorBody: func(status int, text string) any {
			words := map[int]string{400: "invalid_request", 401: "unauthenticated", 403: "permission_denied", 404: "not_found", 429: "resource_exhausted"}
			word, ok := words[status]
			if !ok {
				word = "internal"
			}
			return map[string]any{"error": map[string]string{"code": word, "message": text}}
		},
		routes: map[string]func(*request){
			"POST /interactions":             geminiSubmit,
			"GET /interactions/{id}":         geminiPoll,
			"POST /interactions/{id}/cancel": geminiCancel,
			"GET /models/{model}":            geminiModel,
			"GET /files/{file}":              geminiFile,
		},
	}
}

func geminiSubmit(req *request) {
	var in struct {
		Model string `json:"model"`
		Input []struct {
			Type     string `json:"type"`
			Text     string `json:"text"`
			MimeType string `json:"mime_type"`
			Data     string `json:"data"`
		} `json:"input"`
		Background bool `json:"background"`
		Format     struct {
			Type     string `json:"type"`
			Duration string `json:"duration"`
		} `json:"response_format"`
	}
	if !req.json(&in) {
		return
	}
	long, err := time.ParseDuration(in.Format.Duration)
	if in.Model == "" || !in.Background || in.Format.Type != "video" || err != nil || long < 3*time.Second || long > 10*time.Second {
		req.refuse(http.StatusBadRequest, "a model, background and a video of 3 to 10 seconds are required")
		return
	}
	s := submission{seconds: int(long / time.Second)}
	var pictures []string
	for _, part := range in.Input {
		if part.Type == "image" && part.MimeType != "" {
			pictures = append(pictures, part.Data)
		}
		s.prompt += part.Text
	}
	frames := strings.Count(s.prompt, "<FIRST_FRAME>") + strings.Count(s.prompt, "<LAST_FRAME>")
	references := 0
	for strings.Contains(s.prompt, fmt.Sprintf("<IMAGE_REF_%d>@Image%d", references, frames+references+1)) {
		references++
	}
	if s.prompt == "" || frames+references != len(pictures) {
		req.refuse(http.StatusBadRequest, "%d pictures, and tags in the prompt for %d", len(pictures), frames+references)
		return
	}
	s.image, s.inputs.Images = frames > 0, pictures[frames:]
	if j, ok := req.submit(s); ok {
		req.answer(http.StatusOK, map[string]string{"id": j.id, "status": "in_progress", "object": "interaction", "model": in.Model})
	}
}

// geminiJob returns the job of a request. An unknown id is a 400 there.
func geminiJob(req *request) *job {
	id := req.r.PathValue("id")
	return req.findOr(id, http.StatusBadRequest, "Invalid interaction name: "+id)
}

func geminiPoll(req *request) {
	j := geminiJob(req)
	if j == nil {
		return
	}
	s := req.statusOf(j)
	word := req.status(j, s, [5]string{"queued", "in_progress", "completed", "failed", "cancelled"})
	steps := []any{map[string]any{"type": "user_input", "content": []any{map[string]string{"type": "text", "text": j.prompt}}}}
	out := map[string]any{"id": j.id, "object": "interaction", "status": word}
	switch {
	case s.phase == done && req.link(j) != "":
		link := req.baseURL + "/files/" + j.id + ":download?alt=media"
		steps = append(steps, map[string]any{"type": "model_output", "content": []any{map[string]string{"type": "video", "mime_type": "video/mp4", "uri": link}}})
		out["usage"] = map[string]any{"total_output_tokens": 5792 * j.seconds}
	case s.phase == failed && strings.HasPrefix(s.reason, "SAFETY") && word == "failed": // a refusal is a success with a text
		out["status"] = "completed"
		steps = append(steps, map[string]any{"type": "model_output", "content": []any{map[string]string{"type": "text", "text": "I can't make this video."}}})
	case s.phase == failed:
		out["error"] = map[string]string{"code": "internal", "message": "The video could not be made."}
	}
	out["steps"] = steps
	req.answerPoll(j, http.StatusOK, out)
}

func geminiCancel(req *request) {
	j := geminiJob(req)
	switch {
	case j == nil:
	case req.cancelJob(j):
		req.answer(http.StatusOK, map[string]string{"id": j.id, "status": "cancelled"})
	default:
		req.refuse(http.StatusBadRequest, "The interaction has ended.")
	}
}

func geminiModel(req *request) {
	req.answer(http.StatusOK, map[string]string{"name": "models/" + req.r.PathValue("model"), "displayName": "Gemini Omni Flash"})
}

// geminiFile answers for a file, or with its content: the mux does not match colons.
func geminiFile(req *request) {
	id, verb, _ := strings.Cut(req.r.PathValue("file"), ":")
	j := req.find(id)
	switch {
	case j == nil:
	case verb == "download" && req.r.URL.Query().Get("alt") == "media":
		req.serveVideo(j)
	default:
		req.answer(http.StatusOK, map[string]string{"name": "files/" + id, "state": "ACTIVE", "mimeType": "video/mp4"})
	}
}
