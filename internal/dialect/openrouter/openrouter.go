// Package openrouter speaks OpenRouter's video API: POST /api/v1/videos, the job's GET, its content and the list of models. Its
// paths are OpenAI's with other bodies, so it is mounted below /openrouter alone.
//
// A job is pending, in_progress, and then completed, failed, cancelled or expired. Every error is {"error": {code, message,
// metadata}} with the HTTP status as its code.
//
// What may enter: this wire, as OpenRouter's reference (openrouter.ai/docs/api_reference/videos) and the code of
// @openrouter/ai-sdk-provider 3.1.0 have it, both read on 2026-11-28. What may not: rules about tasks.
package openrouter

import (
	"log/slog"
	"net/http"
	"strconv"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// Dialect is the Request.Dialect of tasks that these calls made.
const Dialect = "openrouter"

// prefix is the path below which the calls are mounted, and base is that of the calls below it.
const (
	prefix = "/openrouter"
	base   = "/api/v1"
)

// bodyLimit is the largest body, in bytes: two pictures of 16 MiB in Base64, and room.
const bodyLimit = 48 << 20

// Options configures the calls.
type Options struct {
	Origin  dialect.Origin
	Files   http.Handler     // serves stored files by their paths
	Log     *slog.Logger     // for internal errors
	Answers *dialect.Answers // of reads of tasks; nil = none are kept
}

// Routes returns the calls, without their prefix.
func Routes(gw dialect.Gateway, o Options) []dialect.Route {
	c := calls{gw, o}
	return []dialect.Route{
		{Pattern: "POST " + base + "/videos", Handler: c.as(apikey.Write, c.create), Doc: createDoc()},
		{Pattern: "GET " + base + "/videos/models", Handler: c.as(apikey.Read, c.models), Doc: modelsDoc()},
		{Pattern: "GET " + base + "/videos/{id}", Handler: c.as(apikey.Read, c.read), QuietLog: true, LongPoll: true, Doc: readDoc()},
		{Pattern: "GET " + base + "/videos/{id}/content", Handler: c.as(apikey.Read, c.content), Doc: contentDoc()},
		{Pattern: "GET " + base + "/models", Handler: c.as(apikey.Read, c.models), Undocumented: true, Doc: dialect.Doc{Form: ErrorForm()}},
	}
}

type calls struct {
	gw dialect.Gateway
	Options
}

// as returns the handler of a call whose key needs the scope.
func (c calls) as(scope apikey.Scope, do dialect.Call) http.Handler {
	return dialect.ForKey(c.gw, scope, do, c.refuse)
}

func (c calls) create(w http.ResponseWriter, r *http.Request, who apikey.Key) error {
	t, err := dialect.Create(w, r, c.gw, who, dialect.Creation{Limit: bodyLimit, Names: fieldNames(),
		Decode: func(f *dialect.Fields) task.Request { return decodeCreate(f, c.known()) }})
	if err != nil {
		return err
	}
	dialect.WriteJSON(w, http.StatusAccepted, encode(t, c.Origin.Links(r, c.gw)))
	return nil
}

func (c calls) read(w http.ResponseWriter, r *http.Request, who apikey.Key) error {
	t, err := c.find(r, who)
	if err != nil {
		return err
	}
	c.Answers.Write(w, r, dialect.TaskAnswer{Status: http.StatusOK, Form: Dialect, Task: t, Links: c.Origin.Links(r, c.gw), Period: dialect.EveryDay, ETag: false, Encode: encode})
	return nil
}

// find reads the task that the path names, in the form of any dialect.
func (c calls) find(r *http.Request, who apikey.Key) (task.Task, error) {
	return dialect.FindTask(r.Context(), c.gw, who, r.PathValue("id"), "There is no video with this id.")
}

// content answers with the bytes of a finished video.
func (c calls) content(w http.ResponseWriter, r *http.Request, who apikey.Key) error {
	t, err := c.find(r, who)
	var video task.File
	if err == nil {
		video, err = fileOf(t, r.URL.Query().Get("index"))
	}
	if err != nil {
		return err
	}
	dialect.ServeFile(w, r, c.Files, c.Origin.Links(r, c.gw), video, func(err error) { c.refuse(w, r, err) })
	return nil
}

// fileOf returns the video of a task at an index of its list, "" for the first. Errors: Invalid if it is not there yet, NotFound
// if it never will be.
func fileOf(t task.Task, index string) (task.File, error) {
	if !t.State.Terminal() {
		return task.File{}, &task.Error{Code: task.Invalid, Detail: "The video is not ready. Ask for it again once its status is completed."}
	}
	var videos []task.File
	for _, f := range t.FilesOf(task.Video) {
		videos = append(videos, f)
	}
	n, err := strconv.Atoi(index)
	if index != "" && (err != nil || n < 0) {
		return task.File{}, &task.Error{Code: task.Invalid, Fields: []task.FieldError{{Field: "?index", Detail: "must be a whole number from 0"}}}
	}
	if n >= len(videos) {
		return task.File{}, &task.Error{Code: task.NotFound, Detail: "There is no such video."}
	}
	return videos[n], nil
}

func (c calls) models(w http.ResponseWriter, r *http.Request, _ apikey.Key) error {
	dialect.WriteJSON(w, http.StatusOK, dialect.Marshal(encodeModels(c.known(), c.gw.Offers)))
	return nil
}

func (c calls) refuse(w http.ResponseWriter, r *http.Request, err error) {
	ErrorForm().Write(w, r, dialect.Public(w, r, c.Log, err))
}
