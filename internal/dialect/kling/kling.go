// Package kling speaks Kling's own API: videos from a text, from a picture and from several pictures, tasks by Kling's id or
// the caller's own, lists and callbacks. Every answer, errors too, is Kling's envelope with Kling's codes, which makevid's
// Kling family shares.
//
// A key is sent as Authorization: Bearer. It is a plain API key, or a JSON Web Token that the caller has signed with the
// secret key that belongs to an access key.
//
// What may enter: the wire of Kling's API. What may not: rules about tasks.
package kling

import (
	"context"
	"log/slog"
	"net/http"
	"slices"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/dialect/makevid"
	"github.com/filmgate/filmgate/internal/task"
)

// Dialect begins the Request.Dialect of tasks of these calls; the kind follows: "kling/text2video".
const Dialect = "kling"

// Options configures the calls.
type Options struct {
	Origin  dialect.Origin
	Log     *slog.Logger     // for internal errors
	Answers *dialect.Answers // of reads of tasks; nil = none are kept
}

// Gateway is what these calls need besides dialect.Gateway.
type Gateway interface {
	dialect.Gateway
	// AdmitSigned returns the key whose access key a caller has signed a token with. verify checks the token with the secret
	// key, and is not called for an unknown access key. Errors: as Admit, and that of verify.
	AdmitSigned(ctx context.Context, access string, scope apikey.Scope, verify func(secret []byte) error) (apikey.Key, error)
}

// kind is one of the three ways to create a video, by the word in its path.
type kind string

const (
	fromText     kind = "text2video"
	fromPicture  kind = "image2video"
	fromPictures kind = "multi-image2video"
)

func kinds() []kind { return []kind{fromText, fromPicture, fromPictures} }

// Owns reports whether a path value of /v1/videos/{id}/{part} is a kind of Kling's. OpenAI has videos' ids there.
func Owns(id string) bool { return slices.Contains(kinds(), kind(id)) }

// Routes returns the calls.
func Routes(gw Gateway, o Options) []dialect.Route {
	c := calls{gw, o}
	out := []dialect.Route{{Pattern: "GET /v1/videos/{id}/{part}", Match: func(r *http.Request) bool { return Owns(r.PathValue("id")) },
		Handler: http.HandlerFunc(c.read), QuietLog: true, LongPoll: true, Doc: readDoc(fromText)}}
	for _, k := range kinds() {
		out = append(out,
			dialect.Route{Pattern: "POST /v1/videos/" + string(k), Handler: c.create(k), Doc: createDoc(k)},
			dialect.Route{Pattern: "GET /v1/videos/" + string(k), Handler: c.list(k), Doc: listDoc(k)})
		if k != fromText {
			out = append(out, dialect.Route{Pattern: "GET /v1/videos/{id}/{part}", Match: func(r *http.Request) bool { return r.PathValue("id") == string(k) },
				Handler: http.HandlerFunc(c.read), QuietLog: true, LongPoll: true, Doc: readDoc(k)})
		}
	}
	return out
}

// Callback returns what the callback URL of a task is told: the task, without the envelope.
func Callback(t task.Task, l dialect.Links) []byte { return dialect.Marshal(dataOf(t, l, true)) }

// Dialects returns every Request.Dialect of these calls.
func Dialects() []string {
	var out []string
	for _, k := range kinds() {
		out = append(out, dialectOf(k))
	}
	return out
}

func dialectOf(k kind) string { return Dialect + "/" + string(k) }

type calls struct {
	gw Gateway
	Options
}

// ErrorForm returns the form of these calls' errors.
func ErrorForm() *dialect.ErrorForm {
	form := makevid.KlingErrors()
	status := form.Status
	form.Status = func(c task.Code) int {
		switch c {
		case task.Conflict, task.Unreadable: // clients repeat a 409
			return http.StatusBadRequest
		case task.NoSpace:
			return http.StatusServiceUnavailable
		default:
			return status(c)
		}
	}
	return form
}

// refuse answers with an error in the envelope.
func (c calls) refuse(w http.ResponseWriter, r *http.Request, err error) {
	form := ErrorForm()
	e := dialect.Public(w, r, c.Log, err)
	if code, text := tokenCode(r, err); code != 0 {
		dialect.WriteJSON(w, http.StatusUnauthorized, dialect.Marshal(envelope{Code: code, Message: text, RequestID: dialect.RequestID(w)}))
		return
	}
	form.Write(w, r, e)
}

// fieldNames maps our names of fields to the wire's, for the gateway's errors.
func fieldNames() map[string]string {
	return map[string]string{"seconds": "duration", "model": "model_name", "first_frame": "image", "last_frame": "image_tail",
		"camera": "camera_control", "external_id": "external_task_id", "audio": "sound"}
}

// create returns the handler of a create.
func (c calls) create(k kind) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, err := c.admit(r, apikey.Write)
		var t task.Task
		if err == nil {
			t, err = dialect.Create(w, r, c.gw, who, dialect.Creation{Limit: bodyLimit, Names: fieldNames(),
				Decode: func(f *dialect.Fields) task.Request { return decode(f, k, c.gw.RoutedModels()) }})
		}
		if err != nil {
			c.refuse(w, r, err)
			return
		}
		w.Header().Set("Filmgate-Task-Id", t.ID)
		dialect.WriteJSON(w, http.StatusOK, encode(t, c.Origin.Links(r, c.gw), dialect.RequestID(w), false))
	})
}

// read answers with one task, by any id: Kling's form of it, another dialect's, or the caller's own.
func (c calls) read(w http.ResponseWriter, r *http.Request) {
	who, err := c.admit(r, apikey.Read)
	var t task.Task
	if err == nil {
		t, err = c.find(r, who, r.PathValue("part"))
	}
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	c.Answers.Write(w, r, dialect.TaskAnswer{Status: http.StatusOK, Form: Dialect, Task: t, Links: c.Origin.Links(r, c.gw), Period: dialect.EveryDay, NamesRequest: true,
		Header: func(t task.Task) http.Header { return http.Header{"Filmgate-Task-Id": {t.ID}} },
		Encode: func(t task.Task, l dialect.Links) []byte { return encode(t, l, dialect.RequestMark, true) }})
}

// find returns the task of an id. The caller's own comes first, since it may look like one of ours.
func (c calls) find(r *http.Request, who apikey.Key, id string) (task.Task, error) {
	t, err := c.gw.Find(r.Context(), who, id)
	switch {
	case err == nil:
		return dialect.FindKept(r.Context(), c.gw, who, t.ID, task.NoTask) // which may wait
	case task.CodeOf(err) == task.NotFound:
		return dialect.FindKept(r.Context(), c.gw, who, id, task.NoTask)
	default:
		return task.Task{}, err
	}
}
