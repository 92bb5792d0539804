package fakevendor

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// luma is Luma's Dream Machine API, v1 (npm lumaai, openapi.yaml of lumaai-api).
func luma() wire {
	return wire{
		name: "luma", authorized: bearer,
		errorBody:    func(_ int, text string) any { return map[string]any{"detail": text} },
		callbackBody: func(req *request, j *job) any { return req.luma(j, req.link(j)) },
		routes: map[string]func(*request){
			"POST /generations/video":        lumaSubmit,
			"POST /generations/video/modify": lumaModify,
			"POST /generations":              lumaSubmit,
			"GET /credits":                   func(req *request) { req.answer(http.StatusOK, map[string]any{"credit_balance": 1250}) },
			"GET /generations":               lumaList,
			"GET /generations/{id}":          lumaPoll,
			"DELETE /generations/{id}":       lumaDelete,
		},
	}
}

func lumaSubmit(req *request) {
	var in map[string]any
	if !req.json(&in) {
		return
	}
	prompt, _ := in["prompt"].(string)
	frames, _ := in["keyframes"].(map[string]any)
	for name, f := range frames {
		frame, _ := f.(map[string]any)
		if link, _ := frame["url"].(string); frame["type"] != "image" || !strings.HasPrefix(link, "https://") || name != "frame0" && name != "frame1" {
			req.refuse(http.StatusBadRequest, "keyframes need an https url")
			return
		}
	}
	if in["model"] == nil || len(prompt) < 3 && frames == nil {
		req.refuse(http.StatusBadRequest, "model and prompt are required")
		return
	}
	for field, values := range map[string]string{
		"model": "ray-1-6 ray-2 ray-flash-2", "duration": "5s 9s", "resolution": "540p 720p 1080p 4k", "aspect_ratio": "1:1 16:9 9:16 4:3 3:4 21:9 9:21",
	} {
		if said, ok := in[field]; ok && !slices.Contains(strings.Fields(values), fmt.Sprint(said)) {
			req.refuse(http.StatusBadRequest, "%s must be one of %s", field, values)
			return
		}
	}
	if j, ok := req.submit(submission{prompt: prompt, echo: in, callback: text(in, "callback_url")}); ok {
		req.answer(http.StatusCreated, req.luma(j, ""))
	}
}

// lumaModify accepts what the video modify of npm lumaai sends.
func lumaModify(req *request) {
	var in map[string]any
	if !req.json(&in) {
		return
	}
	media, _ := in["media"].(map[string]any)
	modes := []string{"adhere_1", "adhere_2", "adhere_3", "flex_1", "flex_2", "flex_3", "reimagine_1", "reimagine_2", "reimagine_3"}
	switch {
	case !strings.HasPrefix(text(media, "url"), "https://"):
		req.refuse(http.StatusBadRequest, "media needs an https url")
		return
	case text(in, "generation_type") != "modify_video", in["model"] == nil, !slices.Contains(modes, text(in, "mode")):
		req.refuse(http.StatusBadRequest, "generation_type, model and mode are required")
		return
	}
	if j, ok := req.submit(submission{prompt: text(in, "prompt"), echo: in, callback: text(in, "callback_url")}); ok {
		req.answer(http.StatusCreated, req.luma(j, ""))
	}
}

// luma encodes a Generation.
func (req *request) luma(j *job, link string) map[string]any {
	s := req.statusOf(j)
	out := map[string]any{
		"id": j.id, "generation_type": "video", "model": j.echo["model"], "request": j.echo, "failure_reason": nil, "assets": nil,
		"created_at": j.started.UTC().Format("2006-01-02T15:04:05.000000Z"),
		"state":      req.status(j, s, [5]string{"queued", "dreaming", "completed", "failed", "failed"}),
	}
	if s.phase == done {
		out["assets"] = map[string]any{"image": nil, "progress_video": nil, "video": nil}
		if link != "" {
			out["assets"] = map[string]any{"image": nil, "progress_video": nil, "video": link}
		}
	}
	if s.phase == failed {
		out["failure_reason"] = "job error"
		if strings.HasPrefix(s.reason, "SAFETY") {
			out["failure_reason"] = "advanced prompt moderation failed"
		}
	}
	return out
}

func lumaPoll(req *request) {
	if j := req.find(req.r.PathValue("id")); j != nil {
		req.answerPoll(j, http.StatusOK, req.luma(j, req.link(j)))
	}
}

func lumaList(req *request) {
	all := []any{}
	for _, j := range req.jobs() {
		all = append(all, req.luma(j, req.link(j)))
	}
	req.answer(http.StatusOK, map[string]any{"generations": all, "has_more": false, "count": len(all), "limit": len(all), "offset": 0})
}

func lumaDelete(req *request) {
	if j := req.find(req.r.PathValue("id")); j != nil {
		if !j.faults.has("late-cancel") {
			req.delete(j)
		}
		req.answer(http.StatusNoContent, nil)
	}
}
