package fakevendor

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// klingAccess is the access key that belongs to the fake's key, which is the secret key.
const klingAccess = "access"

// kling is Kling's official API.
func kling() wire {
	w := wire{
		name: "kling", authorized: klingToken,
		errorBody: func(status int, text string) any {
			codes := map[int]int{400: 1201, 401: 1002, 402: 1102, 403: 1103, 404: 1203, 429: 1303, 503: 5001, 504: 5002}
			code, ok := codes[status]
			if !ok {
				code = 5000
			}
			return klingEnvelope(code, text, nil)
		},
		routes:       map[string]func(*request){},
		callbackBody: func(req *request, j *job) any { return req.kling(j, req.statusOf(j), req.link(j)) },
	}
	for _, kind := range []string{"text2video", "image2video"} {
		w.routes["POST /v1/videos/"+kind] = func(req *request) { req.klingSubmit(kind) }
		w.routes["GET /v1/videos/"+kind+"/{id}"] = func(req *request) { req.klingPoll(kind) }
	}
	for _, route := range []string{"text-to-video", "image-to-video", "omni-video"} {
		w.routes["POST /"+route+"/{model}"] = func(req *request) { req.klingSubmitByPath(route) }
	}
	w.routes["GET /tasks"] = klingTasks
	return w
}

func klingEnvelope(code int, message string, data any) map[string]any {
	out := map[string]any{"code": code, "message": message, "request_id": "CmC9rGbtVzEAAAAAADQY-A"}
	if data != nil {
		out["data"] = data
	}
	return out
}

// klingToken checks the caller's token: the key itself, as an API key, or a valid JWT that is signed with it for the access
// key.
func klingToken(key string, r *http.Request, now time.Time) bool {
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if token == key {
		return true
	}
	if !strings.Contains(r.URL.Path, "/v1/") {
		return false // the API of 2026 takes only API keys
	}
	signed, sum, _ := cutLast(token)
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(signed))
	got, err := base64.RawURLEncoding.DecodeString(sum)
	if err != nil || !hmac.Equal(got, mac.Sum(nil)) {
		return false
	}
	_, body, _ := strings.Cut(signed, ".")
	b, err := base64.RawURLEncoding.DecodeString(body)
	var claims struct {
		Iss      string
		Exp, Nbf int64
	}
	if err != nil || json.Unmarshal(b, &claims) != nil {
		return false
	}
	return claims.Iss == klingAccess && claims.Nbf <= now.Unix() && claims.Exp > now.Unix()
}

func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndex(s, ".")
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

func (req *request) klingSubmit(kind string) {
	var in struct {
		Model    string `json:"model_name"`
		Prompt   string `json:"prompt"`
		Duration string `json:"duration"`
		Image    string `json:"image"`
		Tail     string `json:"image_tail"`
		Mode     string `json:"mode"`
		Camera   any    `json:"camera_control"`
		Sound    string `json:"sound"`
		External string `json:"external_task_id"`
		Callback string `json:"callback_url"`
	}
	if !req.json(&in) {
		return
	}
	seconds, err := strconv.Atoi(in.Duration)
	pictures := in.Image + in.Tail
	switch {
	case err != nil, (kind == "image2video") != (pictures != ""), strings.Contains(pictures, "data:"), in.Prompt == "" && pictures == "":
		req.refuse(http.StatusBadRequest, "duration, prompt or image is invalid")
		return
	case in.Tail != "" && in.Mode != "pro" && in.Mode != "4k":
		req.refuse(http.StatusBadRequest, "%s takes an end frame only in mode pro", in.Model)
		return
	case strings.HasPrefix(in.Model, "kling-v1"):
		req.refuse(http.StatusNotFound, "the model %s is not found", in.Model)
		return
	case in.Sound != "" && (in.Sound != "on" && in.Sound != "off" || in.Model != "kling-v2-6" && in.Model != "kling-v3"),
		in.Model == "kling-v2-6" && in.Sound == "on" && (in.Mode != "pro" || in.Tail != ""):
		req.refuse(http.StatusBadRequest, "%s does not take sound %q in this mode", in.Model, in.Sound)
		return
	case in.Camera != nil:
		req.refuse(http.StatusBadRequest, "%s takes no camera_control here", in.Model)
		return
	}
	s := submission{kind: kind, prompt: in.Prompt, external: in.External, unique: true, seconds: seconds, callback: in.Callback}
	if in.Sound != "" {
		s.inputs.Sound = new(in.Sound == "on")
	}
	if j, ok := req.submit(s); ok {
		req.answer(http.StatusOK, klingEnvelope(0, "SUCCEED", req.kling(j, jobStatus{}, "")))
	}
}

func (req *request) klingPoll(kind string) {
	id := req.r.PathValue("id")
	if j := req.knownJob(id); j != nil {
		id = j.id
	}
	j := req.find(id)
	if j == nil {
		return
	}
	if j.kind != kind {
		req.refuse(http.StatusNotFound, "there is no %s", id)
		return
	}
	req.answerPoll(j, http.StatusOK, klingEnvelope(0, "SUCCEED", req.kling(j, req.statusOf(j), req.link(j))))
}

// kling encodes a task.
func (req *request) kling(j *job, s jobStatus, link string) map[string]any {
	out := map[string]any{
		"task_id": j.id, "task_status": req.status(j, s, [5]string{"submitted", "processing", "succeed", "failed", "failed"}),
		"task_status_msg": "", "task_info": map[string]any{"external_task_id": j.external},
		"created_at": j.started.UnixMilli(), "updated_at": j.started.UnixMilli(),
	}
	switch {
	case s.phase == failed && strings.HasPrefix(s.reason, "SAFETY"):
		out["task_status_msg"] = "Failure to pass the risk control system"
	case s.phase == failed:
		out["task_status_msg"] = "internal error"
	case s.phase == done && link != "":
		out["final_unit_deduction"] = "2.5"
		out["task_result"] = map[string]any{"videos": []any{map[string]any{"id": j.id, "url": link, "duration": strconv.Itoa(j.seconds)}}}
	}
	return out
}
