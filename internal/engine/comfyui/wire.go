package comfyui

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// queue holds the running and the waiting jobs.
type queue struct {
	Running []queueItem `json:"queue_running"`
	Pending []queueItem `json:"queue_pending"`
}

// position returns how many jobs of the list are ahead of the job; ok is false if the job is not in the list.
func (queue) position(list []queueItem, id string) (ahead int, ok bool) {
	i := slices.IndexFunc(list, func(i queueItem) bool { return i.id == id })
	if i < 0 {
		return 0, false
	}
	for _, other := range list {
		if other.number < list[i].number {
			ahead++
		}
	}
	return ahead, true
}

// queueItem is one job. On the wire it is a list: number, id, workflow, extra data, outputs.
type queueItem struct {
	number   float64
	id       string
	clientID string
}

// UnmarshalJSON reads the list. It never fails, so that an unreadable item does not hide the others.
func (i *queueItem) UnmarshalJSON(b []byte) error {
	var list []json.RawMessage
	_ = json.Unmarshal(b, &list)
	if len(list) < 2 {
		return nil
	}
	_ = json.Unmarshal(list[1], &i.id)     // without an id it is not our job
	_ = json.Unmarshal(list[0], &i.number) // without a number only its position is unknown
	var extra struct {
		ClientID string `json:"client_id"`
	}
	if len(list) > 3 && json.Unmarshal(list[3], &extra) == nil {
		i.clientID = extra.ClientID
	}
	return nil
}

// entry is a job in the history.
type entry struct {
	Prompt  queueItem                  `json:"prompt"`
	Outputs map[string]json.RawMessage `json:"outputs"` // by node id
	Status  *entryStatus               `json:"status"`  // nil from servers before 2024
}

type file struct {
	Filename  string `json:"filename"`
	Subfolder string `json:"subfolder"`
	Type      string `json:"type"` // output or temp

	animated bool // the server says that it moves, of a picture's file
}

type entryStatus struct {
	Word     string              `json:"status_str"` // success or error
	Messages [][]json.RawMessage `json:"messages"`   // pairs of name and data
}

// status returns the status of the finished job.
func (e entry) status() (engine.Status, error) {
	if e.Status == nil || e.Status.Word == "success" {
		return engine.Status{State: task.Succeeded, Progress: 1}, nil
	}
	if s, err := engine.StateOf(e.Status.Word, nil); err != nil || s != task.Failed {
		return engine.Status{State: s}, err
	}
	bad := engine.WorkflowError("", "", "")
	bad.Detail = "the workflow failed"
	for _, m := range e.Status.Messages {
		var name string
		var data struct {
			NodeID    string `json:"node_id"`
			NodeType  string `json:"node_type"`
			Exception string `json:"exception_message"`
		}
		if len(m) < 2 || json.Unmarshal(m[0], &name) != nil || json.Unmarshal(m[1], &data) != nil {
			continue
		}
		switch name {
		case "execution_interrupted":
			return engine.Status{State: task.Cancelled}, nil
		case "execution_error":
			bad = engine.WorkflowError(data.NodeID, data.NodeType, data.Exception)
		}
	}
	// The same workflow needs the same memory again.
	return engine.Status{State: task.Failed, Failure: bad.Failure(), Final: bad.Text != ""}, nil
}

// files returns the files that the nodes list as videos, gifs or images, where they put videos, in the order of node ids.
func (e entry) files() []file {
	var all []file
	for _, node := range slices.Sorted(maps.Keys(e.Outputs)) {
		var kinds map[string]json.RawMessage
		if json.Unmarshal(e.Outputs[node], &kinds) != nil {
			continue
		}
		for _, kind := range []string{"videos", "gifs", "images"} {
			var some []file
			if json.Unmarshal(kinds[kind], &some) != nil {
				continue
			}
			var moves []bool
			_ = json.Unmarshal(kinds["animated"], &moves) // absent of most nodes
			for i := range some {
				some[i].animated = i < len(moves) && moves[i]
			}
			all = append(all, some...)
		}
	}
	return all
}

// video returns the path of the first saved video, as by [engine.FirstVideo]; "" if there is none. A WebP counts if it moves.
func (e entry) video() string {
	files := slices.DeleteFunc(e.files(), func(f file) bool {
		return f.Type != "output" || strings.EqualFold(path.Ext(f.Filename), ".webp") && !f.animated
	})
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = f.Filename
	}
	i := engine.FirstVideo(names)
	if i < 0 {
		return ""
	}
	f := files[i]
	return "/view?" + url.Values{"filename": {f.Filename}, "subfolder": {f.Subfolder}, "type": {f.Type}}.Encode()
}

// seen lists the files that the workflow left, for an error.
func (e entry) seen() []string {
	var out []string
	for _, f := range e.files() {
		out = append(out, f.Filename+" ("+f.Type+")")
	}
	return out
}

// errorOf reads the server's validation errors of a workflow, so that the operator's log names the nodes and inputs instead
// of quoting the beginning of a long response. The workflow is the operator's: another engine may do what this one can't.
func errorOf(status int, body []byte, _ http.Header) *engine.Error {
	type validationError struct {
		Message string `json:"message"`
		Details string `json:"details"`
	}
	var resp struct {
		Error validationError `json:"error"`
		Nodes map[string]struct {
			Class  string            `json:"class_type"`
			Errors []validationError `json:"errors"`
		} `json:"node_errors"`
	}
	if status != http.StatusBadRequest || !engine.DecodeObject(body, &resp) || resp.Error.Message == "" {
		return nil
	}
	all := []string{resp.Error.Message}
	for _, id := range slices.Sorted(maps.Keys(resp.Nodes)) {
		for _, f := range resp.Nodes[id].Errors {
			all = append(all, fmt.Sprintf("node %s (%s): %s: %s", id, resp.Nodes[id].Class, f.Message, f.Details))
		}
	}
	e := &engine.Error{Class: engine.Refused, Detail: strings.Join(all, "; ")}
	if len(resp.Nodes) > 0 {
		e.Class, e.Reason, e.Text = engine.ModelError, "", "The operator of this server must mend its workflow; until then, ask for another model."
	}
	return e
}
