package dialect

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/filmgate/filmgate/internal/task"
)

// ParseFields reads a body in memory. It returns Invalid if the body is not one JSON object in UTF-8, names a field twice, is
// nested deeper than maxDepth or has more parts than maxParts. A byte order mark is skipped (RFC 8259, section 8.1).
func ParseFields(body []byte) (*Fields, error) {
	text := bytes.TrimPrefix(body, []byte("\ufeff"))
	trimmed := bytes.TrimLeft(text, " \t\r\n")
	if len(trimmed) == 0 {
		return nil, invalid("The body is empty; a JSON object is needed.")
	}
	if at := invalidUTF8(text); at >= 0 {
		return nil, invalid("The body is not UTF-8: byte %d (line %d) begins no character.", at+1, line(text, at))
	}
	if !json.Valid(text) {
		return nil, syntaxError(text)
	}
	if trimmed[0] != '{' {
		return nil, invalid("The body must be a JSON object, not %s.", kind(trimmed))
	}
	w := walker{text: text, at: len(text) - len(trimmed)}
	raw, err := w.object(1, "")
	if err != nil {
		return nil, err
	}
	return &Fields{raw: raw, body: body, faults: new([]task.FieldError)}, nil
}

func invalid(format string, a ...any) error {
	return &task.Error{Code: task.Invalid, Detail: fmt.Sprintf(format, a...)}
}

// syntaxError returns an error that says where text stops being JSON, and what was expected there.
func syntaxError(text []byte) error {
	var syntax *json.SyntaxError
	if err := json.Unmarshal(text, new(json.RawMessage)); !errors.As(err, &syntax) {
		return invalid("The body is not valid JSON.")
	}
	if strings.HasSuffix(syntax.Error(), "exceeded max depth") {
		return tooDeep()
	}
	at := int(syntax.Offset) // includes the wrong byte; there is none if the body ends too early
	before := at - 1
	if syntax.Error() == "unexpected end of JSON input" {
		before = at
	}
	return invalid("The body is not valid JSON: %s at byte %d (line %d)%s.", syntax, at, line(text, before), expected(syntax.Error()))
}

// expected returns what was expected where encoding/json found something else.
func expected(found string) string {
	for _, c := range []struct{ where, what string }{
		{"looking for beginning of object key string", `a field's name in double quotes`},
		{"looking for beginning of value", `a value: a text in double quotes, a number, true, false, null, a list or an object`},
		{"after object key:value pair", `a comma, or } at the end of the object`},
		{"after object key", `a colon after the field's name`},
		{"after array element", `a comma, or ] at the end of the list`},
		{"after top-level value", `nothing more after the object`},
		{"in string escape code", `one of \" \\ \/ \b \f \n \r \t \u`},
		{`in \u hexadecimal character escape`, `four hexadecimal digits`},
		{"in string literal", `control characters to be escaped within a text, such as \n for a new line`},
		{"unexpected end of JSON input", `the rest of it: a quote, a bracket or a brace is not closed`},
	} {
		if strings.Contains(found, c.where) {
			return "; expected " + c.what
		}
	}
	return ""
}

// invalidUTF8 returns the offset of the first byte that is not valid UTF-8; -1 if there is none.
func invalidUTF8(b []byte) int {
	if utf8.Valid(b) {
		return -1
	}
	at := 0
	for {
		r, n := utf8.DecodeRune(b[at:])
		if r == utf8.RuneError && n == 1 {
			return at
		}
		at += n
	}
}

// line returns the line, from 1, of the byte at an offset.
func line(body []byte, before int) int {
	return 1 + bytes.Count(body[:max(0, min(before, len(body)))], []byte("\n"))
}

// kind returns the type of a JSON value, in words for people. The value is valid and not empty.
func kind(raw []byte) string {
	switch raw[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	default:
		return "a number"
	}
}

// Limits of a body, far beyond what any call reads.
const (
	maxDepth = 64     // of objects and lists
	maxParts = 10_000 // fields, objects and lists together
)

func tooDeep() error {
	return invalid("The body is nested deeper than the %d levels allowed here.", maxDepth)
}

// walker parses valid JSON without copying it.
type walker struct {
	text  []byte
	at    int // of the next byte
	parts int // so far
}

// count counts a part and fails above maxParts: each costs memory or time.
func (w *walker) count() error {
	if w.parts++; w.parts > maxParts {
		return invalid("The body has more than the %d fields, lists and objects allowed here.", maxParts)
	}
	return nil
}

// space skips white space.
func (w *walker) space() {
	for strings.IndexByte(" \t\r\n", w.text[w.at]) >= 0 {
		w.at++
	}
}

// object reads an object, whose { is next, and returns its values by name. path is the object's path: "camera/".
func (w *walker) object(depth int, path string) (map[string]json.RawMessage, error) {
	out := map[string]json.RawMessage{}
	w.at++
	for w.space(); w.text[w.at] != '}'; w.space() {
		if w.text[w.at] == ',' {
			w.at++
			w.space()
		}
		name := w.name()
		if _, twice := out[name]; twice {
			fault := task.FieldError{Field: path + name, Detail: "is there twice; send it once"}
			return nil, &task.Error{Code: task.Invalid, Detail: "One field is there twice.", Fields: []task.FieldError{fault}}
		}
		if err := w.count(); err != nil {
			return nil, err
		}
		w.space()
		w.at++ // the colon
		w.space()
		from := w.at
		if err := w.value(depth, path+name); err != nil {
			return nil, err
		}
		out[name] = w.text[from:w.at:w.at]
	}
	w.at++
	return out, nil
}

// value skips the next value, which is at path.
func (w *walker) value(depth int, path string) error {
	switch w.text[w.at] {
	case '"':
		w.skipString()
		return nil
	case '{', '[':
		if depth >= maxDepth {
			return tooDeep()
		}
		if err := w.count(); err != nil {
			return err
		}
		if w.text[w.at] == '[' {
			return w.list(depth+1, path)
		}
		_, err := w.object(depth+1, path+"/")
		return err
	default:
		for w.at < len(w.text) && strings.IndexByte(" \t\r\n,]}", w.text[w.at]) < 0 {
			w.at++
		}
		return nil
	}
}

// list skips a list, whose [ is next.
func (w *walker) list(depth int, path string) error {
	w.at++
	for n := 0; ; n++ {
		w.space()
		switch w.text[w.at] {
		case ']':
			w.at++
			return nil
		case ',':
			w.at++
			w.space()
		}
		item := ""
		if c := w.text[w.at]; c == '{' || c == '[' { // only these can hold names
			item = fmt.Sprint(path, "/", n)
		}
		if err := w.value(depth, item); err != nil {
			return err
		}
	}
}

// name reads the next string.
func (w *walker) name() string {
	from := w.at
	w.skipString()
	raw := w.text[from:w.at]
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1])
	}
	var name string
	_ = json.Unmarshal(raw, &name) // a valid string can always be decoded
	return name
}

// skipString skips the next string. Most of a body is often one long string, so its end is searched for directly.
func (w *walker) skipString() {
	for w.at++; ; w.at++ {
		w.at += bytes.IndexByte(w.text[w.at:], '"')
		before := w.at
		for w.text[before-1] == '\\' {
			before--
		}
		if (w.at-before)%2 == 0 {
			w.at++
			return
		}
	}
}

// Raw returns the object's fields as they were sent, by name, for dialects whose answers repeat a request. It is nil if the
// fields are only described. Callers must not change it.
func (f *Fields) Raw() map[string]json.RawMessage { return f.raw }
