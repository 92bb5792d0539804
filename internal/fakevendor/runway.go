package fakevendor

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// runway is Runway's developer API, version 2024-11-06 (docs.dev.runwayml.com).
func runway() wire {
	return wire{
		name: "runway",
		authorized: func(key string, r *http.Request, now time.Time) bool {
			return bearer(key, r, now) || strings.HasPrefix(r.URL.Path, "/upload/")
		},
		errorBody: func(_ int, text string) any { return map[string]any{"error": text} },
		routes: map[string]func(*request){
			"POST /v1/image_to_video": runwaySubmit,
			"POST /v1/text_to_video":  runwaySubmit,
			"POST /v1/video_to_video": runwayEdit,
			"GET /v1/tasks/{id}":      runwayPoll,
			"DELETE /v1/tasks/{id}":   runwayDelete,
			"POST /v1/uploads":        runwayUploads,
			"POST /upload/{name}":     runwayUpload,
		},
	}
}

// runwayModel describes what one of Runway's models takes: the ratios by mode (nil = it lacks the mode), and the lengths.
type runwayModel struct {
	text, image []string
	seconds     []int
}

// runwayModels lists the models of the official client that our requests may name (github.com/runwayml/sdk-node 4.20,
// src/resources/image-to-video.ts and text-to-video.ts).
func runwayModels() map[string]runwayModel {
	six := []string{"1280:720", "720:1280", "1104:832", "960:960", "832:1104", "1584:672"}
	four := []string{"1280:720", "720:1280", "1080:1920", "1920:1080"}
	gen, veo := []int{2, 3, 4, 5, 6, 7, 8, 9, 10}, []int{4, 6, 8}
	return map[string]runwayModel{
		"gen4_turbo": {nil, six, gen}, "gen4.5": {six[:2], six, gen},
		"gemini_omni_flash": {six[:2], six[:2], gen[1:]},
		"veo3.1":            {four, four, veo}, "veo3.1_fast": {four, four, veo},
	}
}

func runwaySubmit(req *request) {
	if req.r.Header.Get("X-Runway-Version") != "2024-11-06" {
		req.refuse(http.StatusBadRequest, "X-Runway-Version must be 2024-11-06")
		return
	}
	var in struct {
		Model       string `json:"model"`
		PromptText  string `json:"promptText"`
		PromptImage any    `json:"promptImage"`
		Ratio       string `json:"ratio"`
		Duration    int    `json:"duration"`

		NegativePrompt string `json:"negativePrompt"`
		Seed           *int64 `json:"seed"`
	}
	if !req.json(&in) {
		return
	}
	image := strings.HasSuffix(req.r.URL.Path, "image_to_video")
	type issue map[string]any
	var issues []issue
	may := runwayModels()[in.Model]
	ratios := may.text
	if image {
		ratios = may.image
	}
	for field, wrong := range map[string]bool{
		"model": ratios == nil, "ratio": !slices.Contains(ratios, in.Ratio), "duration": !slices.Contains(may.seconds, in.Duration),
		"negativePrompt": in.NegativePrompt != "" && !strings.HasPrefix(in.Model, "veo"), "seed": in.Seed != nil && !strings.HasPrefix(in.Model, "gen4"), "promptImage": image != (in.PromptImage != nil), "promptText": !image && in.PromptText == "",
	} {
		if wrong {
			issues = append(issues, issue{"code": "invalid_type", "path": []string{field}, "message": "Required"})
		}
	}
	if len(issues) > 0 {
		req.answer(http.StatusBadRequest, map[string]any{"error": "Validation of body failed", "issues": issues, "docUrl": "https://docs.dev.runwayml.com/api"})
		return
	}
	if j, ok := req.submit(submission{prompt: in.PromptText, image: image, seconds: in.Duration}); ok {
		req.answer(http.StatusOK, map[string]any{"id": j.id, "estimatedCost": map[string]int{"credits": 5 * in.Duration}})
	}
}

// runwayEdit accepts what src/resources/video-to-video.ts of the official client documents for aleph2 and gemini_omni_flash.
func runwayEdit(req *request) {
	var in map[string]any
	if req.r.Header.Get("X-Runway-Version") != "2024-11-06" {
		req.refuse(http.StatusBadRequest, "X-Runway-Version must be 2024-11-06")
		return
	}
	if !req.json(&in) {
		return
	}
	fields := map[string][]string{"aleph2": {"promptText", "targetAspectRatio", "seed"}, "gemini_omni_flash": {"promptText"}}[text(in, "model")]
	video := text(in, "videoUri")
	known := strings.HasPrefix(video, "https://") || strings.HasPrefix(video, "runway://") || strings.HasPrefix(video, "data:video/")
	var issues []map[string]any
	for name := range in {
		if name != "model" && name != "videoUri" && !slices.Contains(fields, name) {
			issues = append(issues, map[string]any{"code": "unrecognized_keys", "path": []string{name}, "message": "Unrecognized"})
		}
	}
	for name, wrong := range map[string]bool{"model": fields == nil, "videoUri": !known, "promptText": text(in, "promptText") == ""} {
		if wrong {
			issues = append(issues, map[string]any{"code": "invalid_type", "path": []string{name}, "message": "Required"})
		}
	}
	if len(issues) > 0 {
		req.answer(http.StatusBadRequest, map[string]any{"error": "Validation of body failed", "issues": issues, "docUrl": "https://docs.dev.runwayml.com/api"})
		return
	}
	if j, ok := req.submit(submission{prompt: text(in, "promptText"), seconds: 5}); ok {
		req.answer(http.StatusOK, map[string]any{"id": j.id, "estimatedCost": map[string]int{"credits": 5 * j.seconds}})
	}
}

func runwayPoll(req *request) {
	j := req.find(req.r.PathValue("id"))
	if j == nil {
		return
	}
	s := req.statusOf(j)
	out := map[string]any{
		"id": j.id, "createdAt": j.started.UTC().Format("2006-01-02T15:04:05.000Z"),
		"status": req.status(j, s, [5]string{"PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"}),
	}
	cost := map[string]int{"credits": 5 * j.seconds}
	switch s.phase {
	case waiting:
		out["estimatedCost"] = cost
	case running:
		out["estimatedCost"], out["progress"] = cost, s.progress
	case done:
		out["cost"], out["output"] = cost, []string{}
		if link := req.link(j); link != "" {
			out["output"] = []string{link}
		}
	case failed:
		out["cost"], out["failure"], out["failureCode"] = cost, "The task failed as it was asked to.", s.reason
	}
	req.answerPoll(j, http.StatusOK, out)
}

func runwayDelete(req *request) {
	j := req.find(req.r.PathValue("id"))
	if j == nil {
		return
	}
	if !req.cancelJob(j) {
		req.delete(j)
	}
	req.answer(http.StatusNoContent, nil)
}

func runwayUploads(req *request) {
	var in struct {
		Filename string `json:"filename"`
		Type     string `json:"type"`
	}
	if !req.json(&in) {
		return
	}
	if in.Filename == "" || in.Type != "ephemeral" {
		req.refuse(http.StatusBadRequest, "filename and type ephemeral are needed")
		return
	}
	req.answer(http.StatusOK, map[string]any{
		"uploadUrl": req.baseURL + "/upload/" + in.Filename, "fields": map[string]string{"key": "u/" + in.Filename, "policy": "p"},
		"runwayUri": "runway://" + in.Filename,
	})
}

// runwayUpload receives an upload as the storage does: all fields, then the file, and no API key.
func runwayUpload(req *request) {
	if req.r.Header.Get("Authorization") != "" {
		req.refuse(http.StatusBadRequest, "Only one auth mechanism allowed")
		return
	}
	f, _, err := req.r.FormFile("file")
	if err != nil || req.r.FormValue("policy") != "p" {
		req.refuse(http.StatusBadRequest, "policy and file are needed")
		return
	}
	_ = f.Close()
	req.answer(http.StatusNoContent, nil)
}
