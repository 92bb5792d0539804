package openai

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	defaultPage = 20
	largestPage = 100
)

// query reads the parameters of a call and gathers their errors. Parameters that no reader asks for are ignored.
type query struct {
	given  url.Values
	faults []task.FieldError
}

func newQuery(r *http.Request) *query { return &query{given: r.URL.Query()} }

func (q *query) fault(name, format string, a ...any) {
	q.faults = append(q.faults, task.FieldError{Field: "?" + name, Detail: fmt.Sprintf(format, a...)})
}

func (q *query) err() error {
	if len(q.faults) == 0 {
		return nil
	}
	return &task.Error{Code: task.Invalid, Detail: "The query is not valid.", Fields: q.faults}
}

// oneOf reads a word; the first of those allowed is the default.
func (q *query) oneOf(name string, allowed ...string) string {
	s := q.given.Get(name)
	if s == "" {
		return allowed[0]
	}
	if !slices.Contains(allowed, s) {
		q.fault(name, "%q is not possible; allowed: %s", task.Excerpt(s), strings.Join(allowed, ", "))
		return allowed[0]
	}
	return s
}

// limit reads the size of a page.
func (q *query) limit() int {
	s := q.given.Get("limit")
	if s == "" {
		return defaultPage
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > largestPage {
		q.fault("limit", "%q is not possible; allowed: 1 to %d", task.Excerpt(s), largestPage)
		return defaultPage
	}
	return n
}

func (c calls) list(w http.ResponseWriter, r *http.Request, who apikey.Key) error {
	q := newQuery(r)
	limit, order := q.limit(), q.oneOf("order", "desc", "asc")
	after, err := c.after(r, who, q)
	if err == nil {
		err = q.err()
	}
	if err != nil {
		return err
	}
	found, err := c.gw.List(r.Context(), who, task.Query{After: after, OldestFirst: order == "asc", Limit: limit + 1})
	if err != nil {
		return err
	}
	dialect.WriteJSON(w, r, http.StatusOK, dialect.Marshal(encodeList(found, limit)), false)
	return nil
}

// after reads the video after which the page begins, which may have been deleted since.
func (c calls) after(r *http.Request, who apikey.Key, q *query) (task.Cursor, error) {
	wire := q.given.Get("after")
	if wire == "" {
		return task.Cursor{}, nil
	}
	t, err := dialect.FindTask(r.Context(), c.gw, who, wire, "")
	if task.CodeOf(err) == task.NotFound {
		q.fault("after", "there is no video with the id %q", task.Excerpt(wire))
		return task.Cursor{}, nil
	}
	return task.Cursor{Created: t.Created, ID: t.ID}, err
}

// encodeList returns a page of at most limit of the tasks; one more says that there is another page.
func encodeList(found []task.Task, limit int) openaiList {
	out := openaiList{Object: "list", Data: []openaiVideo{}, HasMore: len(found) > limit}
	for _, t := range found[:min(len(found), limit)] {
		out.Data = append(out.Data, encodeVideo(t))
	}
	if n := len(out.Data); n > 0 {
		out.FirstID, out.LastID = &out.Data[0].ID, &out.Data[n-1].ID
	}
	return out
}
