// Package replicate speaks Replicate's HTTP API of predictions and files, so that the replicate SDK and the AI SDK's provider
// work against this server by another base URL.
//
// A program creates a prediction of a model, a version or a deployment; it waits in the call itself (Prefer: wait), or gets
// the prediction until its status is succeeded, failed or canceled. The output is one URL. Inputs are named by each model;
// the usual names are read, and the others are ignored and named in the header Filmgate-Ignored.
//
// What may enter: this wire, as replicate 1.4.0 and @ai-sdk/replicate 3.0.46 have it (2026-11-28). What may not: rules about
// tasks.
package replicate

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// Dialect is the Request.Dialect of tasks that these calls made.
const Dialect = "replicate"

// bodyLimit is the largest body of a create, in bytes: two pictures of 16 MiB in Base64 and room.
const bodyLimit = 48 << 20

// Gateway is what these calls need.
type Gateway interface {
	dialect.Gateway
	// OwnDataset returns a picture or video of the account's. Error: NotFound.
	OwnDataset(ctx context.Context, who apikey.Key, id string) (task.Dataset, error)
	// DeleteDataset deletes it, unless a task uses it. Error: NotFound.
	DeleteDataset(ctx context.Context, who apikey.Key, id string) error
}

// Options configures the calls.
type Options struct {
	Origin  dialect.Origin
	Log     *slog.Logger     // for internal errors
	Answers *dialect.Answers // of reads of tasks; nil = none are kept
	// Stopping is closed when the server ends: creates that wait then answer at once. nil = never.
	Stopping <-chan struct{}
}

// Routes returns the calls.
func Routes(gw Gateway, o Options) []dialect.Route {
	c := calls{gw, o}
	create := func(pattern string, name namer, d dialect.Doc) dialect.Route {
		return dialect.Route{Pattern: pattern, Waits: true, Doc: d, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { c.create(w, r, name) })}
	}
	return []dialect.Route{
		create("POST /v1/predictions", c.ofVersion, createDoc()),
		create("POST /v1/models/{owner}/{name}/predictions", c.ofModel, createOfModelDoc()),
		create("POST /v1/deployments/{owner}/{name}/predictions", c.ofDeployment, createOfDeploymentDoc()),
		{Pattern: "GET /v1/predictions", Handler: c.as(apikey.Read, c.list), Doc: listDoc()},
		{Pattern: "GET /v1/predictions/{id}", Handler: c.as(apikey.Read, c.get), QuietLog: true, LongPoll: true, Doc: getDoc()},
		{Pattern: "POST /v1/predictions/{id}/cancel", Handler: c.as(apikey.Write, c.cancel), Doc: cancelDoc()},
		{Pattern: "POST /v1/files", Handler: c.as(apikey.Write, c.createFile), Doc: createFileDoc()},
		{Pattern: "GET /v1/files/{id}", Handler: c.as(apikey.Read, c.getFile), Doc: getFileDoc()},
		{Pattern: "DELETE /v1/files/{id}", Handler: c.as(apikey.Write, c.deleteFile), Doc: deleteFileDoc()},
	}
}

type calls struct {
	gw Gateway
	Options
}

// as handles a call for a key with the scope.
func (c calls) as(scope apikey.Scope, do dialect.Call) http.Handler {
	return dialect.ForKey(c.gw, scope, do, c.refuse)
}

// create makes a task and answers with its prediction.
func (c calls) create(w http.ResponseWriter, r *http.Request, name namer) {
	who, err := c.gw.Admit(r.Context(), dialect.Bearer(r), apikey.Write)
	var t task.Task
	var wait time.Duration
	if err == nil {
		wait, err = dialect.PreferWait(r.Header)
	}
	if err == nil {
		t, err = c.submit(w, r, who, name)
	}
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	status := http.StatusCreated
	p := c.prediction(r, t)
	if wait > 0 {
		t = c.wait(r, who, t, wait)
		if p = c.prediction(r, t); !t.State.Terminal() {
			// The SDK goes on to poll only if the status is "starting".
			status, p.Status = http.StatusAccepted, "starting"
		}
	}
	dialect.WriteJSON(w, status, dialect.Marshal(p))
}

// submit reads the body and makes the task.
func (c calls) submit(w http.ResponseWriter, r *http.Request, who apikey.Key, name namer) (task.Task, error) {
	f, err := dialect.ReadFields(w, r, bodyLimit)
	if err != nil {
		return task.Task{}, err
	}
	req, e := decodeCreate(f)
	if req.Model, err = name(r, f, &e); err != nil {
		return task.Task{}, err
	}
	dialect.ReportIgnored(w, r, f)
	if err := f.Err(); err != nil {
		return task.Task{}, err
	}
	req.Dialect, req.Echo = Dialect, e.text()
	t, err := dialect.Submit(w, r, c.gw, who, f, req)
	return t, dialect.Rename(err, fieldNames())
}

func (c calls) get(w http.ResponseWriter, r *http.Request, who apikey.Key) error {
	t, err := c.find(r, who)
	if err != nil {
		return err
	}
	c.Answers.Write(w, r, dialect.TaskAnswer{Status: http.StatusOK, Form: Dialect + dialect.Mount(r), Task: t, Links: c.Origin.Links(r, c.gw), Period: dialect.EveryDay, ETag: false, Encode: func(t task.Task, _ dialect.Links) []byte { return dialect.Marshal(c.prediction(r, t)) }})
	return nil
}

// cancel cancels a task. One that has ended is answered as it is: a program that gives up may be a moment too late.
func (c calls) cancel(w http.ResponseWriter, r *http.Request, who apikey.Key) error {
	t, err := c.find(r, who)
	if err != nil {
		return err
	}
	if !t.State.Terminal() {
		ended, err := c.gw.Cancel(r.Context(), who, t.ID)
		switch {
		case err == nil:
			t = ended
		case task.CodeOf(err) != task.Conflict:
			return err
		default:
			if t, err = c.gw.Read(r.Context(), who, t.ID); err != nil {
				return err
			}
		}
	}
	dialect.WriteJSON(w, http.StatusOK, dialect.Marshal(c.prediction(r, t)))
	return nil
}

// find reads the task that the path names.
func (c calls) find(r *http.Request, who apikey.Key) (task.Task, error) {
	return dialect.FindTask(r.Context(), c.gw, who, r.PathValue("id"), "There is no prediction with this id.")
}

// prediction returns the task's prediction, whose URLs lead below the prefix by which the caller came.
func (c calls) prediction(r *http.Request, t task.Task) prediction {
	return encode(t, c.Origin.Links(r, c.gw), c.api(r))
}

// api returns the URL that the API's calls begin with for the caller.
func (c calls) api(r *http.Request) string { return c.Origin.Base(r) + dialect.Mount(r) + "/v1" }
