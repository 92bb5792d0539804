package fakevendor

import (
	"net/http"
	"strings"
	"time"
)

// localai is LocalAI's POST /video, whose answer comes when the video is there. It lives by the real clock.
func localai() wire {
	return wire{
		name: "localai", proves: bearer,
		refusal: func(status int, text string) any {
			return map[string]any{"error": map[string]any{"code": status, "message": text, "type": ""}}
		},
		routes: map[string]func(*ask){"POST /video": localaiVideo},
	}
}

func localaiVideo(a *ask) {
	var in struct {
		Model   string `json:"model"`
		Prompt  string `json:"prompt"`
		Seconds string `json:"seconds"`
		Start   string `json:"start_image"`
		Frames  int32  `json:"num_frames"`
		Seed    int32  `json:"seed"` // a larger one can't be read
	}
	if !a.json(&in) {
		return
	}
	if in.Model == "" || in.Prompt == "" || in.Frames <= 0 {
		a.refuse(http.StatusBadRequest, "model and prompt are required, and the number of frames, for nobody reads seconds")
		return
	}
	j, ok := a.submit(submission{prompt: in.Prompt})
	if !ok {
		return
	}
	for a.stand(j).phase < done {
		select {
		case <-time.After(time.Until(j.begun.Add(max(j.script.slow, a.v.opts.Takes)))):
		case <-a.r.Context().Done():
			a.cancel(j)
			return
		}
	}
	if s := a.stand(j); s.phase == failed {
		if strings.HasPrefix(s.reason, "SAFETY") {
			a.refuse(http.StatusBadRequest, "the prompt was blocked by the safety filter")
			return
		}
		a.refuse(http.StatusInternalServerError, "rpc error: backend failed")
		return
	}
	a.about(j, http.StatusOK, map[string]any{"created": j.begun.Unix(), "id": j.id, "data": []any{map[string]any{"url": a.link(j)}}})
}
