// Package makevid speaks the makevid API: three families of calls under /api/v1, each with bodies, states and errors of
// its own.
//
// What may enter: the wire of these calls. What may not: rules about tasks, and anything another dialect needs. decode
// and encode are pure; facts about models (frame rate, frames, sizes) are in one table.
//
// Every get finds every task of the account, whatever call made it.
//
// The Runway family follows the published page. What the page leaves open is decided here: seconds is required, and so
// is a text_prompt or an init_image; the other published fields may be absent and are false or "" then. Fields that
// are unknown are ignored and named in the header Filmgate-Ignored; null counts as absent.
//
// The Kling family answers everything, errors too, in Kling's envelope with Kling's codes; its ids are the 16 bytes of
// the task's UUID in base64url. Every answer about a task has the headers Filmgate-Task-Id, Filmgate-Provider once an engine is
// chosen, and Filmgate-Failure with the reason's code if the task failed or was cancelled.
package makevid

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// Options configures the calls.
type Options struct {
	ServerID string // names the node that took a task, "7d3f2b9c"
	Origin   dialect.Origin
	Log      *slog.Logger     // for internal errors
	Answers  *dialect.Answers // of reads of tasks; nil = none are kept
}

// Routes returns the calls of all families.
func Routes(gw dialect.Gateway, o Options) []dialect.Route {
	var out []dialect.Route
	for _, f := range []family{runwayFamily(), lumaFamily(), klingText(), klingImage()} {
		c := &calls{gw: gw, Options: o, family: f}
		c.kept = func(t task.Task, l dialect.Links) []byte {
			return c.encode(t, scene{links: l, server: c.ServerID, request: dialect.RequestMark})
		}
		out = append(out,
			dialect.Route{Pattern: "POST " + f.create, Handler: http.HandlerFunc(c.post), Doc: f.createDoc()},
			dialect.Route{Pattern: "GET " + f.get + "/{id}", Handler: http.HandlerFunc(c.read), QuietLog: true, LongPoll: true, Doc: f.getDoc()})
	}
	return out
}

// Models returns the models that callers may name, by the dialect of the call.
func Models() map[string][]string {
	out := map[string][]string{}
	for _, f := range []struct {
		family
		profiles []profile
	}{
		{runwayFamily(), profiles.runway}, {lumaFamily(), profiles.luma}, {klingText(), profiles.kling}, {klingImage(), profiles.kling},
	} {
		out[f.name] = names(f.profiles)
	}
	return out
}

// family holds what differs between the families.
type family struct {
	name         string            // of Request.Dialect
	create, get  string            // paths, get's without the id
	limit        int64             // bytes of a request's body
	fields       map[string]string // our words for fields to the wire's, for the gateway's faults
	fleeting     bool              // answers have links that change every second: no ETag
	namesRequest bool              // answers have the id of the request
	decode       func(*dialect.Fields) task.Request
	encode       func(task.Task, scene) []byte
	refuse       func(http.ResponseWriter, *http.Request, *slog.Logger, error)
	doc          familyDoc
}

// scene holds what an answer needs besides the task.
type scene struct {
	links   dialect.Links
	server  string // the node's id
	request string // the request's id
	create  bool   // the answer is create's
}

// calls are the create and the get of one family.
type calls struct {
	gw dialect.Gateway
	Options
	family
	kept func(task.Task, dialect.Links) []byte // encodes the answers that are kept
}

func (c *calls) post(w http.ResponseWriter, r *http.Request) {
	who, err := c.gw.Admit(r.Context(), dialect.Bearer(r), apikey.Write)
	var t task.Task
	if err == nil {
		t, err = dialect.Create(w, r, c.gw, who, dialect.Creation{Limit: c.limit, Names: c.fields, Decode: func(f *dialect.Fields) task.Request {
			req := c.decode(f)
			req.Dialect = c.name
			return req
		}})
	}
	if err != nil {
		c.refuse(w, r, c.Log, err)
		return
	}
	c.answer(w, r, t, true)
}

func (c *calls) read(w http.ResponseWriter, r *http.Request) {
	who, err := c.gw.Admit(r.Context(), dialect.Bearer(r), apikey.Read)
	if err != nil {
		c.refuse(w, r, c.Log, err)
		return
	}
	t, err := c.find(r, who)
	if err != nil {
		c.refuse(w, r, c.Log, err)
		return
	}
	c.answer(w, r, t, false)
}

// find reads the task that the path names, in the form of any dialect.
func (c *calls) find(r *http.Request, who apikey.Key) (task.Task, error) {
	return dialect.FindTask(r.Context(), c.gw, who, r.PathValue("id"), task.NoTask)
}

func (c *calls) answer(w http.ResponseWriter, r *http.Request, t task.Task, create bool) {
	links := c.Origin.Links(r, c.gw)
	if create {
		maps.Copy(w.Header(), header(t))
		body := c.encode(t, scene{links: links, server: c.ServerID, request: dialect.RequestID(w), create: true})
		dialect.WriteJSON(w, http.StatusOK, body)
		return
	}
	period := dialect.EveryDay
	if c.fleeting {
		period = dialect.EverySecond
	}
	c.Answers.Write(w, r, dialect.TaskAnswer{Status: http.StatusOK, Form: c.name, Task: t, Links: links, Period: period, ETag: !c.fleeting,
		Header: header, Encode: c.kept, NamesRequest: c.namesRequest})
}

// header returns the headers that every answer about a task has.
func header(t task.Task) http.Header {
	h := http.Header{}
	h.Set("Filmgate-Task-Id", t.ID)
	if t.Engine != "" {
		h.Set("Filmgate-Provider", t.Engine)
	}
	switch {
	case t.State == task.Cancelled:
		h.Set("Filmgate-Failure", "CANCELLED")
	case t.State == task.Failed:
		h.Set("Filmgate-Failure", string(t.WhyFailed().Reason))
	}
	return h
}

// word returns the word for a state in the Luma and Kling families; both say "failed".
func word(s task.State, waiting, running, done string) string {
	switch s {
	case task.Queued, task.Throttled, task.Pending:
		return waiting
	case task.Running:
		return running
	case task.Succeeded:
		return done
	default:
		return "failed"
	}
}

// wordsOf returns the words of a state table, each once.
func wordsOf(table func(task.State) string) []string {
	var out []string
	for _, s := range task.States() {
		if w := table(s); !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// formatUUID writes 16 bytes as a UUID.
func formatUUID(b [16]byte) string {
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:16])
}
