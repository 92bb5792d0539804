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

// queue is what runs and what waits.
type queue struct {
	Running []queueItem `json:"queue_running"`
	Pending []queueItem `json:"queue_pending"`
}

// position finds work in one of the lists, and how many have a smaller number.
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

// queueItem is one piece of work: a list of number, id, workflow, extra data, and outputs.
type queueItem struct {
	number   float64
	id       string
	clientID string
}

// UnmarshalJSON reads what we need of the list. One that can't be read is nobody's: it must not hide the others.
func (i *queueItem) UnmarshalJSON(b []byte) error {
	var list []json.RawMessage
	_ = json.Unmarshal(b, &list)
	if len(list) < 2 {
		return nil
	}
	_ = json.Unmarshal(list[1], &i.id)     // without an id it is no work of ours
	_ = json.Unmarshal(list[0], &i.number) // without it the work's place in the queue is not known, and it is there all the same
	var extra struct {
		ClientID string `json:"client_id"`
	}
	if len(list) > 3 && json.Unmarshal(list[3], &extra) == nil {
		i.clientID = extra.ClientID
	}
	return nil
}

// entry is work in the history.
type entry struct {
	Prompt  queueItem                  `json:"prompt"`
	Outputs map[string]json.RawMessage `json:"outputs"` // by node
	Status  *entryStatus               `json:"status"`  // servers before 2024 tell none
}

type file struct {
	Filename  string `json:"filename"`
	Subfolder string `json:"subfolder"`
	Type      string `json:"type"` // output or temp
}

type entryStatus struct {
	Word     string              `json:"status_str"` // success or error
	Messages [][]json.RawMessage `json:"messages"`   // pairs of a name and its data
}

// status tells how the work ended.
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
	return engine.Status{State: task.Failed, Failure: bad.Failure()}, nil
}

// reasonOf sorts what a node raised. Nodes that call a vendor's API pass its content rules on in its own words.
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

// files are all that the workflow's nodes tell of, in the order of the nodes. They put videos under videos, gifs or images,
// and other things beside.
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

// video is the path to the first MP4 that was saved, else to the first video in another container, which whoever takes it
// in converts; "" where there is none.
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

// noVideoStatus is how work ended that succeeded by the server's word and saved no video. The history does not change any
// more, and the same workflow would do the same again.
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

// errorOf says in the operator's log what the server has against a workflow: what is wrong with which node's input, not the
// beginning of a long answer.
func errorOf(status int, body []byte, _ http.Header) *engine.Error {
	type fault struct {
		Message string `json:"message"`
		Details string `json:"details"`
	}
	var resp struct {
		Error fault `json:"error"`
		Nodes map[string]struct {
			Class  string  `json:"class_type"`
			Errors []fault `json:"errors"`
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
	return &engine.Error{Class: engine.Refused, Reason: task.Internal, Detail: strings.Join(all, "; ")}
}
