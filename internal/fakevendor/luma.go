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
		name: "luma", proves: bearer,
		refusal: func(_ int, text string) any { return map[string]any{"detail": text} },
		calls:   func(a *ask, j *job) any { return a.luma(j, a.link(j)) },
		routes: map[string]func(*ask){
			"POST /generations/video":        lumaSubmit,
			"POST /generations/video/modify": lumaModify,
			"POST /generations":              lumaSubmit,
			"GET /generations":               lumaList,
			"GET /generations/{id}":          lumaPoll,
			"DELETE /generations/{id}":       lumaDelete,
		},
	}
}

func lumaSubmit(a *ask) {
	var in map[string]any
	if !a.json(&in) {
		return
	}
	prompt, _ := in["prompt"].(string)
	frames, _ := in["keyframes"].(map[string]any)
	for name, f := range frames {
		frame, _ := f.(map[string]any)
		if link, _ := frame["url"].(string); frame["type"] != "image" || !strings.HasPrefix(link, "https://") || name != "frame0" && name != "frame1" {
			a.refuse(http.StatusBadRequest, "keyframes need an https url")
			return
		}
	}
	if in["model"] == nil || len(prompt) < 3 && frames == nil {
		a.refuse(http.StatusBadRequest, "model and prompt are required")
		return
	}
	for field, values := range map[string]string{
		"model": "ray-1-6 ray-2 ray-flash-2", "duration": "5s 9s", "resolution": "540p 720p 1080p 4k", "aspect_ratio": "1:1 16:9 9:16 4:3 3:4 21:9 9:21",
	} {
		if said, ok := in[field]; ok && !slices.Contains(strings.Fields(values), fmt.Sprint(said)) {
			a.refuse(http.StatusBadRequest, "%s must be one of %s", field, values)
			return
		}
	}
	if j, ok := a.submit(submission{prompt: prompt, echo: in, callback: text(in, "callback_url")}); ok {
		a.answer(http.StatusCreated, a.luma(j, ""))
	}
}

// lumaModify takes what npm lumaai's video modify takes.
func lumaModify(a *ask) {
	var in map[string]any
	if !a.json(&in) {
		return
	}
	media, _ := in["media"].(map[string]any)
	modes := []string{"adhere_1", "adhere_2", "adhere_3", "flex_1", "flex_2", "flex_3", "reimagine_1", "reimagine_2", "reimagine_3"}
	switch {
	case !strings.HasPrefix(text(media, "url"), "https://"):
		a.refuse(http.StatusBadRequest, "media needs an https url")
		return
	case text(in, "generation_type") != "modify_video", in["model"] == nil, !slices.Contains(modes, text(in, "mode")):
		a.refuse(http.StatusBadRequest, "generation_type, model and mode are required")
		return
	}
	if j, ok := a.submit(submission{prompt: text(in, "prompt"), echo: in, callback: text(in, "callback_url")}); ok {
		a.answer(http.StatusCreated, a.luma(j, ""))
	}
}

// luma is a Generation.
func (a *ask) luma(j *job, link string) map[string]any {
	s := a.stand(j)
	out := map[string]any{
		"id": j.id, "generation_type": "video", "model": j.echo["model"], "request": j.echo, "failure_reason": nil, "assets": nil,
		"created_at": j.begun.UTC().Format("2006-01-02T15:04:05.000000Z"),
		"state":      a.status(j, s, [5]string{"queued", "dreaming", "completed", "failed", "failed"}),
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

func lumaPoll(a *ask) {
	if j := a.find(a.r.PathValue("id")); j != nil {
		a.about(j, http.StatusOK, a.luma(j, a.link(j)))
	}
}

func lumaList(a *ask) {
	all := []any{}
	for _, j := range a.all() {
		all = append(all, a.luma(j, a.link(j)))
	}
	a.answer(http.StatusOK, map[string]any{"generations": all, "has_more": false, "count": len(all), "limit": len(all), "offset": 0})
}

func lumaDelete(a *ask) {
	if j := a.find(a.r.PathValue("id")); j != nil {
		if !j.script.has("late-cancel") {
			a.forget(j)
		}
		a.answer(http.StatusNoContent, nil)
	}
}
