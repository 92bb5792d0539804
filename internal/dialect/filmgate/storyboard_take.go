package filmgate

import (
	"fmt"
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
	r := decodeRequest(f, ownFields(dialect.Again(made, l)))
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

// ownFields gives the inputs of a request, which another dialect may have read, the names that they have here.
func ownFields(r task.Request) task.Request {
	if r.First != nil {
		r.First.Field = "first_frame"
	}
	if r.Last != nil {
		r.Last.Field = "last_frame"
	}
	if r.Video != nil {
		r.Video.Field = "video"
	}
	for i := range r.ReferenceImages {
		r.ReferenceImages[i].Field = fmt.Sprintf("reference_images/%d/url", i)
	}
	for i := range r.ReferenceAudio {
		r.ReferenceAudio[i].Field = fmt.Sprintf("reference_audio/%d/url", i)
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
