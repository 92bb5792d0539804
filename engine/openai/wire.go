package openai

import (
	"encoding/json"
	"strings"

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
	Message string
	Param   string
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
	e.Message, e.Param = said.Message, said.Param
	if text, ok := said.Code.(string); ok {
		e.Code = text
	}
	return nil
}

// reason sorts by the code, and by the message where a server gives no code.
func (e apiError) reason() task.Reason {
	low := strings.ToLower(e.Code + " " + e.Message)
	switch {
	case strings.Contains(low, "moderation"), strings.Contains(low, "content_policy"), strings.Contains(low, "safety"):
		return task.SafetyInputText
	case strings.Contains(low, "inpaint"), strings.Contains(low, "input_reference"), strings.Contains(low, "image"):
		return task.AssetInvalid
	}
	return task.Internal
}
