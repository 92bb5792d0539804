package openai

import (
	"encoding/json"
	"strings"

	"github.com/filmgate/filmgate/engine"
	"github.com/filmgate/filmgate/task"
)

// video is a Video, as far as we read it.
type video struct {
	ID       string   `json:"id"`
	Status   string   `json:"status"`
	Progress float64  `json:"progress"` // 0..100
	Error    apiError `json:"error"`
}

// apiError is the error of a call or of a failed video: an object whose code is a text or a number, or a text.
type apiError struct {
	Code    string
	Type    string
	Message string
	Param   string
}

// readError reads an error's body in any of the flavors' shapes: OpenAI's {"error": …}, TensorRT-LLM's error itself
// (openai_server.py, create_error_response), and FastAPI's {"detail": …}, a text or a list of faults. ok is false where
// it is none of them.
func readError(body []byte) (e apiError, ok bool) {
	var said struct {
		Error  *apiError       `json:"error"`
		Detail json.RawMessage `json:"detail"`
	}
	if !engine.Reads(body, &said) {
		return e, false
	}
	if said.Error != nil {
		return *said.Error, true
	}
	if len(said.Detail) > 0 {
		return apiError{Message: string(said.Detail)}, true
	}
	return e, engine.Reads(body, &e)
}

// UnmarshalJSON reads any of them.
func (e *apiError) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &e.Message)
	}
	var said struct {
		Code    any    `json:"code"`
		Type    string `json:"type"`
		Message string `json:"message"`
		Param   string `json:"param"`
	}
	if err := json.Unmarshal(b, &said); err != nil {
		return err
	}
	e.Type, e.Message, e.Param = said.Type, said.Message, said.Param
	if text, ok := said.Code.(string); ok {
		e.Code = text
	}
	return nil
}

// reason sorts by the code, and by the message where a server gives no code.
func (e apiError) reason() task.Reason {
	low := strings.ToLower(e.Code + " " + e.Type + " " + e.Message)
	for _, words := range []string{"moderation", "content_policy", "contentpolicy", "content policy", "safety"} {
		if strings.Contains(low, words) {
			return task.SafetyInputText
		}
	}
	switch {
	case strings.Contains(low, "inpaint"), strings.Contains(low, "input_reference"), strings.Contains(low, "image"):
		return task.AssetInvalid
	}
	return task.Internal
}
