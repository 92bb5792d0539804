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
	if e.Status.Word != "error" {
		return engine.Status{}, engine.InvalidResponseError("a status %q", e.Status.Word)
	}
	bad := &engine.Error{Class: engine.Refused, Reason: task.Internal, Detail: "the workflow failed"}
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
			bad.Detail = fmt.Sprintf("node %s (%s): %s", data.NodeID, data.NodeType, strings.TrimSpace(data.Exception))
			bad.Reason = reasonOf(strings.ToLower(data.Exception))
		}
	}
	// The same workflow needs the same memory again.
	return engine.Status{State: task.Failed, Failure: bad.Failure(), Final: bad.Reason == task.VendorUnavailable}, nil
}

// reasonOf classifies the exception of a node. Nodes that call a vendor's API pass on the vendor's own words.
func reasonOf(raised string) task.Reason {
	for _, words := range []string{"safety", "moderat", "content polic", "sensitive content", "nsfw"} {
		if strings.Contains(raised, words) {
			return task.SafetyInputText
		}
	}
	if strings.Contains(raised, "out of memory") {
		return task.VendorUnavailable
	}
	return task.Internal
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
			if json.Unmarshal(kinds[kind], &some) == nil {
				all = append(all, some...)
			}
		}
	}
	return all
}

// video returns the path of the first saved MP4, or of the first video in another container, which the gateway converts;
// "" if there is no video.
func (e entry) video() string {
	for _, endings := range []string{".mp4", ".m4v .mov .webm .mkv .avi"} {
		for _, f := range e.files() {
			if f.Type == "output" && slices.Contains(strings.Fields(endings), strings.ToLower(path.Ext(f.Filename))) {
				return "/view?" + url.Values{"filename": {f.Filename}, "subfolder": {f.Subfolder}, "type": {f.Type}}.Encode()
			}
		}
	}
	return ""
}

// noVideoStatus returns the status of a job that succeeded according to the server but saved no video. It is final: the
// history will not change, and the same workflow would save nothing again.
func (e entry) noVideoStatus() engine.Status {
	seen := "it has no outputs: either no node saves a video, or every result was taken from the server's cache"
	if files := e.files(); len(files) > 0 {
		var names []string
		for _, f := range files[:min(len(files), 5)] {
			names = append(names, f.Filename+" ("+f.Type+")")
		}
		seen = "of its outputs none is a saved video: " + strings.Join(names, ", ")
	}
	return engine.Status{State: task.Failed, Final: true, Failure: &task.Failure{
		Reason: task.BadOutput, Text: "The workflow saved no video.", Detail: seen,
	}}
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
	e := &engine.Error{Class: engine.Refused, Reason: task.Internal, Detail: strings.Join(all, "; ")}
	if len(resp.Nodes) > 0 {
		e.Class, e.Reason, e.Text = engine.ModelError, "", "ComfyUI refused the workflow: the operator of this server must mend it."
	}
	return e
}
