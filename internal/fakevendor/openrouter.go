package fakevendor

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// openrouter is OpenRouter's video API (openrouter.ai/docs, "Video generation"). Callbacks are signed with the key as secret.
func openrouter() wire {
	return wire{
		name: "openrouter", authorized: bearer,
		errorBody: func(status int, text string) any {
			return map[string]any{"error": map[string]any{"code": status, "message": text, "metadata": map[string]any{}}}
		},
		callbackBody: func(req *request, j *job) any {
			data := openrouterJob(req, j)
			return map[string]any{"type": fmt.Sprintf("video.generation.%v", data["status"]), "created_at": req.v.opts.Now().UTC().Format(time.RFC3339), "data": data}
		},
		sign: func(v *Vendor, h http.Header, body []byte, at time.Time) {
			mac := hmac.New(sha256.New, []byte(v.opts.Key))
			_, _ = fmt.Fprintf(mac, "%d,%s", at.Unix(), body)
			h.Set("X-OpenRouter-Signature", fmt.Sprintf("t=%d,v1=%s", at.Unix(), hex.EncodeToString(mac.Sum(nil))))
		},
		routes: map[string]func(*request){"POST /videos": openrouterSubmit, "GET /videos/{id}": openrouterPoll},
	}
}

func openrouterSubmit(req *request) {
	var in struct {
		Model    string `json:"model"`
		Prompt   string `json:"prompt"`
		Duration int    `json:"duration"`
		Frames   []struct {
			Type string `json:"frame_type"`
		} `json:"frame_images"`
		References []struct {
			Type  string `json:"type"`
			Image struct {
				URL string `json:"url"`
			} `json:"image_url"`
			Audio struct {
				URL string `json:"url"`
			} `json:"audio_url"`
		} `json:"input_references"`
		Audio    *bool  `json:"generate_audio"`
		Callback string `json:"callback_url"`
	}
	if !req.json(&in) {
		return
	}
	if !strings.Contains(in.Model, "/") || in.Prompt == "" || in.Duration < 1 {
		req.refuse(http.StatusBadRequest, "model, prompt and duration are required")
		return
	}
	s := submission{prompt: in.Prompt, image: len(in.Frames) > 0, seconds: in.Duration, callback: in.Callback, inputs: Inputs{Sound: in.Audio}}
	for _, r := range in.References {
		switch {
		case r.Type == "image_url" && r.Image.URL != "":
			s.inputs.Images = append(s.inputs.Images, r.Image.URL)
		case r.Type == "audio_url" && r.Audio.URL != "":
			s.inputs.Recordings = append(s.inputs.Recordings, r.Audio.URL)
		default:
			req.refuse(http.StatusBadRequest, "input_references: %q is not valid", r.Type)
			return
		}
	}
	if j, ok := req.submit(s); ok {
		req.answer(http.StatusAccepted, map[string]string{"id": j.id, "polling_url": "/api/v1/videos/" + j.id, "status": "pending"})
	}
}

func openrouterPoll(req *request) {
	if j := req.find(req.r.PathValue("id")); j != nil {
		req.answerPoll(j, http.StatusOK, openrouterJob(req, j))
	}
}

// openrouterJob encodes a job, for polls and callbacks.
func openrouterJob(req *request, j *job) map[string]any {
	s := req.statusOf(j)
	out := map[string]any{
		"id": j.id, "polling_url": "/api/v1/videos/" + j.id,
		"status": req.status(j, s, [5]string{"pending", "in_progress", "completed", "failed", "cancelled"}),
	}
	switch s.phase {
	case done:
		if link := req.link(j); link != "" {
			out["unsigned_urls"] = []string{link}
		}
		out["usage"] = map[string]any{"cost": 0.25, "is_byok": false}
	case failed:
		out["error"] = "The provider returned an error"
		if strings.HasPrefix(s.reason, "SAFETY") {
			out["error"] = "The input was flagged by the provider's moderation"
		}
	}
	return out
}
