package fakevendor

import (
	"net/http"
	"strings"
	"time"
)

// fal is fal.ai's queue (fal.ai/docs, "Queue" and "Errors").
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

func falSubmit(a *ask) {
	var in struct {
		Prompt   string `json:"prompt"`
		ImageURL string `json:"image_url"`
	}
	if !a.json(&in) {
		return
	}
	image := strings.HasSuffix(a.r.URL.Path, "image-to-video")
	for field, missing := range map[string]bool{"prompt": in.Prompt == "", "image_url": image && in.ImageURL == ""} {
		if missing {
			a.answer(http.StatusUnprocessableEntity, map[string]any{"detail": []any{falFault(field, "missing", "Field required")}})
			return
		}
	}
	j, ok := a.submit(submission{prompt: in.Prompt, image: image, kind: a.r.PathValue("owner") + "/" + a.r.PathValue("alias"), callback: a.r.URL.Query().Get("fal_webhook")})
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
	// A request that failed or was cancelled is COMPLETED as well.
	out := map[string]any{
		"status": a.status(j, s, [5]string{"IN_QUEUE", "IN_PROGRESS", "COMPLETED", "COMPLETED", "COMPLETED"}), "request_id": j.id,
	}
	if s.phase == waiting {
		out["queue_position"] = 1
	} else {
		out["logs"] = nil
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
