// Package makevid speaks the makevid API: three families of calls under /api/v1, each with bodies, states and errors of
// its own. A task made by one family's create is found by that family's get alone.
//
// What may enter: the wire of these calls. What may not: rules about tasks, and anything another dialect needs. decode
// and encode are pure; what is a fact about a model (frame rate, frames, sizes) stands in one table.
//
// The Runway family follows the published page. What the page leaves open is decided here: seconds is required, and so
// is a text_prompt or an init_image; the other published fields may be absent and are false or "" then. Fields that
// nobody knows are ignored, null counts as absent.
package makevid

import (
	"log/slog"
	"net/http"

	"github.com/filmgate/filmgate/apikey"
	"github.com/filmgate/filmgate/dialect"
	"github.com/filmgate/filmgate/task"
)

// Options is what the calls need to know of the server.
type Options struct {
	ServerID string // names the node that took a task, "7d3f2b9c"
	Origin   dialect.Origin
	Log      *slog.Logger // where internal errors go
}

// Routes are the calls of all families.
func Routes(gw dialect.Gateway, o Options) []dialect.Route {
	runway := calls{gw, o, runwayFamily()}
	return []dialect.Route{
		{Pattern: "POST /api/v1/create_runway", Handler: http.HandlerFunc(runway.create)},
		{Pattern: "GET /api/v1/get_runway/{id}", Handler: http.HandlerFunc(runway.get), Polled: true},
	}
}

// family is what differs between the families.
type family struct {
	name   string            // of Request.Dialect
	limit  int64             // bytes of a request's body
	fields map[string]string // our words for fields to the wire's, for the gateway's faults
	decode func(*dialect.Fields) task.Request
	encode func(task.Task, scene) []byte
	refuse func(http.ResponseWriter, *http.Request, *slog.Logger, error)
}

// scene is what an answer tells besides the task.
type scene struct {
	links  dialect.Links
	server string // the node's id
	create bool   // the answer is create's
}

// calls are the create and the get of one family.
type calls struct {
	gw dialect.Gateway
	Options
	family
}

func (c calls) create(w http.ResponseWriter, r *http.Request) {
	who, err := c.gw.Admit(r.Context(), dialect.Bearer(r), apikey.Write)
	if err != nil {
		c.refuse(w, r, c.Log, err)
		return
	}
	f, err := dialect.ReadFields(w, r, c.limit)
	if err != nil {
		c.refuse(w, r, c.Log, err)
		return
	}
	req := c.decode(f)
	if err := f.Err(); err != nil {
		c.refuse(w, r, c.Log, err)
		return
	}
	req.Dialect = c.name
	t, err := c.gw.Submit(r.Context(), who, req)
	if err != nil {
		c.refuse(w, r, c.Log, dialect.Rename(err, c.fields))
		return
	}
	c.answer(w, r, t, true)
}

func (c calls) get(w http.ResponseWriter, r *http.Request) {
	who, err := c.gw.Admit(r.Context(), dialect.Bearer(r), apikey.Read)
	if err != nil {
		c.refuse(w, r, c.Log, err)
		return
	}
	t, err := c.gw.Read(r.Context(), who, r.PathValue("id"))
	if err == nil && t.Request.Dialect != c.name {
		err = &task.Error{Code: task.NotFound, Detail: "There is no such task."}
	}
	if err != nil {
		c.refuse(w, r, c.Log, err)
		return
	}
	c.answer(w, r, t, false)
}

func (c calls) answer(w http.ResponseWriter, r *http.Request, t task.Task, create bool) {
	h := w.Header()
	h.Set("Filmgate-Task-Id", t.ID)
	if t.Engine != "" {
		h.Set("Filmgate-Provider", t.Engine)
	}
	links := dialect.Links{Base: c.Origin.Base(r), Token: c.gw.Token, Now: c.gw.Now()}
	body := c.encode(t, scene{links: links, server: c.ServerID, create: create})
	dialect.WriteJSON(w, r, http.StatusOK, body, !create && t.State.Terminal())
}
