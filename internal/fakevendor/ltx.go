package fakevendor

import (
	"net/http"
	"strings"
)

// ltx is the asynchronous part of Lightricks' LTX API (docs.ltx.video, Async Jobs).
func ltx() wire {
	return wire{
		name: "ltx", authorized: bearer,
		errorBody: func(status int, text string) any {
			kinds := map[int]string{
				400: "invalid_request_error", 401: "authentication_error", 402: "insufficient_funds_error", 403: "permission_error", 404: "not_found_error",
				422: "content_filtered_error", 429: "rate_limit_error", 503: "service_unavailable",
			}
			kind, ok := kinds[status]
			if !ok {
				kind = "api_error"
			}
			return map[string]any{"type": "error", "error": map[string]string{"type": kind, "message": text}}
		},
		routes: map[string]func(*request){
			"POST /text-to-video":      ltxSubmit,
			"POST /image-to-video":     ltxSubmit,
			"GET /text-to-video/{id}":  ltxPoll,
			"GET /image-to-video/{id}": ltxPoll,
		},
	}
}

func ltxSubmit(req *request) {
	var in struct {
		Model      string `json:"model"`
		Prompt     string `json:"prompt"`
		Image      string `json:"image_uri"`
		Last       string `json:"last_frame_uri"`
		Duration   int    `json:"duration"`
		Resolution string `json:"resolution"`
		Audio      *bool  `json:"generate_audio"`
	}
	if !req.json(&in) {
		return
	}
	image := strings.HasSuffix(req.r.URL.Path, "/image-to-video")
	switch {
	case in.Model == "" || in.Prompt == "" || in.Duration <= 0 || in.Resolution == "":
		req.refuse(http.StatusBadRequest, "model, prompt, duration and resolution are required")
	case image != (in.Image != "") || in.Last != "" && !image:
		req.refuse(http.StatusBadRequest, "image_uri, and last_frame_uri beside it, belong to image-to-video")
	default:
		if j, ok := req.submit(submission{prompt: in.Prompt, image: image, seconds: in.Duration, kind: req.r.URL.Path, inputs: Inputs{Sound: in.Audio}}); ok {
			req.answer(http.StatusAccepted, map[string]any{"id": j.id, "status": "pending", "created_at": j.started})
		}
	}
}

func ltxPoll(req *request) {
	j := req.find(req.r.PathValue("id"))
	if j == nil {
		return
	}
	if !strings.HasPrefix(req.r.URL.Path, j.kind+"/") {
		req.refuse(http.StatusNotFound, "there is no such job of this kind")
		return
	}
	s := req.statusOf(j)
	out := map[string]any{"id": j.id, "created_at": j.started, "status": req.status(j, s, [5]string{"pending", "processing", "completed", "failed", "failed"})}
	switch {
	case s.phase == done:
		result := map[string]string{}
		if link := req.link(j); link != "" {
			result["video_url"] = link
		}
		out["result"] = result
	case s.phase == failed && strings.HasPrefix(s.reason, "SAFETY"):
		out["error"] = map[string]string{"type": "content_filtered_error", "message": "Content is filtered due to policy restrictions"}
	case s.phase == failed:
		out["error"] = map[string]string{"type": "api_error", "message": "Generation failed"}
	}
	req.answerPoll(j, http.StatusOK, out)
}
