package filmgate

import (
	"net/http"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// Renders of a storyboard are found among all renders of the account, so many rows at once and at most.
const (
	renderRows  = 100
	renderPages = 10
)

// decodeRender reads the body of a render. The name is empty if it is that of the storyboard.
func decodeRender(f *dialect.Fields) task.Request {
	r := task.Request{
		Dialect: Dialect, Name: f.String("name", "", task.NameLimit),
		AssetGroup:  f.String("asset_group", dialect.AssetGroup, task.NameLimit),
		LowPriority: f.Bool("low_priority", false),
	}
	f.Close()
	return r
}

func (c calls) renderStoryboard(w http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	f, err := dialect.ReadFields(w, r, editLimit)
	if err != nil {
		return nil, err
	}
	asked := decodeRender(f)
	if err := f.Err(); err != nil {
		return nil, err
	}
	id := dialect.PathID(r)
	t, err := dialect.Once(w, r, dialect.Sent(r, f),
		func() (task.Task, error) { return c.gw.Render(r.Context(), who, id, asked) },
		func(key, fingerprint string) (task.Task, bool, error) {
			return c.gw.RenderOnce(r.Context(), who, id, asked, key, fingerprint)
		})
	if err != nil {
		return nil, err
	}
	return c.created(w, r, t), nil
}

func (c calls) listRenders(_ http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	p := query{dialect.Query{Values: r.URL.Query()}}
	limit, after := p.limit(), p.cursor()
	if err := p.Err(); err != nil {
		return nil, err
	}
	b, err := c.gw.Storyboard(r.Context(), who, dialect.PathID(r))
	if err != nil {
		return nil, err
	}
	page := taskPage{Tasks: []wireTask{}}
	links := c.Origin.Links(r, c.gw)
	for range renderPages {
		found, err := c.gw.List(r.Context(), who, task.Query{Model: task.SequenceModel, Dialect: Dialect, After: after, Limit: renderRows})
		if err != nil {
			return nil, err
		}
		for _, t := range found {
			if s := t.Request.Sequence; s == nil || s.Storyboard != b.ID {
				continue
			}
			if len(page.Tasks) == limit {
				next := cursor(after)
				page.Next = &next
				return page, nil
			}
			page.Tasks = append(page.Tasks, encodeTask(t, links))
			after = task.Cursor{Created: t.Created, ID: t.ID}
		}
		if len(found) < renderRows {
			return page, nil
		}
		last := found[len(found)-1]
		after = task.Cursor{Created: last.Created, ID: last.ID}
	}
	next := cursor(after)
	page.Next = &next
	return page, nil
}
