// Package openapi writes the OpenAPI 3.1 document of the calls: of each route's dialect.Doc, of the decoders that read
// its bodies, and of the wire structs that it answers with. It runs when the document is made anew, not when it is
// served.
//
// What may enter: the form of an OpenAPI document. What may not: what any single call is like; that stands beside its
// route.
package openapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// Version is the version of OpenAPI that documents are written in.
const Version = "3.1.2"

// Source is what a document is made of.
type Source struct {
	Title, Summary, Version string
	Text                    string            // Markdown: how to begin
	Chapters                []dialect.Chapter // in order
	Routes                  []dialect.Route
	Events                  []dialect.Event                                // that webhooks are sent
	Load                    func(file string, answer bool) ([]byte, error) // reads an example; of an exchange its answer, or its request
}

// Write makes the document, as indented JSON with a line end. The error names every route of which the document could
// not tell enough: a text or an example that is missing, a name that is taken.
func Write(s Source) ([]byte, error) {
	w := &writer{Source: s, types: types{names: map[reflect.Type]string{}}, ids: map[string]bool{}, forms: map[string]*form{}}
	paths := w.paths()
	events := w.events()
	var tags []object
	for _, c := range s.Chapters {
		tags = append(tags, object{{"name", c.Tag}, {"description", c.Text}})
	}
	doc := object{
		{"openapi", Version},
		{"info", object{{"title", s.Title}, {"version", s.Version}, {"summary", s.Summary}, {"description", s.Text}}},
		{"servers", []object{{{"url", "/"}, {"description", "The server that this document came from."}}}},
		{"tags", tags},
		{"paths", paths},
	}.maybe(events != nil, "webhooks", events).with("components", w.components())
	if err := errors.Join(w.faults...); err != nil {
		return nil, err
	}
	raw, err := marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("openapi: %w", err)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", "  "); err != nil {
		return nil, fmt.Errorf("openapi: %w", err)
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// writer gathers what the calls share.
type writer struct {
	Source
	types
	ids    map[string]bool
	forms  map[string]*form // by the name of the ErrorForm
	order  []string         // names of forms, as they were met
	route  dialect.Route    // that is being written
	faults []error
}

// form is one form of errors with every code that calls give in it.
type form struct {
	dialect.ErrorForm
	codes []task.Code
}

func (w *writer) fault(format string, a ...any) {
	w.faults = append(w.faults, fmt.Errorf("openapi: the Doc of %q: %s", w.route.Pattern, fmt.Sprintf(format, a...)))
}

// paths are all calls, in the order of their tags and, within one, of their routes.
func (w *writer) paths() object {
	var out object
	routes := slices.Clone(w.Routes)
	place := func(r dialect.Route) int {
		return slices.IndexFunc(w.Chapters, func(c dialect.Chapter) bool { return c.Tag == r.Doc.Tag })
	}
	slices.SortStableFunc(routes, func(a, b dialect.Route) int { return place(a) - place(b) })
	for _, r := range routes {
		if r.Undocumented {
			continue
		}
		w.route = r
		if place(r) < 0 {
			w.fault("has the tag %q, which is none", r.Doc.Tag)
		}
		method, path := Call(r)
		operation := w.operation(path)
		at := slices.IndexFunc(out, func(m member) bool { return m.name == path })
		if at < 0 {
			out = out.with(path, object{{method, operation}})
			continue
		}
		item, _ := out[at].value.(object)
		out[at].value = item.with(method, operation)
	}
	return out
}

// Call is how the document names a route: its method in lower case, and its path.
func Call(r dialect.Route) (method, path string) {
	call := r.Doc.Operation
	if call == "" {
		call = r.Pattern
	}
	method, path, _ = strings.Cut(call, " ")
	return strings.ToLower(method), strings.ReplaceAll(path, "...}", "}")
}

func (w *writer) operation(path string) object {
	d := w.route.Doc
	if d.ID == "" || d.Summary == "" || d.Text == "" || len(d.Answers) == 0 {
		w.fault("needs an ID, a Summary, a Text and Answers")
	}
	if w.ids[d.ID] {
		w.fault("the ID %q is another call's", d.ID)
	}
	w.ids[d.ID] = true
	text, security := d.Text, []object{}
	if d.Scope != "" {
		text += fmt.Sprintf("\n\nThe key needs the scope `%s`.", d.Scope)
		security = []object{{{"key", []string{}}}}
	}
	o := object{{"operationId", d.ID}, {"tags", []dialect.Tag{d.Tag}}, {"summary", d.Summary}, {"description", text}, {"security", security}}
	if p := w.parameters(path); p != nil {
		o = o.with("parameters", p)
	}
	if d.Body != nil {
		o = o.with("requestBody", w.body(*d.Body))
	}
	return o.with("responses", w.responses())
}

func (w *writer) parameters(path string) []object {
	d := w.route.Doc
	var out []object
	for i, p := range d.Params {
		w.checkParam(p, path, d.Params[:i])
		if p.Schema.Type == "" {
			p.Schema.Type = "string"
		}
		o := object{{"name", p.Name}, {"in", p.In}}.maybe(p.In == "path" || p.Required, "required", true)
		if p.Schema.Type == "array" {
			o = o.with("style", "form").with("explode", false)
		}
		out = append(out, o.with("description", p.Text).with("schema", schemaOf(p.Schema)).maybe(p.Example != nil, "example", p.Example))
	}
	for part := range strings.SplitSeq(path, "/") {
		rest, wild := strings.CutPrefix(part, "{")
		name, _, _ := strings.Cut(rest, "}") // "{model}:predict" has a method after it
		if wild && !slices.ContainsFunc(d.Params, func(p dialect.Param) bool { return p.In == "path" && p.Name == name }) {
			w.fault("the parameter {%s} of the path is missing", name)
		}
	}
	if d.Idempotent {
		out = append(out, object{{"$ref", "#/components/parameters/IdempotencyKey"}})
	}
	if d.ETag {
		out = append(out, object{{"$ref", "#/components/parameters/IfNoneMatch"}})
	}
	if w.route.LongPoll {
		out = append(out, object{{"$ref", "#/components/parameters/Prefer"}})
	}
	return out
}

// checkParam notes what a parameter lacks; before are those that stand before it.
func (w *writer) checkParam(p dialect.Param, path string, before []dialect.Param) {
	same := func(q dialect.Param) bool { return q.In == p.In && q.Name == p.Name }
	switch {
	case p.Text == "":
		w.fault("the parameter %q has no text", p.Name)
	case !slices.Contains([]string{"path", "query", "header"}, p.In):
		w.fault("the parameter %q is in %q, which is no place", p.Name, p.In)
	case p.In == "path" && !strings.Contains(path, "/{"+p.Name+"}"):
		w.fault("the parameter %q is not in the path", p.Name)
	case slices.ContainsFunc(before, same):
		w.fault("two parameters are called %q", p.Name)
	}
}

func (w *writer) body(b dialect.Body) object {
	var content object
	if b.Decode != nil {
		schema := dialect.Describe(b.Decode, b.Texts)
		w.checkTexts(schema, b.Texts)
		if len(b.Examples) == 0 {
			w.fault("the body needs an example")
		}
		name := pascal(w.route.Doc.ID) + "Request"
		w.schemas = w.schemas.with(name, schemaOf(schema))
		content = content.with("application/json", w.examples(object{{"schema", refTo(name)}}, b.Examples, false))
	}
	for _, m := range b.Media {
		content = content.with(m.Type, object{{"schema", schemaOf(m.Schema)}})
	}
	text := b.Text
	if b.Limit > 0 {
		text = strings.TrimSpace(fmt.Sprintf("%s At most %s bytes.", text, thousands(b.Limit)))
	}
	return described(object{}, text).with("required", true).with("content", content)
}

// checkTexts notes fields that say nothing of themselves, and texts of fields that are not there.
func (w *writer) checkTexts(s dialect.Schema, texts [][2]string) {
	fields := paths(s, "")
	for _, path := range fields {
		if !slices.ContainsFunc(texts, func(t [2]string) bool { return t[0] == path && t[1] != "" }) {
			w.fault("the body's field %q has no text", path)
		}
	}
	for _, t := range texts {
		if !slices.Contains(fields, t[0]) {
			w.fault("there is a text for the field %q, which is not read", t[0])
		}
	}
}

// paths are those of all fields of an object.
func paths(s dialect.Schema, under string) []string {
	var out []string
	for _, f := range s.Fields {
		out = append(out, under+f.Name)
		out = append(out, paths(f.Schema, under+f.Name+"/")...)
		if f.Items != nil {
			out = append(out, paths(*f.Items, under+f.Name+"/")...)
		}
		for _, or := range f.Or {
			out = append(out, paths(or, under+f.Name+"/")...)
			if or.Items != nil {
				out = append(out, paths(*or.Items, under+f.Name+"/")...)
			}
		}
	}
	return out
}

// pascal writes create_runway as CreateRunway.
func pascal(snake string) string {
	var out string
	for part := range strings.SplitSeq(snake, "_") {
		out += strings.ToUpper(part[:min(1, len(part))]) + part[min(1, len(part)):]
	}
	return out
}

// thousands writes 25165824 as 25,165,824.
func thousands(n int64) string {
	s := fmt.Sprint(n)
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}

// examples adds the examples of a body to its media type.
func (w *writer) examples(entry object, all []dialect.Example, answer bool) object {
	var out object
	for _, e := range all {
		raw, err := w.Load(e.File, answer)
		switch {
		case err != nil:
			w.fault("example %q: %v", e.Name, err)
		case !json.Valid(raw):
			w.fault("example %q: %s is no JSON", e.Name, e.File)
		case out.has(e.Name) || e.Name == "":
			w.fault("two examples are called %q", e.Name)
		default:
			out = out.with(e.Name, object{}.maybe(e.Text != "", "summary", e.Text).with("value", json.RawMessage(raw)))
		}
	}
	return entry.maybe(out != nil, "examples", out)
}
