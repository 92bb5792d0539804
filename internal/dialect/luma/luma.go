// Package luma speaks two APIs of Luma: Dream Machine v1 (/dream-machine/v1/…), as the npm package lumaai 1.19.1 calls it, and
// its successor, the Agents API (/v1/generations), as luma-agents 0.3.0 calls it.
//
// A program creates a generation, and gets it until its state is completed or failed. Both APIs have errors of the form
// {"detail": "…"}, and the SDKs make their error classes from the HTTP status. Fields that are unknown are ignored, and named in
// the header Filmgate-Ignored; null counts as absent.
//
// Sources: github.com/lumalabs/lumaai-api @2520034 openapi.yaml; lumaai 1.19.1 src/resources; github.com/lumalabs/luma-agents-typescript
// @1ec841b src/resources; docs.lumalabs.ai and docs.agents.lumalabs.ai, read 2026-11-28.
//
// What may enter: the wires of these APIs. What may not: rules about tasks, pictures or videos.
package luma

import (
	"log/slog"
	"net/http"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// Dialect and AgentsDialect are the Request.Dialect of tasks that the calls of the two APIs made.
const (
	Dialect       = "luma"
	AgentsDialect = "luma-agents"
)

// bodyLimit is the largest body, in bytes: two pictures of 16 MiB in Base64, or a video of 32 MiB, with room.
const bodyLimit = 48 << 20

// Options configures the calls.
type Options struct {
	Origin  dialect.Origin
	Log     *slog.Logger     // for internal errors
	Answers *dialect.Answers // of reads of tasks; nil = none are kept
}

// base is the path of Dream Machine's calls.
const base = "/dream-machine/v1"

// Routes returns the calls of both APIs.
func Routes(gw dialect.Gateway, o Options) []dialect.Route {
	c := calls{gw, o}
	videos := http.HandlerFunc(c.create)
	out := []dialect.Route{
		{Pattern: "POST " + base + "/generations/video", Handler: videos, Doc: createDoc()},
		{Pattern: "POST " + base + "/generations", Handler: videos, Undocumented: true, Doc: dialect.Doc{Form: ErrorForm()}},
		{Pattern: "POST " + base + "/generations/video/modify", Handler: c.change(decodeModify), Doc: modifyDoc()},
		{Pattern: "POST " + base + "/generations/video/reframe", Handler: c.change(decodeReframe), Doc: reframeDoc()},
		{Pattern: "GET " + base + "/generations", Handler: http.HandlerFunc(c.list), QuietLog: true, Doc: listDoc()},
		{Pattern: "GET " + base + "/generations/{id}", Handler: http.HandlerFunc(c.read), QuietLog: true, LongPoll: true, Doc: getDoc()},
		{Pattern: "DELETE " + base + "/generations/{id}", Handler: http.HandlerFunc(c.remove), Doc: deleteDoc()},
		{Pattern: "GET " + base + "/generations/concepts/list", Handler: c.constant(conceptNames()), Doc: conceptsDoc()},
		{Pattern: "GET " + base + "/credits", Handler: c.constant(lumaCredits{creditBalance}), Doc: creditsDoc()},
		{Pattern: "GET " + base + "/ping", Handler: c.constant(lumaPong{"pong"}), Doc: pingDoc()},
	}
	for path, what := range map[string]string{
		"/generations/image": "makes pictures", "/generations/image/reframe": "changes pictures",
		"/generations/{id}/upscale": "makes a video larger", "/generations/{id}/audio": "adds sound",
	} {
		out = append(out, dialect.Route{Pattern: "POST " + base + path, Handler: c.unsupported(what), Undocumented: true, Doc: dialect.Doc{Form: ErrorForm()}})
	}
	return append(out, agentsRoutes(c)...)
}

// Models returns the models that callers may name, by the dialect of the call: those of lumaai 1.19.1 and luma-agents 0.3.0 that
// make videos, read 2026-11-28.
func Models() map[string][]string {
	return map[string][]string{Dialect: {"ray-2", "ray-flash-2"}, AgentsDialect: {"ray-3.2"}}
}

type calls struct {
	gw dialect.Gateway
	Options
}

// known returns every model that a caller of the dialect may name: the vendor's and the operator's.
func (c calls) known(name string) []string {
	return dialect.KnownModels(Models()[name], c.gw.RoutedModels())
}

// create answers POST /generations/video.
func (c calls) create(w http.ResponseWriter, r *http.Request) {
	c.submit(w, r, func(f *dialect.Fields) wanted { return decodeCreate(f, c.known(Dialect)) }, dreamMachine())
}

// change returns the handler of a call that changes a video.
func (c calls) change(decode func(*dialect.Fields, []string) wanted) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c.submit(w, r, func(f *dialect.Fields) wanted { return decode(f, c.known(Dialect)) }, dreamMachine())
	}
}

// api holds what differs between the two APIs in creates and gets.
type api struct {
	name   string            // of Request.Dialect
	fields map[string]string // our words for fields to the API's, for the gateway's errors
	encode func(task.Task, dialect.Links) []byte
}

func dreamMachine() api {
	return api{name: Dialect, encode: encodeGeneration, fields: map[string]string{
		"seconds": "duration", "first_frame": "keyframes/frame0", "last_frame": "keyframes/frame1", "video": "media/url"}}
}

// submit creates a task and answers with it.
func (c calls) submit(w http.ResponseWriter, r *http.Request, decode func(*dialect.Fields) wanted, a api) {
	who, err := c.gw.Admit(r.Context(), dialect.Bearer(r), apikey.Write)
	var t task.Task
	if err == nil {
		var want wanted
		t, err = dialect.Create(w, r, c.gw, who, dialect.Creation{Limit: bodyLimit, Names: a.fields,
			Decode: func(f *dialect.Fields) task.Request {
				want = decode(f)
				return want.request
			},
			Check: func(req *task.Request) error {
				err := c.resolve(r.Context(), who, &want)
				*req = want.request
				req.Dialect = a.name
				return err
			}})
	}
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	dialect.WriteJSON(w, http.StatusCreated, a.encode(t, c.Origin.Links(r, c.gw)))
}

func (c calls) read(w http.ResponseWriter, r *http.Request) { c.get(w, r, dreamMachine()) }

// get answers with the task that the path names.
func (c calls) get(w http.ResponseWriter, r *http.Request, a api) {
	_, t, err := c.find(r, apikey.Read)
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	c.Answers.Write(w, r, dialect.TaskAnswer{Status: http.StatusOK, Form: a.name, Task: t, Links: c.Origin.Links(r, c.gw), Period: dialect.EveryDay, ETag: true, Encode: a.encode})
}

// find reads the task that the path names, in the form of any dialect, for the owner of the request's key. A deleted one is not
// found.
func (c calls) find(r *http.Request, scope apikey.Scope) (apikey.Key, task.Task, error) {
	who, err := c.gw.Admit(r.Context(), dialect.Bearer(r), scope)
	if err != nil {
		return who, task.Task{}, err
	}
	t, err := c.byID(r.Context(), who, r.PathValue("id"))
	return who, t, err
}

// remove answers DELETE: the generation is cancelled if it has not ended, and its files are deleted.
func (c calls) remove(w http.ResponseWriter, r *http.Request) {
	who, t, err := c.find(r, apikey.Write)
	if err == nil {
		err = c.gw.Delete(r.Context(), who, t.ID)
	}
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNoContent)
}

// constant returns the handler of a call whose answer is always the same. It asks for a key, as Luma does.
func (c calls) constant(answer any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if _, err := c.gw.Admit(r.Context(), dialect.Bearer(r), apikey.Read); err != nil {
			c.refuse(w, r, err)
			return
		}
		dialect.WriteJSON(w, http.StatusOK, dialect.Marshal(answer))
	}
}

// unsupported returns the handler of a call that Filmgate does not have. what says what the call does.
func (c calls) unsupported(what string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, err := c.gw.Admit(r.Context(), dialect.Bearer(r), apikey.Write)
		if err == nil {
			err = &task.Error{Code: task.Invalid, Detail: "This server makes videos; it has no call that " + what + "."}
		}
		c.refuse(w, r, err)
	}
}
