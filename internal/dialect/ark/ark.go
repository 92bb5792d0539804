// Package ark speaks the video calls of Volcengine's Ark and BytePlus ModelArk, which serve Seedance: a task is created with a list
// of content, asked for, listed and deleted below /api/v3/contents/generations/tasks.
//
// A task is queued, running, and then succeeded, failed, cancelled or expired. A get names why it failed `error`, a list
// `failure_reason`. Every error of a call is {"error": {code, message, param, type}}.
//
// What may enter: this wire, as Ark's own Go SDK (volcengine-go-sdk, arkruntime), BytePlus's reference and the code of
// @ai-sdk/bytedance 1.0.29 have it, read on 2026-11-28. What may not: rules about tasks.
package ark

import (
	"log/slog"
	"net/http"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// Dialect is the Request.Dialect of tasks that these calls made.
const Dialect = "ark"

const base = "/api/v3/contents/generations/tasks"

// bodyLimit is the largest body, in bytes: two pictures of 16 MiB in Base64, and room.
const bodyLimit = 48 << 20

// Options configures the calls.
type Options struct {
	Origin  dialect.Origin
	Log     *slog.Logger     // for internal errors
	Answers *dialect.Answers // of reads of tasks; nil = none are kept
}

// Routes returns the calls.
func Routes(gw dialect.Gateway, o Options) []dialect.Route {
	c := calls{gw, o}
	return []dialect.Route{
		{Pattern: "POST " + base, Handler: http.HandlerFunc(c.create), Doc: createDoc()},
		{Pattern: "GET " + base, Handler: http.HandlerFunc(c.list), Doc: listDoc()},
		{Pattern: "GET " + base + "/{id}", Handler: http.HandlerFunc(c.read), QuietLog: true, Doc: readDoc()},
		{Pattern: "DELETE " + base + "/{id}", Handler: http.HandlerFunc(c.remove), Doc: removeDoc()},
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
	dialect.WriteJSON(w, r, http.StatusOK, dialect.Marshal(arkCreated{ID: idOf(t)}), false)
}

func (c calls) read(w http.ResponseWriter, r *http.Request) {
	_, t, err := c.find(r, apikey.Read)
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	c.Answers.Write(w, r, dialect.TaskAnswer{Status: http.StatusOK, Form: Dialect, Task: t, Links: c.Origin.Links(r, c.gw), Period: dialect.EveryDay, ETag: false, Encode: encode})
}

// find admits the caller and reads the task that the path names, in the form of any dialect. A deleted task is not found.
func (c calls) find(r *http.Request, scope apikey.Scope) (apikey.Key, task.Task, error) {
	who, err := c.gw.Admit(r.Context(), dialect.Bearer(r), scope)
	if err != nil {
		return who, task.Task{}, err
	}
	t, err := c.task(r, who, r.PathValue("id"))
	return who, t, err
}

func (c calls) task(r *http.Request, who apikey.Key, wire string) (task.Task, error) {
	return dialect.FindKept(r.Context(), c.gw, who, wire, task.NoTask)
}

// remove cancels a task that has not ended, and deletes one that has.
func (c calls) remove(w http.ResponseWriter, r *http.Request) {
	who, t, err := c.find(r, apikey.Write)
	if err == nil && !t.State.Terminal() {
		_, err = c.gw.Cancel(r.Context(), who, t.ID)
		if task.CodeOf(err) == task.Conflict { // it has ended meanwhile
			err = c.gw.Delete(r.Context(), who, t.ID)
		}
	} else if err == nil {
		err = c.gw.Delete(r.Context(), who, t.ID)
	}
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	dialect.WriteJSON(w, r, http.StatusOK, dialect.Marshal(arkNothing{}), false)
}

func (c calls) refuse(w http.ResponseWriter, r *http.Request, err error) {
	ErrorForm().Write(w, r, dialect.Public(w, r, c.Log, err))
}
