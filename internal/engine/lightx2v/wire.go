package lightx2v

import (
	"strings"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// metadata holds the fields of GET /service/metadata that are read.
type metadata struct {
	Kind string `json:"model_cls"`
	Path string `json:"model_path"`
}

// frames is how a kind of model counts them: a video has every*n + plus frames.
type frames struct {
	FrameRate int `yaml:"frame_rate"` // frames a second
	Every     int `yaml:"every"`
	Plus      int `yaml:"plus"`
}

// atLeast returns the least number of frames that the model can make and that is at least n.
func (f frames) atLeast(n int) int {
	return (max(n-f.Plus, 0)+f.Every-1)/f.Every*f.Every + f.Plus
}

// request is the body of POST /tasks/video/. What is absent is as the server was started.
type request struct {
	Task     string  `json:"task_id"`
	Prompt   string  `json:"prompt"`
	Negative string  `json:"negative_prompt,omitempty"`
	First    string  `json:"image_path,omitempty"`      // a data URI
	Last     string  `json:"last_frame_path,omitempty"` // a data URI
	Size     []int   `json:"size,omitempty"`            // height and width, pixels
	Frames   int     `json:"num_frames,omitempty"`
	Seed     *uint32 `json:"seed,omitempty"`
	File     string  `json:"save_result_path"` // its ending is the container; without a name nothing is saved
}

// status is a task as the server reports it.
type status struct {
	Status string `json:"status"`
	Error  string `json:"error"`
	Kind   string `json:"error_type"` // the exception's name
	File   string `json:"save_result_path"`
}

// stateTable maps the server's states to ours (task_manager.py, TaskStatus).
func stateTable() map[string]task.State {
	return map[string]task.State{
		"pending": task.Pending, "processing": task.Running, "completed": task.Succeeded, "failed": task.Failed, "cancelled": task.Cancelled,
	}
}

// read returns the status that the server reports. A failure is final: the same request and model need the same memory again.
func (s status) read() (st engine.Status, err error) {
	st.State, err = engine.StateOf(s.Status, stateTable())
	switch {
	case st.State == task.Failed:
		st.Failure, st.Final = s.failure(), true
	case st.State == task.Succeeded && s.File == "":
		st.State, st.Final = task.Failed, true
		st.Failure = &task.Failure{Reason: task.BadOutput, Text: "It reported success, but saved no video. Try again later.", Detail: "completed without save_result_path"}
	}
	return st, err
}

// failure returns the failure of a task that failed.
func (s status) failure() *task.Failure {
	detail := strings.Trim(s.Kind+": "+s.Error, ": ")
	f := &task.Failure{Reason: task.VendorUnavailable, Text: task.VendorUnavailable.PublicText(), Detail: detail}
	if strings.Contains(strings.ToLower(s.Error), "safety") { // a proxy's word: the server itself has no filter
		f.Reason, f.Text = task.SafetyInputText, task.SafetyInputText.PublicText()
	}
	return f
}
