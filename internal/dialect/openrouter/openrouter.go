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
		{Pattern: "POST " + base + "/videos", Handler: http.HandlerFunc(c.create), Doc: createDoc()},
		{Pattern: "GET " + base + "/videos/models", Handler: http.HandlerFunc(c.models), Doc: modelsDoc()},
		{Pattern: "GET " + base + "/videos/{id}", Handler: http.HandlerFunc(c.read), QuietLog: true, Doc: readDoc()},
		{Pattern: "GET " + base + "/videos/{id}/content", Handler: http.HandlerFunc(c.content), Doc: contentDoc()},
		{Pattern: "GET " + base + "/models", Handler: http.HandlerFunc(c.models), Undocumented: true, Doc: dialect.Doc{Form: ErrorForm()}},
	}
}

type calls struct {
	gw dialect.Gateway
	Options
}

func (c calls) create(w http.ResponseWriter, r *http.Request) {
	who, err := c.gw.Admit(r.Context(), dialect.Bearer(r), apikey.Write)
	var f *dialect.Fields
	if err == nil {
		f, err = dialect.ReadFields(w, r, bodyLimit)
	}
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	req := decodeCreate(f, c.known())
	dialect.ReportIgnored(w, r, f)
	if err := f.Err(); err != nil {
		c.refuse(w, r, err)
		return
	}
	t, err := dialect.Submit(w, r, c.gw, who, f, req)
	if err != nil {
		c.refuse(w, r, dialect.Rename(err, fieldNames()))
		return
	}
	dialect.WriteJSON(w, r, http.StatusAccepted, encode(t, c.Origin.Links(r, c.gw)), false)
}

func (c calls) read(w http.ResponseWriter, r *http.Request) {
	t, err := c.find(r)
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	c.Answers.Write(w, r, dialect.TaskAnswer{Status: http.StatusOK, Form: Dialect, Task: t, Links: c.Origin.Links(r, c.gw), Period: dialect.EveryDay, ETag: false, Encode: encode})
}

// find admits the caller and reads the task that the path names, in the form of any dialect.
func (c calls) find(r *http.Request) (task.Task, error) {
	who, err := c.gw.Admit(r.Context(), dialect.Bearer(r), apikey.Read)
	if err != nil {
		return task.Task{}, err
	}
	return dialect.FindTask(r.Context(), c.gw, who, r.PathValue("id"), "There is no video with this id.")
}

// content answers with the bytes of a finished video.
func (c calls) content(w http.ResponseWriter, r *http.Request) {
	t, err := c.find(r)
	var video task.File
	if err == nil {
		video, err = fileOf(t, r.URL.Query().Get("index"))
	}
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	dialect.ServeFile(w, r, c.Files, c.Origin.Links(r, c.gw), video, func(err error) { c.refuse(w, r, err) })
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

func (c calls) models(w http.ResponseWriter, r *http.Request) {
	if _, err := c.gw.Admit(r.Context(), dialect.Bearer(r), apikey.Read); err != nil {
		c.refuse(w, r, err)
		return
	}
	dialect.WriteJSON(w, r, http.StatusOK, dialect.Marshal(encodeModels(c.known(), c.gw.Offers)), false)
}

func (c calls) refuse(w http.ResponseWriter, r *http.Request, err error) {
	ErrorForm().Write(w, r, dialect.Public(w, r, c.Log, err))
}
