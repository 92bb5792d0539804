package dialect

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/filmgate/filmgate/internal/task"
)

// ReadFields reads the request's body, of at most limit bytes. Errors: TooLarge for a longer body; Unsupported for a
// Content-Encoding, a multipart form, and a body that is neither declared as JSON nor looks like it; Invalid if the body is not
// one JSON object in UTF-8. JSON is accepted with other Content-Types too, such as the one that curl -d sends by default.
func ReadFields(w http.ResponseWriter, r *http.Request, limit int64) (*Fields, error) {
	if err := checkMedia(r.Header); err != nil {
		return nil, err
	}
	body, err := readBody(w, r, limit)
	if err != nil {
		return nil, err
	}
	f, err := ParseFields(body)
	if err != nil && !saysJSON(r.Header) && !meantAsJSON(r.Header, body) {
		return nil, notJSON()
	}
	return f, err
}

// readBody reads the whole body. TooLarge if it has more than limit bytes, Invalid if it ends early.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	if r.ContentLength > limit {
		return nil, tooLarge(limit)
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		return nil, tooLarge(limit)
	case err != nil:
		return nil, &task.Error{Code: task.Invalid, Detail: "The body ended early or came too slowly."}
	}
	return body, nil
}

func tooLarge(limit int64) error {
	return &task.Error{Code: task.TooLarge, Detail: fmt.Sprintf("The body is larger than the %d bytes allowed here.", limit)}
}

func checkMedia(h http.Header) error {
	if e := h.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return &task.Error{Code: task.Unsupported, Detail: "The body must be sent without a Content-Encoding."}
	}
	if media, _, _ := strings.Cut(h.Get("Content-Type"), "/"); strings.EqualFold(strings.TrimSpace(media), "multipart") {
		return notJSON()
	}
	return nil
}

func notJSON() error {
	return &task.Error{Code: task.Unsupported, Detail: "The body must be JSON: send Content-Type: application/json."}
}

// saysJSON reports whether the body is declared as JSON; no Content-Type at all counts as that.
func saysJSON(h http.Header) bool {
	given := h.Get("Content-Type")
	media, _, err := mime.ParseMediaType(given)
	return given == "" || err == nil && (media == "application/json" || strings.HasSuffix(media, "+json"))
}

// meantAsJSON reports whether a body that is not JSON was meant to be: it begins like JSON or with a quote that a shell left,
// or is empty. A form, an XML document or a picture does not.
func meantAsJSON(h http.Header, body []byte) bool {
	text := bytes.TrimLeft(bytes.TrimPrefix(body, []byte("\ufeff")), " \t\r\n")
	if len(text) == 0 {
		media, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
		return media == "application/x-www-form-urlencoded" || media == "text/plain" // what clients send by default
	}
	return bytes.IndexByte([]byte(`{["'`), text[0]) >= 0
}

// RefuseBody refuses the body of a call that reads none, so that no caller believes that it had an effect. An empty object is
// accepted: some clients send it instead of no body.
func RefuseBody(w http.ResponseWriter, r *http.Request) error {
	const most = 64 << 10
	if r.Body == nil || r.ContentLength == 0 {
		return nil
	}
	body, err := readBody(w, r, most)
	if err != nil {
		return err
	}
	switch string(bytes.Join(bytes.Fields(body), nil)) {
	case "", "{}", "null":
		return nil
	}
	return &task.Error{Code: task.Invalid, Detail: "This call reads no body.", Fields: []task.FieldError{{Detail: "must be empty"}}}
}
