package openai

import (
	"bytes"
	"net/http"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// readBody reads a JSON body or a form. same is what two equal forms have in common; nil = the body itself.
func (c calls) readBody(w http.ResponseWriter, r *http.Request, who apikey.Key) (f *dialect.Fields, same []byte, err error) {
	if isForm(r.Header) {
		return c.readForm(w, r, who)
	}
	f, err = dialect.ReadFields(w, r, bodyLimit)
	return f, nil, err
}

func (c calls) create(w http.ResponseWriter, r *http.Request, who apikey.Key) error {
	f, same, err := c.readBody(w, r, who)
	if err != nil {
		return err
	}
	in := decodeCreate(f, c.models())
	dialect.ReportIgnored(w, r, f)
	if err := f.Err(); err != nil {
		return err
	}
	if err := c.resolve(r, who, &in); err != nil {
		return err
	}
	t, err := c.submit(w, r, who, f, same, in.Request)
	if err != nil {
		return dialect.Rename(err, fieldNames())
	}
	c.answer(w, r, t)
	return nil
}

// submit makes the task. A repeat under the same Idempotency-Key makes none, although a form's file has been stored again.
func (c calls) submit(w http.ResponseWriter, r *http.Request, who apikey.Key, f *dialect.Fields, same []byte, req task.Request) (task.Task, error) {
	if same == nil {
		return dialect.Submit(w, r, c.gw, who, f, req)
	}
	return dialect.Once(w, r, bytes.NewReader(same),
		func() (task.Task, error) { return c.gw.Submit(r.Context(), who, req) },
		func(key, fingerprint string) (task.Task, bool, error) {
			return c.gw.SubmitOnce(r.Context(), who, req, key, fingerprint)
		})
}

// resolve finds the file that the request names, and starts from it: as its first frame, or as the video to change.
func (c calls) resolve(r *http.Request, who apikey.Key, in *creation) error {
	if in.file == "" {
		return nil
	}
	d, err := c.gw.OwnDataset(r.Context(), who, in.file)
	if err != nil {
		if task.CodeOf(err) == task.NotFound {
			return dialect.FieldError(task.Invalid, in.fileField, "there is no such file")
		}
		return err
	}
	source := c.Origin.Links(r, c.gw).Signed(d.Key)
	if !d.IsVideo() {
		in.First = &task.Image{Source: source, Field: in.fileField}
		return nil
	}
	in.Video = &task.InputVideo{Source: source, Field: in.fileField}
	if !in.timed {
		in.Seconds = 0 // the video's own
	}
	return nil
}
