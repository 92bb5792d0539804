package fakevendor

import (
	"crypto/md5" //nolint:gosec // an ETag, as object stores make it
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// webtask is the API of Runway's web app in 2024, as relays serve it. Its paths are /tasks and /uploads.
func webtask() wire {
	return wire{
		name: "webtask",
		authorized: func(key string, r *http.Request, now time.Time) bool {
			return bearer(key, r, now) || strings.HasPrefix(r.URL.Path, "/store/")
		},
		errorBody: func(_ int, text string) any { return map[string]any{"error": text} },
		routes: map[string]func(*request){
			"POST /tasks":                 webtaskSubmit,
			"GET /tasks/{id}":             webtaskPoll,
			"POST /uploads":               webtaskUploads,
			"PUT /store/{name}":           webtaskStore,
			"POST /uploads/{id}/complete": webtaskComplete,
		},
	}
}

func webtaskSubmit(req *request) {
	var in struct {
		TaskType string         `json:"taskType"`
		Options  map[string]any `json:"options"`
	}
	if !req.json(&in) {
		return
	}
	prompt, _ := in.Options["text_prompt"].(string)
	seconds, _ := in.Options["seconds"].(float64)
	image, _ := in.Options["init_image"].(string)
	switch {
	case in.TaskType == "" || seconds != 5 && seconds != 10 || in.Options["seed"] == nil:
		req.refuse(http.StatusBadRequest, "options: seconds must be 5 or 10, and seed is required")
		return
	case image != "" && !strings.Contains(image, "_jwt="):
		req.refuse(http.StatusBadRequest, "init_image: must be an uploaded dataset")
		return
	}
	if j, ok := req.submit(submission{kind: in.TaskType, prompt: prompt, seconds: int(seconds), echo: in.Options}); ok {
		req.answer(http.StatusOK, map[string]any{"task": req.webtask(j, jobStatus{}, "")})
	}
}

func webtaskPoll(req *request) {
	id := req.r.PathValue("id")
	if len(id) != 36 {
		req.refuse(http.StatusBadRequest, "id: The id specified in this URL must be a UUID")
		return
	}
	if j := req.find(id); j != nil {
		req.answerPoll(j, http.StatusOK, map[string]any{"task": req.webtask(j, req.statusOf(j), req.link(j))})
	}
}

// webtask encodes a task in the shape of Runway's web app.
func (req *request) webtask(j *job, s jobStatus, link string) map[string]any {
	at := j.started.UTC().Format("2006-01-02T15:04:05.000Z")
	out := map[string]any{
		"id": j.id, "name": nil, "image": nil, "createdAt": at, "updatedAt": at, "taskType": j.kind, "options": j.echo,
		"status": req.status(j, s, [5]string{"PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"}),
		"error":  nil, "progressText": nil, "progressRatio": nil, "estimatedTimeToStartSeconds": 0, "artifacts": []any{}, "sharedAsset": nil,
	}
	switch s.phase {
	case running:
		out["progressRatio"] = fmt.Sprintf("%.2f", s.progress)
	case done:
		out["progressRatio"] = "1"
		if link != "" {
			out["artifacts"] = []any{map[string]any{"id": j.id, "taskId": j.id, "url": link, "fileSize": fmt.Sprint(len(video))}}
		}
	case failed:
		out["progressText"] = "failed"
		out["error"] = map[string]any{"errorMessage": "as asked", "reason": s.reason, "message": "as asked", "moderation_category": "", "tally_asimov": false}
	}
	return out
}

func webtaskUploads(req *request) {
	var in struct {
		Filename string `json:"filename"`
		Parts    int    `json:"numberOfParts"`
		Type     string `json:"type"`
	}
	if !req.json(&in) {
		return
	}
	if in.Filename == "" || in.Parts != 1 || in.Type != "DATASET" {
		req.refuse(http.StatusBadRequest, "filename, numberOfParts and type are required")
		return
	}
	req.answer(http.StatusOK, map[string]any{
		"id": "upload-" + in.Filename, "uploadUrls": []string{req.baseURL + "/store/" + in.Filename}, "uploadHeaders": map[string]string{"Content-Type": "image/jpeg"},
	})
}

// webtaskStore receives an upload as the storage does. It needs no API key.
func webtaskStore(req *request) {
	b, err := io.ReadAll(req.r.Body)
	if err != nil || len(b) == 0 || req.r.Header.Get("Content-Type") != "image/jpeg" {
		req.refuse(http.StatusForbidden, "SignatureDoesNotMatch")
		return
	}
	sum := md5.Sum(b) //nolint:gosec // as above
	req.w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:])+`"`)
	req.answer(http.StatusOK, nil)
}

func webtaskComplete(req *request) {
	var in struct {
		Parts []struct {
			PartNumber int
			ETag       string
		} `json:"parts"`
	}
	if !req.json(&in) {
		return
	}
	if len(in.Parts) != 1 || len(in.Parts[0].ETag) != 34 {
		req.refuse(http.StatusBadRequest, "parts: one part with its ETag is required")
		return
	}
	req.answer(http.StatusOK, map[string]any{"url": req.baseURL + "/datasets/" + req.r.PathValue("id") + "?_jwt=x"})
}
