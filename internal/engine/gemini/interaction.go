package gemini

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// interaction holds the fields of an interaction that are read.
type interaction struct {
	ID     string     `json:"id"`
	Status string     `json:"status"`
	Steps  []step     `json:"steps"`
	Error  apiError   `json:"error"`
	Errors []apiError `json:"errors"`
	Usage  struct {
		OutputTokens float64 `json:"total_output_tokens"`
	} `json:"usage"`
}

type step struct {
	Type    string    `json:"type"` // user_input, thought or model_output
	Content []content `json:"content"`
	Error   apiError  `json:"error"`
}

// apiError is an error of a call or of an interaction. Its code is a word, or in errors of Google's front end a number.
type apiError struct {
	Code    any    `json:"code"`
	Status  string `json:"status"`
	Message string `json:"message"`
}

// stateTable maps the states of interactions to ours. One that requires action, or more budget, never ends by itself.
func stateTable() map[string]task.State {
	return map[string]task.State{
		"queued": task.Pending, "in_progress": task.Running, "completed": task.Succeeded, "failed": task.Failed, "cancelled": task.Cancelled,
		"incomplete": task.Failed, "budget_exceeded": task.Failed, "requires_action": task.Failed,
	}
}

// status returns the interaction's status. Credits are tokens of output. A refusal is a success with a text and no video.
func (i interaction) status() (engine.Status, error) {
	state, err := engine.StateOf(i.Status, stateTable())
	st := engine.Status{State: state, Credits: i.Usage.OutputTokens}
	if err != nil {
		return st, err
	}
	text := i.text()
	video := i.video()
	switch {
	case state == task.Succeeded && video.URI == "" && len(video.Data) == 0 && text != "":
		refused := &engine.Error{Class: engine.Refused, Reason: task.SafetyOutputVideo, Detail: text}
		st.State, st.Failure = task.Failed, refused.Failure()
	case state == task.Succeeded:
		st.Progress = 1
	case state == task.Failed:
		st.Failure = i.failure().JobFailure()
	}
	return st, nil
}

// failure returns why the interaction failed.
func (i interaction) failure() *engine.Error {
	all := append([]apiError{i.Error}, i.Errors...)
	for _, s := range i.Steps {
		all = append(all, s.Error)
	}
	for _, e := range all {
		if e.Message != "" || e.Code != nil {
			return e.engineError()
		}
	}
	e := &engine.Error{Class: engine.Refused, Detail: "the interaction is " + i.Status}
	if i.Status == "budget_exceeded" {
		e.Reason = task.VendorRefused
	}
	return e
}

// outputs returns what the model has made.
func (i interaction) outputs() []content {
	var out []content
	for _, s := range i.Steps {
		if s.Type == "model_output" {
			out = append(out, s.Content...)
		}
	}
	return out
}

// video returns the first video, without a link or data if there is none.
func (i interaction) video() content {
	for _, c := range i.outputs() {
		if c.Type == "video" {
			return c
		}
	}
	return content{}
}

// text returns what the model says.
func (i interaction) text() string {
	var parts []string
	for _, c := range i.outputs() {
		if c.Text != "" {
			parts = append(parts, c.Text)
		}
	}
	return strings.Join(parts, " ")
}

// engineError returns the error as an engine.Error of class Refused.
func (e apiError) engineError() *engine.Error {
	out := &engine.Error{Class: engine.Refused, Detail: strings.TrimSpace(e.word() + " " + e.Message), Said: engine.Quote(e.Message)}
	lower := strings.ToLower(e.word() + " " + e.Message)
	switch {
	case containsAny(lower, "safety", "prohibited_content", "blocklist", "blocked", "policy", "policies"):
		out.Reason = task.SafetyInputText
		if strings.Contains(lower, "image") {
			out.Reason = task.SafetyInputImage
		}
	case containsAny(lower, "image", "mime_type"):
		out.Reason = task.AssetInvalid
	case containsAny(lower, "timeout", "deadline", "unavailable", "internal", "overloaded"):
		out.Reason = task.VendorUnavailable
	}
	return out
}

// word returns the error's code if it is a word, or else its status.
func (e apiError) word() string {
	if code, ok := e.Code.(string); ok {
		return code
	}
	return e.Status
}

// errorOf classifies an error's body: {"error": …}, or from Google's front end a list of one. A key that is not valid and an id that does
// not exist are both 400.
func errorOf(status int, body []byte, _ http.Header) *engine.Error {
	type envelope struct {
		Error apiError `json:"error"`
	}
	var one envelope
	var list []envelope
	if json.Unmarshal(body, &list) == nil && len(list) > 0 {
		one = list[0]
	} else if !engine.DecodeObject(body, &one) {
		return nil
	}
	lower := strings.ToLower(one.Error.word() + " " + one.Error.Message)
	switch {
	case status == http.StatusTooManyRequests && containsAny(lower, "limit: 0", "billing account", "prepay"): // a quota of nothing does not come back
		return &engine.Error{Class: engine.AuthError}
	case status != http.StatusBadRequest:
		return nil
	case containsAny(lower, "invalid interaction name"):
		return &engine.Error{Class: engine.NotFound}
	case containsAny(lower, "api key", "failed_precondition", "billing", "location is not supported"):
		return &engine.Error{Class: engine.AuthError}
	}
	return one.Error.engineError()
}

func containsAny(text string, parts ...string) bool {
	for _, part := range parts {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}
