package fakevendor

import (
	"net/http"
	"strings"
)

// dashscope is Alibaba Model Studio's video synthesis (alibabacloud.com/help, Wan API reference).
func dashscope() wire {
	return wire{
		name: "dashscope", authorized: bearer,
		errorBody: func(status int, text string) any {
			code := map[int]string{401: "InvalidApiKey", 402: "Arrearage", 403: "AccessDenied", 404: "NotFound", 429: "Throttling.RateQuota"}[status]
			switch {
			case code != "":
			case status < http.StatusInternalServerError:
				code = "InvalidParameter"
			default:
				code = "InternalError"
			}
			return map[string]string{"code": code, "message": text, "request_id": "r"}
		},
		routes: map[string]func(*request){
			"POST /services/aigc/video-generation/video-synthesis": dashscopeSubmit,
			"POST /services/aigc/image2video/video-synthesis":      dashscopeSubmit,
			"GET /tasks/{id}":         dashscopePoll,
			"POST /tasks/{id}/cancel": dashscopeCancel,
		},
	}
}

func dashscopeSubmit(req *request) {
	if req.r.Header.Get("X-DashScope-Async") != "enable" {
		req.answer(http.StatusForbidden, map[string]string{"code": "AccessDenied", "message": "current user api does not support synchronous calls."})
		return
	}
	var in struct {
		Model string `json:"model"`
		Input struct {
			Prompt        string           `json:"prompt"`
			ImgURL        string           `json:"img_url"`
			FirstFrameURL string           `json:"first_frame_url"`
			Negative      string           `json:"negative_prompt"`
			Media         []dashscopeMedia `json:"media"`
		} `json:"input"`
		Parameters struct {
			Size       string `json:"size"`
			Resolution string `json:"resolution"`
			Ratio      string `json:"ratio"`
			Duration   int    `json:"duration"`
			Extend     *bool  `json:"prompt_extend"`
			Seed       *int64 `json:"seed"`
			Audio      *bool  `json:"audio"`
		} `json:"parameters"`
	}
	if !req.json(&in) {
		return
	}
	p := in.Parameters
	both, shown := in.Model == "wan3.0-video", strings.Contains(in.Model, "-r2v")
	plain := both || strings.HasPrefix(in.Model, "happyhorse")
	inputs, frames := dashscopeInputs(in.Input.Media)
	inputs.Sound = p.Audio
	image := in.Input.ImgURL != "" || in.Input.FirstFrameURL != "" || frames > 0
	text := strings.Contains(in.Model, "t2v")
	switch {
	case in.Model == "", image == text && !both && !shown, frames > 0 && in.Input.Media[0].Type != "first_frame", !dashscopeReferences(in.Model, inputs, image):
		req.refuse(http.StatusBadRequest, "the input does not fit model %q", in.Model)
		return
	case p.Audio != nil && !both && in.Model != "wan2.6-i2v-flash":
		req.refuse(http.StatusBadRequest, "model %q has no parameter audio", in.Model)
		return
	case !dashscopeShape(in.Model, p.Size, p.Resolution), p.Ratio != "" && !dashscopeRatio(in.Model):
		req.refuse(http.StatusBadRequest, "size, resolution or ratio is not valid")
		return
	case plain && (p.Extend != nil || in.Input.Negative != ""), p.Seed != nil && *p.Seed > 1<<31-1:
		req.refuse(http.StatusBadRequest, "prompt_extend, negative_prompt or seed is not valid")
		return
	}
	if j, ok := req.submit(submission{prompt: in.Input.Prompt, image: image, seconds: p.Duration, inputs: inputs}); ok {
		req.answer(http.StatusOK, map[string]any{"output": map[string]string{"task_id": j.id, "task_status": "PENDING"}, "request_id": "r"})
	}
}

// dashscopeMedia is a frame or a reference of a request.
type dashscopeMedia struct {
	Type string `json:"type"`
	URL  string `json:"url"`
}

// dashscopeInputs returns the references of a request, and the number of its frames.
func dashscopeInputs(media []dashscopeMedia) (in Inputs, frames int) {
	for _, m := range media {
		switch m.Type {
		case "reference_image":
			in.Images = append(in.Images, m.URL)
		case "reference_audio":
			in.Recordings = append(in.Recordings, m.URL)
		default:
			frames++
		}
	}
	return in, frames
}

// dashscopeReferences reports whether a model takes these references, or none, with a frame or without one.
func dashscopeReferences(model string, in Inputs, frame bool) bool {
	only, both := strings.Contains(model, "-r2v"), model == "wan3.0-video"
	if len(in.Images)+len(in.Recordings) == 0 {
		return !only
	}
	return !frame && (only || both) && (both || len(in.Recordings) == 0)
}

// dashscopeRatio reports whether a model takes a ratio.
func dashscopeRatio(model string) bool {
	return model == "wan3.0-video" || strings.Contains(model, "-r2v") || strings.Contains(model, "t2v") && !dashscopeSizes(model)
}

// dashscopeShape reports whether a model takes such a frame size: in pixels, or by a resolution.
func dashscopeShape(model, size, resolution string) bool {
	sizes := dashscopeSizes(model)
	return sizes == strings.Contains(size, "*") && sizes != strings.HasSuffix(resolution, "P")
}

// dashscopeSizes reports whether a model takes its frame size in pixels.
func dashscopeSizes(model string) bool {
	return strings.Contains(model, "t2v") && strings.HasPrefix(model, "wan2.") && !strings.HasPrefix(model, "wan2.7")
}

func dashscopePoll(req *request) {
	id := req.r.PathValue("id")
	req.v.mu.Lock()
	j, ok := req.v.jobs[id]
	ok = ok && j.wire == req.wire.name && !req.hasFault(j, "lost")
	req.v.mu.Unlock()
	if !ok { // no 404: an unknown task is answered like an expired one
		req.answer(http.StatusOK, map[string]any{"request_id": "r", "output": map[string]string{"task_id": id, "task_status": "UNKNOWN"}})
		return
	}
	s := req.statusOf(j)
	output := map[string]any{
		"task_id": id, "submit_time": j.started.Format("2006-01-02 15:04:05.000"),
		"task_status": req.status(j, s, [5]string{"PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELED"}),
	}
	out := map[string]any{"request_id": "r", "output": output}
	switch s.phase {
	case done:
		if link := req.link(j); link != "" {
			output["video_url"] = link
		}
		output["orig_prompt"] = j.prompt
		out["usage"] = map[string]any{"video_count": 1, "duration": j.seconds, "SR": 720}
	case failed:
		output["code"], output["message"] = "InternalError", "An internal error has occurred."
		if strings.HasPrefix(s.reason, "SAFETY") {
			output["code"], output["message"] = "DataInspectionFailed", "Input data may contain inappropriate content."
		}
	}
	req.answerPoll(j, http.StatusOK, out)
}

func dashscopeCancel(req *request) {
	j := req.find(req.r.PathValue("id"))
	if j == nil {
		return
	}
	if req.statusOf(j).phase != waiting {
		req.answer(http.StatusBadRequest, map[string]string{"code": "UnsupportedOperation", "message": "Failed to cancel the task, please confirm if the task is in PENDING status."})
		return
	}
	req.cancelJob(j)
	req.answer(http.StatusOK, map[string]string{"request_id": "r"})
}
