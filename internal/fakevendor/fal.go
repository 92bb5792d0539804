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
		proves: func(key string, r *http.Request, _ time.Time) bool {
			return r.Header.Get("Authorization") == "Key "+key
		},
		refusal: func(_ int, text string) any { return map[string]any{"detail": text} },
		calls:   falCall,
		sign:    signFal,
		public:  map[string]func(*ask){"GET /.well-known/jwks.json": falKeys},
		routes: map[string]func(*ask){
			"POST /{owner}/{alias}":                     falSubmit,
			"POST /{owner}/{alias}/{rest...}":           falSubmit,
			"GET /{owner}/{alias}/requests/{id}/status": falStatus,
			"GET /{owner}/{alias}/requests/{id}":        falResult,
			"PUT /{owner}/{alias}/requests/{id}/cancel": falCancel,
		},
	}
}

// falShape is what a path of fal's wants (fal-js, types/endpoints.ts).
type falShape struct {
	prefix   string
	first    string         // the input of the first frame
	duration *regexp.Regexp // as JSON
}

// falShapes lists them; the first whose prefix fits is the path's.
func falShapes() []falShape {
	text, number := regexp.MustCompile(`^"[0-9]+"$`), regexp.MustCompile(`^[0-9]+$`)
	return []falShape{
		{"/fal-ai/veo3.1", "image_url", regexp.MustCompile(`^"[468]s"$`)},
		{"/fal-ai/kling-video/v3/", "start_image_url", text},
		{"/fal-ai/kling-video/v2.6/", "start_image_url", text},
		{"/fal-ai/wan/v2.7/", "image_url", number},
		{"/fal-ai/ltx-2.3/", "image_url", number},
		{"/", "image_url", text},
	}
}

// falWants names the inputs that are missing or wrong.
func falWants(path string, in map[string]json.RawMessage) []any {
	all := falShapes()
	shape := all[slices.IndexFunc(all, func(s falShape) bool { return strings.HasPrefix(path, s.prefix) })]
	needed := []string{"prompt"}
	switch {
	case strings.HasSuffix(path, "image-to-video"):
		needed = append(needed, shape.first)
	case strings.HasSuffix(path, "first-last-frame-to-video"):
		needed = append(needed, "first_frame_url", "last_frame_url")
	}
	var out []any
	for _, field := range needed {
		if len(in[field]) <= len(`""`) {
			out = append(out, falFault(field, "missing", "Field required"))
		}
	}
	if d := in["duration"]; len(d) > 0 && !shape.duration.Match(d) {
		out = append(out, falFault("duration", "literal_error", "Input should be another duration"))
	}
	return out
}

func falSubmit(a *ask) {
	in := map[string]json.RawMessage{}
	if !a.json(&in) {
		return
	}
	if wrong := falWants(a.r.URL.Path, in); len(wrong) > 0 {
		a.answer(http.StatusUnprocessableEntity, map[string]any{"detail": wrong})
		return
	}
	var prompt string
	if err := json.Unmarshal(in["prompt"], &prompt); err != nil {
		a.refuse(http.StatusUnprocessableEntity, "prompt: %v", err)
		return
	}
	j, ok := a.submit(submission{
		prompt: prompt, image: strings.HasSuffix(a.r.URL.Path, "image-to-video"), kind: a.r.PathValue("owner") + "/" + a.r.PathValue("alias"),
		callback: a.r.URL.Query().Get("fal_webhook"),
	})
	if !ok {
		return
	}
	link := a.base + "/" + j.kind + "/requests/" + j.id
	a.answer(http.StatusOK, map[string]any{
		"status": "IN_QUEUE", "request_id": j.id, "queue_position": 0,
		"response_url": link, "status_url": link + "/status", "cancel_url": link + "/cancel",
	})
}

func falFault(field, kind, text string) map[string]any {
	return map[string]any{"loc": []string{"body", field}, "msg": text, "type": kind, "url": "https://docs.fal.ai/errors#" + kind}
}

// falFind finds a request under its own app alone.
func falFind(a *ask) *job {
	j := a.find(a.r.PathValue("id"))
	if j != nil && j.kind != a.r.PathValue("owner")+"/"+a.r.PathValue("alias") {
		a.refuse(http.StatusNotFound, "Request not found")
		return nil
	}
	return j
}

func falStatus(a *ask) {
	j := falFind(a)
	if j == nil {
		return
	}
	s := a.stand(j)
	// A request that failed or was cancelled is COMPLETED as well, and says so beside it.
	out := map[string]any{
		"status": a.status(j, s, [5]string{"IN_QUEUE", "IN_PROGRESS", "COMPLETED", "COMPLETED", "COMPLETED"}), "request_id": j.id,
	}
	if s.phase == waiting {
		out["queue_position"] = 1
	} else {
		out["logs"] = nil
	}
	if word := map[phase]string{failed: "internal_error", cancelled: "client_cancelled"}[s.phase]; word != "" {
		out["error"], out["error_type"] = "the request has ended", word
	}
	a.about(j, map[bool]int{true: http.StatusOK, false: http.StatusAccepted}[s.phase >= done], out)
}

func falResult(a *ask) {
	j := falFind(a)
	if j == nil {
		return
	}
	switch s := a.stand(j); s.phase {
	case waiting, running:
		a.refuse(http.StatusBadRequest, "Request is still in progress")
	case cancelled:
		a.answer(499, map[string]any{"detail": "Request was cancelled by the client", "error_type": "client_cancelled"})
	case failed:
		if strings.HasPrefix(s.reason, "SAFETY") {
			a.answer(http.StatusUnprocessableEntity, map[string]any{"detail": []any{
				falFault("prompt", "content_policy_violation", "The content was flagged by a content checker."),
			}})
			return
		}
		a.answer(http.StatusInternalServerError, map[string]any{"detail": []any{falFault("", "internal_server_error", "Internal server error")}})
	default:
		out := map[string]any{"seed": 7}
		if link := a.link(j); link != "" {
			out["video"] = map[string]any{"url": link, "content_type": "video/mp4", "file_name": "output.mp4", "file_size": len(video)}
		}
		a.answer(http.StatusOK, out)
	}
}

func falCancel(a *ask) {
	switch j := falFind(a); {
	case j == nil:
	case a.cancel(j):
		a.answer(http.StatusAccepted, map[string]string{"status": "CANCELLATION_REQUESTED"})
	default:
		a.answer(http.StatusBadRequest, map[string]string{"status": "ALREADY_COMPLETED"})
	}
}
