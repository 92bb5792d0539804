package dialect

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/filmgate/filmgate/internal/task"
)

// Fields reads a JSON object field by field. A reader does not stop at an error: it records it and returns the fallback, and
// Err returns all errors at once. Null counts as absent. Close makes every field that no reader asked for an error;
// ReportIgnored only names them. It is not safe for use by many goroutines.
//
// A value of another type is accepted if it can mean only one thing: the string "5" for a number, "true" for a boolean, and a
// number for a string that may be that number.
type Fields struct {
	raw    map[string]json.RawMessage
	body   []byte             // the whole body
	path   string             // "camera_control/config/" for a nested object
	faults *[]task.FieldError // shared with nested objects
	known  []string           // names that readers asked for, in their order
	inner  []*Fields          // nested objects that were read
	seen   *Schema            // the schema, when fields are only described; nil = they are read
}

// Has reports whether the field is present and not null.
func (f *Fields) Has(name string) bool {
	if f.seen != nil {
		f.seen.field(name).asked = true
		return true
	}
	return f.has(name)
}

func (f *Fields) has(name string) bool {
	if !slices.Contains(f.known, name) {
		f.known = append(f.known, name)
	}
	raw, ok := f.raw[name]
	return ok && raw[0] != 'n'
}

// IsText reports whether the field is a text: a call may allow one in place of an object. A description has the object.
func (f *Fields) IsText(name string) bool {
	return f.seen == nil && f.has(name) && f.raw[name][0] == '"'
}

// Require records an error for each of the fields that is absent or null.
func (f *Fields) Require(names ...string) {
	for _, name := range names {
		if f.seen != nil {
			f.seen.field(name).Required = true
		} else if !f.has(name) {
			f.AddError(name, "is required")
		}
	}
}

// AddError records what is wrong with a field and what is allowed. Only the first error of a field is kept.
func (f *Fields) AddError(name, format string, a ...any) {
	if f.seen == nil && !f.HasErrors(name) {
		*f.faults = append(*f.faults, task.FieldError{Field: f.path + name, Detail: fmt.Sprintf(format, a...)})
	}
}

// HasErrors reports whether the field has an error.
func (f *Fields) HasErrors(name string) bool {
	return slices.ContainsFunc(*f.faults, func(old task.FieldError) bool { return old.Field == f.path+name })
}

// Err returns a *task.Error of code Invalid with all errors in the order of AddError; nil if there are none.
func (f *Fields) Err() error {
	switch n := len(*f.faults); n {
	case 0:
		return nil
	case 1:
		return &task.Error{Code: task.Invalid, Detail: "One field is not valid.", Fields: *f.faults}
	default:
		return &task.Error{Code: task.Invalid, Detail: fmt.Sprintf("%d fields are not valid.", n), Fields: *f.faults}
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
		f.AddError(name, "must not hold the character U+0000")
		return fallback
	}
	if n := utf8.RuneCountInString(s); limit > 0 && n > limit {
		f.AddError(name, "has %d characters; at most %d are allowed", n, limit)
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
	s := f.word(name, allowed)
	if s == "" && f.HasErrors(name) {
		return fallback
	}
	quoted := make([]string, len(allowed))
	for i, a := range allowed {
		if s == a {
			return s
		}
		quoted[i] = strconv.Quote(a)
	}
	f.AddError(name, "%s is not possible; allowed: %s", strconv.QuoteToASCII(task.Excerpt(s)), strings.Join(quoted, ", "))
	return fallback
}

// word reads a text. A number is read as its text if that is allowed, since some APIs write numbers as texts.
func (f *Fields) word(name string, allowed []string) string {
	if raw := string(f.raw[name]); slices.Contains(allowed, raw) {
		return raw
	}
	return f.String(name, "", 0)
}

// Bool reads true or false.
func (f *Fields) Bool(name string, fallback bool) bool {
	if f.seen != nil {
		return note(f, name, fallback, Schema{Type: "boolean"})
	}
	if !f.has(name) {
		return fallback
	}
	switch string(f.raw[name]) {
	case "true", `"true"`:
		return true
	case "false", `"false"`:
		return false
	default:
		f.AddError(name, "must be true or false, not %s", kind(f.raw[name]))
		return fallback
	}
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
		f.AddError(name, "must be %s", allowed)
		return fallback
	}
	return int64(n)
}

// IntOr reads a whole number as Int does, or the word, which stands for the fallback.
func (f *Fields) IntOr(name, word string, fallback, lowest, highest int64) int64 {
	if f.seen == nil && f.has(name) && string(f.raw[name]) == strconv.Quote(word) {
		return fallback
	}
	n := f.Int(name, fallback, lowest, highest)
	if f.seen != nil {
		f.seen.field(name).Or = []Schema{Words(word)}
	}
	return n
}

// ListOr reads a field that holds a list by one function, and by another if it holds anything else.
func (f *Fields) ListOr(name string, list, other func()) {
	if f.seen == nil {
		if f.has(name) && f.raw[name][0] == '[' {
			list()
		} else {
			other()
		}
		return
	}
	list()
	or := f.seen.field(name).Schema
	other()
	f.seen.field(name).Or = append(f.seen.field(name).Or, or)
}

// Is reports whether the field is that text. It records no error.
func (f *Fields) Is(name, text string) bool {
	var given string
	return f.seen == nil && f.has(name) && json.Unmarshal(f.raw[name], &given) == nil && given == text
}

// Path returns the field's name with those of the objects around it: "promptImage/0/uri".
func (f *Fields) Path(name string) string { return f.path + name }

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
	f.AddError(name, "%s is not possible; allowed: %s", task.Excerpt(string(f.raw[name])), one)
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
		f.AddError(name, "must be %s", allowed)
		return fallback
	}
	return n
}

// number reads any number. One that no float64 can hold becomes infinite, which is outside every range.
func (f *Fields) number(name, allowed string) (float64, bool) {
	var n json.Number // accepts a number, and a string that holds a JSON number
	if !f.has(name) {
		return 0, false
	}
	raw := f.raw[name]
	if k := kind(raw); k != "a number" && k != "a string" || json.Unmarshal(raw, &n) != nil || n == "" {
		f.AddError(name, "must be %s, not %s", allowed, k)
		return 0, false
	}
	v, _ := n.Float64()
	return v, true
}

// Object reads a nested object; it returns an empty one if it is absent or not an object. Its errors are added to those of f,
// as "name/field".
func (f *Fields) Object(name string) *Fields {
	in := &Fields{path: f.path + name + "/", faults: f.faults}
	if f.seen != nil {
		in.seen = &f.seen.field(name).Schema
		in.seen.Type = "object"
		return in
	}
	if f.decode(name, "an object", &in.raw) {
		f.inner = append(f.inner, in)
	}
	return in
}

// decode reads a present field into v. A value of another type is an error.
func (f *Fields) decode(name, allowed string, v any) bool {
	if !f.has(name) {
		return false
	}
	if err := json.Unmarshal(f.raw[name], v); err != nil {
		f.AddError(name, "must be %s, not %s", allowed, kind(f.raw[name]))
		return false
	}
	return true
}
