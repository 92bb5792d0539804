package filmgate

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"

	"github.com/filmgate/filmgate/internal/task"
)

// formMargin is how much larger a form may be than its file, in bytes.
const formMargin = 64 << 10

// fileLimit is how large an uploaded file may be, in bytes; what a picture or a recording may have is less, and the gateway's
// to say.
const fileLimit = task.MaxUpload

// uploaded returns the only file in the body.
func uploaded(w http.ResponseWriter, r *http.Request) (io.Reader, error) {
	if r.ContentLength > fileLimit+formMargin {
		return nil, fileTooLarge()
	}
	r.Body = http.MaxBytesReader(w, r.Body, fileLimit+formMargin)
	if isForm(r.Header) {
		return firstFile(r)
	}
	return r.Body, nil
}

func fileTooLarge() error {
	return &task.Error{Code: task.TooLarge, Detail: fmt.Sprintf("The file is larger than %d bytes.", fileLimit)}
}

// firstFile returns the first file of a form, whatever its field's name.
func firstFile(r *http.Request) (*multipart.Part, error) {
	noFile := &task.Error{Code: task.Invalid, Detail: "The form has no file in it.", Fields: []task.FieldError{{Field: "file", Detail: "send the picture, video or recording as a file"}}}
	form, err := r.MultipartReader()
	if err != nil {
		return nil, noFile
	}
	for {
		part, err := form.NextPart()
		var over *http.MaxBytesError
		switch {
		case errors.As(err, &over):
			return nil, fileTooLarge()
		case err != nil:
			return nil, noFile
		case part.FileName() != "":
			return part, nil
		}
	}
}
