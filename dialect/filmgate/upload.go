package filmgate

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"

	"github.com/filmgate/filmgate/task"
)

// formMargin is what a form may add round a picture, in bytes.
const formMargin = 64 << 10

// picture reads the bytes of the one picture that the body holds.
func picture(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	r.Body = http.MaxBytesReader(w, r.Body, pictureLimit+formMargin)
	from := io.Reader(r.Body)
	if isForm(r.Header) {
		part, err := firstFile(r)
		if err != nil {
			return nil, err
		}
		from = part
	}
	data, err := io.ReadAll(io.LimitReader(from, pictureLimit+1))
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over) || len(data) > pictureLimit:
		return nil, &task.Error{Code: task.TooLarge, Detail: fmt.Sprintf("The picture is larger than %d bytes.", pictureLimit)}
	case err != nil:
		return nil, &task.Error{Code: task.Invalid, Detail: "The body ended early or came too slowly."}
	}
	return data, nil
}

// firstFile is the first file of a form, whatever its field is called.
func firstFile(r *http.Request) (*multipart.Part, error) {
	noFile := &task.Error{Code: task.Invalid, Detail: "The form has no file in it.", Faults: []task.Fault{{Field: "file", Detail: "send the picture as a file"}}}
	form, err := r.MultipartReader()
	if err != nil {
		return nil, noFile
	}
	for {
		part, err := form.NextPart()
		var over *http.MaxBytesError
		switch {
		case errors.As(err, &over):
			return nil, &task.Error{Code: task.TooLarge, Detail: fmt.Sprintf("The picture is larger than %d bytes.", pictureLimit)}
		case err != nil:
			return nil, noFile
		case part.FileName() != "":
			return part, nil
		}
	}
}
