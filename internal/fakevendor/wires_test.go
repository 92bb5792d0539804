package fakevendor_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/filmgate/filmgate/internal/fakevendor"
)

// wireCalls describes the calls of a wire, as its vendor documents them.
type wireCalls struct {
	auth           string
	submit, body   string // %s in the body is the prompt
	id             string // path of the job's id in the answer, its levels separated by dots
	poll           string // %s is the id
	state          string // path of the state
	words          [4]string
	cancel         string // "" = there is none
	ended          string // status of a cancelled job; "" = it is deleted
	failed, unsafe string // part of the answer for a failed job, and for one refused for its content
}

// wireCallsByName returns the calls of the wires that share the tests below, by the wire's name.
func wireCallsByName() map[string]wireCalls {
	openai := wireCalls{submit: "POST /v1/videos", body: `{"prompt":"%s","model":"m"}`, id: "id", poll: "GET /v1/videos/%s", state: "status", cancel: "DELETE /v1/videos/%s",
		words: [4]string{"queued", "in_progress", "completed", "failed"}, failed: "Internal error.", unsafe: "blocked by our moderation system"}
	litellm, tensorrt := openai, openai
	litellm.cancel, openai.cancel = "", ""
	tensorrt.words[1] = "generating"
	ratio := `,"ratio":"1280:720","duration":5}`
	return map[string]wireCalls{
		"runway": {submit: "POST /v1/text_to_video", body: `{"model":"gen4.5","promptText":"%s"` + ratio, id: "id", poll: "GET /v1/tasks/%s", state: "status",
			words: [4]string{"PENDING", "RUNNING", "SUCCEEDED", "FAILED"}, cancel: "DELETE /v1/tasks/%s", ended: "CANCELLED", failed: "INTERNAL", unsafe: "SAFETY.INPUT.TEXT"},
		"luma": {submit: "POST /generations", body: `{"model":"ray-2","prompt":"%s"}`, id: "id", poll: "GET /generations/%s", state: "state",
			words: [4]string{"queued", "dreaming", "completed", "failed"}, cancel: "DELETE /generations/%s", failed: "job error", unsafe: "advanced prompt moderation failed"},
		"luma-agents": {submit: "POST /v1/generations", body: `{"model":"ray-3.2","type":"video","prompt":"%s","video":{"duration":"5s"}}`, id: "id", poll: "GET /v1/generations/%s", state: "state",
			words: [4]string{"queued", "processing", "completed", "failed"}, failed: "generation_failed", unsafe: "content_moderated"},
		"kling": {submit: "POST /v1/videos/text2video", body: `{"model_name":"kling-v2-6","prompt":"%s","duration":"5"}`, id: "data.task_id", poll: "GET /v1/videos/text2video/%s", state: "data.task_status",
			words: [4]string{"submitted", "processing", "succeed", "failed"}, failed: "internal error", unsafe: "Failure to pass the risk control system"},
		"webtask": {submit: "POST /tasks", body: `{"taskType":"gen3a_turbo","options":{"text_prompt":"%s","seconds":5,"seed":1}}`, id: "task.id", poll: "GET /tasks/%s", state: "task.status",
			words: [4]string{"PENDING", "RUNNING", "SUCCEEDED", "FAILED"}, failed: `"reason":"INTERNAL"`, unsafe: `"reason":"SAFETY.INPUT.TEXT"`},
		"makevid": {submit: "POST /api/v1/create_runway", body: `{"text_prompt":"%s","seconds":5,"enhance_prompt":true,"image_as_end_frame":false}`, id: "task.id", poll: "GET /api/v1/get_runway/%s", state: "task.status",
			words: [4]string{"PENDING", "RUNNING", "SUCCEEDED", "FAILED"}, cancel: "POST /api/v1/tasks/%s/cancel", ended: "CANCELLED", failed: `"reason":"INTERNAL"`, unsafe: `"reason":"SAFETY.INPUT.TEXT"`},
		"fal": {auth: "Key " + fakevendor.Key, submit: "POST /owner/alias", body: `{"prompt":"%s"}`, id: "request_id", poll: "GET /owner/alias/requests/%s/status", state: "status",
			words: [4]string{"IN_QUEUE", "IN_PROGRESS", "COMPLETED", "COMPLETED"}, cancel: "PUT /owner/alias/requests/%s/cancel", ended: "COMPLETED"},
		"replicate": {submit: "POST /models/owner/name/predictions", body: `{"input":{"prompt":"%s"}}`, id: "id", poll: "GET /predictions/%s", state: "status",
			words: [4]string{"starting", "processing", "succeeded", "failed"}, cancel: "POST /predictions/%s/cancel", ended: "canceled", failed: "something went wrong", unsafe: "flagged as sensitive"},
		"ark": {submit: "POST /contents/generations/tasks", body: `{"model":"seedance-1-0-pro","content":[{"type":"text","text":"%s"}]}`, id: "id", poll: "GET /contents/generations/tasks/%s", state: "status",
			words: [4]string{"queued", "running", "succeeded", "failed"}, failed: "InternalServiceError", unsafe: "SensitiveContentDetected"},
		"comfy": {submit: "POST /api/v2/jobs", body: `{"workflow":{"6":{"class_type":"CLIPTextEncode","inputs":{"text":"%s"}},"9":{"class_type":"SaveVideo","inputs":{}}}}`, id: "id",
			poll: "GET /api/v2/jobs/%s", state: "status", words: [4]string{"queued", "running", "succeeded", "failed"}, cancel: "POST /api/v2/jobs/%s/cancel", ended: "canceled",
			failed: "Something went wrong in the sampler", unsafe: "safety checker"},
		"openai": openai, "litellm": litellm, "tensorrt-llm": tensorrt,
	}
}

// klingToken returns a token that is signed with the key, as Kling's documents say.
func klingToken(now int64) string {
	encode := base64.RawURLEncoding.EncodeToString
	text := encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode(fmt.Appendf(nil, `{"iss":"access","exp":%d,"nbf":%d}`, now+1800, now-5))
	mac := hmac.New(sha256.New, []byte(fakevendor.Key))
	mac.Write([]byte(text))
	return "Bearer " + text + "." + encode(mac.Sum(nil))
}

// callWire makes one of a wire's calls and returns the status and the answer.
func (p *clockedVendor) callWire(t *testing.T, wire string, s wireCalls, call, body string, headers ...string) (int, string) {
	t.Helper()
	auth := s.auth
	if wire == "kling" {
		auth = klingToken(p.clock.Load())
	}
	if auth != "" {
		headers = append(headers, "Authorization: "+auth)
	}
	method, path, _ := strings.Cut(call, " ")
	status, _, b, err := p.ask(t, method, "/"+wire+path, body, headers...)
	if err != nil {
		t.Fatalf("%s %s: %v", wire, call, err)
	}
	return status, string(b)
}

// field returns the value at a path of an answer.
func field(answer, path string) string {
	var v any
	if json.Unmarshal([]byte(answer), &v) != nil {
		return "no JSON"
	}
	for name := range strings.SplitSeq(path, ".") {
		object, _ := v.(map[string]any)
		v = object[name]
	}
	return fmt.Sprint(v)
}

// submitTo submits a prompt and returns the id.
func (p *clockedVendor) submitTo(t *testing.T, wire string, s wireCalls, prompt string, headers ...string) string {
	t.Helper()
	status, answer := p.callWire(t, wire, s, s.submit, fmt.Sprintf(s.body, prompt), headers...)
	if status >= 300 {
		t.Fatalf("%s: %d %s", wire, status, answer)
	}
	return field(answer, s.id)
}

func TestStatusWordsOfEveryWire(t *testing.T) {
	for wire, s := range wireCallsByName() {
		t.Run(wire, func(t *testing.T) {
			p := newVendor(t, fakevendor.Options{})
			good, bad, unsafe := p.submitTo(t, wire, s, "a cat"), p.submitTo(t, wire, s, "fail:INTERNAL"), p.submitTo(t, wire, s, "fail:SAFETY.INPUT.TEXT")
			for i, after := range []int64{0, 4, 4} {
				p.clock.Add(after)
				if status, answer := p.callWire(t, wire, s, fmt.Sprintf(s.poll, good), ""); status >= 300 || field(answer, s.state) != s.words[i] {
					t.Errorf("%d %s, want %s", status, answer, s.words[i])
				}
			}
			for id, want := range map[string]string{bad: s.failed, unsafe: s.unsafe} {
				if _, answer := p.callWire(t, wire, s, fmt.Sprintf(s.poll, id), ""); field(answer, s.state) != s.words[3] || !strings.Contains(answer, want) && wire != "tensorrt-llm" {
					t.Errorf("%s, want %s with %q", answer, s.words[3], want)
				}
			}
			if status, answer := p.callWire(t, wire, s, fmt.Sprintf(s.poll, "00000000-0000-4000-8000-00000000ffff"), ""); status != 404 || !json.Valid([]byte(answer)) {
				t.Errorf("an unknown job: %d %s", status, answer)
			}
			if status, answer := p.callWire(t, wire, s, s.submit, `{"half": `); status != 400 || !json.Valid([]byte(answer)) {
				t.Errorf("half a body: %d %s", status, answer)
			}
		})
	}
}

func TestCancelOnEveryWire(t *testing.T) {
	for wire, s := range wireCallsByName() {
		if s.cancel == "" {
			continue
		}
		t.Run(wire, func(t *testing.T) {
			p := newVendor(t, fakevendor.Options{})
			id, late := p.submitTo(t, wire, s, "a cat"), p.submitTo(t, wire, s, "late-cancel")
			p.clock.Add(4)
			for _, job := range []string{id, late} {
				if status, answer := p.callWire(t, wire, s, fmt.Sprintf(s.cancel, job), ""); status >= 300 {
					t.Errorf("%d %s", status, answer)
				}
			}
			p.clock.Add(4)
			status, answer := p.callWire(t, wire, s, fmt.Sprintf(s.poll, id), "")
			if s.ended == "" && status != 404 || s.ended != "" && field(answer, s.state) != s.ended {
				t.Errorf("%d %s, want %q", status, answer, s.ended)
			}
			if _, answer := p.callWire(t, wire, s, fmt.Sprintf(s.poll, late), ""); field(answer, s.state) != s.words[2] {
				t.Errorf("a cancel without effect: %s", answer)
			}
		})
	}
}

func TestWiresDoNotShareJobs(t *testing.T) {
	p := newVendor(t, fakevendor.Options{})
	for wire, s := range wireCallsByName() {
		id := p.submitTo(t, wire, s, "a cat")
		for other, o := range wireCallsByName() {
			if status, _ := p.callWire(t, other, o, fmt.Sprintf(o.poll, id), ""); (status == 404) != (other != wire) {
				t.Errorf("%s answers %d for a job of %s", other, status, wire)
			}
		}
	}
}

// Submits with one external id create one job, however many come at once.
func TestExternalIDs(t *testing.T) {
	p := newVendor(t, fakevendor.Options{})
	all := wireCallsByName()
	kling := all["kling"]
	kling.body = `{"model_name":"kling-v2-6","prompt":"%s","duration":"5","external_task_id":"t-1"}`
	for wire, c := range map[string]struct {
		s      wireCalls
		status int // of all but the first
	}{"kling": {kling, 400}, "makevid": {all["makevid"], 200}} {
		var mu sync.Mutex
		var clients sync.WaitGroup
		ids, statuses := map[string]bool{}, map[int]int{}
		for range 8 {
			clients.Go(func() {
				status, answer := p.callWire(t, wire, c.s, c.s.submit, fmt.Sprintf(c.s.body, "a cat"), "Idempotency-Key: t-2")
				mu.Lock()
				defer mu.Unlock()
				statuses[status]++
				if status == 200 {
					ids[field(answer, c.s.id)] = true
				}
			})
		}
		clients.Wait()
		if len(ids) != 1 || statuses[200] != 1 && c.status != 200 || statuses[c.status] < 7 {
			t.Errorf("%s: jobs %v, statuses %v", wire, ids, statuses)
		}
	}
	for _, task := range []string{"t-1", "t-2"} {
		if got := p.Tasks()[task]; got.Tries != 1 || got.Accepted != 1 {
			t.Errorf("%s: %+v", task, got)
		}
	}
}
