package runway

import (
	"net/http"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/dialect/makevid"
	"github.com/filmgate/filmgate/internal/task"
)

// WebDialect is the Request.Dialect of tasks of the web app's API.
const WebDialect = "runway/web"

// webRoutes returns the calls of the app's tasks: its own, and the relays' form of them.
func (c calls) webRoutes() []dialect.Route {
	var out []dialect.Route
	for _, base := range []string{"/v1", "/runway"} {
		out = append(out,
			dialect.Route{Pattern: "POST " + base + "/tasks", Handler: http.HandlerFunc(c.createWebTask), Doc: createWebDoc(), Undocumented: base == "/runway"},
			dialect.Route{Pattern: "GET " + base + "/tasks/{id}", Handler: http.HandlerFunc(c.readWebTask), QuietLog: true, LongPoll: true, Doc: readWebDoc(), Undocumented: base == "/v1"})
	}
	return out
}

func (c calls) createWebTask(w http.ResponseWriter, r *http.Request) {
	who, err := c.gw.Admit(r.Context(), dialect.Bearer(r), apikey.Write)
	var t task.Task
	if err == nil {
		t, err = c.submitWebTask(w, r, who)
	}
	if err != nil {
		c.refuseWeb(w, r, err)
		return
	}
	w.Header().Set("Filmgate-Task-Id", t.ID)
	dialect.WriteJSON(w, http.StatusOK, makevid.EncodeTask(t, c.Origin.Links(r, c.gw)))
}

// submitWebTask makes the task of a create.
func (c calls) submitWebTask(w http.ResponseWriter, r *http.Request, who apikey.Key) (task.Task, error) {
	var extends string
	return dialect.Create(w, r, c.gw, who, dialect.Creation{Limit: webBodyLimit,
		Names: map[string]string{"prompt": "options/text_prompt", "seconds": "options/seconds", "first_frame": "options/init_image",
			"last_frame": "options/init_image", "model": "taskType"},
		Decode: func(f *dialect.Fields) (req task.Request) {
			req, extends = decodeWebTask(f, c.gw.RoutedModels())
			return req
		},
		Check: func(req *task.Request) error {
			if extends == "" {
				return nil
			}
			return c.extend(r.Context(), who, req, extends)
		}})
}

func (c calls) readWebTask(w http.ResponseWriter, r *http.Request) {
	who, err := c.gw.Admit(r.Context(), dialect.Bearer(r), apikey.Read)
	if err != nil {
		c.refuseWeb(w, r, err)
		return
	}
	if _, ok := dialect.ParseID(r.PathValue("id")); !ok {
		c.refuseWeb(w, r, &task.Error{Code: task.Invalid, Detail: "id: The id specified in this URL must be a UUID"})
		return
	}
	t, err := c.read(r.Context(), r, who)
	if err != nil {
		c.refuseWeb(w, r, err)
		return
	}
	c.Answers.Write(w, r, dialect.TaskAnswer{Status: http.StatusOK, Form: WebDialect, Task: t, Links: c.Origin.Links(r, c.gw), Period: dialect.EveryDay, ETag: true,
		Header: webHeader, Encode: makevid.EncodeTask})
}

// webHeader returns the headers of an answer about a task.
func webHeader(t task.Task) http.Header {
	return http.Header{"Filmgate-Task-Id": {t.ID}}
}

// WebCallback returns what the notify_hook of the web app's tasks is told: the task, as a get answers.
func WebCallback(t task.Task, l dialect.Links) []byte { return makevid.EncodeTask(t, l) }

// WebModels returns the values of taskType, by the Request.Dialect of the web app's API.
func WebModels() map[string][]string { return map[string][]string{WebDialect: webTypes()} }
