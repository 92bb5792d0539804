package xai

import (
	"net/http"
	"time"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// xaiStarted is the answer of a create.
type xaiStarted struct {
	RequestID string `json:"request_id" format:"uuid" doc:"Names the video."`
}

// xaiVideo is the answer of the GET.
type xaiVideo struct {
	Status   xaiStatus   `json:"status" doc:"pending, or one of the ends: done, failed and expired. A cancelled video has failed."`
	Progress int         `json:"progress" doc:"From 0 to 100."`
	Model    string      `json:"model,omitempty" doc:"The model that the create named."`
	Video    *xaiFile    `json:"video,omitempty" doc:"The finished video. Absent if its owner has deleted it."`
	Error    *xaiFailure `json:"error,omitempty" doc:"Why there is no video."`
	Usage    *xaiUsage   `json:"usage,omitempty" doc:"What it has cost, once it has ended."`
}

type xaiFile struct {
	URL               string  `json:"url" format:"uri" doc:"A signed link to the MP4, valid for at least a day. It needs no key."`
	Duration          float64 `json:"duration" doc:"The length in seconds."`
	RespectModeration bool    `json:"respect_moderation" doc:"Always true: a video that was withheld has failed."`
}

type xaiFailure struct {
	Code    string `json:"code" doc:"The reason, for programs: SAFETY.INPUT.TEXT and so on, or CANCELLED."`
	Message string `json:"message" doc:"The reason, for people."`
}

type xaiUsage struct {
	Ticks int64 `json:"cost_in_usd_ticks" doc:"The cost in ten-billionths of a US dollar; 0 if that is unknown or nothing."`
}

// ticksPerCredit is what a credit of a US cent is in ticks.
const ticksPerCredit = 100_000_000

// xaiStatus is one of the words of statusOf.
type xaiStatus string

// Words are all of them.
func (xaiStatus) Words() []string { return []string{"pending", "done", "failed", "expired"} }

// statusOf is the state table. A task that has not ended by its deadline is expired.
func statusOf(t task.Task) xaiStatus {
	switch t.State {
	case task.Succeeded:
		return "done"
	case task.Failed:
		if t.WhyFailed().Reason == task.Overdue {
			return "expired"
		}
		return "failed"
	case task.Cancelled:
		return "failed"
	default:
		return "pending"
	}
}

// encode returns the answer about one task.
func encode(t task.Task, l dialect.Links) []byte {
	out := xaiVideo{Status: statusOf(t), Progress: min(max(int(t.Progress*100), 0), 99), Model: t.Request.Model}
	switch t.State {
	case task.Succeeded:
		out.Progress, out.Video = 100, fileOf(t, l)
	case task.Failed:
		f := t.WhyFailed()
		out.Error = &xaiFailure{Code: string(f.Reason), Message: f.Text}
	case task.Cancelled:
		out.Error = &xaiFailure{Code: "CANCELLED", Message: "The video was cancelled."}
	}
	if t.State.Terminal() {
		out.Usage = &xaiUsage{int64(dialect.Credits(t) * ticksPerCredit)}
	}
	return dialect.Marshal(out)
}

// fileOf returns the first video whose files are there; nil if there is none.
func fileOf(t task.Task, l dialect.Links) *xaiFile {
	a, f, ok := t.FirstFile(task.Video)
	if !ok {
		return nil
	}
	return &xaiFile{URL: l.Signed(f.Key), Duration: a.Duration.Round(time.Millisecond).Seconds(), RespectModeration: true}
}

// xaiError is the body of every error.
type xaiError struct {
	Code  string `json:"code" doc:"The kind, as our own calls name it."`
	Error string `json:"error" doc:"What is wrong, for people. It names every field at fault, with what is allowed."`
}

// ErrorForm returns the form of these calls' errors.
func ErrorForm() *dialect.ErrorForm {
	return &dialect.ErrorForm{Name: "XAIError", Type: "application/json", Of: xaiError{}, Status: errorStatus,
		Encode: func(e *task.Error, _ string) []byte {
			return dialect.Marshal(xaiError{string(e.Code), dialect.Sentence(e)})
		}}
}

// errorStatus is the HTTP status of an error code. A conflict is no 409, which the AI SDK sends again.
func errorStatus(c task.Code) int {
	if c == task.Conflict {
		return http.StatusBadRequest
	}
	return dialect.Status(c)
}
