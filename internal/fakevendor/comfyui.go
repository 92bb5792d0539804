package fakevendor

import (
	"encoding/base64"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// comfyui is a ComfyUI server behind a proxy that needs a key.
func comfyui() wire {
	return wire{
		name: "comfyui", authorized: bearer,
		errorBody: func(_ int, text string) any {
			return map[string]any{"error": map[string]any{"type": "invalid_prompt", "message": text, "details": "", "extra_info": map[string]any{}}, "node_errors": map[string]any{}}
		},
		routes: map[string]func(*request){
			"GET /system_stats": func(req *request) {
				req.answer(http.StatusOK, map[string]any{"system": map[string]any{"os": "posix", "comfyui_version": "0.3.75"},
					"devices": []any{map[string]any{"name": "cuda:0 Fake", "type": "cuda", "index": 0, "vram_total": 24 << 30, "vram_free": 20 << 30}}})
			},
			"POST /prompt":       comfySubmit,
			"GET /queue":         comfyQueue,
			"POST /queue":        comfyDelete,
			"POST /interrupt":    comfyInterrupt,
			"GET /history":       comfyHistory,
			"GET /history/{id}":  comfyPoll,
			"POST /upload/image": comfyUpload,
			"GET /view":          comfyView,
		},
	}
}

// comfyGraph is a workflow in the API's format.
type comfyGraph map[string]struct {
	ClassType string         `json:"class_type"`
	Inputs    map[string]any `json:"inputs"`
}

// text returns the first text of a node.
func (g comfyGraph) text() string {
	for _, id := range slices.Sorted(maps.Keys(g)) {
		if text, ok := g[id].Inputs["text"].(string); ok {
			return text
		}
	}
	return ""
}

// saves reports whether a node saves what was made.
func (g comfyGraph) saves() bool {
	for _, n := range g {
		if strings.HasPrefix(n.ClassType, "Save") {
			return true
		}
	}
	return false
}

// uuid is the form of a prompt_id.
var uuid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

func comfySubmit(req *request) {
	var in struct {
		Prompt   comfyGraph `json:"prompt"`
		PromptID string     `json:"prompt_id"`
		ClientID string     `json:"client_id"`
	}
	if !req.json(&in) {
		return
	}
	if in.PromptID != "" && !uuid.MatchString(in.PromptID) {
		req.refuse(http.StatusBadRequest, "prompt_id must be a valid UUID")
		return
	}
	s := submission{wantedID: in.PromptID, prompt: in.Prompt.text(), echo: map[string]any{"client_id": in.ClientID}}
	s.inputs = req.comfyInputs(in.Prompt)
	if !in.Prompt.saves() {
		req.refuse(http.StatusBadRequest, "Prompt has no outputs")
		return
	}
	if j, ok := req.submit(s); ok {
		req.answer(http.StatusOK, map[string]any{"prompt_id": j.id, "number": j.n, "node_errors": map[string]any{}})
	}
}

// comfyInputs returns what a workflow says of sound and of references: a switch, and files that were uploaded as references.
func (req *request) comfyInputs(g comfyGraph) Inputs {
	var out Inputs
	req.v.mu.Lock()
	defer req.v.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(g)) {
		n := g[id]
		if on, ok := n.Inputs["generate_audio"].(bool); ok {
			out.Sound = &on
		}
		image, recording := comfyFile(n.Inputs["image"]), comfyFile(n.Inputs["audio"])
		if n.ClassType == "LoadImage" && strings.Contains(image, "reference") {
			out.Images = append(out.Images, req.v.uploads[image])
		}
		if n.ClassType == "LoadAudio" && strings.Contains(recording, "reference") {
			out.Recordings = append(out.Recordings, req.v.uploads[recording])
		}
	}
	return out
}

// comfyFile returns what names a file in a workflow: its name, or the id of a reference to an asset.
func comfyFile(input any) string {
	if ref, ok := input.(map[string]any); ok {
		info, _ := ref["info"].(map[string]any)
		return text(info, "id")
	}
	name, _ := input.(string)
	return name
}

// comfyItem encodes a job as the queue and the history have it.
func comfyItem(j *job) []any {
	return []any{j.n, j.id, map[string]any{}, j.echo, []string{"60"}}
}

func comfyQueue(req *request) {
	lists := map[phase][]any{waiting: {}, running: {}}
	for _, j := range req.jobs() {
		if s := req.statusOf(j); s.phase <= running && !req.hasFault(j, "lost") {
			lists[s.phase] = append(lists[s.phase], comfyItem(j))
		}
	}
	req.answer(http.StatusOK, map[string]any{"queue_running": lists[running], "queue_pending": lists[waiting]})
}

func comfyDelete(req *request) {
	var in struct {
		Delete []string `json:"delete"`
	}
	if !req.json(&in) {
		return
	}
	for _, j := range req.jobs() {
		if slices.Contains(in.Delete, j.id) && req.statusOf(j).phase == waiting && !j.faults.has("late-cancel") {
			req.delete(j) // a job that was only queued leaves no trace
		}
	}
	req.answer(http.StatusOK, nil)
}

func comfyInterrupt(req *request) {
	var in struct {
		PromptID string `json:"prompt_id"`
	}
	if !req.json(&in) {
		return
	}
	for _, j := range req.jobs() {
		if req.statusOf(j).phase == running && (in.PromptID == "" || in.PromptID == j.id) {
			req.cancelJob(j)
		}
	}
	req.answer(http.StatusOK, nil)
}

// comfyEntry encodes an ended job as the history has it; nil if it has not ended.
func comfyEntry(req *request, j *job) map[string]any {
	s := req.statusOf(j)
	if req.hasFault(j, "unheard") {
		return map[string]any{"prompt": comfyItem(j), "outputs": map[string]any{}, "status": map[string]any{"status_str": "whatever", "completed": false}}
	}
	if s.phase < done || req.hasFault(j, "lost") {
		return nil
	}
	message := func(name string, more map[string]any) []any { return []any{name, more} }
	messages := []any{message("execution_start", map[string]any{"prompt_id": j.id, "timestamp": j.started.UnixMilli()})}
	outputs := map[string]any{"52": map[string]any{"text": []string{"not a file"}}}
	word := "error"
	switch s.phase {
	case done:
		word = "success"
		if link := req.link(j); link != "" {
			outputs["60"] = map[string]any{
				"images": []any{map[string]string{"filename": j.id + ".mp4", "subfolder": "video", "type": "output"}}, "animated": []bool{true},
			}
		}
	case cancelled:
		messages = append(messages, message("execution_interrupted", map[string]any{"prompt_id": j.id, "node_id": "3"}))
	default:
		text := "Something went wrong in the sampler"
		if strings.HasPrefix(s.reason, "SAFETY") {
			text = "The prompt was refused by the safety checker"
		}
		messages = append(messages, message("execution_error", map[string]any{"node_id": "3", "node_type": "KSampler", "exception_message": text}))
	}
	return map[string]any{
		"prompt": comfyItem(j), "outputs": outputs, "meta": map[string]any{},
		"status": map[string]any{"status_str": word, "completed": s.phase == done, "messages": messages},
	}
}

func comfyHistory(req *request) {
	out := map[string]any{}
	for _, j := range req.jobs() {
		if e := comfyEntry(req, j); e != nil {
			out[j.id] = e
		}
	}
	req.answer(http.StatusOK, out)
}

// comfyPoll answers with an empty object for a job that has not ended or does not exist.
func comfyPoll(req *request) {
	for _, j := range req.jobs() {
		if j.id != req.r.PathValue("id") {
			continue
		}
		req.setTask(j.task)
		out := map[string]any{}
		if e := comfyEntry(req, j); e != nil {
			out[j.id] = e
		}
		req.answerPoll(j, http.StatusOK, out)
		return
	}
	req.answer(http.StatusOK, map[string]any{})
}

func comfyUpload(req *request) {
	f, head, err := req.r.FormFile("image")
	if err != nil {
		req.refuse(http.StatusBadRequest, "image is needed")
		return
	}
	b, err := io.ReadAll(f)
	_ = f.Close()
	if err != nil {
		req.refuse(http.StatusBadRequest, "image is cut: %v", err)
		return
	}
	req.v.mu.Lock()
	req.v.uploads[req.r.FormValue("subfolder")+"/"+head.Filename] = base64.StdEncoding.EncodeToString(b)
	req.v.mu.Unlock()
	req.answer(http.StatusOK, map[string]string{"name": head.Filename, "subfolder": req.r.FormValue("subfolder"), "type": "input"})
}

func comfyView(req *request) {
	q := req.r.URL.Query()
	j := req.find(strings.TrimSuffix(q.Get("filename"), ".mp4"))
	switch {
	case j == nil:
	case q.Get("subfolder") != "video" || q.Get("type") != "output":
		req.refuse(http.StatusNotFound, "no such file")
	default:
		req.serveVideo(j)
	}
}
