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

	"github.com/filmgate/filmgate/engine"
	"github.com/filmgate/filmgate/task"
)

// queue is what runs and what waits.
type queue struct {
	Running []item `json:"queue_running"`
	Pending []item `json:"queue_pending"`
}

// at finds work in one of the lists, and how many have a smaller number.
func (queue) at(list []item, id string) (ahead int, ok bool) {
	i := slices.IndexFunc(list, func(i item) bool { return i.id == id })
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

// item is one piece of work: a list of number, id, workflow, extra data, and outputs.
type item struct {
	number float64
	id     string
	client string
}

// UnmarshalJSON reads what we need of the list.
func (i *item) UnmarshalJSON(b []byte) error {
	var list []json.RawMessage
	if err := json.Unmarshal(b, &list); err != nil {
		return err
	}
	if len(list) < 2 {
		return fmt.Errorf("a piece of work with %d parts", len(list))
	}
	var extra struct {
		ClientID string `json:"client_id"`
	}
	if len(list) > 3 && json.Unmarshal(list[3], &extra) == nil {
		i.client = extra.ClientID
	}
	if err := json.Unmarshal(list[0], &i.number); err != nil {
		return err
	}
	return json.Unmarshal(list[1], &i.id)
}

// entry is work in the history.
type entry struct {
	Prompt  item                  `json:"prompt"`
	Outputs map[string]nodeOutput `json:"outputs"` // by node
	Status  *ending               `json:"status"`  // servers before 2024 tell none
}

// nodeOutput is a node's files by their kind. Nodes put videos under videos, gifs or images, and other things beside.
type nodeOutput map[string]json.RawMessage

type file struct {
	Filename  string `json:"filename"`
	Subfolder string `json:"subfolder"`
	Type      string `json:"type"` // output or temp
}

type ending struct {
	Word     string              `json:"status_str"` // success or error
	Messages [][]json.RawMessage `json:"messages"`   // pairs of a name and its data
}

// status tells how the work ended.
func (e entry) status() (engine.Status, error) {
	if e.Status == nil || e.Status.Word == "success" {
		return engine.Status{State: task.Succeeded, Progress: 1}, nil
	}
	if e.Status.Word != "error" {
		return engine.Status{}, engine.Nonsense("a status %q", e.Status.Word)
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
			bad.Reason = reason(strings.ToLower(data.Exception))
		}
	}
	return engine.Status{State: task.Failed, Failure: bad.Failure()}, nil
}

// reason sorts what a node raised. Nodes that call a vendor's API pass its content rules on in its own words.
func reason(raised string) task.Reason {
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

// video is the path to the first MP4 that was saved; "" where there is none.
func (e entry) video() string {
	for _, node := range slices.Sorted(maps.Keys(e.Outputs)) {
		for _, kind := range []string{"videos", "gifs", "images"} {
			var files []file
			if json.Unmarshal(e.Outputs[node][kind], &files) != nil {
				continue
			}
			for _, f := range files {
				if f.Type == "output" && strings.EqualFold(path.Ext(f.Filename), ".mp4") {
					return "/view?" + url.Values{"filename": {f.Filename}, "subfolder": {f.Subfolder}, "type": {f.Type}}.Encode()
				}
			}
		}
	}
	return ""
}

// refused says in the operator's log what the server has against a workflow: what is wrong with which node's input, not the
// beginning of a long answer.
func refused(status int, body []byte, _ http.Header) *engine.Error {
	type fault struct {
		Message string `json:"message"`
		Details string `json:"details"`
	}
	var said struct {
		Error fault `json:"error"`
		Nodes map[string]struct {
			Class  string  `json:"class_type"`
			Errors []fault `json:"errors"`
		} `json:"node_errors"`
	}
	if status != http.StatusBadRequest || !engine.Reads(body, &said) || said.Error.Message == "" {
		return nil
	}
	all := []string{said.Error.Message}
	for _, id := range slices.Sorted(maps.Keys(said.Nodes)) {
		for _, f := range said.Nodes[id].Errors {
			all = append(all, fmt.Sprintf("node %s (%s): %s: %s", id, said.Nodes[id].Class, f.Message, f.Details))
		}
	}
	return &engine.Error{Class: engine.Refused, Reason: task.Internal, Detail: strings.Join(all, "; ")}
}
