package kling

import (
	"net/http"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// Limits of a list (Kling API reference, read on 2026-11-28).
const (
	defaultPageSize = 30
	maxPage         = 1000
	maxPageSize     = 500
)

// list returns the handler of the list of a kind's tasks.
func (c calls) list(k kind) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, err := c.admit(r, apikey.Read)
		var page, size int
		if err == nil {
			page, size, err = decodePage(dialect.Query{Values: r.URL.Query()})
		}
		var tasks []task.Task
		if err == nil {
			tasks, err = dialect.Skip(r.Context(), c.gw, who, task.Query{Dialect: dialectOf(k)}, (page-1)*size, size, nil)
		}
		if err != nil {
			c.refuse(w, r, err)
			return
		}
		out := listAnswer{Message: succeed, RequestID: dialect.RequestID(w), Data: []taskData{}}
		links := c.Origin.Links(r, c.gw)
		for _, t := range tasks {
			out.Data = append(out.Data, dataOf(t, links, true))
		}
		dialect.WriteJSON(w, http.StatusOK, dialect.Marshal(out))
	})
}

// decodePage reads the parameters of a list. Others are ignored. A page must not begin after more than dialect.MaxSkip tasks.
func decodePage(q dialect.Query) (page, size int, err error) {
	page, size = q.Int("pageNum", 1, 1, maxPage), q.Int("pageSize", defaultPageSize, 1, maxPageSize)
	if last := dialect.MaxSkip/size + 1; q.Err() == nil && page > last {
		q.AddError("pageNum", "must be at most %d with pageSize %d: pages reach back over %d tasks", last, size, dialect.MaxSkip)
	}
	return page, size, q.Err()
}
