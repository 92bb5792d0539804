package samples_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// document is the part of /openapi.json that the tests read.
type document struct {
	Paths map[string]map[string]operation
}

type operation struct {
	Parameters []struct {
		Name, In string
		Example  any
	}
	RequestBody struct {
		Content map[string]struct {
			Examples map[string]struct{ Value map[string]any }
		}
	}
}

// document reads /openapi.json.
func (s *server) document(t *testing.T) document {
	t.Helper()
	code, b := s.Call(t, http.MethodGet, "/openapi.json", "")
	var d document
	if err := json.Unmarshal(b, &d); err != nil || code != http.StatusOK {
		t.Fatalf("document: %d, %v", code, err)
	}
	return d
}

// examples returns the bodies that the document shows for create_runway.
func (d document) examples(t *testing.T) []map[string]any {
	t.Helper()
	var bodies []map[string]any
	for _, e := range d.Paths["/api/v1/create_runway"]["post"].RequestBody.Content["application/json"].Examples {
		bodies = append(bodies, e.Value)
	}
	if len(bodies) == 0 {
		t.Fatal("the document has no example for create_runway")
	}
	return bodies
}

// id returns the id that the document shows for get_runway.
func (d document) id(t *testing.T) string {
	t.Helper()
	for _, p := range d.Paths["/api/v1/get_runway/{id}"]["get"].Parameters {
		if id, ok := p.Example.(string); ok && p.Name == "id" {
			return id
		}
	}
	t.Fatal("the document has no example of an id for get_runway")
	return ""
}

// calls returns all calls of the document, as "POST /path", in order.
func (d document) calls() []string {
	var calls []string
	for path, methods := range d.Paths {
		for method := range methods {
			calls = append(calls, strings.ToUpper(method)+" "+path)
		}
	}
	slices.Sort(calls)
	return calls
}

// shapes returns the calls of makevid's two paths and, of all other calls, the first of each shape. Calls of one shape
// differ in names and values alone, so that a language that can say one of them can say them all.
func (d document) shapes() document {
	some := document{Paths: map[string]map[string]operation{}}
	known := map[string]bool{}
	for _, call := range d.calls() {
		method, path, _ := strings.Cut(call, " ")
		method = strings.ToLower(method)
		o := d.Paths[path][method]
		shape := method + " " + o.shape()
		if known[shape] && path != "/api/v1/create_runway" && path != "/api/v1/get_runway/{id}" {
			continue
		}
		known[shape] = true
		if some.Paths[path] == nil {
			some.Paths[path] = map[string]operation{}
		}
		some.Paths[path][method] = o
	}
	return some
}

// shape returns where an operation has parameters, the types of its body, and the kinds of value in the body's examples.
func (o operation) shape() string {
	parts := map[string]bool{}
	for _, p := range o.Parameters {
		parts["parameter in "+p.In] = true
	}
	for contentType, content := range o.RequestBody.Content {
		parts[contentType] = true
		for _, example := range content.Examples {
			kinds(example.Value, parts)
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(parts)), ", ")
}

// kinds adds the kinds of a JSON value and of all values in it.
func kinds(value any, into map[string]bool) {
	into[fmt.Sprintf("%T", value)] = true
	switch v := value.(type) {
	case map[string]any:
		for _, field := range v {
			kinds(field, into)
		}
	case []any:
		for _, element := range v {
			kinds(element, into)
		}
	}
}

// only returns the text of an OpenAPI document without the calls that d lacks.
func (d document) only(text string) (string, error) {
	var all map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		return "", err
	}
	var paths map[string]map[string]json.RawMessage
	if err := json.Unmarshal(all["paths"], &paths); err != nil {
		return "", err
	}
	for path, methods := range paths {
		maps.DeleteFunc(methods, func(method string, _ json.RawMessage) bool {
			_, has := d.Paths[path][method]
			return !has
		})
	}
	maps.DeleteFunc(paths, func(_ string, methods map[string]json.RawMessage) bool { return len(methods) == 0 })
	kept, err := json.Marshal(paths)
	if err != nil {
		return "", err
	}
	all["paths"] = kept
	b, err := json.Marshal(all)
	return string(b), err
}
