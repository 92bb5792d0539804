package openai

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// video holds the fields of a Video that are read. They are read leniently, because servers write them differently: a number
// in another form is no reason to lose a video.
type video struct {
	ID       lenientString `json:"id"`
	Status   lenientString `json:"status"`
	Progress percent       `json:"progress"`
	Error    apiError      `json:"error"`
}

// lenientString is a string. Another JSON value is kept as its JSON text.
type lenientString string

// UnmarshalJSON reads any JSON value. It never fails.
func (w *lenientString) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) != nil {
		text = strings.TrimSpace(string(b)) // kept as it came
	}
	*w = lenientString(strings.TrimSpace(text))
	return nil
}

// percent is 0..100, written as a number, as "45", or as "45%"; anything else is 0.
type percent float64

// UnmarshalJSON reads any of these forms. It never fails.
func (p *percent) UnmarshalJSON(b []byte) error {
	text := strings.TrimSuffix(strings.Trim(string(b), `" `), "%")
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || math.IsNaN(n) {
		n = 0
	}
	*p = percent(min(max(n, 0), 100))
	return nil
}

// apiError is the error of a call or of a failed video: a text, or an object whose code is a text or a number. Anything else
// is kept as it came.
type apiError struct {
	Code    string
	Type    string
	Message string
	Param   string
}

// readError reads an error's body in any of the flavors' shapes: OpenAI's {"error": …}, TensorRT-LLM's error itself
// (openai_server.py, create_error_response), and FastAPI's {"detail": …}, a text or a list of errors. ok is false if
// it has none of these shapes.
func readError(body []byte) (e apiError, ok bool) {
	var resp struct {
		Error  *apiError       `json:"error"`
		Detail json.RawMessage `json:"detail"`
	}
	if !engine.DecodeObject(body, &resp) {
		return e, false
	}
	if resp.Error != nil {
		return *resp.Error, true
	}
	if len(resp.Detail) > 0 {
		return apiError{Message: string(resp.Detail)}, true
	}
	return e, engine.DecodeObject(body, &e)
}

// UnmarshalJSON reads any of these forms.
func (e *apiError) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &e.Message)
	}
	var resp struct {
		Code    any    `json:"code"`
		Type    string `json:"type"`
		Message string `json:"message"`
		Param   string `json:"param"`
	}
	if err := json.Unmarshal(b, &resp); err != nil {
		e.Message = string(b)
		return nil //nolint:nilerr // an error of another shape is shown as it is
	}
	e.Type, e.Message, e.Param = resp.Type, resp.Message, resp.Param
	if text, ok := resp.Code.(string); ok {
		e.Code = text
	}
	return nil
}

// text returns the error in one line; "" if there is none.
func (e apiError) text() string { return strings.TrimPrefix(e.Code+": "+e.Message, ": ") }

// reason classifies the error by the words in its code, type and message; "" if they say none.
func (e apiError) reason() task.Reason {
	lower := strings.ToLower(e.Code + " " + e.Type + " " + e.Message)
	for _, words := range []string{"moderation", "content_policy", "contentpolicy", "content policy", "safety"} {
		if strings.Contains(lower, words) {
			return task.SafetyInputText
		}
	}
	switch {
	case strings.Contains(lower, "inpaint"), strings.Contains(lower, "input_reference"), strings.Contains(lower, "image"):
		return task.AssetInvalid
	}
	return ""
}
