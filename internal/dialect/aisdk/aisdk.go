// Package aisdk speaks the wire of the AI SDK's gateway provider (@ai-sdk/gateway), so that a program of the AI SDK works
// against this server by another base URL: createGateway({baseURL: "https://films.example/v4/ai"}).
//
// A program starts a video (POST video-model/start), keeps the operation of the answer, and asks for its status (POST
// video-model/status) until it is completed or an error. The older blocking call (POST video-model) answers when the video is
// there: as an event stream with comments in between, or as JSON for providers before 3.0.53. The model is named by the header
// ai-model-id. Every error is {"error": {message, type, param, code}}, of whose types the SDK makes its error classes.
//
// What may enter: this wire, as the package's code has it (4.0.146, 2026-11-28). What may not: rules about tasks.
package aisdk

import (
	"log/slog"
	"net/http"
	"strings"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// Dialect is the Request.Dialect of tasks that these calls made.
const Dialect = "aisdk"

// bodyLimit is the largest body, in bytes: a first frame of 16 MiB in Base64, which the SDK sends twice, and room; or a video
// of 32 MiB.
const bodyLimit = 48 << 20

// Options configures the calls.
type Options struct {
	Origin  dialect.Origin
	Log     *slog.Logger     // for internal errors
	Answers *dialect.Answers // of reads of tasks; nil = none are kept
	// Stopping is closed when the server ends: blocking calls then end too. nil = never.
	Stopping <-chan struct{}
}

// Routes returns the calls at the paths of the provider's base URLs: /v4/ai, and /v3/ai of the AI SDK 6.
func Routes(gw dialect.Gateway, o Options) []dialect.Route {
	return append(at("/v4/ai", gw, o), undocumented(at("/v3/ai", gw, o))...)
}

// BareRoutes returns the calls without a version, for a base URL that ends with the prefix of the dialect.
func BareRoutes(gw dialect.Gateway, o Options) []dialect.Route {
	return undocumented(at("", gw, o))
}

func undocumented(routes []dialect.Route) []dialect.Route {
	for i := range routes {
		routes[i].Undocumented = true
	}
	return routes
}

func at(base string, gw dialect.Gateway, o Options) []dialect.Route {
	c := calls{gw, o}
	return []dialect.Route{
		{Pattern: "POST " + base + "/video-model/start", Handler: http.HandlerFunc(c.start), Doc: startDoc()},
		{Pattern: "POST " + base + "/video-model/status", Handler: http.HandlerFunc(c.status), QuietLog: true, LongPoll: true, Doc: statusDoc()},
		{Pattern: "POST " + base + "/video-model", Handler: http.HandlerFunc(c.generate), Waits: true, Undocumented: true, Doc: dialect.Doc{Form: ErrorForm()}},
		{Pattern: "GET " + base + "/config", Handler: http.HandlerFunc(c.config), Doc: configDoc()},
	}
}

type calls struct {
	gw dialect.Gateway
	Options
}

// create makes the task of a start or a blocking call.
func (c calls) create(w http.ResponseWriter, r *http.Request) (apikey.Key, task.Task, []gatewayWarning, error) {
	who, err := c.gw.Admit(r.Context(), dialect.Bearer(r), apikey.Write)
	if err != nil {
		return who, task.Task{}, nil, err
	}
	f, err := dialect.ReadFields(w, r, bodyLimit)
	if err != nil {
		return who, task.Task{}, nil, err
	}
	req, warnings := decodeStart(f)
	dialect.ReportIgnored(w, r, f)
	model, err := c.model(r)
	if err == nil {
		err = f.Err()
	}
	if err != nil {
		return who, task.Task{}, nil, err
	}
	req.Dialect, req.Model = Dialect, model
	t, err := dialect.Submit(w, r, c.gw, who, f, req)
	return who, t, warnings, dialect.Rename(err, fieldNames())
}

func (c calls) start(w http.ResponseWriter, r *http.Request) {
	_, t, warnings, err := c.create(w, r)
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	dialect.WriteJSON(w, http.StatusOK, dialect.Marshal(encodeStart(t, warnings)))
}

func (c calls) status(w http.ResponseWriter, r *http.Request) {
	who, err := c.gw.Admit(r.Context(), dialect.Bearer(r), apikey.Read)
	var f *dialect.Fields
	if err == nil {
		f, err = dialect.ReadFields(w, r, statusLimit)
	}
	var t task.Task
	if err == nil {
		id := decodeStatus(f)
		dialect.ReportIgnored(w, r, f)
		if err = f.Err(); err == nil {
			t, err = c.find(r, who, id)
		}
	}
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	c.Answers.Write(w, r, dialect.TaskAnswer{Status: http.StatusOK, Form: Dialect, Task: t, Links: c.Origin.Links(r, c.gw), Period: dialect.EveryDay, ETag: false, Encode: encodeStatus})
}

// find reads the task that an operation names.
func (c calls) find(r *http.Request, who apikey.Key, wire string) (task.Task, error) {
	return dialect.FindTask(r.Context(), c.gw, who, wire, task.NoTask)
}

func (c calls) config(w http.ResponseWriter, r *http.Request) {
	if _, err := c.gw.Admit(r.Context(), dialect.Bearer(r), apikey.Read); err != nil {
		c.refuse(w, r, err)
		return
	}
	dialect.WriteJSON(w, http.StatusOK, dialect.Marshal(encodeModels(c.known())))
}

// refuse answers with an error in the wire's form.
func (c calls) refuse(w http.ResponseWriter, r *http.Request, err error) {
	e := dialect.Public(w, r, c.Log, err)
	if e.Code == task.Conflict {
		w.Header().Set("Retry-After", "1")
	}
	dialect.WriteJSON(w, errorStatus(e.Code), encodeError(e, strings.TrimSpace(r.Header.Get(modelHeader))))
}
