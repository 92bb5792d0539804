package kling

import (
	"strconv"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// succeed is the message of every answer that is no error.
const succeed = "SUCCEED"

// envelope is the form of an error.
type envelope struct {
	Code      int    `json:"code"`
	Message   string `json:"message"`
	RequestID string `json:"request_id"`
}

// taskAnswer is the answer about one task.
type taskAnswer struct {
	Code      int      `json:"code" doc:"0: no error."`
	Message   string   `json:"message" doc:"SUCCEED."`
	RequestID string   `json:"request_id" doc:"The request's id, as in X-Request-Id."`
	Data      taskData `json:"data" doc:"The task."`
}

// listAnswer is the answer of a list.
type listAnswer struct {
	Code      int        `json:"code" doc:"0: no error."`
	Message   string     `json:"message" doc:"SUCCEED."`
	RequestID string     `json:"request_id" doc:"The request's id, as in X-Request-Id."`
	Data      []taskData `json:"data" doc:"The tasks of this kind, newest first."`
}

// taskData is a task.
type taskData struct {
	TaskID        string      `json:"task_id" doc:"Names the task: 22 characters."`
	TaskStatus    status      `json:"task_status" doc:"submitted waits, processing is at work; succeed and failed are final. A cancelled task has failed."`
	TaskStatusMsg *string     `json:"task_status_msg,omitempty" doc:"Why the task failed; empty if it has not. Absent from the answer to a create."`
	TaskInfo      taskInfo    `json:"task_info" doc:"What the caller said of the task."`
	TaskResult    *taskResult `json:"task_result,omitempty" doc:"The finished video, once task_status is succeed."`
	UnitDeduction *string     `json:"final_unit_deduction,omitempty" doc:"What the task has cost, in credits of a cent, as text; absent before it has ended."`
	CreatedAt     int64       `json:"created_at" doc:"When it was created, in Unix milliseconds."`
	UpdatedAt     int64       `json:"updated_at" doc:"When it last changed, in Unix milliseconds."`
}

type taskInfo struct {
	ExternalTaskID string `json:"external_task_id,omitempty" doc:"The caller's own id of the task."`
}

type taskResult struct {
	Videos []video `json:"videos" doc:"The one video. A deleted one is not among them."`
}

type video struct {
	ID       string `json:"id" format:"uuid" doc:"Names the asset: /api/v1/assets/{id} reads and changes it."`
	URL      string `json:"url" format:"uri" doc:"The video, an MP4."`
	Duration string `json:"duration" doc:"Seconds, as text: 5.1"`
}

// status is one of Kling's words for a state.
type status string

// Words returns all of them.
func (status) Words() []string { return []string{"submitted", "processing", "succeed", "failed"} }

// statusOf is the state table. Kling has no word for a cancelled task.
func statusOf(s task.State) status {
	switch s {
	case task.Queued, task.Throttled, task.Pending:
		return "submitted"
	case task.Running:
		return "processing"
	case task.Succeeded:
		return "succeed"
	default:
		return "failed"
	}
}

// encode returns the answer about a task, to a read or to a create. request is the id of the request.
func encode(t task.Task, l dialect.Links, request string, read bool) []byte {
	return dialect.Marshal(taskAnswer{Message: succeed, RequestID: request, Data: dataOf(t, l, read)})
}

// dataOf returns a task as a read tells it, or as a create does.
func dataOf(t task.Task, l dialect.Links, read bool) taskData {
	d := taskData{TaskID: dialect.ShortID(t.ID), TaskStatus: statusOf(t.State), TaskInfo: taskInfo{t.Request.ExternalID},
		CreatedAt: t.Created.UnixMilli(), UpdatedAt: t.Updated.UnixMilli()}
	if !read {
		return d
	}
	message := messageOf(t)
	d.TaskStatusMsg = &message
	if t.State.Terminal() {
		units := strconv.FormatFloat(dialect.Credits(t), 'f', -1, 64)
		d.UnitDeduction = &units
	}
	if t.State == task.Succeeded {
		d.TaskResult = &taskResult{Videos: []video{}}
		for a, file := range t.FilesOf(task.Video) {
			d.TaskResult.Videos = append(d.TaskResult.Videos, video{ID: a.ID, URL: l.Of(a, file), Duration: dialect.Seconds(a.Duration)})
		}
	}
	return d
}

// messageOf returns why a task failed; "" if it has not.
func messageOf(t task.Task) string {
	switch t.State {
	case task.Cancelled:
		return "The task was cancelled."
	case task.Failed:
		return t.WhyFailed().Text
	default:
		return ""
	}
}
