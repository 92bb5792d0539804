package fakevendor

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// lightx2v is LightX2V's server (lightx2v/server, as of 2026-09-15) behind a proxy that needs a key.
func lightx2v() wire {
	return wire{
		name: "lightx2v", authorized: bearer,
		errorBody: func(_ int, text string) any { return map[string]string{"detail": text} },
		routes: map[string]func(*request){
			"GET /service/metadata": func(req *request) {
				req.answer(http.StatusOK, map[string]any{"nproc_per_node": 1, "model_cls": "wan2.1", "model_path": "/models/Wan2.1-T2V-14B"})
			},
			"POST /tasks/video/{$}":   lightx2vSubmit,
			"GET /tasks/{id}/status":  lightx2vPoll,
			"GET /tasks/{id}/result":  lightx2vResult,
			"DELETE /tasks/{id}":      lightx2vCancel,
			"GET /tasks/queue/status": lightx2vQueue,
		},
	}
}

// lightx2vTask is what a create may have; the server refuses other names.
type lightx2vTask struct {
	ID       string `json:"task_id"`
	Prompt   string `json:"prompt"`
	Negative string `json:"negative_prompt"`
	Image    string `json:"image_path"`
	Last     string `json:"last_frame_path"`
	Size     []int  `json:"size"`
	Frames   int    `json:"num_frames"`
	Seed     int64  `json:"seed"`
	File     string `json:"save_result_path"`
}

func lightx2vSubmit(req *request) {
	var in lightx2vTask
	d := json.NewDecoder(req.r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		req.answer(http.StatusUnprocessableEntity, map[string]any{"detail": []any{map[string]any{"loc": []string{"body"}, "msg": err.Error()}}})
		return
	}
	if in.Size != nil && len(in.Size) != 2 || in.Frames < 0 || in.Frames > 0 && in.Frames%4 != 1 {
		req.refuse(http.StatusInternalServerError, "size is height and width, and num_frames is 4n+1")
		return
	}
	if slices.ContainsFunc(req.jobs(), func(j *job) bool { return in.ID != "" && j.id == in.ID }) {
		req.answer(http.StatusServiceUnavailable, map[string]string{"detail": "Task ID " + in.ID + " already exists"})
		return
	}
	s := submission{wantedID: in.ID, prompt: in.Prompt, image: in.Image != "", echo: map[string]any{"file": in.File}}
	if j, ok := req.submit(s); ok {
		req.answer(http.StatusOK, map[string]string{"task_id": j.id, "task_status": "pending", "save_result_path": in.File})
	}
}

func lightx2vPoll(req *request) {
	if j := req.find(req.r.PathValue("id")); j != nil {
		req.answerPoll(j, http.StatusOK, lightx2vStatus(req, j))
	}
}

// lightx2vStatus encodes a task.
func lightx2vStatus(req *request, j *job) map[string]any {
	s := req.statusOf(j)
	out := map[string]any{
		"task_id": j.id, "start_time": j.started.Format("2006-01-02T15:04:05.000000"), "end_time": nil, "error": nil, "error_type": "",
		"status": req.status(j, s, [5]string{"pending", "processing", "completed", "failed", "cancelled"}), "save_result_path": j.echo["file"],
	}
	if s.phase >= done {
		out["end_time"] = req.v.opts.Now().Format(time.RFC3339)
	}
	switch {
	case s.phase == done && req.hasFault(j, "nofile"):
		out["save_result_path"] = nil
	case s.phase == failed:
		out["error"], out["error_type"] = "CUDA out of memory. Tried to allocate 2.00 GiB", "OutOfMemoryError"
		if strings.HasPrefix(s.reason, "SAFETY") { // a proxy's: the server has no filter
			out["error"], out["error_type"] = "the prompt was blocked by the safety filter", "ValueError"
		}
	case s.phase == cancelled:
		out["error"] = "Task cancelled by user"
	}
	return out
}

func lightx2vResult(req *request) {
	j := req.find(req.r.PathValue("id"))
	switch {
	case j == nil:
	case req.statusOf(j).phase != done:
		req.refuse(http.StatusNotFound, "Task not completed")
	case j.echo["file"] == "" || req.hasFault(j, "nofile"):
		req.refuse(http.StatusNotFound, "Task result file does not exist")
	default:
		req.serveVideo(j)
	}
}

// lightx2vCancel answers with 200 whatever it finds.
func lightx2vCancel(req *request) {
	for _, j := range req.jobs() {
		if j.id == req.r.PathValue("id") && (j.faults.has("late-cancel") || req.cancelJob(j)) {
			req.answer(http.StatusOK, map[string]string{"stop_status": "success", "reason": "Task stopped successfully."})
			return
		}
	}
	req.answer(http.StatusOK, map[string]string{"stop_status": "do_nothing", "reason": "Task not found or already completed."})
}

func lightx2vQueue(req *request) {
	const size = 10
	pending, active := 0, 0
	for _, j := range req.jobs() {
		switch req.statusOf(j).phase {
		case waiting:
			pending++
			active++
		case running:
			active++
		}
	}
	req.answer(http.StatusOK, map[string]any{
		"is_processing": active > pending, "current_task": nil, "pending_count": pending, "active_count": active, "queue_size": size, "queue_available": size - active,
	})
}
