package sdcpp

import (
	"fmt"
	"slices"
	"strings"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// capabilities holds the fields of GET /capabilities that are read.
type capabilities struct {
	Model struct {
		Name string `json:"name"`
	} `json:"model"`
	Modes    []string `json:"supported_modes"`
	Defaults struct {
		Video struct {
			FrameRate int `json:"fps"`
		} `json:"vid_gen"`
	} `json:"defaults_by_mode"`
	Formats struct {
		Video []string `json:"vid_gen"`
	} `json:"output_formats_by_mode"`
}

// format returns the container to ask for: WebM if the server was built with it, else AVI, which every server has. Animated
// WebP is not asked for: AVI is converted with less work.
func (c capabilities) format() string {
	if slices.Contains(c.Formats.Video, "webm") {
		return "webm"
	}
	return "avi"
}

// request is the body of POST /vid_gen. What is absent is as the server was started.
type request struct {
	Prompt       string  `json:"prompt"`
	Negative     string  `json:"negative_prompt,omitempty"`
	Width        int     `json:"width,omitempty"`
	Height       int     `json:"height,omitempty"`
	Frames       int     `json:"video_frames,omitempty"`
	FrameRate    int     `json:"fps,omitempty"`
	Seed         *uint32 `json:"seed,omitempty"`
	First        []byte  `json:"init_image,omitempty"`
	Last         []byte  `json:"end_image,omitempty"`
	OutputFormat string  `json:"output_format"`
}

// job is a job as the server reports it.
type job struct {
	ID            string    `json:"id"`
	Status        string    `json:"status"`
	QueuePosition int       `json:"queue_position"` // 1 is next; 0 if the job does not wait
	Result        *result   `json:"result"`
	Error         *jobError `json:"error"`
}

type result struct {
	Type  string `json:"mime_type"`
	Video []byte `json:"b64_json"`
}

type jobError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// failure returns the failure of a job that failed.
func (e *jobError) failure() *task.Failure {
	if e == nil {
		return nil
	}
	f := &task.Failure{Reason: task.VendorUnavailable, Text: task.VendorUnavailable.PublicText(), Detail: e.Code + ": " + e.Message}
	if strings.Contains(strings.ToLower(e.Message), "safety") { // a proxy's word: the server itself has no filter
		f.Reason, f.Text = task.SafetyInputText, task.SafetyInputText.PublicText()
	}
	return f
}

// stateTable maps the server's states to ours (async_jobs.cpp, async_job_status_name).
func stateTable() map[string]task.State {
	return map[string]task.State{
		"queued": task.Pending, "generating": task.Running, "completed": task.Succeeded, "failed": task.Failed, "cancelled": task.Cancelled,
	}
}

// inlineLink stands for the link to a video that comes within the job itself.
const inlineLink = "inline:"

// status returns the status that the job reports. A failure is final: the same request and model need the same memory again.
func (j job) status() (st engine.Status, link string, err error) {
	st.State, err = engine.StateOf(j.Status, stateTable())
	if j.QueuePosition > 1 {
		st.Text = fmt.Sprintf("%d ahead in the queue", j.QueuePosition-1)
	}
	if st.State == task.Failed {
		st.Failure, st.Final = j.Error.failure(), true
	}
	if j.Result != nil && len(j.Result.Video) > 0 {
		link = inlineLink
	}
	return st, link, err
}
