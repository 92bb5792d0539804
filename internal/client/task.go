package client

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// Task is what this client reads of a task.
type Task struct {
	ID       string    `json:"id"`
	State    string    `json:"status"`
	Model    string    `json:"model"`
	Prompt   string    `json:"prompt"`
	Progress float64   `json:"progress"`
	Created  time.Time `json:"created_at"`
	Failure  *struct {
		Reason  string `json:"reason"`
		Message string `json:"message"`
	} `json:"failure"`
	Artifacts []struct {
		URL   string `json:"url"`
		Files []struct {
			URL  string `json:"url"`
			Size int64  `json:"size"`
		} `json:"files"`
	} `json:"artifacts"`
}

// Status returns how far the task is.
func (t Task) Status() Status {
	s := Status{ID: t.ID, State: t.State, Progress: t.Progress}
	if t.Failure != nil {
		s.Reason = t.Failure.Reason + ": " + t.Failure.Message
	}
	if len(t.Artifacts) > 0 {
		s.URL = t.Artifacts[0].URL
		for _, f := range t.Artifacts[0].Files {
			if f.URL == s.URL {
				s.Size = f.Size
			}
		}
	}
	return s
}

func taskPath(id string) string { return "/api/v1/tasks/" + url.PathEscape(id) }

// pageLimit is how many rows of a list are asked for in one call.
const pageLimit = 100

type taskPage struct {
	Tasks []Task  `json:"tasks"`
	Next  *string `json:"next"`
}

// Tasks returns the newest tasks, at most limit.
func (c Client) Tasks(ctx context.Context, limit int) ([]Task, error) {
	return pages(ctx, c, "/api/v1/tasks", limit, func(p taskPage) ([]Task, *string) { return p.Tasks, p.Next })
}

// Task returns the server's answer about a task: JSON.
func (c Client) Task(ctx context.Context, id string) ([]byte, error) {
	return c.Call(ctx, http.MethodGet, taskPath(id), nil)
}

// Status returns a task's status.
func (c Client) Status(ctx context.Context, id string) (Status, error) {
	answer, err := c.Task(ctx, id)
	if err != nil {
		return Status{}, err
	}
	var t Task
	err = Decode(answer, &t)
	return t.Status(), err
}

// Cancel cancels a task.
func (c Client) Cancel(ctx context.Context, id string) error {
	_, err := c.Call(ctx, http.MethodPost, taskPath(id)+"/cancel", nil)
	return err
}

// MaxAwait is the longest that [Client.AwaitTask] waits.
const MaxAwait = 20 * time.Second

// AwaitTask returns the server's answer about a task as Task does, at the task's next change, or after wait (whole seconds, at most
// [MaxAwait]).
func (c Client) AwaitTask(ctx context.Context, id string, wait time.Duration) ([]byte, error) {
	return c.call(ctx, http.MethodGet, taskPath(id), nil, http.Header{"Prefer": {fmt.Sprintf("wait=%d", int(wait.Seconds()))}})
}

// CreateTask creates a task by the server's own call, whose body in is, and returns its answer: JSON. The key, "" = none, has the server
// answer a repeated call with the first call's task.
func (c Client) CreateTask(ctx context.Context, in any, key string) ([]byte, error) {
	return c.call(ctx, http.MethodPost, "/api/v1/tasks", in, idempotency(key))
}
