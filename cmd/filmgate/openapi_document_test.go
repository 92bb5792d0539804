package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
	"github.com/filmgate/filmgate/internal/node/routes"
	"github.com/filmgate/filmgate/internal/task"
)

// These tests read the checked-in document and check with the real handlers that it is true.

// schemaSeen is the part of a schema that the tests read.
type schemaSeen struct {
	Ref        string `json:"$ref"`
	Type       any
	Format     string
	Enum       []any
	Minimum    *float64
	Maximum    *float64
	MaxLength  int
	Pattern    string
	MinItems   int
	MaxItems   int
	Default    any
	Items      *schemaSeen
	Required   []string
	Properties map[string]schemaSeen
}

type parameterSeen struct {
	Ref      string `json:"$ref"`
	Name, In string
	Required bool
	Schema   schemaSeen
	Example  any
}

type operationSeen struct {
	ID          string `json:"operationId"`
	Security    []any
	Parameters  []parameterSeen
	RequestBody struct {
		Content map[string]struct {
			Schema   schemaSeen
			Examples json.RawMessage
		}
	}
	Responses map[string]json.RawMessage

	method, path string
	body         schemaSeen // of JSON
	server       *documentServer
}

// documentFile is the checked-in document.
const documentFile = "../../internal/web/openapi/openapi.json"

// rawDocument returns the checked-in document, as JSON.
func rawDocument(t *testing.T) []byte {
	t.Helper()
	raw, err := os.ReadFile(documentFile)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// operations returns all operations of the document.
func operations(t *testing.T) []operationSeen {
	t.Helper()
	var doc struct {
		Paths      map[string]map[string]operationSeen
		Components struct {
			Parameters map[string]parameterSeen
			Schemas    map[string]schemaSeen
		}
	}
	if err := json.Unmarshal(rawDocument(t), &doc); err != nil {
		t.Fatal(err)
	}
	var out []operationSeen
	server := newDocumentServer()
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(doc.Paths[path])) {
			o := doc.Paths[path][method]
			o.method, o.path, o.server = strings.ToUpper(method), path, server
			o.body = doc.Components.Schemas[lastOf(o.RequestBody.Content["application/json"].Schema.Ref)]
			for i, p := range o.Parameters {
				if p.Ref != "" {
					o.Parameters[i] = doc.Components.Parameters[lastOf(p.Ref)]
				}
				if o.Parameters[i].In == "path" && p.Example != nil {
					o.path = strings.Replace(o.path, "{"+p.Name+"}", fmt.Sprint(p.Example), 1)
				}
			}
			out = append(out, o)
		}
	}
	return out
}

// succeeds returns the status of the operation's successful answer.
func (o operationSeen) succeeds() int {
	for _, status := range []int{http.StatusCreated, http.StatusAccepted} {
		if _, ok := o.Responses[fmt.Sprint(status)]; ok {
			return status
		}
	}
	return http.StatusOK
}

// lastOf returns the name of the component to which a reference points.
func lastOf(ref string) string { return ref[strings.LastIndexByte(ref, '/')+1:] }

// examples returns the examples of the operation's JSON body, in order. There are none if it has no such body.
func (o operationSeen) examples(t *testing.T) []map[string]any {
	t.Helper()
	raw := o.RequestBody.Content["application/json"].Examples
	if raw == nil {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(raw)) // a map would lose their order
	var out []map[string]any
	if _, err := dec.Token(); err != nil {
		t.Fatal(err)
	}
	for dec.More() {
		_, _ = dec.Token() // its name
		var e struct{ Value map[string]any }
		if err := dec.Decode(&e); err != nil {
			t.Fatal(err)
		}
		out = append(out, e.Value)
	}
	return out
}

// documentServer answers each request with all routes on a gateway in memory that has every id of the document's examples, and
// nothing of earlier requests.
type documentServer struct {
	*dialecttest.Gateway // of the current request
	routes               http.Handler
}

// newDocumentServer returns a server. The pages have no limits, so it has none of them.
func newDocumentServer() *documentServer {
	s := &documentServer{}
	all := routes.Served(s, routes.Options{ServerID: "7d3f2b9c", Log: slog.New(slog.DiscardHandler)})
	s.routes = dialecttest.Mux(slices.DeleteFunc(all, func(r dialect.Route) bool { return r.Handler == nil }))
	return s
}

// ServeHTTP implements http.Handler. It serves one request at a time.
func (s *documentServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	s.Gateway = &dialecttest.Gateway{Time: now, Groups: []task.AssetGroup{{ID: "20000000-0000-4000-8000-000000000001", Account: 7, Created: now}}}
	id := "00000000-0000-4000-8000-000000000001"
	s.Uploads = []task.Dataset{{ID: id, Account: 7, Created: now, Key: "datasets/" + id + ".jpg", Upload: &task.Upload{Filename: "lake.jpg", Parts: 2}}}
	s.Boards = []task.Storyboard{{ID: "50000000-0000-4000-8000-000000000001", Account: 7, Version: 3, Created: now,
		Shots: []task.Shot{{ID: "60000000-0000-4000-8000-000000000001", Takes: []string{id}, Take: id}}}}
	s.Put(task.Task{ID: id, Account: 7, Created: now, State: task.Succeeded, Artifacts: []task.Artifact{
		{ID: "10000000-0000-4000-8000-000000000001", Task: id, Account: 7, Created: now}}})
	s.Keys = []apikey.Key{{ID: "key_1", Account: 7, Created: now}}
	url := "https://receiver.example/"
	for _, hook := range []string{"50000000-0000-4000-8000-000000000001", "50000000-0000-4000-8000-000000000002"} {
		_, _, _ = s.CreateWebhook(r.Context(), apikey.Key{Account: 7}, task.WebhookEdit{URL: &url})
		s.PutDelivery(task.Delivery{ID: "6" + hook[1:], Webhook: hook, Created: now, State: task.Delivered})
	}
	s.routes.ServeHTTP(w, r)
}

// send sends a body with a key that has all rights. A body that is no string is encoded as JSON. header lists names and values.
func (o operationSeen) send(t *testing.T, query string, body any, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	var raw []byte
	switch b := body.(type) {
	case nil:
	case string:
		raw = []byte(b)
	default:
		raw = dialect.Marshal(b)
	}
	r := request(t, o.method, o.path+query, raw)
	for _, p := range o.Parameters {
		if p.In == "header" && p.Required && p.Example != nil {
			r.Header.Set(p.Name, fmt.Sprint(p.Example))
		}
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	o.server.ServeHTTP(w, r)
	return w
}

// namesField reports whether an error answer of any form names a field ("a/b", "list/0/a") or a parameter ("?a"). Not all forms
// name the position in a list.
func namesField(w *httptest.ResponseRecorder, field string) bool {
	var e struct {
		Message string          // Kling's
		Detail  json.RawMessage // Luma's text, or fal's list of fields
		Error   json.RawMessage // a text or an object with a message
		Errors  []struct{ Pointer, Parameter string }
		Issues  []struct{ Path []any } // Runway's
	}
	_ = json.Unmarshal(w.Body.Bytes(), &e) // what is no JSON names no field
	if text := ""; json.Unmarshal(e.Error, &text) == nil {
		e.Message += text
	}
	if in := (struct{ Message string }{}); json.Unmarshal(e.Error, &in) == nil {
		e.Message += in.Message
	}
	for _, one := range e.Errors {
		if one.Pointer == "#/"+field || "?"+one.Parameter == field {
			return true
		}
	}
	if text := ""; len(e.Errors) == 0 && json.Unmarshal(e.Detail, &text) == nil {
		e.Message += text
	}
	var fields []struct{ Loc []string }
	_ = json.Unmarshal(e.Detail, &fields) // it may be a text
	for _, one := range fields {
		if strings.Join(one.Loc, "/") == "body/"+field {
			return true
		}
	}
	field = strings.TrimPrefix(field, "?")
	for _, one := range e.Issues {
		if strings.Trim(strings.Join(strings.Fields(fmt.Sprint(one.Path)), "/"), "[]") == field {
			return true
		}
	}
	for one := range strings.SplitSeq(e.Message, "; ") {
		name, _, _ := strings.Cut(one, ": ")
		if name == field || slices.Equal(slices.DeleteFunc(strings.Split(name, "."), isPlace), slices.DeleteFunc(strings.Split(field, "/"), isPlace)) {
			return true
		}
	}
	return false
}

// isPlace reports whether a step of a field's path is a position in a list.
func isPlace(step string) bool {
	_, err := strconv.Atoi(step)
	return err == nil
}
