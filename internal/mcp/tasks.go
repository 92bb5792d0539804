package mcp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/filmgate/filmgate/internal/client"
)

// The Tasks extension of 2026-07-28: https://github.com/modelcontextprotocol/ext-tasks, specification/draft/tasks.md. A call of
// make_video by a client that has it answers with a handle at once. The handle is the id of Filmgate's task, so it is good at every
// server of the installation, after restarts, and as long as the task is kept.
const tasksExtension = "io.modelcontextprotocol/tasks"

// pollInterval is how often a client is asked to poll.
const pollInterval = 2 * time.Second

// protocolTask is a task of the extension, as calls and tasks/get answer it.
type protocolTask struct {
	sdk.ResultBase

	ResultType     string    `json:"resultType"` // "task" in the answer of a call, "complete" in that of tasks/get
	TaskID         string    `json:"taskId"`
	Status         string    `json:"status"`
	StatusMessage  string    `json:"statusMessage"`
	CreatedAt      time.Time `json:"createdAt"`
	LastUpdatedAt  time.Time `json:"lastUpdatedAt"`
	TTL            *int64    `json:"ttlMs"` // null: it is kept as long as the server keeps tasks
	PollIntervalMS int64     `json:"pollIntervalMs"`

	Result *sdk.CallToolResult `json:"result,omitempty"` // of a completed task
}

// taskParams name a task.
type taskParams struct {
	sdk.ParamsBase

	TaskID string `json:"taskId"`
}

// acknowledged is the empty answer of tasks/cancel and tasks/update.
type acknowledged struct {
	sdk.ResultBase

	ResultType string `json:"resultType"`
}

func (v video) task(resultType string) *protocolTask {
	t := &protocolTask{ResultType: resultType, TaskID: v.ID, Status: "working", StatusMessage: v.sentence(), CreatedAt: v.CreatedAt.UTC(),
		LastUpdatedAt: v.updated.UTC(), PollIntervalMS: pollInterval.Milliseconds()}
	switch v.Status {
	case "CANCELLED":
		t.Status = "cancelled"
	case "SUCCEEDED", "FAILED": // "failed" is for errors of the protocol only
		t.Status, t.Result = "completed", v.made()
		t.Result.StructuredContent = v
	default:
		t.StatusMessage = fmt.Sprintf("%s, %.0f %%", v.Status, v.Progress*100)
	}
	return t
}

// addTasks adds the calls of the extension, and makes calls of make_video tasks.
func (s *service) addTasks(server *sdk.Server) {
	server.AddReceivingMiddleware(asTasks, checkName)
	register(server, "tasks/get", func(ctx context.Context, id string) (*protocolTask, error) {
		v, err := s.video(ctx, id)
		return v.task("complete"), err
	})
	register(server, "tasks/cancel", func(ctx context.Context, id string) (*acknowledged, error) {
		v, err := s.video(ctx, id)
		if err == nil && !v.ended() {
			err = s.cancel(ctx, id)
		}
		return &acknowledged{ResultType: "complete"}, err
	})
	register(server, "tasks/update", func(ctx context.Context, id string) (*acknowledged, error) {
		_, err := s.video(ctx, id) // no task asks for input, and answers to what was not asked are ignored
		return &acknowledged{ResultType: "complete"}, err
	})
}

// cancel cancels a task. One that has ended meanwhile is no error.
func (s *service) cancel(ctx context.Context, id string) error {
	err := s.api.Cancel(ctx, id)
	if refused := (*client.RefusedError)(nil); errors.As(err, &refused) && refused.Status == http.StatusConflict {
		return nil
	}
	return err
}

// register adds a call that names a task.
func register[R sdk.Result](server *sdk.Server, method string, do func(context.Context, string) (R, error)) {
	err := sdk.AddReceivingCustomMethod(server, method, func(ctx context.Context, _ *sdk.ServerSession, p *taskParams) (R, error) {
		var none R
		if p == nil || !followsTasks(p) {
			return none, undeclaredError()
		}
		if p.TaskID == "" {
			return none, &jsonrpc.Error{Code: jsonrpc.CodeInvalidParams, Message: "taskId: is missing"}
		}
		out, err := do(ctx, p.TaskID)
		if err != nil {
			return out, protocolError(err)
		}
		return out, nil
	})
	if err != nil {
		panic(err) // the method is one of the protocol's own: a mistake of this package
	}
}

// undeclaredError refuses a call of the extension by a client that doesn't declare it, with what it would have to declare.
func undeclaredError() error {
	return &jsonrpc.Error{Code: sdk.CodeMissingRequiredClientCapabilities, Message: "the request does not declare the extension " + tasksExtension,
		Data: json.RawMessage(`{"requiredCapabilities":{"extensions":{"` + tasksExtension + `":{}}}}`)} // the SDK's own type would also require "roots"
}

// protocolError returns an error of the API as one of the protocol.
func protocolError(err error) error {
	code := int64(jsonrpc.CodeInternalError)
	if refused := (*client.RefusedError)(nil); errors.As(err, &refused) && refused.Status/100 == 4 {
		code = jsonrpc.CodeInvalidParams
	}
	return &jsonrpc.Error{Code: code, Message: err.Error()}
}

// asTasks answers a call of make_video with a task if the request says that its client has the extension.
func asTasks(next sdk.MethodHandler) sdk.MethodHandler {
	return func(ctx context.Context, method string, req sdk.Request) (sdk.Result, error) {
		call, ok := req.GetParams().(*sdk.CallToolParamsRaw)
		if !ok || call.Name != makeVideo || !followsTasks(call) {
			return next(ctx, method, req)
		}
		var made video
		answered, err := next(context.WithValue(ctx, asTask{}, &made), method, req)
		if made.ID == "" || err != nil {
			return answered, err // it was refused
		}
		return made.task("task"), nil
	}
}

// checkName refuses a call of the extension whose header Mcp-Name, by which proxies route, names another task than its body. The SDK checks
// the header of its own methods only.
func checkName(next sdk.MethodHandler) sdk.MethodHandler {
	return func(ctx context.Context, method string, req sdk.Request) (sdk.Result, error) {
		p, ok := req.GetParams().(*taskParams)
		if extra := req.GetExtra(); ok && p != nil && extra != nil {
			if name := extra.Header.Get("Mcp-Name"); name != "" && name != p.TaskID {
				return nil, &jsonrpc.Error{Code: sdk.CodeHeaderMismatch, Message: fmt.Sprintf("header mismatch: Mcp-Name is %q, taskId is %q", name, p.TaskID)}
			}
		}
		return next(ctx, method, req)
	}
}

// followsTasks reports whether the request declares the extension. What was declared before does not count.
func followsTasks(p sdk.Params) bool {
	capabilities, ok := p.GetMeta()[sdk.MetaKeyClientCapabilities].(map[string]any)
	if !ok {
		return false
	}
	extensions, ok := capabilities["extensions"].(map[string]any)
	if !ok {
		return false
	}
	_, ok = extensions[tasksExtension]
	return ok
}
