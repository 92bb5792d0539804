package dialecttest

import (
	"net/http"
	"net/http/httptest"
	"strings"
)

// Reader is a dialect's get of one task.
type Reader struct {
	Name   string // of Request.Dialect
	Method string // "" = GET
	Path   string // {id} is the task's UUID
	Header string // "Name: value" that the call needs; "" = none
	Body   string // {id} is the task's UUID; "" = none
	Status string // where the answer holds the task's status: "task.status"
	Words  [7]string
}

// Readers returns the gets of all dialects. Their words are in the order of task.States: QUEUED, THROTTLED, PENDING, RUNNING, SUCCEEDED, FAILED,
// CANCELLED.
func Readers() []Reader {
	return []Reader{
		{Name: "aisdk", Method: http.MethodPost, Path: "/v4/ai/video-model/status", Body: `{"operation":{"jobId":"{id}"}}`, Status: "status",
			Words: [7]string{"pending", "pending", "pending", "pending", "completed", "error", "cancelled"}},
		{Name: "ark", Path: "/api/v3/contents/generations/tasks/{id}", Status: "status",
			Words: [7]string{"queued", "queued", "queued", "running", "succeeded", "failed", "cancelled"}},
		{Name: "filmgate", Path: "/api/v1/tasks/{id}", Status: "status",
			Words: [7]string{"QUEUED", "THROTTLED", "PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"}},
		{Name: "luma", Path: "/dream-machine/v1/generations/{id}", Status: "state",
			Words: [7]string{"queued", "queued", "queued", "dreaming", "completed", "failed", "failed"}},
		{Name: "luma-agents", Path: "/v1/generations/{id}", Status: "state",
			Words: [7]string{"queued", "queued", "queued", "processing", "completed", "failed", "failed"}},
		{Name: "google", Path: "/google/v1beta/models/veo-3.1-generate-001/operations/{id}", Status: "metadata.state",
			Words: [7]string{"QUEUED", "THROTTLED", "PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"}},
		{Name: "google/vertex", Method: http.MethodPost, Path: "/v1beta1/publishers/google/models/veo-3.1-generate-001:fetchPredictOperation",
			Body: `{"operationName":"publishers/google/models/veo-3.1-generate-001/operations/{id}"}`, Status: "metadata.state",
			Words: [7]string{"QUEUED", "THROTTLED", "PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"}},
		{Name: "makevid/runway", Path: "/api/v1/get_runway/{id}", Status: "task.status",
			Words: [7]string{"PENDING", "THROTTLED", "PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"}},
		{Name: "makevid/luma", Path: "/api/v1/get_luma/{id}", Status: "state",
			Words: [7]string{"pending", "pending", "pending", "processing", "completed", "failed", "failed"}},
		{Name: "makevid/kling.text2video", Path: "/api/v1/kling/text2video/get_kling/{id}", Status: "data.task_status",
			Words: [7]string{"submitted", "submitted", "submitted", "processing", "succeed", "failed", "failed"}},
		{Name: "makevid/kling.image2video", Path: "/makevid/api/v1/kling/image2video/get_kling/{id}", Status: "data.task_status",
			Words: [7]string{"submitted", "submitted", "submitted", "processing", "succeed", "failed", "failed"}},
		{Name: "openai", Path: "/v1/videos/{id}", Status: "status",
			Words: [7]string{"queued", "queued", "queued", "in_progress", "completed", "failed", "failed"}},
		{Name: "openrouter", Path: "/openrouter/api/v1/videos/{id}", Status: "status",
			Words: [7]string{"pending", "pending", "pending", "in_progress", "completed", "failed", "cancelled"}},
		{Name: "replicate", Path: "/replicate/v1/predictions/{id}", Status: "status",
			Words: [7]string{"starting", "starting", "starting", "processing", "succeeded", "failed", "canceled"}},
		{Name: "runway", Path: "/v1/tasks/{id}", Header: "X-Runway-Version: 2024-11-06", Status: "status",
			Words: [7]string{"PENDING", "THROTTLED", "PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"}},
		{Name: "runway/web", Path: "/v1/tasks/{id}", Status: "task.status",
			Words: [7]string{"PENDING", "THROTTLED", "PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"}},
		{Name: "kling/text2video", Path: "/v1/videos/text2video/{id}", Status: "data.task_status",
			Words: [7]string{"submitted", "submitted", "submitted", "processing", "succeed", "failed", "failed"}},
		{Name: "kling/multi-image2video", Path: "/kling/v1/videos/multi-image2video/{id}", Status: "data.task_status",
			Words: [7]string{"submitted", "submitted", "submitted", "processing", "succeed", "failed", "failed"}},
		{Name: "xai", Path: "/xai/v1/videos/{id}", Status: "status",
			Words: [7]string{"pending", "pending", "pending", "pending", "done", "failed", "failed"}},
		{Name: "fal", Path: "/fal/fal-ai/veo3.1/requests/{id}/status", Status: "status",
			Words: [7]string{"IN_QUEUE", "IN_QUEUE", "IN_QUEUE", "IN_PROGRESS", "COMPLETED", "COMPLETED", "COMPLETED"}},
	}
}

// Request returns the call for a task of the server at base, with a key.
func (r Reader) Request(base, id, key string) *http.Request {
	fill := func(s string) string { return strings.ReplaceAll(s, "{id}", id) }
	method := r.Method
	if method == "" {
		method = http.MethodGet
	}
	q := httptest.NewRequest(method, base+fill(r.Path), strings.NewReader(fill(r.Body)))
	q.RequestURI = "" // so that a client can send it too
	q.Header.Set("Authorization", "Bearer "+key)
	if r.Body != "" {
		q.Header.Set("Content-Type", "application/json")
	}
	if name, value, ok := strings.Cut(r.Header, ": "); ok {
		q.Header.Set(name, value)
	}
	return q
}
