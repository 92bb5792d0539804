package dialect

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/filmgate/filmgate/task"
)

// Fields is a JSON object read field by field. A reader never stops at a fault: it notes it, returns the fallback, and
// Err gives all of them at once. Unknown fields are ignored, the last of two equal names counts, and null counts as
// absent. It is not for use by many goroutines.
type Fields struct {
	raw    map[string]json.RawMessage
	body   []byte        // the whole body
	path   string        // "camera_control/config/" for a nested object
	faults *[]task.Fault // shared with nested objects
	seen   *Schema       // what is read, where nothing is read but described; nil else
}

// ReadFields reads the request's body, at most limit bytes of it. TooLarge where there is more, Unsupported for a
// Content-Encoding or a multipart form, and for what neither says to be JSON nor is; Invalid where it isn't one JSON
// object in UTF-8. JSON is taken under any other Content-Type, such as the one that curl -d sends unasked.
func ReadFields(w http.ResponseWriter, r *http.Request, limit int64) (*Fields, error) {
	if err := checkMedia(r.Header); err != nil {
		return nil, err
	}
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
	f, err := ParseFields(body)
	if err != nil && !saysJSON(r.Header) {
		return nil, notJSON()
	}
	return f, err
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

// ParseFields reads a body that is in memory. Invalid where it isn't one JSON object in UTF-8; a byte order mark before it
// is passed over (RFC 8259, section 8.1).
func ParseFields(body []byte) (*Fields, error) {
	invalid := func(format string, a ...any) error {
		return &task.Error{Code: task.Invalid, Detail: fmt.Sprintf(format, a...)}
	}
	text := bytes.TrimPrefix(body, []byte("\ufeff"))
	trimmed := bytes.TrimLeft(text, " \t\r\n")
	if len(trimmed) == 0 {
		return nil, invalid("The body is empty; a JSON object is needed.")
	}
	if at := invalidUTF8(text); at >= 0 {
		return nil, invalid("The body is not UTF-8: byte %d (line %d) begins no character.", at+1, line(text, at))
	}
	f := &Fields{body: body, faults: new([]task.Fault)}
	err := json.Unmarshal(text, &f.raw)
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		at := int(syntax.Offset) // counts the byte at fault; there is none where the body ends too early
		before := at - 1
		if syntax.Error() == "unexpected end of JSON input" {
			before = at
		}
		return nil, invalid("The body is not valid JSON: %s at byte %d (line %d).", syntax, at, line(text, before))
	case err != nil || trimmed[0] != '{':
		return nil, invalid("The body must be a JSON object, not %s.", kind(trimmed))
	}
	return f, nil
}

// invalidUTF8 is the offset of the first byte that begins no character; -1 where all do.
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

// line is the line of the byte that has so many before it, from 1.
func line(body []byte, before int) int {
	return 1 + bytes.Count(body[:max(0, min(before, len(body)))], []byte("\n"))
}

// kind names what a JSON value is, for people. The value is valid and not empty.
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

// Has reports whether the field is there and isn't null.
func (f *Fields) Has(name string) bool {
	if f.seen != nil {
		f.seen.field(name).asked = true
		return true
	}
	return f.has(name)
}

func (f *Fields) has(name string) bool {
	raw, ok := f.raw[name]
	return ok && raw[0] != 'n'
}

// Require notes a fault for each of the fields that is absent or null.
func (f *Fields) Require(names ...string) {
	for _, name := range names {
		if f.seen != nil {
			f.seen.field(name).Required = true
		} else if !f.has(name) {
			f.Fault(name, "is required")
		}
	}
}

// Fault notes what is wrong with a field and what is allowed. The first fault of a field is the one that is told.
func (f *Fields) Fault(name, format string, a ...any) {
	if f.seen == nil && !f.Faulty(name) {
		*f.faults = append(*f.faults, task.Fault{Field: f.path + name, Detail: fmt.Sprintf(format, a...)})
	}
}

// Faulty reports whether a fault of the field was noted.
func (f *Fields) Faulty(name string) bool {
	return slices.ContainsFunc(*f.faults, func(old task.Fault) bool { return old.Field == f.path+name })
}

// Err is a *task.Error, Invalid with every fault in the order they were noted; nil where there is none.
func (f *Fields) Err() error {
	switch n := len(*f.faults); n {
	case 0:
		return nil
	case 1:
		return &task.Error{Code: task.Invalid, Detail: "One field is not valid.", Faults: *f.faults}
	default:
		return &task.Error{Code: task.Invalid, Detail: fmt.Sprintf("%d fields are not valid.", n), Faults: *f.faults}
	}
}

// String reads a text of at most limit characters (0 = any number) without the NUL character.
func (f *Fields) String(name, fallback string, limit int) string {
	if f.seen != nil {
		return note(f, name, fallback, Schema{Type: "string", MaxLength: limit})
	}
	var s string
	if !f.decode(name, "a string", &s) {
		return fallback
	}
	if strings.ContainsRune(s, 0) {
		f.Fault(name, "must not hold the character U+0000")
		return fallback
	}
	if n := utf8.RuneCountInString(s); limit > 0 && n > limit {
		f.Fault(name, "has %d characters; at most %d are allowed", n, limit)
		return fallback
	}
	return s
}

// OneOf reads a text that is one of those allowed.
func (f *Fields) OneOf(name, fallback string, allowed ...string) string {
	if f.seen != nil {
		return note(f, name, fallback, Schema{Type: "string", Enum: values(allowed)})
	}
	if !f.has(name) {
		return fallback
	}
	s := f.String(name, fallback, 0)
	quoted := make([]string, len(allowed))
	for i, a := range allowed {
		if s == a {
			return s
		}
		quoted[i] = strconv.Quote(a)
	}
	f.Fault(name, "%s is not possible; allowed: %s", strconv.QuoteToASCII(clip(s)), strings.Join(quoted, ", "))
	return fallback
}

// clip keeps what is quoted back to the caller short.
func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// Bool reads true or false.
func (f *Fields) Bool(name string, fallback bool) bool {
	if f.seen != nil {
		return note(f, name, fallback, Schema{Type: "boolean"})
	}
	var b bool
	if !f.decode(name, "true or false", &b) {
		return fallback
	}
	return b
}

// Int reads a whole number from lowest to highest; 5.0 and 5e0 are 5. The limits must lie within ±2^53.
func (f *Fields) Int(name string, fallback, lowest, highest int64) int64 {
	if f.seen != nil {
		return note(f, name, fallback, Between("integer", float64(lowest), float64(highest)))
	}
	allowed := fmt.Sprintf("a whole number from %d to %d", lowest, highest)
	n, ok := f.number(name, allowed)
	if !ok {
		return fallback
	}
	if n != math.Trunc(n) || n < float64(lowest) || n > float64(highest) {
		f.Fault(name, "must be %s", allowed)
		return fallback
	}
	return int64(n)
}

// IntOf reads a whole number that is one of those allowed; the first of them is the fallback.
func (f *Fields) IntOf(name string, allowed ...int) int {
	if f.seen != nil {
		return note(f, name, allowed[0], Schema{Type: "integer", Enum: values(allowed)})
	}
	one := strings.Trim(strings.ReplaceAll(fmt.Sprint(allowed), " ", ", "), "[]")
	n, ok := f.number(name, "one of "+one)
	if !ok {
		return allowed[0]
	}
	for _, a := range allowed {
		if n == float64(a) {
			return a
		}
	}
	f.Fault(name, "%s is not possible; allowed: %s", clip(string(f.raw[name])), one)
	return allowed[0]
}

// Float reads a number from lowest to highest.
func (f *Fields) Float(name string, fallback, lowest, highest float64) float64 {
	if f.seen != nil {
		return note(f, name, fallback, Between("number", lowest, highest))
	}
	allowed := fmt.Sprintf("a number from %v to %v", lowest, highest)
	n, ok := f.number(name, allowed)
	if !ok {
		return fallback
	}
	if n < lowest || n > highest {
		f.Fault(name, "must be %s", allowed)
		return fallback
	}
	return n
}

// number reads any number; one that no float64 holds becomes infinite, which is out of every range.
func (f *Fields) number(name, allowed string) (float64, bool) {
	var n json.Number
	if !f.has(name) {
		return 0, false
	}
	// A json.Number would take the string "5" too.
	if raw := f.raw[name]; kind(raw) != "a number" {
		f.Fault(name, "must be %s, not %s", allowed, kind(raw))
		return 0, false
	}
	if !f.decode(name, allowed, &n) {
		return 0, false
	}
	v, _ := n.Float64()
	return v, true
}

// Object reads a nested object; an empty one where it is absent or no object. Its faults join those of f, under
// "name/field".
func (f *Fields) Object(name string) *Fields {
	in := &Fields{path: f.path + name + "/", faults: f.faults}
	if f.seen != nil {
		in.seen = &f.seen.field(name).Schema
		in.seen.Type = "object"
		return in
	}
	f.decode(name, "an object", &in.raw)
	return in
}

// decode reads a field that is there into v. A value of another type is a fault.
func (f *Fields) decode(name, allowed string, v any) bool {
	if !f.has(name) {
		return false
	}
	if err := json.Unmarshal(f.raw[name], v); err != nil {
		f.Fault(name, "must be %s, not %s", allowed, kind(f.raw[name]))
		return false
	}
	return true
}
