package fakevendor

import (
	_ "embed" // the video
	"net/http"
	"strings"
)

//go:generate ffmpeg -v error -y -f lavfi -i testsrc2=size=192x128:rate=16:duration=1.0625 -c:v libvpx -crf 40 -b:v 60k -g 17 -bitexact video.webm

//go:embed video.webm
var webm []byte

// sdcpp is sd-server of stable-diffusion.cpp (examples/server/api.md) behind a proxy that needs a key. Its videos come within
// the job.
func sdcpp() wire {
	return wire{
		name: "sdcpp", authorized: bearer,
		errorBody: func(_ int, text string) any { return map[string]string{"error": text} },
		routes: map[string]func(*request){
			"GET /capabilities":      sdcppCapabilities,
			"POST /vid_gen":          sdcppSubmit,
			"GET /jobs/{id}":         sdcppPoll,
			"POST /jobs/{id}/cancel": sdcppCancel,
		},
	}
}

func sdcppCapabilities(req *request) {
	req.answer(http.StatusOK, map[string]any{
		"model": map[string]string{"name": "wan2.2.gguf", "stem": "wan2.2", "path": "models/wan2.2.gguf"}, "current_mode": "vid_gen",
		"supported_modes":        []string{"vid_gen"},
		"defaults_by_mode":       map[string]any{"vid_gen": map[string]any{"fps": 16, "video_frames": 33, "width": 832, "height": 480}},
		"output_formats_by_mode": map[string]any{"vid_gen": []string{"webm", "webp", "avi"}},
		"features_by_mode":       map[string]any{"vid_gen": map[string]bool{"init_image": true, "end_image": true, "cancel_queued": true, "cancel_generating": false}},
		"limits":                 map[string]int{"min_width": 64, "max_width": 4096, "min_height": 64, "max_height": 4096, "max_batch_count": 8, "max_queue_size": 64},
	})
}

func sdcppSubmit(req *request) {
	var in struct {
		Prompt string `json:"prompt"`
		First  []byte `json:"init_image"`
		Frames int    `json:"video_frames"`
		FPS    int    `json:"fps"`
		Format string `json:"output_format"`
	}
	if !req.json(&in) {
		return
	}
	if in.Frames <= 0 || in.Frames%4 != 1 || in.FPS <= 0 {
		req.refuse(http.StatusBadRequest, "invalid generation parameters")
		return
	}
	if in.Format != "webm" {
		req.refuse(http.StatusBadRequest, "invalid output_format, must be one of [webm, webp, avi]")
		return
	}
	s := submission{prompt: in.Prompt, image: len(in.First) > 0, echo: map[string]any{"frames": in.Frames, "fps": in.FPS}}
	if j, ok := req.submit(s); ok {
		req.answer(http.StatusAccepted, map[string]any{
			"id": j.id, "kind": "vid_gen", "status": "queued", "created": j.started.Unix(), "poll_url": "/sdcpp/v1/jobs/" + j.id,
		})
	}
}

func sdcppPoll(req *request) {
	if j := req.find(req.r.PathValue("id")); j != nil {
		req.answerPoll(j, http.StatusOK, sdcppJob(req, j))
	}
}

// sdcppJob encodes a job. The words about the file change the video within it.
func sdcppJob(req *request, j *job) map[string]any {
	s := req.statusOf(j)
	out := map[string]any{
		"id": j.id, "kind": "vid_gen", "created": j.started.Unix(), "started": nil, "completed": nil, "queue_position": 0, "result": nil, "error": nil,
		"status": req.status(j, s, [5]string{"queued", "generating", "completed", "failed", "cancelled"}),
	}
	if s.phase != waiting {
		out["started"] = j.started.Unix()
	}
	switch s.phase {
	case waiting:
		out["queue_position"] = 1
	case done:
		b := webm
		switch {
		case req.hasFault(j, "nofile"):
			b = nil
		case req.hasFault(j, "video-html"), req.hasFault(j, "video-lie"):
			b = []byte("<!doctype html><title>Sign in</title>")
		}
		out["result"] = map[string]any{
			"output_format": "webm", "mime_type": "video/webm", "fps": j.echo["fps"], "frame_count": j.echo["frames"], "b64_json": b,
		}
	case failed:
		out["error"] = map[string]string{"code": "generation_failed", "message": sdcppReason(s.reason)}
	case cancelled:
		out["error"] = map[string]string{"code": "cancelled", "message": "job cancelled by client"}
	}
	return out
}

// sdcppReason returns the server's words for a failure. It has no filter for prompts; a proxy may have one.
func sdcppReason(reason string) string {
	if strings.HasPrefix(reason, "SAFETY") {
		return "the prompt was blocked by the safety filter"
	}
	return "generate_video returned no results"
}

// sdcppCancel cancels a job that waits. One that is generated can't be interrupted.
func sdcppCancel(req *request) {
	j := req.find(req.r.PathValue("id"))
	switch {
	case j == nil:
	case req.statusOf(j).phase == running:
		req.refuse(http.StatusConflict, "job is currently generating and cannot be interrupted yet")
	default:
		if !j.faults.has("late-cancel") {
			req.cancelJob(j)
		}
		req.answer(http.StatusOK, sdcppJob(req, j))
	}
}
