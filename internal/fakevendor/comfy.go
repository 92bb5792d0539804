package fakevendor

import (
	"encoding/base64"
	"io"
	"net/http"
	"slices"
	"strings"
)

// comfy is comfy-api-proxy, Comfy API v2 before a ComfyUI, with a token (docs.comfy.org/openapi-v2.yaml; Comfy-Org/comfy-api-proxy
// @572cf9a, app.py).
func comfy() wire {
	return wire{
		name: "comfy", authorized: bearer, errorBody: func(status int, text string) any { return comfyError(comfyCode(status), text) },
		routes: map[string]func(*request){
			"POST /api/v2/assets":           comfyAsset,
			"POST /api/v2/jobs":             comfyCreate,
			"GET /api/v2/jobs":              comfyList,
			"GET /api/v2/jobs/{id}":         comfyRead,
			"POST /api/v2/jobs/{id}/cancel": comfyCancel,
		},
	}
}

func comfyError(code, text string) any {
	return map[string]any{"error": map[string]any{"code": code, "message": text, "details": nil}}
}

func comfyCode(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return "unauthorized"
	case http.StatusPaymentRequired:
		return "insufficient_credits"
	case http.StatusForbidden:
		return "forbidden"
	case http.StatusNotFound:
		return "not_found"
	case http.StatusTooManyRequests:
		return "queue_full"
	case http.StatusInternalServerError:
		return "upstream_error"
	default:
		return "invalid_request"
	}
}

const comfyAssetPrefix = "asset-"

func comfyAsset(req *request) {
	f, head, err := req.r.FormFile("file")
	if err != nil || req.r.FormValue("file_path") == "" || req.r.FormValue("content_type") == "" {
		req.refuse(http.StatusUnprocessableEntity, "file, content_type and file_path are needed")
		return
	}
	b, err := io.ReadAll(f)
	if err != nil {
		req.refuse(http.StatusUnprocessableEntity, "the file is cut off")
		return
	}
	_ = f.Close()
	req.v.mu.Lock()
	req.v.uploads[comfyAssetPrefix+head.Filename] = base64.StdEncoding.EncodeToString(b)
	req.v.mu.Unlock()
	req.answer(http.StatusCreated, map[string]any{
		"id": comfyAssetPrefix + head.Filename, "hash": nil, "size_bytes": head.Size, "content_type": req.r.FormValue("content_type"),
		"file_path": req.r.FormValue("file_path"), "created_new": true, "url": req.baseURL + "/api/v2/assets/x/content",
	})
}

// comfyCreate makes a job. An Idempotency-Key works once: it is free again only if no job was made.
func comfyCreate(req *request) {
	var in struct {
		Workflow comfyGraph `json:"workflow"`
		Metadata string     `json:"metadata"`
	}
	if !req.json(&in) {
		return
	}
	key := req.r.Header.Get("Idempotency-Key")
	switch {
	case !in.Workflow.saves():
		req.answer(http.StatusUnprocessableEntity, comfyError("invalid_workflow", "Prompt has no outputs"))
	case comfyMissing(in.Workflow) != "":
		req.answer(http.StatusUnprocessableEntity, comfyError("missing_asset", "Unresolvable core/ASSET reference(s): "+comfyMissing(in.Workflow)))
	case req.knownJob(key) != nil:
		req.answer(http.StatusUnprocessableEntity, comfyError("idempotency_key_reuse", "This Idempotency-Key has already been used."))
	default:
		if j, ok := req.submit(submission{prompt: in.Workflow.text(), external: key, inputs: req.comfyInputs(in.Workflow), echo: map[string]any{"metadata": in.Metadata}}); ok {
			req.answer(http.StatusCreated, comfyJob(req, j))
		}
	}
}

// comfyMissing returns the id of a reference to what is no upload; "" if there is none.
func comfyMissing(g comfyGraph) string {
	for _, n := range g {
		for _, in := range n.Inputs {
			ref, _ := in.(map[string]any)
			if ref["__type"] != "core/ASSET" {
				continue
			}
			if id := comfyFile(in); !strings.HasPrefix(id, comfyAssetPrefix) {
				return "<" + id + ">"
			}
		}
	}
	return ""
}

// comfyJob encodes a job.
func comfyJob(req *request, j *job) map[string]any {
	s := req.statusOf(j)
	self := req.baseURL + "/api/v2/jobs/" + j.id
	out := map[string]any{
		"id": j.id, "status": req.status(j, s, [5]string{"queued", "running", "succeeded", "failed", "canceled"}), "created_at": j.started, "queue_position": nil,
		"progress": nil, "outputs": []any{}, "error": nil, "metadata": j.echo["metadata"], "urls": map[string]string{"self": self, "cancel": self + "/cancel"},
	}
	switch s.phase {
	case waiting:
		out["queue_position"] = 1
	case running:
		out["progress"] = map[string]any{"value": s.progress, "nodes_done": 3, "nodes_total": 7, "message": "KSampler 21/50"}
	case done:
		if link := req.link(j); link != "" {
			out["outputs"] = []any{map[string]any{
				"node_id": "60", "name": j.id + ".mp4", "type": "image", "content_type": "video/mp4", "size_bytes": 0, "id": comfyAssetPrefix + j.id, "url": link,
			}}
		}
	case failed:
		text := "Something went wrong in the sampler"
		if strings.HasPrefix(s.reason, "SAFETY") {
			text = "The prompt was refused by the safety checker"
		}
		out["error"] = map[string]any{"code": "node_execution_error", "message": text, "node_id": "3", "class_type": "KSampler", "traceback": nil}
	}
	return out
}

func comfyRead(req *request) {
	if j := req.find(req.r.PathValue("id")); j != nil {
		req.answerPoll(j, http.StatusOK, comfyJob(req, j))
	}
}

func comfyList(req *request) {
	list := []any{}
	all := req.jobs()
	slices.Reverse(all)
	for _, j := range all {
		if !req.hasFault(j, "lost") {
			list = append(list, comfyJob(req, j))
		}
	}
	req.answer(http.StatusOK, map[string]any{"jobs": list, "truncated": false})
}

func comfyCancel(req *request) {
	if j := req.find(req.r.PathValue("id")); j != nil {
		if !j.faults.has("late-cancel") {
			req.cancelJob(j)
		}
		req.answer(http.StatusOK, comfyJob(req, j))
	}
}
