// Package fal speaks the wire of fal's queue, which is mounted below /fal alone: its paths are models' names.
//
// A request is submitted to /fal/{owner}/{alias}[/…], which is the model's whole name; its status, result and cancel are below
// the name's first two parts. A failed request is COMPLETED, and its result is an HTTP error. Errors are {"detail"}: a text, or
// with 422 a list of fields.
//
// What may enter: this wire, as npm @fal-ai/client 1.10.1 sends it (read on 2026-11-28). What may not: rules about tasks.
package fal

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// Dialect is the Request.Dialect of tasks of these calls.
const Dialect = "fal"

// bodyLimit is the largest body of a submit, in bytes: two pictures of 16 MB as data URIs, and room.
const bodyLimit = 48 << 20

// Options configures the calls.
type Options struct {
	Origin dialect.Origin
	Log    *slog.Logger // for internal errors
	// Answers keeps the answers to reads of statuses; nil = none are kept.
	Answers *dialect.Answers
	// Stopping is closed when the server ends: streams then end too. nil = never.
	Stopping <-chan struct{}
}

// Gateway is what these calls need besides dialect.Gateway.
type Gateway interface {
	dialect.Gateway
	// BeginUpload opens an upload of 1 to task.MaxParts parts.
	BeginUpload(ctx context.Context, who apikey.Key, filename string, parts int) (task.Dataset, error)
	// PutUpload stores the whole file of an upload of one part and completes it, under the token for its task.PartKey.
	PutUpload(ctx context.Context, token, id string, body io.Reader) error
	dialect.UploadReader
}

// Routes returns the calls, without their prefix.
func Routes(gw Gateway, o Options) []dialect.Route {
	c := calls{gw, o}
	return []dialect.Route{
		{Pattern: "POST /storage/upload/initiate", Handler: http.HandlerFunc(c.beginUpload), Doc: uploadDoc()},
		{Pattern: "POST /storage/upload/initiate-multipart", Handler: http.HandlerFunc(c.refuseParts), Undocumented: true, Doc: dialect.Doc{Form: ErrorForm()}},
		{Pattern: "PUT /storage/files/{part}", Handler: http.HandlerFunc(c.putFile), Doc: putFileDoc()},
		{Pattern: "POST /{path...}", Handler: http.HandlerFunc(c.submit), Doc: submitDoc()},
		{Pattern: "GET /{path...}", Match: endsWith("/status"), Handler: http.HandlerFunc(c.status), QuietLog: true, LongPoll: true, Doc: statusDoc()},
		{Pattern: "GET /{path...}", Match: endsWith("/status/stream"), Handler: http.HandlerFunc(c.streamStatus), QuietLog: true, Doc: streamDoc()},
		{Pattern: "GET /{path...}", Handler: http.HandlerFunc(c.result), QuietLog: true, LongPoll: true, Doc: resultDoc()},
		{Pattern: "PUT /{path...}", Handler: http.HandlerFunc(c.cancel), Doc: cancelDoc()},
	}
}

// endsWith returns a Route.Match for paths that end so.
func endsWith(end string) func(*http.Request) bool {
	return func(r *http.Request) bool { return strings.HasSuffix(r.PathValue("path"), end) }
}

type calls struct {
	gw Gateway
	Options
}

func (c calls) refuse(w http.ResponseWriter, r *http.Request, err error) {
	e := dialect.Public(w, r, c.Log, err)
	status := errorStatus(e.Code)
	if e.Code == task.Invalid && len(e.Fields) == 0 {
		status = http.StatusBadRequest // no input is at fault, but the request as a whole
	}
	dialect.WriteJSON(w, status, dialect.Marshal(bodyOf(e)))
}

// admit returns the key of a request: fal's clients send it as "Key …".
func (c calls) admit(r *http.Request, scope apikey.Scope) (apikey.Key, error) {
	scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Key") {
		key = dialect.Bearer(r)
	}
	return c.gw.Admit(r.Context(), strings.TrimSpace(key), scope)
}

// submit creates a task.
func (c calls) submit(w http.ResponseWriter, r *http.Request) {
	who, err := c.admit(r, apikey.Write)
	var f *dialect.Fields
	if err == nil {
		f, err = dialect.ReadFields(w, r, bodyLimit)
	}
	model := r.PathValue("path")
	if err == nil && !slices.Contains(dialect.KnownModels(names, c.gw.RoutedModels()), model) {
		err = &task.Error{Code: task.NotFound, Detail: "Application '" + task.Excerpt(model) + "' not found"}
	}
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	req := decode(f)
	req.Model = model
	req.CallbackURL = webhookOf(f, r.URL.Query().Get("fal_webhook"))
	dialect.ReportIgnored(w, r, f)
	if err = f.Err(); err == nil {
		err = dialect.LinkUploads(r.Context(), c.gw, who, &req, c.Origin.Base(r)+files, c.Origin.Links(r, c.gw))
	}
	var t task.Task
	if err == nil {
		t, err = dialect.Submit(w, r, c.gw, who, f, req)
	}
	if err != nil {
		c.refuse(w, r, dialect.Rename(err, map[string]string{"seconds": "duration", "first_frame": "image_url", "last_frame": "end_image_url", "video": "video_url",
			"audio": "generate_audio", "reference_images": "image_urls", "reference_audio": "audio_url"}))
		return
	}
	w.Header().Set("Filmgate-Task-Id", t.ID)
	dialect.WriteJSON(w, http.StatusOK, dialect.Marshal(statusOf(t, c.base(r))))
}

// base returns the URL of the request's application: the first two parts of the model's name.
func (c calls) base(r *http.Request) string {
	parts := strings.SplitN(r.PathValue("path"), "/", 3)
	return c.Origin.Base(r) + "/fal/" + strings.Join(parts[:min(2, len(parts))], "/")
}

// find admits the caller and reads the task of a path "{owner}/{alias}/requests/{id}[/…]".
func (c calls) find(r *http.Request, scope apikey.Scope, end string) (task.Task, apikey.Key, error) {
	who, err := c.admit(r, scope)
	if err != nil {
		return task.Task{}, who, err
	}
	path := strings.TrimSuffix(r.PathValue("path"), end)
	_, id, _ := strings.Cut(path, "/requests/")
	t, err := dialect.FindKept(r.Context(), c.gw, who, id, "Request not found")
	return t, who, err
}

func (c calls) status(w http.ResponseWriter, r *http.Request) {
	t, _, err := c.find(r, apikey.Read, "/status")
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	code := http.StatusAccepted
	if t.State.Terminal() {
		code = http.StatusOK
	}
	links := c.Origin.Links(r, c.gw)
	links.Base = c.base(r)
	c.Answers.Write(w, r, dialect.TaskAnswer{Status: code, Form: Dialect, Task: t, Links: links, Period: dialect.EveryDay,
		Header: func(t task.Task) http.Header { return http.Header{"X-Fal-Request-Id": {t.ID}} },
		Encode: func(t task.Task, l dialect.Links) []byte { return dialect.Marshal(statusOf(t, l.Base)) }})
}

func (c calls) result(w http.ResponseWriter, r *http.Request) {
	t, _, err := c.find(r, apikey.Read, "")
	if err == nil {
		w.Header().Set("X-Fal-Request-Id", t.ID)
		err = noResult(t)
	}
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	dialect.WriteJSON(w, http.StatusOK, dialect.Marshal(outputOf(t, c.Origin.Links(r, c.gw))))
}

func (c calls) cancel(w http.ResponseWriter, r *http.Request) {
	t, who, err := c.find(r, apikey.Write, "/cancel")
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	_, err = c.gw.Cancel(r.Context(), who, t.ID)
	if task.CodeOf(err) == task.Conflict && err != nil {
		dialect.WriteJSON(w, http.StatusBadRequest, dialect.Marshal(falCancel{"ALREADY_COMPLETED"}))
		return
	}
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	dialect.WriteJSON(w, http.StatusAccepted, dialect.Marshal(falCancel{"CANCELLATION_REQUESTED"}))
}
