// Package lightx2v is the [engine.Engine] for the server of LightX2V, which runs Wan, HunyuanVideo, LTX and others on one
// machine or several.
//
// It holds the wire types of its tasks API. Sources: ModelTC/LightX2V, lightx2v/server: schema.py and
// services/generation/base.py as of @0d6b494 (after pull request 1517 of 2026-09-15, which renamed target_shape to size and
// target_video_length to num_frames, and refuses names that it does not know), api/tasks/video.py, api/tasks/common.py,
// api/server.py and task_manager.py; read 2026-11-29. An older server makes a video of its own size and length. The server has
// no keys; a proxy before it may ask for one. Not sent: task, which a server of several tasks needs, and audio_path.
package lightx2v

import (
	"cmp"
	"context"
	_ "embed" // the kinds of models
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

var _ engine.Finder = (*Engine)(nil)

// BaseURL is the address of a LightX2V server on this machine.
const BaseURL = "http://127.0.0.1:8000/v1"

const (
	pollEvery = 2 * time.Second
)

//go:embed models.yaml
var table []byte

// errTaken says that the server has a task of that id.
var errTaken = errors.New("lightx2v: the task exists")

// Options configures an Engine.
type Options struct {
	Key     string         // of a proxy before the server; "" = none
	Models  []engine.Model // what the server was started for; nil = one named "video", from text, of up to 10 s
	BaseURL string         // "" = the constant BaseURL
	HTTP    *http.Client
	Now     func() time.Time // nil = time.Now
}

// Engine makes videos at a LightX2V server.
type Engine struct {
	client *engine.Client
	models []engine.Model
	kinds  []engine.Row[frames]
}

// New returns an Engine.
func New(o Options) *Engine {
	// Beside a picture the shape is the picture's.
	size := []engine.Part{engine.PartAspectRatio, engine.PartResolution}
	e := &Engine{models: o.Models, kinds: engine.ReadTable[frames](table), client: &engine.Client{
		HTTP: o.HTTP, Base: cmp.Or(o.BaseURL, BaseURL), Now: o.Now, Fail: errorOf,
	}}
	if e.models == nil {
		e.models = []engine.Model{{Name: "video", Modes: []engine.Mode{engine.FromText}, Limits: task.Limits{MaxSeconds: 10}, Seed: true}}
	}
	e.models = engine.Sending(e.models, append(size, engine.PartNegative)...)
	for i := range e.models {
		e.models[i].Omits = map[engine.Mode][]engine.Part{engine.FromFirst: size, engine.FromLast: size, engine.FromFirstLast: size}
	}

	if o.Key != "" {
		e.client.Sign, e.client.Secrets = engine.Bearer(o.Key), []string{o.Key}
	}
	return e
}

// Capabilities describes the models. A server is started for one task, so by default it makes videos from text only: it would
// ignore a picture. It is the operator's own, so a task that its restart loses can be submitted again at no cost.
func (e *Engine) Capabilities() engine.Capabilities {
	return engine.Capabilities{
		Lane: task.Remote, Models: e.models, Cancel: true, Restartable: true, ExternalID: true, PollEvery: pollEvery,
	}
}

// Submit asks the server what it runs, then creates the task under our task's id. If the server has it already, that is the task.
func (e *Engine) Submit(ctx context.Context, j engine.Job) (engine.Submission, error) {
	server, err := e.server(ctx)
	if err != nil {
		return engine.Submission{}, err
	}
	var out struct {
		ID string `json:"task_id"`
	}
	_, err = e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: "/tasks/video/", In: requestOf(j, e.framesOf(server.Kind)), Out: &out})
	if errors.Is(err, errTaken) {
		out.ID, err = j.Task, nil
	}
	return engine.SubmitResult("", out.ID, err)
}

// server returns what the server runs. One that does not know the call is no LightX2V.
func (e *Engine) server(ctx context.Context) (m metadata, err error) {
	_, err = e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: "/service/metadata", Out: &m})
	if err != nil && ctx.Err() == nil && engine.AsError(err).Class == engine.NotFound {
		return m, &engine.Error{Class: engine.ModelError, Reason: task.VendorRefused, Detail: "no such call at base_url: " + err.Error()}
	}
	return m, err
}

// framesOf returns how a kind of model counts frames.
func (e *Engine) framesOf(kind string) frames {
	row, err := engine.RowOf(e.kinds, kind)
	if err != nil {
		row = e.kinds[0]
	}
	return row.Call
}

// requestOf returns the body of POST /tasks/video/ for the job. With a picture the shape is the picture's.
func requestOf(j engine.Job, f frames) request {
	r := j.Request
	in := request{Task: j.Task, Prompt: j.Prompt(), Negative: r.NegativePrompt, Seed: r.Seed, File: j.Task + ".mp4"}
	if n := cmp.Or(r.Format.Frames, r.Seconds*f.FrameRate); n > 0 {
		in.Frames = f.atLeast(n)
	}
	if w, h := engine.ExactSize(r); w > 0 && j.First == nil && j.Last == nil {
		in.Size = []int{h, w}
	}
	if j.First != nil {
		in.First = engine.DataURI(j.First.Type, j.First.Bytes)
	}
	if j.Last != nil {
		in.Last = engine.DataURI(j.Last.Type, j.Last.Bytes)
	}
	return in
}

// path returns the path of a task's call.
func path(handle, call string) string { return "/tasks/" + url.PathEscape(handle) + call }

// status asks for the task, and returns its status and the path of its video.
func (e *Engine) status(ctx context.Context, handle string) (st engine.Status, link string, err error) {
	var s status
	if _, err = e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: path(handle, "/status"), Out: &s}); err != nil {
		return st, "", err
	}
	if st, err = s.read(); st.State == task.Succeeded {
		link = path(handle, "/result")
	}
	return st, link, err
}

// Poll returns the status of the task, without progress: the server does not report it.
func (e *Engine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	return engine.StatusFunc(e.status).Poll(ctx, handle)
}

// Open opens the task's video.
func (e *Engine) Open(ctx context.Context, handle string, offset int64) (engine.Content, error) {
	return engine.StatusFunc(e.status).Open(ctx, e.client, handle, offset)
}

// Cancel takes the task from the queue. The server calls one that it generates cancelled too, and finishes it first.
func (e *Engine) Cancel(ctx context.Context, handle string) error {
	var out struct {
		Status string `json:"stop_status"` // "do_nothing" if it is unknown or has ended
		Reason string `json:"reason"`
	}
	_, err := e.client.Do(ctx, engine.Call{Method: http.MethodDelete, Path: path(handle, ""), Out: &out})
	if err == nil && out.Status == "error" {
		err = &engine.Error{Class: engine.Unreachable, Reason: task.VendorUnavailable, Detail: "cancel: " + out.Reason}
	}
	return engine.IgnoreNotFound(err)
}

// Find looks for the task by its id, which is ours.
func (e *Engine) Find(ctx context.Context, id string) (string, error) {
	var s status
	if _, err := e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: path(id, "/status"), Out: &s}); err != nil {
		return "", err
	}
	return id, nil
}

// errorOf recognises a server of another version, which does not know a name of ours, and the two reasons for which a create is
// answered with 503: the queue is full, and there is a task of that id.
func errorOf(status int, body []byte, _ http.Header) *engine.Error {
	switch text := string(body); {
	case status == http.StatusUnprocessableEntity && strings.Contains(text, "extra_forbidden"):
		return &engine.Error{Class: engine.ModelError, Text: "It is of another version than this server expects: the operator must update one of them."}
	case status != http.StatusServiceUnavailable:
		return nil
	case strings.Contains(text, "already exists"):
		return &engine.Error{Class: engine.Refused, Reason: task.VendorRefused, Err: errTaken}
	case strings.Contains(text, "queue is full"):
		return &engine.Error{Class: engine.Overloaded}
	}
	return nil
}
