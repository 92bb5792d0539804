// Package google speaks Veo's two wires of long-running operations, so that @google/genai and the AI SDK's google provider work
// against this server by another base URL.
//
// The Gemini API: a program posts to /v1beta/models/{model}:predictLongRunning, gets the operation until it is done, and downloads
// the video with its key. Vertex AI: it posts to …/publishers/google/models/{model}:predictLongRunning, and posts the operation's
// name to …:fetchPredictOperation, whose answer holds the video in Base64. A video that was blocked for safety is no error: the
// operation is done with a count of filtered videos.
//
// What may enter: these wires, as @google/genai 3.3.0 (with vertexai, apiKey and baseUrl) and @ai-sdk/google 4.0.121 have them
// (2026-11-28). What may not: rules about tasks.
package google

import (
	"log/slog"
	"net/http"
	"strings"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// Dialect is the Request.Dialect of tasks that these calls made.
const Dialect = "google"

// Limits of bodies, in bytes: of a create, two pictures of 16 MiB in Base64 or a video of 32 MiB; of a fetch, a name.
const (
	bodyLimit  = 48 << 20
	fetchLimit = 64 << 10
)

// Options configures the calls.
type Options struct {
	Origin  dialect.Origin
	Files   http.Handler     // serves files by their paths
	Log     *slog.Logger     // for internal errors
	Answers *dialect.Answers // of reads of operations; nil = none are kept
}

// Routes returns the calls.
func Routes(gw dialect.Gateway, o Options) []dialect.Route {
	c := calls{gw, o}
	vertex := http.HandlerFunc(c.vertex)
	out := []dialect.Route{
		{Pattern: "POST /v1beta/models/{call}", Handler: http.HandlerFunc(c.gemini), Doc: predictDoc()},
		{Pattern: "GET /v1beta/models/{model}/operations/{id}", Handler: http.HandlerFunc(c.operation), QuietLog: true, LongPoll: true, Doc: operationDoc()},
		{Pattern: "GET /v1beta/files/{call}", Handler: http.HandlerFunc(c.download), Doc: downloadDoc()},
		{Pattern: "POST /v1beta1/publishers/google/models/{call}", Match: isFetch, Handler: vertex, QuietLog: true, LongPoll: true, Doc: fetchDoc()},
		{Pattern: "POST /v1beta1/publishers/google/models/{call}", Handler: vertex, Doc: vertexDoc()},
	}
	for _, path := range []string{"/v1/publishers", "/v1beta1/projects/{project}/locations/{location}/publishers", "/v1/projects/{project}/locations/{location}/publishers"} {
		out = append(out, dialect.Route{Pattern: "POST " + path + "/google/models/{call}", Handler: vertex, QuietLog: true, LongPoll: true, Undocumented: true, Doc: dialect.Doc{Form: ErrorForm()}})
	}
	return out
}

// isFetch reports whether the path ends with the method that fetches an operation.
func isFetch(r *http.Request) bool {
	return strings.HasSuffix(r.PathValue("call"), ":fetchPredictOperation")
}

type calls struct {
	gw dialect.Gateway
	Options
}

// admit returns the key of a request, which is in the header x-goog-api-key, the parameter key, or a bearer token.
func (c calls) admit(r *http.Request, scope apikey.Scope) (apikey.Key, error) {
	key := strings.TrimSpace(r.Header.Get("X-Goog-Api-Key"))
	if key == "" {
		key = r.URL.Query().Get("key")
	}
	if key == "" {
		key = dialect.Bearer(r)
	}
	return c.gw.Admit(r.Context(), key, scope)
}

// gemini answers …/models/{model}:predictLongRunning.
func (c calls) gemini(w http.ResponseWriter, r *http.Request) {
	model, method, _ := strings.Cut(r.PathValue("call"), ":")
	if method != "predictLongRunning" {
		c.refuse(w, r, noMethod(method))
		return
	}
	c.predict(w, r, "models/"+model, model)
}

// vertex answers …/models/{model}:predictLongRunning and …/models/{model}:fetchPredictOperation.
func (c calls) vertex(w http.ResponseWriter, r *http.Request) {
	model, method, _ := strings.Cut(r.PathValue("call"), ":")
	switch method {
	case "predictLongRunning":
		// The SDK asks for the operation at its name's path, below the same version.
		_, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, dialect.Mount(r)+"/v1"), "/")
		name, _, _ := strings.Cut(path, ":")
		c.predict(w, r, name, model)
	case "fetchPredictOperation":
		c.fetch(w, r)
	default:
		c.refuse(w, r, noMethod(method))
	}
}

func noMethod(method string) error {
	return &task.Error{Code: task.NotFound, Detail: "There is no method \"" + task.Excerpt(method) + "\" of models here; there are predictLongRunning, and fetchPredictOperation of publishers' models."}
}

// predict makes a task. parent is the resource whose operation it is.
func (c calls) predict(w http.ResponseWriter, r *http.Request, parent, model string) {
	t, err := c.create(w, r, model)
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	dialect.WriteJSON(w, http.StatusOK, dialect.Marshal(operation{Name: parent + "/operations/" + t.ID}))
}

func (c calls) create(w http.ResponseWriter, r *http.Request, model string) (task.Task, error) {
	who, err := c.admit(r, apikey.Write)
	if err != nil {
		return task.Task{}, err
	}
	f, err := dialect.ReadFields(w, r, bodyLimit)
	if err != nil {
		return task.Task{}, err
	}
	req := decodePredict(f)
	reportIgnored(w, r, f)
	if err = c.checkModel(model); err == nil {
		err = f.Err()
	}
	if err != nil {
		return task.Task{}, err
	}
	req.Dialect, req.Model = Dialect, model
	t, err := dialect.Submit(w, r, c.gw, who, f, req)
	return t, dialect.Rename(err, fieldNames())
}

// reportIgnored names what had no effect, but not the parameter that holds the key.
func reportIgnored(w http.ResponseWriter, r *http.Request, f *dialect.Fields) {
	shown := *r
	u := *r.URL
	query := u.Query()
	query.Del("key")
	u.RawQuery = query.Encode()
	shown.URL = &u
	dialect.ReportIgnored(w, &shown, f)
}

// operation answers for an operation of the Gemini API.
func (c calls) operation(w http.ResponseWriter, r *http.Request) {
	who, err := c.admit(r, apikey.Read)
	var t task.Task
	if err == nil {
		t, err = c.find(r, who, r.PathValue("id"))
	}
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	name := "models/" + r.PathValue("model") + "/operations/" + r.PathValue("id")
	links := c.Origin.Links(r, c.gw)
	links.Base += dialect.Mount(r)
	c.Answers.Write(w, r, dialect.TaskAnswer{Status: http.StatusOK, Form: Dialect + "/" + name, Task: t, Links: links, Period: dialect.EveryDay,
		Encode: func(t task.Task, l dialect.Links) []byte { return dialect.Marshal(encode(t, name, downloadURL(t, l))) }})
}

// downloadURL returns where the task's video is downloaded, with the key of the caller.
func downloadURL(t task.Task, l dialect.Links) string {
	return l.Base + "/v1beta/files/" + dialect.HexID(t.ID) + ":download?alt=media"
}

// download answers with the bytes of a task's video.
func (c calls) download(w http.ResponseWriter, r *http.Request) {
	id, method, _ := strings.Cut(r.PathValue("call"), ":")
	who, err := c.admit(r, apikey.Read)
	var t task.Task
	if err == nil && method != "download" {
		err = &task.Error{Code: task.NotFound, Detail: "There is no such file. The URI in a finished operation ends with :download?alt=media."}
	}
	if err == nil {
		t, err = c.find(r, who, id)
	}
	_, video, ok := t.FirstFile(task.Video)
	if err == nil && !ok {
		err = &task.Error{Code: task.NotFound, Detail: "There is no video: the operation is not done, has failed, or its video has been deleted."}
	}
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	dialect.ServeFile(w, r, c.Files, c.Origin.Links(r, c.gw), video, func(err error) { c.refuse(w, r, err) })
}

// find reads the task that an id names.
func (c calls) find(r *http.Request, who apikey.Key, wire string) (task.Task, error) {
	return dialect.FindTask(r.Context(), c.gw, who, wire, "There is no operation with this name.")
}
