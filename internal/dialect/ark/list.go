package ark

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// Limits of a list. Pages and days are Ark's.
const (
	mostPages   = 500
	mostItems   = 500 // of a page
	defaultPage = 10  // items of a page
	mostIDs     = 500
	listDays    = 7
	mostListed  = 5000 // tasks that are counted
)

// query is what a list asks for.
type query struct {
	page, size   int
	status, tier string
	model        string
	ids          []string // nil = any
}

// list answers with one page of the account's tasks, newest first.
func (c calls) list(w http.ResponseWriter, r *http.Request, who apikey.Key) error {
	q, err := parseQuery(r.URL.RawQuery)
	var found []task.Task
	if err == nil {
		found, err = c.selected(r, who, q)
	}
	if err != nil {
		return err
	}
	out := arkList{Total: len(found), Items: []arkTask{}}
	links := c.Origin.Links(r, c.gw)
	from := min((q.page-1)*q.size, len(found))
	for _, t := range found[from:min(from+q.size, len(found))] {
		out.Items = append(out.Items, listed(t, links))
	}
	dialect.WriteJSON(w, http.StatusOK, dialect.Marshal(out))
	return nil
}

// selected returns the newest mostListed tasks of the last days that the query selects.
func (c calls) selected(r *http.Request, who apikey.Key, q query) ([]task.Task, error) {
	if q.ids != nil {
		return c.named(r, who, q)
	}
	ask := task.Query{Model: q.model, CreatedFrom: c.gw.Now().Add(-listDays * 24 * time.Hour), States: statesOf(q.status)}
	return dialect.Skip(r.Context(), c.gw, who, ask, 0, mostListed, q.selects)
}

// named returns the tasks with the ids of the query that it selects. Unknown ids are left out.
func (c calls) named(r *http.Request, who apikey.Key, q query) ([]task.Task, error) {
	var out []task.Task
	for _, id := range q.ids {
		t, err := dialect.FindKept(r.Context(), c.gw, who, id, task.NoTask)
		if err != nil && task.CodeOf(err) != task.NotFound {
			return nil, err
		}
		same := func(o task.Task) bool { return o.ID == t.ID }
		if err == nil && q.selects(t) && !slices.ContainsFunc(out, same) {
			out = append(out, t)
		}
	}
	slices.SortStableFunc(out, func(a, b task.Task) int { return b.Created.Compare(a.Created) })
	return out, nil
}

// selects reports whether the query's filters select the task.
func (q query) selects(t task.Task) bool {
	return (q.status == "" || q.status == string(statusOf(t))) && (q.model == "" || q.model == t.Request.Model) &&
		(q.tier == "" || (q.tier == "flex") == t.Request.LowPriority)
}

// statesOf returns the states that may have a status; nil = all.
func statesOf(status string) []task.State {
	switch status {
	case "queued":
		return []task.State{task.Queued, task.Throttled, task.Pending}
	case "running":
		return []task.State{task.Running}
	case "succeeded":
		return []task.State{task.Succeeded}
	case "failed", "expired":
		return []task.State{task.Failed}
	case "cancelled":
		return []task.State{task.Cancelled}
	default:
		return nil
	}
}

// parseQuery reads the parameters of a list. Unknown ones are ignored, as Ark does. Errors: Invalid, with every parameter at fault.
func parseQuery(raw string) (query, error) {
	given, err := url.ParseQuery(raw)
	if err != nil {
		return query{}, &task.Error{Code: task.Invalid, Detail: fmt.Sprintf("The query can't be read: %v.", err)}
	}
	p := dialect.Query{Values: given}
	q := query{page: p.Int("page_num", 1, 1, mostPages), size: p.Int("page_size", defaultPage, 1, mostItems),
		status: p.OneOf("filter.status", "", statuses()...), tier: p.OneOf("filter.service_tier", "", "default", "flex"), model: given.Get("filter.model")}
	for _, value := range given["filter.task_ids"] {
		q.ids = append(q.ids, strings.Split(value, ",")...)
	}
	if len(q.ids) > mostIDs {
		p.AddError("filter.task_ids", "holds %d ids; at most %d are allowed", len(q.ids), mostIDs)
	}
	return q, p.Err()
}
