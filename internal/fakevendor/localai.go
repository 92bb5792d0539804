package fakevendor

import (
	"net/http"
	"strings"
	"time"
)

// localai is LocalAI's POST /video, which answers when the video is finished. It uses the real clock.
func localai() wire {
	return wire{
		name: "localai", authorized: bearer,
		errorBody: func(status int, text string) any {
			return map[string]any{"error": map[string]any{"code": status, "message": text, "type": ""}}
		},
		routes: map[string]func(*request){"POST /video": localaiVideo, "GET /v1/models": listModels},
	}
}

// listModels lists one model, as servers of OpenAI's API do.
func listModels(req *request) {
	req.answer(http.StatusOK, map[string]any{"object": "list", "data": []any{map[string]any{"id": "fake-video", "object": "model", "owned_by": "fakevendor"}}})
}

func localaiVideo(req *request) {
	var in struct {
		Model   string `json:"model"`
		Prompt  string `json:"prompt"`
		Seconds string `json:"seconds"`
		Start   string `json:"start_image"`
		Frames  int32  `json:"num_frames"`
		Seed    int32  `json:"seed"` // larger seeds are refused
	}
	if !req.json(&in) {
		return
	}
	if in.Model == "" || in.Prompt == "" || in.Frames <= 0 {
		req.refuse(http.StatusBadRequest, "model, prompt and num_frames are required")
		return
	}
	j, ok := req.submit(submission{prompt: in.Prompt})
	if !ok {
		return
	}
	for req.statusOf(j).phase < done {
		select {
		case <-time.After(time.Until(j.started.Add(max(j.faults.slow, req.v.opts.Takes)))):
		case <-req.r.Context().Done():
			req.cancelJob(j)
			return
		}
	}
	if s := req.statusOf(j); s.phase == failed {
		if strings.HasPrefix(s.reason, "SAFETY") {
			req.refuse(http.StatusBadRequest, "the prompt was blocked by the safety filter")
			return
		}
		req.refuse(http.StatusInternalServerError, "rpc error: backend failed")
		return
	}
	req.answerPoll(j, http.StatusOK, map[string]any{"created": j.started.Unix(), "id": j.id, "data": []any{map[string]any{"url": req.link(j)}}})
}
