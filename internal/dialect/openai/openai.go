// Package openai speaks the video API that OpenAI published and switched off on 2026-09-24. vLLM-Omni, SGLang, LiteLLM, n8n and
// others go on speaking it, and so do OpenAI's SDKs.
//
// A program creates a video (POST /v1/videos, as JSON or a form), asks for it (GET /v1/videos/{id}) until its status is completed
// or failed, and reads the bytes (GET /v1/videos/{id}/content). An id is "video_" and the 32 hexadecimal digits of the task's UUID.
// Every error is {"error": {message, type, param, code}}. Unknown fields are ignored and named in the header Filmgate-Ignored.
//
// The wire is that of openai 7.59.0 and openai-go v3.99.0 (2026-11-28). Fields that vLLM-Omni and SGLang add are read if a task
// has a place for them: seed, negative_prompt, fps, num_frames, width, height, image_reference.
//
// What may enter: this wire. What may not: rules about tasks.
package openai

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// Dialect is the Request.Dialect of tasks that these calls made.
const Dialect = "openai"

const (
	// bodyLimit is the largest JSON body, and the largest text of a form, in bytes: a picture of 16 MiB in Base64, and room.
	bodyLimit = 24 << 20
	// pollAfter is how long a client is asked to wait before it asks again. openai-go keeps the first value that it gets.
	pollAfter = 2 * time.Second
)

// Options configures the calls.
type Options struct {
	Origin  dialect.Origin
	Files   http.Handler     // serves stored files by their paths
	Log     *slog.Logger     // for internal errors
	Answers *dialect.Answers // of reads of tasks; nil = none are kept
}

// Gateway is what these calls need besides dialect.Gateway.
type Gateway interface {
	dialect.Gateway
	// OwnDataset returns a picture or video that the account has uploaded. NotFound for an unknown id, an upload that is not
	// complete, and another account's.
	OwnDataset(ctx context.Context, who apikey.Key, id string) (task.Dataset, error)
}

// Routes returns the calls.
func Routes(gw Gateway, o Options) []dialect.Route { return at("/v1", gw, o) }

// BareRoutes returns the calls without "/v1", for clients whose base URL ends with the prefix of the dialect.
func BareRoutes(gw Gateway, o Options) []dialect.Route {
	out := at("", gw, o)
	for i := range out {
		out[i].Undocumented = true
	}
	return out
}

func at(base string, gw Gateway, o Options) []dialect.Route {
	c := calls{gw, o}
	unsupported := dialect.Doc{Form: ErrorForm()}
	return []dialect.Route{
		{Pattern: "POST " + base + "/videos", Handler: c.as(apikey.Write, c.create), Doc: createDoc()},
		{Pattern: "GET " + base + "/videos", Handler: c.as(apikey.Read, c.list), QuietLog: true, Doc: listDoc()},
		{Pattern: "GET " + base + "/videos/{id}", Handler: c.as(apikey.Read, c.get), QuietLog: true, LongPoll: true, Doc: getDoc()},
		{Pattern: "DELETE " + base + "/videos/{id}", Handler: c.as(apikey.Write, c.remove), Doc: deleteDoc()},
		{Pattern: "GET " + base + "/videos/{id}/{part}", Handler: c.as(apikey.Read, c.part), Match: isPart, QuietLog: true, Doc: contentDoc()},
		{Pattern: "POST " + base + "/videos/{id}/remix", Handler: c.as(apikey.Write, c.remix), Doc: remixDoc()},
		{Pattern: "POST " + base + "/videos/edits", Handler: c.as(apikey.Write, c.noEdits), Undocumented: true, Doc: unsupported},
		{Pattern: "POST " + base + "/videos/extensions", Handler: c.as(apikey.Write, c.noEdits), Undocumented: true, Doc: unsupported},
		{Pattern: "POST " + base + "/videos/characters", Handler: c.as(apikey.Write, c.noEdits), Undocumented: true, Doc: unsupported},
		{Pattern: "GET " + base + "/models", Handler: c.as(apikey.Read, c.listModels), Doc: modelsDoc()},
		{Pattern: "GET " + base + "/models/{id...}", Handler: c.as(apikey.Read, c.getModel), Doc: modelDoc()},
	}
}

// isPart reports whether GET /v1/videos/{id}/{part} is this dialect's: Kling has calls with a word in place of the id.
func isPart(r *http.Request) bool {
	_, ok := dialect.ParseID(r.PathValue("id"))
	return ok || r.PathValue("part") == "content" || r.PathValue("id") == "characters"
}

type calls struct {
	gw Gateway
	Options
}

// as makes the handler of a call whose key needs the scope.
func (c calls) as(scope apikey.Scope, do dialect.Call) http.Handler {
	return dialect.ForKey(c.gw, scope, do, c.refuse)
}

// find reads the task that the path names. One that its owner has deleted is not there, as the API has it.
func (c calls) find(r *http.Request, who apikey.Key) (task.Task, error) {
	id := r.PathValue("id")
	return dialect.FindKept(r.Context(), c.gw, who, id, "There is no video with the id '"+task.Excerpt(id)+"'.")
}

func (c calls) get(w http.ResponseWriter, r *http.Request, who apikey.Key) error {
	t, err := c.find(r, who)
	if err == nil {
		c.answer(w, r, t)
	}
	return err
}

// answer answers with the task as it stands.
func (c calls) answer(w http.ResponseWriter, r *http.Request, t task.Task) {
	if !t.State.Terminal() {
		w.Header().Set("openai-poll-after-ms", milliseconds(pollAfter))
	}
	c.Answers.Write(w, r, dialect.TaskAnswer{Status: http.StatusOK, Form: Dialect, Task: t, Links: c.Origin.Links(r, c.gw), Period: dialect.EveryDay, ETag: false, Encode: func(t task.Task, _ dialect.Links) []byte { return dialect.Marshal(encodeVideo(t)) }})
}

func (c calls) remove(w http.ResponseWriter, r *http.Request, who apikey.Key) error {
	t, err := c.find(r, who)
	if err == nil {
		err = c.gw.Delete(r.Context(), who, t.ID)
	}
	if err == nil {
		dialect.WriteJSON(w, http.StatusOK, dialect.Marshal(openaiDeleted{ID: videoID(t.ID), Deleted: true, Object: "video.deleted"}))
	}
	return err
}

func (c calls) noEdits(http.ResponseWriter, *http.Request, apikey.Key) error {
	return &task.Error{Code: task.Invalid, Detail: "Edits, extensions and characters are not supported here. POST /v1/videos/{id}/remix makes a video again with another prompt."}
}

func (c calls) listModels(w http.ResponseWriter, r *http.Request, _ apikey.Key) error {
	out := openaiModels{Object: "list", Data: []openaiModel{}}
	for _, name := range c.models() {
		out.Data = append(out.Data, encodeModel(name))
	}
	dialect.WriteJSON(w, http.StatusOK, dialect.Marshal(out))
	return nil
}

func (c calls) getModel(w http.ResponseWriter, r *http.Request, _ apikey.Key) error {
	name := r.PathValue("id")
	if !slices.Contains(c.models(), name) {
		return &task.Error{Code: task.NotFound, Detail: "There is no model '" + task.Excerpt(name) + "'."}
	}
	dialect.WriteJSON(w, http.StatusOK, dialect.Marshal(encodeModel(name)))
	return nil
}

// models are those that a create may name.
func (c calls) models() []string { return dialect.KnownModels(vendorModels(), c.gw.RoutedModels()) }

// refuse answers with an error in the wire's form.
func (c calls) refuse(w http.ResponseWriter, r *http.Request, err error) {
	ErrorForm().Write(w, r, dialect.InvalidInput(dialect.Public(w, r, c.Log, err)))
}
