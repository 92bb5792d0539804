package fakevendor

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// lumaAgents is Luma's Agents API (github.com/lumalabs/luma-agents-typescript @1ec841b src/resources/generations.ts,
// docs.agents.lumalabs.ai/guides/videos).
func lumaAgents() wire {
	return wire{
		name: "luma-agents", authorized: bearer,
		errorBody: func(_ int, text string) any { return map[string]any{"detail": text} },
		routes: map[string]func(*request){
			"POST /v1/generations":     lumaAgentsSubmit,
			"GET /v1/generations/{id}": lumaAgentsPoll,
		},
	}
}

// lumaRef is a picture or a video of a request.
type lumaRef struct {
	URL       string `json:"url"`
	Data      string `json:"data"`
	MediaType string `json:"media_type"`
}

// valid reports whether it holds one of a URL and Base64, of a kind of media.
func (r *lumaRef) valid(kind string) bool {
	link := strings.HasPrefix(r.URL, "https://")
	return link != (r.Data != "") && (link && kind == "image/" || strings.HasPrefix(r.MediaType, kind))
}

func lumaAgentsSubmit(req *request) {
	var in struct {
		Model  string   `json:"model"`
		Type   string   `json:"type"`
		Prompt string   `json:"prompt"`
		Aspect string   `json:"aspect_ratio"`
		Source *lumaRef `json:"source"`
		Video  struct {
			Resolution string   `json:"resolution"`
			Duration   string   `json:"duration"`
			Start      *lumaRef `json:"start_frame"`
			End        *lumaRef `json:"end_frame"`
			Loop       bool     `json:"loop"`
			Edit       *struct {
				Auto     bool   `json:"auto_controls"`
				Strength string `json:"strength"`
			} `json:"edit"`
		} `json:"video"`
	}
	if !req.json(&in) {
		return
	}
	v, edit := in.Video, in.Type == "video_edit"
	oneOf := func(value, allowed string) bool {
		return value == "" || slices.Contains(strings.Fields(allowed), value)
	}
	for wrong, bad := range map[string]bool{
		"the model is unknown":             in.Model != "ray-3.2",
		"type is invalid":                  in.Type != "video" && !edit,
		"a prompt is needed":               in.Prompt == "" || len([]rune(in.Prompt)) > 6000,
		"aspect_ratio is invalid":          !oneOf(in.Aspect, "9:16 3:4 1:1 4:3 16:9 21:9") || edit && in.Aspect != "",
		"resolution is invalid":            !oneOf(v.Resolution, "540p 720p 1080p"),
		"duration is invalid":              !oneOf(v.Duration, "5s 10s"),
		"10s takes neither frame nor loop": v.Duration == "10s" && (v.Start != nil || v.End != nil || v.Loop),
		"start_frame is invalid":           v.Start != nil && !v.Start.valid("image/"),
		"end_frame is invalid":             v.End != nil && !v.End.valid("image/"),
		"source is invalid":                edit != (in.Source != nil) || edit && !in.Source.valid("video/"),
		"edit is invalid":                  edit != (v.Edit != nil) || edit && v.Edit.Auto == (v.Edit.Strength != ""),
	} {
		if bad {
			req.refuse(http.StatusUnprocessableEntity, "%s", wrong)
			return
		}
	}
	if j, ok := req.submit(submission{prompt: in.Prompt, image: v.Start != nil, echo: map[string]any{"model": in.Model, "type": in.Type}}); ok {
		req.answer(http.StatusCreated, req.lumaAgents(j, ""))
	}
}

// lumaAgents encodes a generation.
func (req *request) lumaAgents(j *job, link string) map[string]any {
	s := req.statusOf(j)
	out := map[string]any{
		"id": j.id, "model": j.echo["model"], "type": j.echo["type"], "created_at": j.started.UTC().Format(time.RFC3339Nano),
		"state": req.status(j, s, [5]string{"queued", "processing", "completed", "failed", "failed"}), "failure_code": nil, "failure_reason": nil,
	}
	switch {
	case s.phase == done && link != "":
		out["output"] = []any{map[string]any{"type": "video", "url": link}}
	case s.phase == failed && strings.HasPrefix(s.reason, "SAFETY"):
		out["failure_code"], out["failure_reason"] = "content_moderated", "The content was moderated."
	case s.phase == failed:
		out["failure_code"], out["failure_reason"] = "generation_failed", "The generation failed."
	}
	return out
}

func lumaAgentsPoll(req *request) {
	if j := req.find(req.r.PathValue("id")); j != nil {
		req.answerPoll(j, http.StatusOK, req.lumaAgents(j, req.link(j)))
	}
}
