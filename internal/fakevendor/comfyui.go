package fakevendor

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// comfyui is a ComfyUI server, behind a proxy that wants a key.
func comfyui() wire {
	return wire{
		name: "comfyui", proves: bearer,
		refusal: func(_ int, text string) any {
			return map[string]any{"error": map[string]any{"type": "invalid_prompt", "message": text, "details": "", "extra_info": map[string]any{}}, "node_errors": map[string]any{}}
		},
		routes: map[string]func(*ask){
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

// uuid is what a prompt_id must look like.
var uuid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

func comfySubmit(a *ask) {
	var in struct {
		Prompt map[string]struct {
			ClassType string         `json:"class_type"`
			Inputs    map[string]any `json:"inputs"`
		} `json:"prompt"`
		PromptID string `json:"prompt_id"`
		ClientID string `json:"client_id"`
	}
	if !a.json(&in) {
		return
	}
	if in.PromptID != "" && !uuid.MatchString(in.PromptID) {
		a.refuse(http.StatusBadRequest, "prompt_id must be a valid UUID")
		return
	}
	s := submission{named: in.PromptID, echo: map[string]any{"client_id": in.ClientID}}
	saves := false
	for _, id := range slices.Sorted(maps.Keys(in.Prompt)) {
		n := in.Prompt[id]
		if text, ok := n.Inputs["text"].(string); ok && s.prompt == "" {
			s.prompt = text
		}
		saves = saves || strings.HasPrefix(n.ClassType, "Save")
	}
	if !saves {
		a.refuse(http.StatusBadRequest, "Prompt has no outputs")
		return
	}
	if j, ok := a.submit(s); ok {
		a.answer(http.StatusOK, map[string]any{"prompt_id": j.id, "number": j.n, "node_errors": map[string]any{}})
	}
}

// comfyItem is a job as the queue and the history hold it.
func comfyItem(j *job) []any {
	return []any{j.n, j.id, map[string]any{}, j.echo, []string{"60"}}
}

func comfyQueue(a *ask) {
	lists := map[phase][]any{waiting: {}, running: {}}
	for _, j := range a.all() {
		if s := a.stand(j); s.phase <= running && !a.has(j, "lost") {
			lists[s.phase] = append(lists[s.phase], comfyItem(j))
		}
	}
	a.answer(http.StatusOK, map[string]any{"queue_running": lists[running], "queue_pending": lists[waiting]})
}

func comfyDelete(a *ask) {
	var in struct {
		Delete []string `json:"delete"`
	}
	if !a.json(&in) {
		return
	}
	for _, j := range a.all() {
		if slices.Contains(in.Delete, j.id) && a.stand(j).phase == waiting && !j.script.has("late-cancel") {
			a.forget(j) // what was only queued leaves no trace
		}
	}
	a.answer(http.StatusOK, nil)
}

func comfyInterrupt(a *ask) {
	var in struct {
		PromptID string `json:"prompt_id"`
	}
	if !a.json(&in) {
		return
	}
	for _, j := range a.all() {
		if a.stand(j).phase == running && (in.PromptID == "" || in.PromptID == j.id) {
			a.cancel(j)
		}
	}
	a.answer(http.StatusOK, nil)
}

// comfyEntry is a job that has ended, as the history tells it; nil where it has not.
func comfyEntry(a *ask, j *job) map[string]any {
	s := a.stand(j)
	if a.has(j, "unheard") {
		return map[string]any{"prompt": comfyItem(j), "outputs": map[string]any{}, "status": map[string]any{"status_str": "whatever", "completed": false}}
	}
	if s.phase < done || a.has(j, "lost") {
		return nil
	}
	message := func(name string, more map[string]any) []any { return []any{name, more} }
	messages := []any{message("execution_start", map[string]any{"prompt_id": j.id, "timestamp": j.begun.UnixMilli()})}
	outputs := map[string]any{"52": map[string]any{"text": []string{"not a file"}}}
	word := "error"
	switch s.phase {
	case done:
		word = "success"
		if link := a.link(j); link != "" {
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

func comfyHistory(a *ask) {
	out := map[string]any{}
	for _, j := range a.all() {
		if e := comfyEntry(a, j); e != nil {
			out[j.id] = e
		}
	}
	a.answer(http.StatusOK, out)
}

// comfyPoll answers an empty object for what has not ended or never was.
func comfyPoll(a *ask) {
	for _, j := range a.all() {
		if j.id != a.r.PathValue("id") {
			continue
		}
		a.task(j.task)
		out := map[string]any{}
		if e := comfyEntry(a, j); e != nil {
			out[j.id] = e
		}
		a.about(j, http.StatusOK, out)
		return
	}
	a.answer(http.StatusOK, map[string]any{})
}

func comfyUpload(a *ask) {
	f, head, err := a.r.FormFile("image")
	if err != nil {
		a.refuse(http.StatusBadRequest, "image is needed")
		return
	}
	_ = f.Close()
	a.answer(http.StatusOK, map[string]string{"name": head.Filename, "subfolder": a.r.FormValue("subfolder"), "type": "input"})
}

func comfyView(a *ask) {
	q := a.r.URL.Query()
	j := a.find(strings.TrimSuffix(q.Get("filename"), ".mp4"))
	switch {
	case j == nil:
	case q.Get("subfolder") != "video" || q.Get("type") != "output":
		a.refuse(http.StatusNotFound, "no such file")
	default:
		a.film(j)
	}
}
