package filmgate

import (
	"net/http"
	"slices"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// addTake makes a new take of a shot: a task of the chosen take's request, with the changes that the body names.
func (c calls) addTake(w http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	f, err := dialect.ReadFields(w, r, createLimit)
	if err != nil {
		return nil, err
	}
	b, err := c.gw.Storyboard(r.Context(), who, dialect.PathID(r))
	if err != nil {
		return nil, err
	}
	shot := dialect.CanonicalID(r.PathValue("shot"))
	at := b.Find(shot)
	switch {
	case at < 0:
		return nil, &task.Error{Code: task.NotFound, Detail: "The storyboard has no shot with this id."}
	case len(b.Shots[at].Takes) >= task.MaxTakes:
		return nil, &task.Error{Code: task.Conflict, Detail: "The shot has as many takes as it can have."}
	}
	chosen, err := c.take(r, who, b.Shots[at].Take)
	if err != nil {
		return nil, err
	}
	if !chosen.known || chosen.Request.Sequence != nil {
		return nil, &task.Error{Code: task.Conflict, Detail: "The chosen take has no request to repeat. Add a take by PATCH of the storyboard, or choose another one."}
	}
	req := decodeRetake(f, chosen.Request, c.Origin.Links(r, c.gw))
	if err := f.Err(); err != nil {
		return nil, err
	}
	t, err := dialect.Submit(w, r, c.gw, who, f, req)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(b.Shots[at].Takes, t.ID) { // else a repeat, of which the take may have been left for another
		if _, err := c.gw.AddTake(r.Context(), who, b.ID, shot, t.ID); err != nil {
			return nil, err
		}
	}
	return c.created(w, r, t), nil
}

// decodeRetake reads the changes of a request whose task was made before. Its inputs are the stored ones.
func decodeRetake(f *dialect.Fields, made task.Request, l dialect.Links) task.Request {
	base := made
	base.ExternalID, base.CallbackURL, base.Echo, base.ExpandedPrompt = "", "", "", "" // they are the first task's
	for _, in := range []struct {
		name string
		img  **task.Image
	}{{"first_frame", &base.First}, {"last_frame", &base.Last}} {
		if *in.img != nil {
			*in.img = &task.Image{Source: l.Signed((*in.img).Key), Field: in.name}
		}
	}
	if base.Video != nil {
		base.Video = &task.InputVideo{Source: l.Signed(base.Video.Key), Field: "video"}
	}
	r := decodeRequest(f, base)
	if f.Has("seconds") {
		r.Format.Frames = 0
	}
	for _, name := range []string{"aspect_ratio", "resolution", "first_frame", "last_frame", "video"} {
		if f.Has(name) {
			r.Format = task.Format{}
		}
	}
	return r
}

// contactSheet answers with a contact sheet. Its body is no JSON, so it writes the answer itself.
func (c calls) contactSheet(w http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	p := query{dialect.Query{Values: r.URL.Query()}}
	format := p.Get("format")
	types := map[string]string{"": "image/jpeg", "jpeg": "image/jpeg", "pdf": "application/pdf"}
	if types[format] == "" {
		p.AddError("format", "%q; allowed: jpeg, pdf", format)
	}
	if err := p.Err(); err != nil {
		return nil, err
	}
	sheet, err := c.gw.ContactSheet(r.Context(), who, dialect.PathID(r), format)
	if err != nil {
		return nil, err
	}
	w.Header().Set("Content-Type", types[format])
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(sheet) // the caller may have gone
	return streamed{}, nil
}
