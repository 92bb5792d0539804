// Package xai speaks xAI's video API: POST /v1/videos/generations and /v1/videos/edits, and GET /v1/videos/{id}. Its paths are
// OpenAI's with other bodies, so it is mounted below /xai alone.
//
// A create answers with a request_id. The GET answers 202 while the video is pending, and 200 once it is done, failed or expired.
// Every error is {"code", "error"}. Fields that are unknown are ignored, and named in the header Filmgate-Ignored.
//
// What may enter: this wire, as docs.x.ai and the code of @ai-sdk/xai 5.0.12 have it, both read on 2026-11-28. What may not:
// rules about tasks.
package xai

import (
	"log/slog"
	"net/http"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// Dialect is the Request.Dialect of tasks that these calls made.
const Dialect = "xai"

// bodyLimit is the largest body, in bytes: two pictures of 16 MiB in Base64, or a video of 32 MiB, with room.
const bodyLimit = 48 << 20

// Options configures the calls.
type Options struct {
	Origin  dialect.Origin
	Log     *slog.Logger     // for internal errors
	Answers *dialect.Answers // of reads of tasks; nil = none are kept
}

// Routes returns the calls, without their prefix.
func Routes(gw dialect.Gateway, o Options) []dialect.Route {
	c := calls{gw, o}
	return []dialect.Route{
		{Pattern: "POST /v1/videos/generations", Handler: c.create(decodeCreate), Doc: createDoc()},
		{Pattern: "POST /v1/videos/edits", Handler: c.create(decodeEdit), Doc: editDoc()},
		{Pattern: "POST /v1/videos/extensions", Handler: c.as(apikey.Write, c.extend), Undocumented: true, Doc: dialect.Doc{Form: ErrorForm()}},
		{Pattern: "GET /v1/videos/{id}", Handler: c.as(apikey.Read, c.read), QuietLog: true, LongPoll: true, Doc: readDoc()},
	}
}

// Models returns the models that callers may name: those of @ai-sdk/xai 5.0.12 and docs.x.ai, read 2026-11-28.
func Models() map[string][]string {
	return map[string][]string{Dialect: {"grok-imagine-video", "grok-imagine-video-1.5"}}
}

type calls struct {
	gw dialect.Gateway
	Options
}

// known returns every model that a caller may name: xAI's and the operator's, sorted.
func (c calls) known() []string { return dialect.KnownModels(Models()[Dialect], c.gw.RoutedModels()) }

// as returns the handler of a call whose key needs the scope.
func (c calls) as(scope apikey.Scope, do dialect.Call) http.Handler {
	return dialect.ForKey(c.gw, scope, do, c.refuse)
}

// create returns the handler of a call that makes a task.
func (c calls) create(decode func(*dialect.Fields, []string) task.Request) http.Handler {
	return c.as(apikey.Write, func(w http.ResponseWriter, r *http.Request, who apikey.Key) error {
		t, err := dialect.Create(w, r, c.gw, who, dialect.Creation{Limit: bodyLimit, Names: fieldNames(),
			Decode: func(f *dialect.Fields) task.Request { return decode(f, c.known()) }})
		if err != nil {
			return err
		}
		dialect.WriteJSON(w, http.StatusOK, dialect.Marshal(xaiStarted{t.ID}))
		return nil
	})
}

// extend refuses a continuation: no engine behind this server continues an input video.
func (c calls) extend(http.ResponseWriter, *http.Request, apikey.Key) error {
	return &task.Error{Code: task.Invalid, Detail: "This server does not continue videos. Make a video whose image is the last frame of the other."}
}

func (c calls) read(w http.ResponseWriter, r *http.Request, who apikey.Key) error {
	t, err := c.find(r, who)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if !t.State.Terminal() {
		status = http.StatusAccepted
	}
	c.Answers.Write(w, r, dialect.TaskAnswer{Status: status, Form: Dialect, Task: t, Links: c.Origin.Links(r, c.gw), Period: dialect.EveryDay, ETag: true, Encode: encode})
	return nil
}

// find reads the task that the path names, in the form of any dialect. A deleted one is not found.
func (c calls) find(r *http.Request, who apikey.Key) (task.Task, error) {
	return dialect.FindKept(r.Context(), c.gw, who, r.PathValue("id"), "There is no video with this request id.")
}

func (c calls) refuse(w http.ResponseWriter, r *http.Request, err error) {
	ErrorForm().Write(w, r, dialect.Public(w, r, c.Log, err))
}
