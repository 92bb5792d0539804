package openai

import (
	"net/http"
	"strconv"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	defaultPage = 20
	largestPage = 100
)

// limitOf reads the size of a page.
func limitOf(q *dialect.Query) int {
	s := q.Get("limit")
	if s == "" {
		return defaultPage
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > largestPage {
		q.AddError("limit", "%q is not possible; allowed: 1 to %d", task.Excerpt(s), largestPage)
		return defaultPage
	}
	return n
}

func (c calls) list(w http.ResponseWriter, r *http.Request, who apikey.Key) error {
	q := &dialect.Query{Values: r.URL.Query()}
	limit, order := limitOf(q), q.OneOf("order", "desc", "desc", "asc")
	after, err := c.after(r, who, q)
	if err == nil {
		err = q.Err()
	}
	if err != nil {
		return err
	}
	found, err := c.gw.List(r.Context(), who, task.Query{After: after, OldestFirst: order == "asc", Limit: limit + 1})
	if err != nil {
		return err
	}
	dialect.WriteJSON(w, http.StatusOK, dialect.Marshal(encodeList(found, limit)))
	return nil
}

// after reads the video after which the page begins, which may have been deleted since.
func (c calls) after(r *http.Request, who apikey.Key, q *dialect.Query) (task.Cursor, error) {
	wire := q.Get("after")
	if wire == "" {
		return task.Cursor{}, nil
	}
	t, err := dialect.FindTask(r.Context(), c.gw, who, wire, "")
	if task.CodeOf(err) == task.NotFound {
		q.AddError("after", "there is no video with the id %q", task.Excerpt(wire))
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
