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
		{Pattern: "POST " + base, Handler: c.as(apikey.Write, c.create), Doc: createDoc()},
		{Pattern: "GET " + base, Handler: c.as(apikey.Read, c.list), Doc: listDoc()},
		{Pattern: "GET " + base + "/{id}", Handler: c.as(apikey.Read, c.read), QuietLog: true, LongPoll: true, Doc: readDoc()},
		{Pattern: "DELETE " + base + "/{id}", Handler: c.as(apikey.Write, c.remove), Doc: removeDoc()},
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
	dialect.WriteJSON(w, http.StatusOK, dialect.Marshal(arkCreated{ID: idOf(t)}))
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

// find reads the task that the path names, in the form of any dialect. A deleted task is not found.
func (c calls) find(r *http.Request, who apikey.Key) (task.Task, error) {
	return dialect.FindKept(r.Context(), c.gw, who, r.PathValue("id"), task.NoTask)
}

// remove cancels a task that has not ended, and deletes one that has.
func (c calls) remove(w http.ResponseWriter, r *http.Request, who apikey.Key) error {
	t, err := c.find(r, who)
	if err == nil && !t.State.Terminal() {
		_, err = c.gw.Cancel(r.Context(), who, t.ID)
		if task.CodeOf(err) == task.Conflict { // it has ended meanwhile
			err = c.gw.Delete(r.Context(), who, t.ID)
		}
	} else if err == nil {
		err = c.gw.Delete(r.Context(), who, t.ID)
	}
	if err != nil {
		return err
	}
	dialect.WriteJSON(w, http.StatusOK, dialect.Marshal(arkNothing{}))
	return nil
}

func (c calls) refuse(w http.ResponseWriter, r *http.Request, err error) {
	ErrorForm().Write(w, r, dialect.Public(w, r, c.Log, err))
}
