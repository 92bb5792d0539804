package fakevendor

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// klingSubmitByPath is a create of Kling's API of 2026 (kling.ai/document-api/api/video).
func (req *request) klingSubmitByPath(route string) {
	var in struct {
		Prompt   string `json:"prompt"`
		Contents []struct{ Type, Text, URL, ID string }
		Settings struct {
			Resolution string `json:"resolution"`
			Aspect     string `json:"aspect_ratio"`
			Duration   int    `json:"duration"`
			Audio      string `json:"audio"`
		} `json:"settings"`
		Options struct {
			External string `json:"external_task_id"`
			Callback string `json:"callback_url"`
		} `json:"options"`
	}
	if !req.json(&in) {
		return
	}
	model := req.r.PathValue("model")
	most := map[string]int{"kling-3.0-turbo": 15, "kling-3.0-omni": 15, "kling-o1": 10, "kling-4.0": 30, "kling-4.0-flash": 20}[model]
	four := strings.HasPrefix(model, "kling-4.0")
	var kinds, references []string
	for _, c := range in.Contents {
		if c.Type == "refer_image" && c.URL != "" {
			references = append(references, c.URL)
			continue
		}
		kinds = append(kinds, c.Type)
		if c.Type == "prompt" {
			in.Prompt = c.Text
		} else if c.URL == "" || strings.HasPrefix(c.URL, "data:") {
			kinds = append(kinds, "broken")
		}
	}
	all := strings.Join(kinds, " ")
	allowed := map[string][]string{
		"text-to-video": {""}, "image-to-video": {"prompt first_frame", "prompt first_frame last_frame"}, "omni-video": {"prompt", "prompt first_frame", "prompt first_frame last_frame"},
	}[route]
	framed := strings.Contains(all, "first_frame")
	sounds := map[string][]string{"kling-3.0-turbo": {""}, "kling-4.0": {""}, "kling-4.0-flash": {""}, "kling-3.0-omni": {"", "native", "off"}, "kling-o1": {"", "off"}}[model]
	switch {
	case most == 0, (route == "omni-video") == (model == "kling-3.0-turbo" || four):
		req.refuse(http.StatusNotFound, "the model %s is not found", model)
		return
	case four && (in.Options.External+in.Options.Callback != "" || in.Settings.Resolution == ""), !four && all == "prompt first_frame last_frame" && route == "image-to-video":
		req.refuse(http.StatusBadRequest, "options or settings are invalid for %s", model)
		return
	case in.Prompt == "", !slices.Contains(allowed, all), in.Settings.Duration < 3, in.Settings.Duration > most,
		!slices.Contains([]string{"", "720p", "1080p", "4k"}, in.Settings.Resolution), in.Settings.Resolution == "4k" && model != "kling-3.0-omni",
		framed == (in.Settings.Aspect != ""), !slices.Contains(sounds, in.Settings.Audio), !klingReferences(route, all, len(references)):
		req.refuse(http.StatusBadRequest, "contents or settings are invalid: %s", all)
		return
	}
	s := submission{
		kind: "tasks", prompt: in.Prompt, external: in.Options.External, unique: true, seconds: in.Settings.Duration, callback: in.Options.Callback,
		image: framed, inputs: Inputs{Images: references},
	}
	if in.Settings.Audio != "" {
		s.inputs.Sound = new(in.Settings.Audio == "native")
	}
	if j, ok := req.submit(s); ok {
		req.answer(http.StatusOK, klingEnvelope(0, "SUCCEED", req.klingTask(j, jobStatus{}, "")))
	}
}

// klingReferences reports whether a route takes so many reference images beside contents of these kinds.
func klingReferences(route, kinds string, n int) bool {
	return n == 0 || n <= 7 && route == "omni-video" && !strings.Contains(kinds, "last_frame")
}

// klingTasks answers a query by an id of ours or of Kling's.
func klingTasks(req *request) {
	q := req.r.URL.Query()
	id := q.Get("task_ids") + q.Get("external_task_ids")
	if j := req.knownJob(id); j != nil && q.Has("external_task_ids") {
		id = j.id
	}
	j := req.find(id)
	if j == nil {
		return
	}
	if j.kind != "tasks" {
		req.refuse(http.StatusNotFound, "there is no %s", id)
		return
	}
	req.answerPoll(j, http.StatusOK, klingEnvelope(0, "SUCCEED", []any{req.klingTask(j, req.statusOf(j), req.link(j))}))
}

// klingTask encodes a task of the API of 2026.
func (req *request) klingTask(j *job, s jobStatus, link string) map[string]any {
	out := map[string]any{
		"id": j.id, "status": req.status(j, s, [5]string{"submitted", "processing", "succeeded", "failed", "failed"}), "message": "",
		"create_time": j.started.UnixMilli(), "update_time": j.started.UnixMilli(), "external_id": j.external,
	}
	switch {
	case s.phase == failed && strings.HasPrefix(s.reason, "SAFETY"):
		out["message"] = "Failure to pass the risk control system"
	case s.phase == failed:
		out["message"] = "internal error"
	case s.phase == done && link != "":
		out["outputs"] = []any{map[string]any{"type": "video", "id": j.id, "url": link, "duration": strconv.Itoa(j.seconds)}}
		out["billing"] = []any{map[string]any{"charge_type": "unit", "package_type": "video", "amount": "2.5"}}
	}
	return out
}
