package openapi

import (
	"encoding"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// schemaOf writes a schema of values.
func schemaOf(s dialect.Schema) object {
	if s.Or != nil {
		forms := []object{}
		first := s
		first.Or = nil
		for _, one := range append([]dialect.Schema{first}, s.Or...) {
			forms = append(forms, schemaOf(one))
		}
		return object{{"anyOf", forms}}
	}
	o := object{}.maybe(s.Type != "", "type", s.Type)
	o = o.maybe(s.Format != "", "format", s.Format).maybe(s.Enum != nil, "enum", s.Enum)
	if s.Min != nil {
		o = o.with("minimum", number(*s.Min))
	}
	if s.Max != nil {
		o = o.with("maximum", number(*s.Max))
	}
	o = o.maybe(s.MaxLength > 0, "maxLength", s.MaxLength).maybe(s.Pattern != "", "pattern", s.Pattern).maybe(s.Default != nil, "default", s.Default)
	if s.Items != nil {
		o = o.with("items", schemaOf(*s.Items)).maybe(s.MinItems > 0, "minItems", s.MinItems).maybe(s.MaxItems > 0, "maxItems", s.MaxItems)
	}
	var required []string
	var properties object
	for _, f := range s.Fields {
		if f.Required {
			required = append(required, f.Name)
		}
		properties = properties.with(f.Name, described(schemaOf(f.Schema), f.Text))
	}
	return o.maybe(required != nil, "required", required).maybe(properties != nil, "properties", properties).
		maybe(s.Closed, "additionalProperties", false)
}

// number writes 4294967295, not 4.294967295e+09.
func number(f float64) any {
	if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		return int64(f)
	}
	return f
}

func described(o object, text string) object {
	return o.maybe(text != "", "description", text)
}

// types gathers the schemas of wire structs under names of their own.
type types struct {
	names   map[reflect.Type]string
	schemas object
	wrong   []string // with the structs since it was last read: fields without a doc, and names that two structs have
}

// ref is the schema of a Go type. A named struct is a reference to its schema among the document's components.
func (c *types) ref(t reflect.Type) object {
	if w := words(t); w != nil {
		return object{{"type", "string"}, {"enum", w}}
	}
	switch {
	case t.Kind() == reflect.Pointer:
		return c.nullable(t.Elem())
	case t.ConvertibleTo(reflect.TypeFor[time.Time]()):
		return object{{"type", "string"}, {"format", "date-time"}}
	case t == reflect.TypeFor[json.Number]():
		return object{{"type", "number"}}
	case t == reflect.TypeFor[json.RawMessage]():
		return object{{"type", []string{"string", "number", "boolean", "object", "array", "null"}}} // any value
	case t.Implements(reflect.TypeFor[encoding.TextMarshaler]()):
		return object{{"type", "string"}}
	}
	if t.Kind() == reflect.String && t.Implements(reflect.TypeFor[json.Marshaler]()) {
		return object{{"type", []string{"string", "integer"}}} // a text that is written as a number if it is one
	}
	switch t.Kind() {
	case reflect.String:
		return object{{"type", "string"}}
	case reflect.Bool:
		return object{{"type", "boolean"}}
	case reflect.Int, reflect.Int64:
		return object{{"type", "integer"}}
	case reflect.Uint32:
		return object{{"type", "integer"}, {"minimum", 0}, {"maximum", int64(math.MaxUint32)}}
	case reflect.Float64:
		return object{{"type", "number"}}
	case reflect.Slice, reflect.Array:
		return c.list(t)
	case reflect.Interface:
		return object{} // any value
	case reflect.Map:
		if t.Elem() == reflect.TypeFor[json.RawMessage]() { // validators in strict mode want every name of an object to be declared
			return object{{"type", "object"}, {"patternProperties", object{{".*", c.ref(t.Elem())}}}}
		}
		return object{{"type", "object"}, {"additionalProperties", c.ref(t.Elem())}}
	case reflect.Struct:
		if t.Name() == "" {
			return c.properties(t)
		}
		return refTo(c.component(t))
	}
	panic(fmt.Sprintf("openapi: %s is no type of the wire", t))
}

// list is the schema of a slice or an array, which has a fixed length.
func (c *types) list(t reflect.Type) object {
	o := object{{"type", "array"}, {"items", c.ref(t.Elem())}}
	if t.Kind() == reflect.Array {
		o = o.with("minItems", t.Len()).with("maxItems", t.Len())
	}
	return o
}

func refTo(component string) object { return object{{"$ref", "#/components/schemas/" + component}} }

// nullable is a value or null; a struct without fields is always null.
func (c *types) nullable(t reflect.Type) object {
	if t.Kind() == reflect.Struct && t.NumField() == 0 {
		return object{{"type", "null"}}
	}
	s := c.ref(t)
	if s[0].name == "$ref" {
		return object{{"anyOf", []object{s, {{"type", "null"}}}}}
	}
	s[0].value = []any{s[0].value, "null"}
	for i, m := range s {
		if m.name == "enum" {
			s[i].value = append(slices.Clone(m.value.([]any)), nil)
		}
	}
	return s
}

// component puts the schema of a named struct among the components, once, and returns its name there.
func (c *types) component(t reflect.Type) string {
	if name, ok := c.names[t]; ok {
		return name
	}
	name := strings.TrimPrefix(t.Name(), "wire")
	if n, ok := reflect.Zero(t).Interface().(named); ok {
		name = n.SchemaName()
	}
	name = strings.ToUpper(name[:1]) + name[1:]
	for other, taken := range c.names {
		if taken == name {
			c.wrong = append(c.wrong, fmt.Sprintf("struct %s would be called %s, as %s is: rename it", t, name, other))
			return name
		}
	}
	c.names[t] = name
	at := len(c.schemas)
	c.schemas = c.schemas.with(name, nil) // its place, before those of its fields
	c.schemas[at].value = c.properties(t)
	return name
}

// properties is the schema of a struct. A field that may be left out is the one with omitempty.
func (c *types) properties(t reflect.Type) object {
	var required []string
	var properties object
	for _, f := range reflect.VisibleFields(t) {
		tag, ok := f.Tag.Lookup("json")
		if !ok || tag == "-" || !f.IsExported() {
			continue
		}
		name, rest, _ := strings.Cut(tag, ",")
		of := f.Type
		if strings.Contains(rest, "omitempty") {
			if of.Kind() == reflect.Pointer {
				of = of.Elem()
			}
		} else {
			required = append(required, name)
		}
		s := c.ref(of)
		if format, ok := f.Tag.Lookup("format"); ok {
			s = s.with("format", format)
		}
		text := f.Tag.Get("doc")
		if text == "" {
			c.wrong = append(c.wrong, fmt.Sprintf("field %q has no doc", name))
		}
		properties = properties.with(name, described(s, text))
	}
	return object{{"type", "object"}}.maybe(required != nil, "required", required).with("properties", properties)
}

// named is a wire struct that chooses its name in the document.
type named interface{ SchemaName() string }

// worded is a string type of a dialect that knows its words.
type worded interface{ Words() []string }

// words are the values of a string type that has only so many; nil for any other.
func words(t reflect.Type) []any {
	switch t {
	case reflect.TypeFor[task.State]():
		return dialect.Words(task.States()...).Enum
	case reflect.TypeFor[task.Role]():
		return dialect.Words(task.Roles()...).Enum
	case reflect.TypeFor[task.Reason]():
		return dialect.Words(task.Reasons()...).Enum
	}
	if w, ok := reflect.Zero(t).Interface().(worded); ok && t.Kind() == reflect.String {
		return dialect.Words(w.Words()...).Enum
	}
	return nil
}
