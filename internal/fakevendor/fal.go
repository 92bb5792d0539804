package fakevendor

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// fal is fal.ai's queue (fal.ai/docs, "Queue" and "Errors"; fal-ai/fal, fal_client/client.py).
func fal() wire {
	return wire{
		name: "fal",
		authorized: func(key string, r *http.Request, _ time.Time) bool {
			return r.Header.Get("Authorization") == "Key "+key
		},
		errorBody:    func(_ int, text string) any { return map[string]any{"detail": text} },
		callbackBody: falCall,
		sign:         signFal,
		public:       map[string]func(*request){"GET /.well-known/jwks.json": falKeys},
		routes: map[string]func(*request){
			"POST /{owner}/{alias}":                     falSubmit,
			"POST /{owner}/{alias}/{rest...}":           falSubmit,
			"GET /{owner}/{alias}/requests/{id}/status": falStatus,
			"GET /{owner}/{alias}/requests/{id}":        falResult,
			"PUT /{owner}/{alias}/requests/{id}/cancel": falCancel,
		},
	}
}

// falShape describes the inputs that one of fal's paths takes (fal-js, types/endpoints.ts).
type falShape struct {
	prefix   string
	first    string         // name of the first frame's input
	duration *regexp.Regexp // as JSON
}

// falShapes lists the shapes. The first whose prefix matches a path applies.
func falShapes() []falShape {
	text, number := regexp.MustCompile(`^"[0-9]+"$`), regexp.MustCompile(`^[0-9]+$`)
	return []falShape{
		{"/fal-ai/veo3.1", "image_url", regexp.MustCompile(`^"[468]s"$`)},
		{"/fal-ai/kling-video/v3/turbo/", "image_url", text},
		{"/fal-ai/kling-video/v3/", "start_image_url", text},
		{"/fal-ai/kling-video/v2.6/", "start_image_url", text},
		{"/fal-ai/wan/v2.7/", "image_url", number},
		{"/fal-ai/ltx-2.3/", "image_url", number},
		{"/minimax/h3/", "image_url", number},
		{"/alibaba/happy-horse/", "image_url", number},
		{"/xai/grok-imagine-video/", "image_url", number},
		{"/luma/agent/ray/", "image_url", regexp.MustCompile(`^"(5|10)s"$`)},
		{"/", "image_url", text},
	}
}

// falSounds matches the paths of models that take generate_audio.
var falSounds = regexp.MustCompile(`^/(fal-ai/veo3\.1|bytedance/seedance-2|fal-ai/bytedance/seedance/v1\.5|fal-ai/kling-video/(v3|o3|v2\.6)|fal-ai/ltx-2\.3)/?`)

// falWants returns the inputs that are missing or invalid.
func falWants(path string, in map[string]json.RawMessage) []any {
	all := falShapes()
	shape := all[slices.IndexFunc(all, func(s falShape) bool { return strings.HasPrefix(path, s.prefix) })]
	needed := []string{"prompt"}
	switch {
	case strings.HasSuffix(path, "image-to-video"):
		needed = append(needed, shape.first)
	case strings.HasSuffix(path, "first-last-frame-to-video"):
		needed = append(needed, "first_frame_url", "last_frame_url")
	case strings.HasSuffix(path, "reference-to-video"):
		needed = append(needed, falReferences(path))
	}
	var out []any
	for _, field := range needed {
		if len(in[field]) <= len(`""`) {
			out = append(out, falFault(field, "missing", "Field required"))
		}
	}
	if s := in["generate_audio"]; len(s) > 0 && !falSounds.MatchString(path) {
		out = append(out, falFault("generate_audio", "extra_forbidden", "Extra inputs are not permitted"))
	}
	if d := in["duration"]; len(d) > 0 && !shape.duration.Match(d) {
		out = append(out, falFault("duration", "literal_error", "Input should be another duration"))
	}
	return out
}

// falReferences returns the name of a path's input of reference images.
func falReferences(path string) string {
	for _, prefix := range []string{"/fal-ai/wan/", "/minimax/h3/", "/xai/"} {
		if strings.HasPrefix(path, prefix) {
			return "reference_image_urls"
		}
	}
	return "image_urls"
}

func falSubmit(req *request) {
	in := map[string]json.RawMessage{}
	if !req.json(&in) {
		return
	}
	if wrong := falWants(req.r.URL.Path, in); len(wrong) > 0 {
		req.answer(http.StatusUnprocessableEntity, map[string]any{"detail": wrong})
		return
	}
	var prompt string
	if err := json.Unmarshal(in["prompt"], &prompt); err != nil {
		req.refuse(http.StatusUnprocessableEntity, "prompt: %v", err)
		return
	}
	inputs, err := hostedInputs(in)
	if err != nil {
		req.refuse(http.StatusUnprocessableEntity, "%v", err)
		return
	}
	j, ok := req.submit(submission{
		prompt: prompt, image: strings.HasSuffix(req.r.URL.Path, "image-to-video"), kind: req.r.PathValue("owner") + "/" + req.r.PathValue("alias"),
		callback: req.r.URL.Query().Get("fal_webhook"), inputs: inputs,
	})
	if !ok {
		return
	}
	link := req.baseURL + "/" + j.kind + "/requests/" + j.id
	req.answer(http.StatusOK, map[string]any{
		"status": "IN_QUEUE", "request_id": j.id, "queue_position": 0,
		"response_url": link, "status_url": link + "/status", "cancel_url": link + "/cancel",
	})
}

// hostedInputs reads the sound and the references of a model at fal or Replicate, by the names that the models there have for them.
func hostedInputs(in map[string]json.RawMessage) (out Inputs, err error) {
	for _, f := range []struct {
		name string
		into any
	}{
		{"generate_audio", &out.Sound}, {"image_urls", &out.Images}, {"reference_image_urls", &out.Images}, {"reference_images", &out.Images},
		{"audio_urls", &out.Recordings}, {"reference_audio_urls", &out.Recordings}, {"reference_audios", &out.Recordings},
	} {
		if b := in[f.name]; err == nil && len(b) > 0 {
			err = json.Unmarshal(b, f.into)
		}
	}
	return out, err
}

func falFault(field, kind, text string) map[string]any {
	return map[string]any{"loc": []string{"body", field}, "msg": text, "type": kind, "url": "https://docs.fal.ai/errors#" + kind}
}

// falFind finds a request only under its own app.
func falFind(req *request) *job {
	j := req.find(req.r.PathValue("id"))
	if j != nil && j.kind != req.r.PathValue("owner")+"/"+req.r.PathValue("alias") {
		req.refuse(http.StatusNotFound, "Request not found")
		return nil
	}
	return j
}

func falStatus(req *request) {
	j := falFind(req)
	if j == nil {
		return
	}
	s := req.statusOf(j)
	// A failed or cancelled request is COMPLETED as well; another field says how it ended.
	out := map[string]any{
		"status": req.status(j, s, [5]string{"IN_QUEUE", "IN_PROGRESS", "COMPLETED", "COMPLETED", "COMPLETED"}), "request_id": j.id,
	}
	if s.phase == waiting {
		out["queue_position"] = 1
	} else {
		out["logs"] = nil
	}
	if word := map[phase]string{failed: "internal_error", cancelled: "client_cancelled"}[s.phase]; word != "" {
		out["error"], out["error_type"] = "the request has ended", word
	}
	req.answerPoll(j, map[bool]int{true: http.StatusOK, false: http.StatusAccepted}[s.phase >= done], out)
}

func falResult(req *request) {
	j := falFind(req)
	if j == nil {
		return
	}
	switch s := req.statusOf(j); s.phase {
	case waiting, running:
		req.refuse(http.StatusBadRequest, "Request is still in progress")
	case cancelled:
		req.answer(499, map[string]any{"detail": "Request was cancelled by the client", "error_type": "client_cancelled"})
	case failed:
		if strings.HasPrefix(s.reason, "SAFETY") {
			req.answer(http.StatusUnprocessableEntity, map[string]any{"detail": []any{
				falFault("prompt", "content_policy_violation", "The content was flagged by a content checker."),
			}})
			return
		}
		req.answer(http.StatusInternalServerError, map[string]any{"detail": []any{falFault("", "internal_server_error", "Internal server error")}})
	default:
		out := map[string]any{"seed": 7}
		if link := req.link(j); link != "" {
			out["video"] = map[string]any{"url": link, "content_type": "video/mp4", "file_name": "output.mp4", "file_size": len(video)}
		}
		req.answer(http.StatusOK, out)
	}
}

func falCancel(req *request) {
	switch j := falFind(req); {
	case j == nil:
	case req.cancelJob(j):
		req.answer(http.StatusAccepted, map[string]string{"status": "CANCELLATION_REQUESTED"})
	default:
		req.answer(http.StatusBadRequest, map[string]string{"status": "ALREADY_COMPLETED"})
	}
}
