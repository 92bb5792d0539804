package dialect

import (
	"slices"

	"github.com/filmgate/filmgate/internal/task"
)

// Schema is the part of JSON Schema that calls need. The zero value allows any value.
type Schema struct {
	Type      string   // "string", "integer", "number", "boolean", "array" or "object"
	Format    string   // "date-time", "uri" or "uuid"; "" = none
	Enum      []any    // nil = any
	Min, Max  *float64 // nil = none
	MaxLength int      // characters; 0 = any number
	Pattern   string   // regular expression that a string matches; "" = any
	Default   any      // the value of an absent field; nil = none
	Items     *Schema  // of an array
	MinItems  int      // of an array
	MaxItems  int      // 0 = any number
	Fields    []Field  // of an object, in the order in which they are shown
	Closed    bool     // of an object: other fields are not allowed
	Or        []Schema // other forms of the value
}

// Field is one field of an object.
type Field struct {
	Name     string
	Text     string // what it is, in Markdown
	Required bool
	Schema

	asked bool // its reader asks whether it is absent, so it has no default
}

// Between returns the schema of a number of that type from lowest to highest.
func Between(kind string, lowest, highest float64) Schema {
	return Schema{Type: kind, Min: &lowest, Max: &highest}
}

// Words returns the schema of a string that is one of those given.
func Words[T ~string](all ...T) Schema {
	return Schema{Type: "string", Enum: values(all)}
}

// field returns the object's field of that name, and adds it if there is none.
func (s *Schema) field(name string) *Field {
	at := slices.IndexFunc(s.Fields, func(f Field) bool { return f.Name == name })
	if at < 0 {
		at = len(s.Fields)
		s.Fields = append(s.Fields, Field{Name: name})
	}
	return &s.Fields[at]
}

// close forbids undescribed fields in the object and in nested ones.
func (s *Schema) close() {
	s.Closed = s.Type == "object"
	for i := range s.Fields {
		s.Fields[i].close()
		if s.Fields[i].Items != nil {
			s.Fields[i].Items.close()
		}
		for j := range s.Fields[i].Or {
			s.Fields[i].Or[j].close()
		}
	}
}

// note describes a field that would be read. Zero values and required fields have no default in the document, but false is
// one.
func note[T comparable](f *Fields, name string, fallback T, s Schema) T {
	var zero T
	if fallback != zero || s.Type == "boolean" {
		s.Default = fallback
	}
	f.seen.field(name).Schema = s
	return fallback
}

// values returns all as the values of an enumeration.
func values[T any](all []T) []any {
	out := make([]any, len(all))
	for i, v := range all {
		out[i] = v
	}
	return out
}

// Describe returns the schema of the bodies that a decoder reads. The decoder runs without a body, and each reader of Fields
// records its limits. It runs once, so it must reach each of its readers if every field is present (Has is true) and has its
// fallback.
//
// texts say what each field is, by its path ("camera_control/type"), in the order in which fields are shown. Fields
// without a text come last.
func Describe(decode func(*Fields), texts [][2]string) Schema {
	f := &Fields{faults: new([]task.FieldError), seen: &Schema{Type: "object"}}
	decode(f)
	f.seen.settle("", texts)
	return *f.seen
}

// settle sets the texts and the order of fields.
func (s *Schema) settle(path string, texts [][2]string) {
	place := func(f Field) int {
		if at := slices.IndexFunc(texts, func(t [2]string) bool { return t[0] == path+f.Name }); at >= 0 {
			return at
		}
		return len(texts)
	}
	for i := range s.Fields {
		f := &s.Fields[i]
		if at := place(*f); at < len(texts) {
			f.Text = texts[at][1]
		}
		if f.asked || f.Required {
			f.Default = nil
		}
		f.settle(path+f.Name+"/", texts)
		if f.Items != nil {
			f.Items.settle(path+f.Name+"/", texts)
		}
		for j := range f.Or {
			f.Or[j].settle(path+f.Name+"/", texts)
			if f.Or[j].Items != nil {
				f.Or[j].Items.settle(path+f.Name+"/", texts)
			}
		}
	}
	slices.SortStableFunc(s.Fields, func(a, b Field) int { return place(a) - place(b) })
}
