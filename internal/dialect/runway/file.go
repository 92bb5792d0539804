package runway

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// ephemeral is the type of an upload of one file, by the developer API.
const ephemeral = "ephemeral"

// Limits of the form by which the SDK sends a file.
const (
	maxFormParts = 32      // parts of a form before the file
	maxFieldSize = 8 << 10 // bytes of a part that is no file
)

// fileUpload is the answer of POST /v1/uploads to the developer API.
type fileUpload struct {
	UploadURL string     `json:"uploadUrl" format:"uri" doc:"Where to POST the file, as multipart/form-data with the fields and the file last. It needs no key, and is valid for 24 hours."`
	Fields    formFields `json:"fields" doc:"Fields of the form."`
	RunwayURI string     `json:"runwayUri" doc:"Names the file in a create: runway://… It is valid for 24 hours."`
}

// formFields are the fields that the form of a file begins with. Nothing depends on them.
type formFields struct {
	Key string `json:"key" doc:"The upload."`
}

// openUpload answers POST /v1/uploads of the developer API.
func (c calls) openUpload(w http.ResponseWriter, r *http.Request, who apikey.Key) ([]byte, error) {
	f, err := dialect.ReadFields(w, r, bodyLimit)
	if err != nil {
		return nil, err
	}
	opened, err := c.begin(r, who, f)
	dialect.ReportIgnored(w, r, f)
	if err != nil {
		return nil, err
	}
	return dialect.Marshal(opened), nil
}

// beginFile opens an upload of one file.
func (c calls) beginFile(r *http.Request, who apikey.Key, f *dialect.Fields) (any, error) {
	name := decodeBeginFile(f)
	if err := f.Err(); err != nil {
		return nil, err
	}
	d, err := c.gw.BeginUpload(r.Context(), who, name, 1)
	if err != nil {
		return nil, err
	}
	return fileUpload{UploadURL: c.Origin.Links(r, c.gw).SignedUntil(task.PartKey(d.ID, 1), d.Created.Add(task.UploadLife)),
		Fields: formFields{Key: d.ID}, RunwayURI: uploadScheme + d.ID}, nil
}

func decodeBeginFile(f *dialect.Fields) (filename string) {
	f.Require("filename", "type")
	f.OneOf("type", "", ephemeral)
	filename = f.String("filename", "", nameLimit)
	if f.Has("filename") && strings.TrimSpace(filename) == "" {
		f.AddError("filename", "must not be empty")
	}
	return filename
}

// putFile stores the file of an upload. It comes as the last part of a form, and is not kept in memory.
func (c calls) putFile(w http.ResponseWriter, r *http.Request) {
	id, _, _ := strings.Cut(r.PathValue("part"), ".")
	file, err := fileOf(r)
	if err == nil {
		err = c.gw.PutUpload(r.Context(), r.URL.Query().Get("_jwt"), dialect.CanonicalID(id), file)
	}
	if err != nil {
		c.refuse(w, r, dialect.Rename(err, map[string]string{"parts": "file"}))
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// fileOf returns the part "file" of the request's form.
func fileOf(r *http.Request) (io.Reader, error) {
	media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "multipart/form-data" || params["boundary"] == "" {
		return nil, &task.Error{Code: task.Unsupported, Detail: "Send the file as multipart/form-data."}
	}
	form := multipart.NewReader(r.Body, params["boundary"])
	for range maxFormParts {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, &task.Error{Code: task.Invalid, Detail: "The form can't be read, or ended early."}
		}
		if part.FormName() == "file" {
			return part, nil
		}
		if n, _ := io.Copy(io.Discard, io.LimitReader(part, maxFieldSize+1)); n > maxFieldSize {
			return nil, &task.Error{Code: task.TooLarge, Detail: "A field before the file is too long."}
		}
	}
	return nil, &task.Error{Code: task.Invalid, Detail: "The form has no part \"file\"."}
}
