package engine

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/textproto"
	"strings"
)

// FormPart is one part of a multipart form: a field, or a file if File is set.
type FormPart struct {
	Name  string
	Value string // of a field
	File  string // name of a file
	Type  string // media type of a file
	Bytes []byte // of a file
}

// FileName returns a name for a file of a media type, with the ending that programs expect of it.
func FileName(name, kind string) string {
	_, ending, _ := strings.Cut(kind, "/")
	switch kind {
	case "video/quicktime":
		ending = "mov"
	case "audio/mpeg":
		ending = "mp3"
	case "audio/mp4":
		ending = "m4a"
	}
	return name + "." + ending
}

// MultipartForm encodes a multipart form, its parts in the given order, and returns it with its media type, for Call.Body
// and Call.Type.
func MultipartForm(parts ...FormPart) (body []byte, kind string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range parts {
		h := textproto.MIMEHeader{}
		value := []byte(p.Value)
		if p.File == "" {
			h.Set("Content-Disposition", fmt.Sprintf("form-data; name=%q", p.Name))
		} else {
			h.Set("Content-Disposition", fmt.Sprintf("form-data; name=%q; filename=%q", p.Name, p.File))
			h.Set("Content-Type", p.Type)
			value = p.Bytes
		}
		// writing to a bytes.Buffer never fails
		if to, err := w.CreatePart(h); err == nil {
			_, _ = to.Write(value)
		}
	}
	_ = w.Close()
	return b.Bytes(), w.FormDataContentType()
}
