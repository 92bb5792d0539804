package fal

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// uploadBody is the largest body of an upload's begin, in bytes.
const uploadBody = 64 << 10

// files is the path of uploaded files.
const files = "/fal/storage/files/"

// falUpload is the answer to the begin of an upload.
type falUpload struct {
	UploadURL string `json:"upload_url" format:"uri" doc:"Where to PUT the file. It needs no key, and is valid for 24 hours."`
	FileURL   string `json:"file_url" format:"uri" doc:"Names the file in an input, for 24 hours."`
}

func (c calls) beginUpload(w http.ResponseWriter, r *http.Request) {
	who, err := c.admit(r, apikey.Write)
	var f *dialect.Fields
	if err == nil {
		f, err = dialect.ReadFields(w, r, uploadBody)
	}
	var d task.Dataset
	if err == nil {
		name := decodeUpload(f)
		dialect.ReportIgnored(w, r, f)
		if err = f.Err(); err == nil {
			d, err = c.gw.BeginUpload(r.Context(), who, name, 1)
		}
	}
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	base, until := c.Origin.Base(r), d.Created.Add(task.UploadLife)
	dialect.WriteJSON(w, http.StatusOK, dialect.Marshal(falUpload{
		UploadURL: base + files + partOf(d.ID) + "?_jwt=" + c.gw.Token(task.PartKey(d.ID, 1), until), FileURL: base + files + d.ID}))

}

// refuseParts refuses an upload in parts: fal's client makes one only of files above 90 MB, which are too large here.
func (c calls) refuseParts(w http.ResponseWriter, r *http.Request) {
	_, err := c.admit(r, apikey.Write)
	if err == nil {
		err = &task.Error{Code: task.TooLarge, Detail: fmt.Sprintf("A file may have at most %d bytes here; files above 90 MB, which the client uploads in parts, are too large.", task.MaxUpload)}
	}
	c.refuse(w, r, err)
}

func decodeUpload(f *dialect.Fields) (name string) {
	f.Require("file_name")
	f.String("content_type", "", task.NameLimit)
	return f.String("file_name", "", task.NameLimit)
}

// putFile stores the file of an upload.
func (c calls) putFile(w http.ResponseWriter, r *http.Request) {
	id, _, _ := strings.Cut(r.PathValue("part"), ".")
	if err := c.gw.PutUpload(r.Context(), r.URL.Query().Get("_jwt"), dialect.CanonicalID(id), r.Body); err != nil {
		c.refuse(w, r, err)
		return
	}
	w.WriteHeader(http.StatusOK)
}
