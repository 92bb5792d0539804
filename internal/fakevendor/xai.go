package fakevendor

import (
	"net/http"
	"strings"
)

// xai is xAI's video API (docs.x.ai, Video Generation). A poll is answered 202 until the request has ended.
func xai() wire {
	return wire{
		name: "xai", authorized: bearer,
		errorBody: func(status int, text string) any {
			return map[string]string{"code": http.StatusText(status), "error": text}
		},
		routes: map[string]func(*request){"POST /videos/generations": xaiSubmit, "GET /videos/{id}": xaiPoll},
	}
}

func xaiSubmit(req *request) {
	var in struct {
		Model    string `json:"model"`
		Prompt   string `json:"prompt"`
		Duration int    `json:"duration"`
		Image    struct {
			URL string `json:"url"`
		} `json:"image"`
		References []struct {
			URL string `json:"url"`
		} `json:"reference_images"`
		Resolution string `json:"resolution"`
		Audio      *bool  `json:"generate_audio"`
	}
	if !req.json(&in) {
		return
	}
	if in.Model == "" || in.Prompt == "" && in.Image.URL == "" || in.Duration < 1 || in.Duration > 15 {
		req.refuse(http.StatusBadRequest, "model, a prompt or an image, and a duration of 1 to 15 seconds are required")
		return
	}
	s := submission{prompt: in.Prompt, image: in.Image.URL != "", seconds: in.Duration, inputs: Inputs{Sound: in.Audio}}
	for _, r := range in.References {
		s.inputs.Images = append(s.inputs.Images, r.URL)
	}
	if n := len(in.References); n > 7 || n > 0 && (s.image || in.Prompt == "" || in.Duration > 10 || in.Resolution == "1080p") {
		req.refuse(http.StatusBadRequest, "reference_images need a prompt, no image, at most 10 seconds and at most 720p")
		return
	}
	if j, ok := req.submit(s); ok {
		req.answer(http.StatusOK, map[string]string{"request_id": j.id})
	}
}

func xaiPoll(req *request) {
	j := req.find(req.r.PathValue("id"))
	if j == nil {
		return
	}
	s := req.statusOf(j)
	status := http.StatusAccepted
	out := map[string]any{
		"status": req.status(j, s, [5]string{"pending", "pending", "done", "failed", "failed"}), "model": "grok-imagine-video",
		"progress": int(s.progress * 100),
	}
	switch s.phase {
	case done:
		status = http.StatusOK
		if link := req.link(j); link != "" {
			out["video"] = map[string]any{"url": link, "duration": j.seconds, "respect_moderation": true}
		}
		out["usage"] = map[string]any{"cost_in_usd_ticks": int64(j.seconds) * 500_000_000}
	case failed:
		status = http.StatusOK
		code, text := "internal_error", "Video generation failed."
		if strings.HasPrefix(s.reason, "SAFETY") {
			code, text = "invalid_argument", "Generated video rejected by content moderation."
		}
		out["error"] = map[string]string{"code": code, "message": text}
	}
	req.answerPoll(j, status, out)
}
