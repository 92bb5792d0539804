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
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/apikey"
	"github.com/filmgate/filmgate/dialect"
	"github.com/filmgate/filmgate/dialect/dialecttest"
	"github.com/filmgate/filmgate/dialect/filmgate"
	"github.com/filmgate/filmgate/dialect/openapi"
	"github.com/filmgate/filmgate/task"
)

// These tests read the checked-in document as a stranger does, and try on the real handlers whether it is true.

// schemaSeen is what the tests read of a schema.
type schemaSeen struct {
	Type       any
	Format     string
	Enum       []any
	Minimum    *float64
	Maximum    *float64
	MaxLength  int
	Default    any
	Required   []string
	Properties map[string]schemaSeen
}

type parameterSeen struct {
	Ref      string `json:"$ref"`
	Name, In string
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
	method, path string
}

// operations are all of the document.
func operations(t *testing.T) []operationSeen {
	t.Helper()
	raw, err := os.ReadFile(documentFile)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths      map[string]map[string]operationSeen
		Components struct{ Parameters map[string]parameterSeen }
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	var out []operationSeen
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(doc.Paths[path])) {
			o := doc.Paths[path][method]
			o.method, o.path = strings.ToUpper(method), path
			for i, p := range o.Parameters {
				if p.Ref != "" {
					o.Parameters[i] = doc.Components.Parameters[p.Ref[strings.LastIndexByte(p.Ref, '/')+1:]]
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

// examples are those of the operation's JSON body, in order; none where it has no such body.
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

// stub is the tests' gateway; a verb that it does not have panics.
type stub struct {
	*dialecttest.Gateway
	beyond
}

type beyond struct{ filmgate.Gateway }

// stage is all routes over a gateway in memory that has what the document's examples name.
func stage() http.Handler {
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	gw := &dialecttest.Gateway{Time: now, Groups: []task.AssetGroup{{ID: "20000000-0000-4000-8000-000000000001", Account: 7, Created: now}}}
	id := "00000000-0000-4000-8000-000000000001"
	gw.Put(task.Task{ID: id, Account: 7, Created: now, State: task.Succeeded, Artifacts: []task.Artifact{
		{ID: "10000000-0000-4000-8000-000000000001", Task: id, Account: 7, Created: now}}})
	ok := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	return dialecttest.Mux(routes(stub{Gateway: gw}, "7d3f2b9c", dialect.Origin{}, slog.New(slog.DiscardHandler), pages{ok, ok, ok}))
}

// send sends a body, which is JSON where it is no text, with a key that may do all; header are names and values.
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
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	stage().ServeHTTP(w, r)
	return w
}

// blames reports whether an answer names a field ("a/b") or parameter ("?a") as at fault, in either form of errors.
func blames(w *httptest.ResponseRecorder, field string) bool {
	var e struct {
		Message string
		Errors  []struct{ Pointer, Parameter string }
	}
	_ = json.Unmarshal(w.Body.Bytes(), &e) // what is no JSON blames nobody
	for _, one := range e.Errors {
		if one.Pointer == "#/"+field || "?"+one.Parameter == field {
			return true
		}
	}
	for one := range strings.SplitSeq(e.Message, "; ") {
		if strings.HasPrefix(one, strings.ReplaceAll(field, "/", ".")+": ") {
			return true
		}
	}
	return false
}

// probe is a value, and whether the schema says that it is taken.
type probe struct {
	name  string
	value any
	taken bool
}

// probes are values just within and just without each limit of a schema.
func probes(s schemaSeen) []probe {
	out := []probe{{"a list", []any{}, false}}
	if s.Type != "object" {
		out = append(out, probe{"an object", map[string]any{}, false})
	}
	if s.Type != "string" {
		out = append(out, probe{"a text", "x", false})
	} else if s.Enum == nil {
		out = append(out, probe{"a number for a text", 5, false})
	}
	for _, v := range s.Enum {
		out = append(out, probe{"one of the words", v, true})
		if text, ok := v.(string); ok {
			out = append(out, probe{"a word with more", text + "x", false})
		} else if n, ok := v.(float64); ok && !slices.Contains(s.Enum, any(n+1)) {
			out = append(out, probe{"a number beside", n + 1, false})
		}
	}
	step := 1.0
	if s.Type == "number" {
		step = 1.0 / 1024
	}
	if s.Minimum != nil {
		out = append(out, probe{"the least", *s.Minimum, true}, probe{"less", *s.Minimum - step, false})
	}
	if s.Maximum != nil {
		out = append(out, probe{"the most", *s.Maximum, true}, probe{"more", *s.Maximum + step, false})
	}
	if s.Type == "integer" && s.Enum == nil {
		out = append(out, probe{"a fraction", *s.Minimum + 0.5, false})
	}
	if n := s.MaxLength; n > 0 {
		out = append(out, probe{"the longest", strings.Repeat("é", n), true}, probe{"one character more", strings.Repeat("é", n+1), false})
	}
	if s.Type == "boolean" {
		out = append(out, probe{"true", true, true}, probe{"false", false, true}, probe{"a number for a boolean", 1, false})
	}
	return out
}

// walk visits every field of a schema by its path.
func walk(s schemaSeen, path string, visit func(path string, f schemaSeen, required bool)) {
	for name, f := range s.Properties {
		visit(path+name, f, slices.Contains(s.Required, name))
		walk(f, path+name+"/", visit)
	}
}

// with is a copy of the body with the field set, or taken away where the value is nil. Objects on the way are made.
func with(t *testing.T, body map[string]any, path string, value any) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal(dialect.Marshal(body), &out); err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(path, "/")
	in := out
	for _, name := range parts[:len(parts)-1] {
		next, ok := in[name].(map[string]any)
		if !ok {
			next = map[string]any{}
			in[name] = next
		}
		in = next
	}
	last := parts[len(parts)-1]
	if in[last] = value; value == nil {
		delete(in, last)
	}
	return out
}

func TestEveryExampleOfABodyIsTaken(t *testing.T) {
	for _, o := range operations(t) {
		for i, body := range o.examples(t) {
			if w := o.send(t, "", body); w.Code != http.StatusOK {
				t.Errorf("%s, example %d: %d %s", o.ID, i+1, w.Code, w.Body)
			}
			if i == 0 && strings.Contains(fmt.Sprint(body), "http") {
				t.Errorf("%s: the first example needs a network", o.ID)
			}
		}
	}
}

// TestTheDocumentsLimitsOfFieldsAreTheHandlers puts each value into each example of the body. What is allowed is taken in
// one of them at least, for a field may need another; what is not allowed is refused in all, by name.
func TestTheDocumentsLimitsOfFieldsAreTheHandlers(t *testing.T) {
	tried := 0
	for _, o := range operations(t) {
		bodies := o.examples(t)
		walk(o.RequestBody.Content["application/json"].Schema, "", func(path string, f schemaSeen, required bool) {
			t.Run(o.ID+"/"+path, func(t *testing.T) {
				for _, p := range append(probes(f), probe{"absent", nil, !required}) {
					blamed := 0
					var last string
					for _, body := range bodies {
						w := o.send(t, "", with(t, body, path, p.value))
						if last = fmt.Sprint(w.Code, " ", w.Body); blames(w, path) && w.Code == http.StatusBadRequest {
							blamed++
						}
					}
					if tried++; p.taken && blamed == len(bodies) || !p.taken && blamed < len(bodies) {
						t.Errorf("%s (%.40q), which the document allows: %v, is refused in %d of %d examples: %.400s", p.name,
							fmt.Sprint(p.value), p.taken, blamed, len(bodies), last)
					}
				}
			})
		})
	}
	if tried < 200 {
		t.Errorf("only %d values were tried: the document has lost its limits", tried)
	}
}

func TestAnAbsentFieldIsItsDefault(t *testing.T) {
	for _, o := range operations(t) {
		for _, body := range o.examples(t) {
			walk(o.RequestBody.Content["application/json"].Schema, "", func(path string, f schemaSeen, _ bool) {
				if f.Default == nil {
					return
				}
				absent, given := o.send(t, "", with(t, body, path, nil)), o.send(t, "", with(t, body, path, f.Default))
				if absent.Code != http.StatusOK || absent.Body.String() != given.Body.String() {
					t.Errorf("%s/%s: absent is not %v:\n%s\n%s", o.ID, path, f.Default, absent.Body, given.Body)
				}
			})
		}
	}
}

func TestTheDocumentsLimitsOfParametersAreTheHandlers(t *testing.T) {
	for _, o := range operations(t) {
		for _, p := range o.Parameters {
			if p.In != "query" || !strings.HasPrefix(o.path, "/api/") {
				continue
			}
			t.Run(o.ID+"/"+p.Name, func(t *testing.T) {
				for text, taken := range texts(p) {
					w := o.send(t, "?"+p.Name+"="+text, nil)
					if blamed := blames(w, "?"+p.Name); blamed == taken || taken != (w.Code == http.StatusOK) {
						t.Errorf("%q: %d, and the document says taken: %v\n%s", text, w.Code, taken, w.Body)
					}
				}
			})
		}
	}
}

// texts are values of a query's parameter, and whether the document says that they are taken.
func texts(p parameterSeen) map[string]bool {
	out := map[string]bool{"": true}
	if p.Example != nil {
		out[fmt.Sprint(p.Example)] = true
	}
	for _, v := range p.Schema.Enum {
		out[fmt.Sprint(v)] = true
		out[fmt.Sprint(v)+"x"] = false
	}
	if p.Schema.Minimum != nil {
		out[fmt.Sprint(*p.Schema.Minimum)], out[fmt.Sprint(*p.Schema.Minimum-1)] = true, false
	}
	if p.Schema.Maximum != nil {
		out[fmt.Sprint(*p.Schema.Maximum)], out[fmt.Sprint(*p.Schema.Maximum+1)] = true, false
	}
	switch {
	case p.Schema.Type == "integer":
		out["1.5"], out["one"] = false, false
	case p.Schema.Type == "boolean":
		out["true"], out["false"], out["perhaps"] = true, true, false
	case p.Schema.Format == "date-time":
		out["2026-11-24T10:00:00Z"], out["2026-11-24"], out["yesterday"] = true, false, false
	}
	return out
}

func TestTheDocumentsLimitOfIdempotencyKeysIsTheHandlers(t *testing.T) {
	n := 0
	for _, o := range operations(t) {
		for _, p := range o.Parameters {
			if p.Name != "Idempotency-Key" {
				continue
			}
			n++
			for length, status := range map[int]int{1: 200, p.Schema.MaxLength: 200, p.Schema.MaxLength + 1: 400} {
				if w := o.send(t, "", o.examples(t)[0], p.Name, strings.Repeat("k", length)); w.Code != status {
					t.Errorf("%s: a key of %d characters: %d %s", o.ID, length, w.Code, w.Body)
				}
			}
		}
	}
	if n < 4 {
		t.Errorf("%d calls take the header", n)
	}
}

func TestTheDocumentSaysWhichCallsNeedWhichKey(t *testing.T) {
	scopes := map[string]apikey.Scope{}
	for _, r := range documented(nil) {
		scopes[r.Doc.ID] = r.Doc.Scope
	}
	for _, o := range operations(t) {
		if !strings.HasPrefix(o.path, "/api/") {
			if len(o.Security) > 0 {
				t.Errorf("%s: wants a key", o.ID)
			}
			continue
		}
		none, reader := o.send(t, "", "{}", "Authorization", ""), o.send(t, "", "{}", "Authorization", "Bearer "+dialecttest.ReadKey)
		if needs := none.Code == 401 && none.Header().Get("WWW-Authenticate") != ""; needs != (len(o.Security) > 0) {
			t.Errorf("%s: without a key: %d, and the document's security is %v", o.ID, none.Code, o.Security)
		}
		if writes := reader.Code == 403; writes != (scopes[o.ID] == apikey.Write) {
			t.Errorf("%s: with a key that only reads: %d, and the scope is %q", o.ID, reader.Code, scopes[o.ID])
		}
	}
}

func TestTheDocumentsLimitOfBodiesIsTheHandlers(t *testing.T) {
	for _, d := range documented(nil) {
		body := d.Doc.Body
		if body == nil || body.Decode == nil {
			continue
		}
		method, path := openapi.Call(d)
		for length, tooLarge := range map[int64]bool{body.Limit: false, body.Limit + 1: true} {
			r := request(t, method, strings.Replace(path, "{id}", "x", 1), []byte("{}"))
			r.ContentLength = length
			w := httptest.NewRecorder()
			stage().ServeHTTP(w, r)
			if got := w.Code == http.StatusRequestEntityTooLarge; got != tooLarge {
				t.Errorf("%s: a body of %d bytes: %d", d.Doc.ID, length, w.Code)
			}
		}
		r := request(t, method, strings.Replace(path, "{id}", "x", 1), []byte("{}"))
		r.Header.Set("Content-Type", "text/plain")
		w := httptest.NewRecorder()
		if stage().ServeHTTP(w, r); w.Code != http.StatusUnsupportedMediaType {
			t.Errorf("%s: a text: %d", d.Doc.ID, w.Code)
		}
	}
}
