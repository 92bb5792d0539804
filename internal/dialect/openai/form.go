package openai

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	partsLimit = 100       // parts of a form
	formMargin = 256 << 10 // bytes of a form besides its file and texts
	nameLimit  = 200       // bytes of a part's name
)

// isForm reports whether the body is a multipart form.
func isForm(h http.Header) bool {
	media, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	return err == nil && media == "multipart/form-data"
}

// form is what was read of a multipart form.
type form struct {
	fields map[string]any // by name: a text, a list of texts ("a[]"), or an object of texts ("a[b]")
	same   map[string]any // the same with the file's hash in place of its id, which is new each time
	text   int64          // bytes of texts that may still come
}

// readForm reads a form as the JSON object that says the same. Its file is stored as a dataset. same is what two equal forms
// have in common. The parts are read one by one: nothing but their texts is in memory.
func (c calls) readForm(w http.ResponseWriter, r *http.Request, who apikey.Key) (f *dialect.Fields, same []byte, err error) {
	if e := r.Header.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return nil, nil, &task.Error{Code: task.Unsupported, Detail: "The body must be sent without a Content-Encoding."}
	}
	const most = task.MaxUpload + bodyLimit + formMargin
	if r.ContentLength > most {
		return nil, nil, formTooLarge()
	}
	r.Body = http.MaxBytesReader(w, r.Body, most)
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, nil, brokenForm(err)
	}
	in := form{fields: map[string]any{}, same: map[string]any{}, text: bodyLimit}
	for n := 0; ; n++ {
		p, err := parts.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return in.object()
		case err != nil:
			return nil, nil, brokenForm(err)
		case n >= partsLimit:
			return nil, nil, &task.Error{Code: task.Invalid, Detail: fmt.Sprintf("The form has more than the %d parts allowed here.", partsLimit)}
		}
		if err := c.readPart(r, who, p, &in); err != nil {
			return nil, nil, err
		}
	}
}

// object returns the form as a JSON object.
func (in form) object() (*dialect.Fields, []byte, error) {
	body, err := json.Marshal(in.fields)
	if err != nil {
		return nil, nil, fmt.Errorf("openai: write a form as JSON: %w", err)
	}
	same, err := json.Marshal(in.same)
	if err != nil {
		return nil, nil, fmt.Errorf("openai: write a form as JSON: %w", err)
	}
	f, err := dialect.ParseFields(body)
	return f, same, err
}

func (c calls) readPart(r *http.Request, who apikey.Key, p *multipart.Part, in *form) error {
	name := p.FormName()
	if len(name) > nameLimit || !utf8.ValidString(name) {
		return &task.Error{Code: task.Invalid, Detail: fmt.Sprintf("A part of the form has a name of more than %d bytes, or one that is not UTF-8.", nameLimit)}
	}
	if isFile(p) {
		return c.readFile(r, who, strings.TrimSuffix(name, "[]"), p, in)
	}
	text, err := io.ReadAll(io.LimitReader(p, in.text+1))
	if err != nil {
		return brokenForm(err)
	}
	if in.text -= int64(len(text)); in.text < 0 {
		return &task.Error{Code: task.TooLarge, Detail: fmt.Sprintf("The texts of the form are larger than the %d bytes allowed here.", bodyLimit)}
	}
	if !utf8.Valid(text) {
		return dialect.FieldError(task.Invalid, name, "is not UTF-8")
	}
	if len(text) == 0 {
		return nil // forms send what is left open as an empty text
	}
	if err := put(in.fields, name, string(text)); err != nil {
		return err
	}
	return put(in.same, name, string(text))
}

// isFile reports whether a part holds a file. Its declared type decides nothing else: SDKs often don't know it.
func isFile(p *multipart.Part) bool {
	media, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type"))
	return p.FileName() != "" || strings.HasPrefix(media, "image/") || strings.HasPrefix(media, "video/") || media == "application/octet-stream"
}

// readFile stores a file.
func (c calls) readFile(r *http.Request, who apikey.Key, name string, p *multipart.Part, in *form) error {
	if name != "input_reference" && name != "image_reference" {
		return dialect.FieldError(task.Invalid, name, "can't be a file; input_reference can")
	}
	sum := sha256.New()
	d, err := c.gw.Upload(r.Context(), who, io.TeeReader(p, sum))
	if err != nil {
		return dialect.Rename(err, map[string]string{"file": name})
	}
	if err := put(in.fields, name+"[file_id]", d.ID); err != nil {
		return err
	}
	return put(in.same, name+"[file_id]", hex.EncodeToString(sum.Sum(nil)))
}

// put adds a part's text to an object under "a", "a[]" or "a[b]".
func put(to map[string]any, name, text string) error {
	outer, rest, nested := strings.Cut(name, "[")
	inner, ok := strings.CutSuffix(rest, "]")
	switch old := to[outer]; {
	case nested && ok && inner == "" && outer != "":
		list, isList := old.([]string)
		if old != nil && !isList {
			return twice(outer)
		}
		to[outer] = append(list, text)
	case nested && ok && outer != "" && !strings.ContainsAny(inner, "[]"):
		object, isObject := old.(map[string]any)
		if old != nil && !isObject {
			return twice(outer)
		}
		if object == nil {
			object = map[string]any{}
			to[outer] = object
		}
		return put(object, inner, text)
	case to[name] != nil:
		return twice(name)
	default:
		to[name] = text
	}
	return nil
}

func twice(name string) error {
	return dialect.FieldError(task.Invalid, name, "is there twice; send it once")
}

func formTooLarge() error {
	return &task.Error{Code: task.TooLarge, Detail: fmt.Sprintf("The form is larger than the %d bytes allowed here.", task.MaxUpload+bodyLimit+formMargin)}
}

func brokenForm(err error) error {
	var over *http.MaxBytesError
	if errors.As(err, &over) {
		return formTooLarge()
	}
	return &task.Error{Code: task.Invalid, Detail: "The form can't be read: it ended early, or its boundary is missing or wrong."}
}
