package comfy

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// errKeyUsed says that the Idempotency-Key was used.
var errKeyUsed = errors.New("comfy: the Idempotency-Key was used")

// create is the body of POST /jobs.
type create struct {
	Workflow engine.WorkflowGraph `json:"workflow"`
	Extra    *extraData           `json:"extra_data,omitempty"`
	Metadata string               `json:"metadata,omitempty"` // comfy-api-proxy keeps it
}

type extraData struct {
	Key string `json:"api_key_comfy_org"`
}

// asset is a reference to an upload.
type asset struct {
	Type string `json:"__type"`
	Info struct {
		ID string `json:"id"`
	} `json:"info"`
}

// jobState holds the fields of a job that are read.
type jobState struct {
	ID       string   `json:"id"`
	Status   string   `json:"status"`
	Queue    int      `json:"queue_position"`
	Progress progress `json:"progress"`
	Outputs  []output `json:"outputs"`
	Error    jobError `json:"error"`
	Metadata label    `json:"metadata"`
}

// label is a text of the caller's. Deployments have an object in its place, which is not read.
type label string

// UnmarshalJSON reads a text, and anything else as "".
func (l *label) UnmarshalJSON(b []byte) error {
	var text string
	_ = json.Unmarshal(b, &text)
	*l = label(text)
	return nil
}

type progress struct {
	Value   float64 `json:"value"` // 0..1
	Message string  `json:"message"`
}

type output struct {
	Name string `json:"name"`
	Kind string `json:"type"` // image, video, audio, …
	Type string `json:"content_type"`
	URL  string `json:"url"` // a whole one, or a path on the host
}

type jobError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Node    string `json:"node_id"`
	Class   string `json:"class_type"`
}

// stateTable maps Comfy's states to ours. A job that is being cancelled still runs.
func stateTable() map[string]task.State {
	return map[string]task.State{
		"queued": task.Pending, "running": task.Running, "canceling": task.Running, "succeeded": task.Succeeded, "canceled": task.Cancelled, "failed": task.Failed,
	}
}

// expired is the state of a job that its server has forgotten: a proxy says so after ComfyUI was restarted.
const expired = "expired"

// mayYield reports whether the job can still make a video, or has made one.
func (j jobState) mayYield() bool {
	s, err := engine.StateOf(j.Status, stateTable())
	return j.Status != expired && (err != nil || s != task.Failed && s != task.Cancelled)
}

// status returns the status that the job reports, and the link to its video. A failure is final: the same workflow would fail again,
// and the key of the job works once.
func (j jobState) status() (st engine.Status, link string, err error) {
	if j.Status == expired {
		return st, "", &engine.Error{Class: engine.NotFound, Reason: task.VendorUnavailable, JobOnly: true, Detail: "the job has expired"}
	}
	if st.State, err = engine.StateOf(j.Status, stateTable()); err != nil {
		return st, "", err
	}
	st.Progress, st.Text = min(max(j.Progress.Value, 0), 1), j.Progress.Message
	switch st.State {
	case task.Pending:
		if j.Queue > 1 {
			st.Text = fmt.Sprintf("%d ahead in the queue", j.Queue-1)
		}
	case task.Failed:
		st.Failure, st.Final = j.Error.failure(), true
	case task.Succeeded:
		st.Progress = 1
		if link = j.video(); link == "" {
			st = engine.NoVideoSaved(j.seen())
		}
	}
	return st, link, nil
}

// video returns the link to the first saved video; "" if there is none.
func (j jobState) video() string {
	names := make([]string, len(j.Outputs))
	for i, o := range j.Outputs {
		if o.Type != "image/webp" || o.Kind == "video" { // else it is a still picture
			names[i] = o.Name
		}
	}
	i := engine.FirstVideo(names)
	if i < 0 {
		i = slices.IndexFunc(j.Outputs, func(o output) bool { return strings.HasPrefix(o.Type, "video/") })
	}
	if i < 0 {
		return ""
	}
	return j.Outputs[i].URL
}

// seen lists the outputs, for an error.
func (j jobState) seen() []string {
	var out []string
	for _, o := range j.Outputs {
		out = append(out, o.Name+" ("+o.Type+")")
	}
	return out
}

// failure returns the failure of a job that failed.
func (e jobError) failure() *task.Failure {
	if e.Node != "" || e.Class != "" {
		return engine.WorkflowError(e.Node, e.Class, e.Message).Failure()
	}
	bad := engine.WorkflowError("", "", e.Message)
	bad.Detail = e.Code + ": " + e.Message
	return bad.Failure()
}

// errorOf classifies the codes that the status does not tell.
func errorOf(_ int, body []byte, _ http.Header) *engine.Error {
	var resp struct {
		Error struct {
			Code    string `json:"code"`
			Message string `json:"message"`
			Details struct {
				Nodes map[string]json.RawMessage `json:"node_errors"`
			} `json:"details"`
		} `json:"error"`
	}
	if !engine.DecodeObject(body, &resp) {
		return nil
	}
	detail := resp.Error.Code + ": " + resp.Error.Message
	for _, id := range slices.Sorted(maps.Keys(resp.Error.Details.Nodes)) {
		detail += fmt.Sprintf("; node %s: %.300s", id, resp.Error.Details.Nodes[id])
	}
	switch resp.Error.Code {
	case "invalid_workflow", "workflow_format_ui":
		return &engine.Error{Class: engine.ModelError, Text: "The operator of this server must mend its workflow; until then, ask for another model.", Detail: detail}
	case "deployment_stopped":
		return &engine.Error{Class: engine.ModelError, Text: "The operator of this server must start the deployment; until then, ask for another model.", Detail: detail}
	case "missing_asset": // the upload has been lost since: it is made again
		return &engine.Error{Class: engine.Unreachable, Detail: detail}
	case "upstream_unreachable": // of the proxy, which can't say whether ComfyUI has the job
		return &engine.Error{Class: engine.Unreachable, Unconfirmed: true, Detail: detail}
	case "idempotency_key_reuse":
		return &engine.Error{Class: engine.Refused, Reason: task.VendorUnavailable, Err: errKeyUsed, Detail: detail,
			Text: "Submitted, unconfirmed: a job was begun for this task before, and its server does not say which. Look for it there before the task is created again."}
	}
	return nil
}
