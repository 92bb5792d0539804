package fakevendor

import (
	"encoding/json"
	"net/http"
	"strings"
)

// replicate is Replicate's predictions (replicate.com/docs/reference/http).
func replicate() wire {
	return wire{
		name: "replicate", authorized: bearer,
		errorBody: func(status int, text string) any {
			return map[string]any{"title": http.StatusText(status), "detail": text, "status": status}
		},
		callbackBody: func(req *request, j *job) any { return req.prediction(j) },
		sign:         signStandard,
		routes: map[string]func(*request){
			"POST /models/{owner}/{name}/predictions": replicateSubmit,
			"POST /predictions":                       replicateSubmit,
			"GET /predictions/{id}":                   replicatePoll,
			"POST /predictions/{id}/cancel":           replicateCancel,
			"POST /files":                             replicateUpload,
			"GET /account": func(req *request) {
				req.answer(http.StatusOK, map[string]string{"type": "organization", "username": "films", "name": "Films", "github_url": ""})
			},
			"GET /webhooks/default/secret": func(req *request) {
				req.answer(http.StatusOK, map[string]string{"key": req.v.webhookSecret()})
			},
		},
	}
}

// inlined is the longest data URI; larger files must be uploaded (page "Input files").
const inlined = 2 << 20

func replicateUpload(req *request) {
	f, head, err := req.r.FormFile("content")
	if err != nil {
		req.refuse(http.StatusBadRequest, "content is needed: %v", err)
		return
	}
	_ = f.Close()
	link := req.baseURL + "/files/" + head.Filename
	req.answer(http.StatusCreated, map[string]any{"id": head.Filename, "name": head.Filename, "size": head.Size, "urls": map[string]string{"get": link}})
}

func replicateSubmit(req *request) {
	var in struct {
		Version string                     `json:"version"`
		Input   map[string]json.RawMessage `json:"input"`
		Webhook string                     `json:"webhook"`
		Events  []string                   `json:"webhook_events_filter"`
	}
	if !req.json(&in) {
		return
	}
	var prompt string
	inputs, err := hostedInputs(in.Input)
	if json.Unmarshal(in.Input["prompt"], &prompt) != nil || err != nil || prompt == "" || req.r.PathValue("owner") == "" && in.Version == "" {
		req.refuse(http.StatusUnprocessableEntity, "- input: prompt is required")
		return
	}
	image := false
	for name, value := range in.Input {
		if len(value) > inlined {
			req.refuse(http.StatusUnprocessableEntity, "- input.%s: the file is too large for a data URI", name)
			return
		}
		image = image || strings.Contains(name, "image") && !strings.HasPrefix(name, "reference")
	}
	if j, ok := req.submit(submission{prompt: prompt, image: image, callback: in.Webhook, inputs: inputs}); ok {
		req.answer(http.StatusCreated, req.prediction(j))
	}
}

// prediction encodes a job as a Prediction.
func (req *request) prediction(j *job) map[string]any {
	s := req.statusOf(j)
	out := map[string]any{
		"id": j.id, "version": "hidden", "input": map[string]any{"prompt": j.prompt}, "output": nil, "error": nil, "logs": "", "source": "api",
		"status":     req.status(j, s, [5]string{"starting", "processing", "succeeded", "failed", "canceled"}),
		"created_at": j.started.UTC().Format("2006-01-02T15:04:05.000000Z"),
		"urls":       map[string]string{"get": req.baseURL + "/predictions/" + j.id, "cancel": req.baseURL + "/predictions/" + j.id + "/cancel"},
	}
	switch s.phase {
	case done:
		if link := req.link(j); link != "" {
			out["output"] = link
		}
		out["metrics"] = map[string]any{"predict_time": 3.2}
	case failed:
		out["error"] = "Prediction failed: something went wrong"
		if strings.HasPrefix(s.reason, "SAFETY") {
			out["error"] = "The input or output was flagged as sensitive. Please try again with different inputs. (E005)"
		}
	}
	return out
}

func replicatePoll(req *request) {
	if j := req.find(req.r.PathValue("id")); j != nil {
		req.answerPoll(j, http.StatusOK, req.prediction(j))
	}
}

func replicateCancel(req *request) {
	if j := req.find(req.r.PathValue("id")); j != nil {
		req.cancelJob(j)
		req.answer(http.StatusOK, req.prediction(j))
	}
}
