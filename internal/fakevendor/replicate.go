package fakevendor

import (
	"net/http"
	"strings"
)

// replicate is Replicate's predictions (replicate.com/docs/reference/http).
func replicate() wire {
	return wire{
		name: "replicate", proves: bearer,
		refusal: func(status int, text string) any {
			return map[string]any{"title": http.StatusText(status), "detail": text, "status": status}
		},
		calls: func(a *ask, j *job) any { return a.prediction(j) },
		sign:  signStandard,
		routes: map[string]func(*ask){
			"POST /models/{owner}/{name}/predictions": replicateSubmit,
			"POST /predictions":                       replicateSubmit,
			"GET /predictions/{id}":                   replicatePoll,
			"POST /predictions/{id}/cancel":           replicateCancel,
			"POST /files":                             replicateUpload,
			"GET /webhooks/default/secret": func(a *ask) {
				a.answer(http.StatusOK, map[string]string{"key": a.v.webhookSecret()})
			},
		},
	}
}

// inlined is how long a data URI may be; a file beyond it is to be uploaded (page "Input files").
const inlined = 2 << 20

func replicateUpload(a *ask) {
	f, head, err := a.r.FormFile("content")
	if err != nil {
		a.refuse(http.StatusBadRequest, "content is needed: %v", err)
		return
	}
	_ = f.Close()
	link := a.base + "/files/" + head.Filename
	a.answer(http.StatusCreated, map[string]any{"id": head.Filename, "name": head.Filename, "size": head.Size, "urls": map[string]string{"get": link}})
}

func replicateSubmit(a *ask) {
	var in struct {
		Version string         `json:"version"`
		Input   map[string]any `json:"input"`
		Webhook string         `json:"webhook"`
		Events  []string       `json:"webhook_events_filter"`
	}
	if !a.json(&in) {
		return
	}
	prompt, _ := in.Input["prompt"].(string)
	if prompt == "" || a.r.PathValue("owner") == "" && in.Version == "" {
		a.refuse(http.StatusUnprocessableEntity, "- input: prompt is required")
		return
	}
	image := false
	for name, value := range in.Input {
		text, _ := value.(string)
		if strings.HasPrefix(text, "data:") && len(text) > inlined {
			a.refuse(http.StatusUnprocessableEntity, "- input.%s: the file is too large for a data URI", name)
			return
		}
		image = image || strings.Contains(name, "image")
	}
	if j, ok := a.submit(submission{prompt: prompt, image: image, callback: in.Webhook}); ok {
		a.answer(http.StatusCreated, a.prediction(j))
	}
}

// prediction is a job as Replicate shows it.
func (a *ask) prediction(j *job) map[string]any {
	s := a.stand(j)
	out := map[string]any{
		"id": j.id, "version": "hidden", "input": map[string]any{"prompt": j.prompt}, "output": nil, "error": nil, "logs": "", "source": "api",
		"status":     a.status(j, s, [5]string{"starting", "processing", "succeeded", "failed", "canceled"}),
		"created_at": j.begun.UTC().Format("2006-01-02T15:04:05.000000Z"),
		"urls":       map[string]string{"get": a.base + "/predictions/" + j.id, "cancel": a.base + "/predictions/" + j.id + "/cancel"},
	}
	switch s.phase {
	case done:
		if link := a.link(j); link != "" {
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

func replicatePoll(a *ask) {
	if j := a.find(a.r.PathValue("id")); j != nil {
		a.about(j, http.StatusOK, a.prediction(j))
	}
}

func replicateCancel(a *ask) {
	if j := a.find(a.r.PathValue("id")); j != nil {
		a.cancel(j)
		a.answer(http.StatusOK, a.prediction(j))
	}
}
