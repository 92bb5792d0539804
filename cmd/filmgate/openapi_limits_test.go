package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
	"github.com/filmgate/filmgate/internal/dialect/openapi"
	"github.com/filmgate/filmgate/internal/node/routes"
)

// probe is a value, and whether the schema allows it.
type probe struct {
	name  string
	value any
	taken bool
}

// probes returns values just inside and just outside each limit of a schema.
func probes(s schemaSeen) []probe {
	out := []probe{{"a list", []any{}, s.Type == "array" && s.MinItems == 0}}
	if s.Type != "object" {
		out = append(out, probe{"an object", map[string]any{}, false})
	}
	if s.Type != "string" {
		out = append(out, probe{"a text for another type", "x", false})
	} else if s.Pattern != "" {
		out = append(out, probe{"a text of another form", "https://example.com/image.jpg", false})
	} else if s.Enum == nil {
		out = append(out, probe{"a number for a text", 5, false}, probe{"a text", "https://example.com/image.jpg", true}) // a picture's too
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
	if s.MaxItems > 0 {
		out = append(out, probe{"one item more", make([]struct{}, s.MaxItems+1), false})
	}
	if s.Type == "boolean" {
		out = append(out, probe{"true", true, true}, probe{"false", false, true}, probe{"a number for a boolean", 1, false})
	}
	return out
}

// walk visits every field of a schema by its path. Of a list, it visits the fields of the first item.
func walk(s schemaSeen, path string, visit func(path string, f schemaSeen, required bool)) {
	for name, f := range s.Properties {
		visit(path+name, f, slices.Contains(s.Required, name))
		walk(f, path+name+"/", visit)
		if f.Items != nil {
			walk(*f.Items, path+name+"/0/", visit)
		}
	}
}

// with returns a copy of the body with the field set, or removed if the value is nil. Missing objects on its path are made.
func with(t *testing.T, body map[string]any, path string, value any) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal(dialect.Marshal(body), &out); err != nil {
		t.Fatal(err)
	}
	in := out
	for {
		name, rest, deeper := strings.Cut(path, "/")
		if !deeper {
			break
		}
		next, ok := in[name].(map[string]any)
		if item, first := strings.CutPrefix(rest, "0/"); first && in[name] == nil {
			next, rest, ok = map[string]any{}, item, true
			in[name] = []any{next}
		}
		if items, list := in[name].([]any); list {
			next, ok = items[0].(map[string]any)
			rest = strings.TrimPrefix(rest, "0/")
		}
		if !ok {
			next = map[string]any{}
			in[name] = next
		}
		in, path = next, rest
	}
	if in[path] = value; value == nil {
		delete(in, path)
	}
	return out
}

func TestEveryExampleOfABodyIsTaken(t *testing.T) {
	for _, o := range operations(t) {
		for i, body := range o.examples(t) {
			if w := o.send(t, "", body); w.Code != o.succeeds() {
				t.Errorf("%s, example %d: %d %s", o.ID, i+1, w.Code, w.Body)
			}
			if i == 0 && strings.HasPrefix(o.ID, "create_") && o.ID != "create_webhook" && strings.Contains(fmt.Sprint(body), "http") {
				t.Errorf("%s: the first example needs a network", o.ID)
			}
		}
	}
}

// findWrongLimits puts values just inside and just outside each limit into each example of the body. It returns the places where
// the document is wrong, and the number of values that were tried. An allowed value must be accepted in at least one example,
// because a field may need another one. A value that is not allowed must be refused in all of them, with the field's name.
func (o operationSeen) findWrongLimits(t *testing.T) (wrong []string, tried int) {
	t.Helper()
	bodies := o.examples(t)
	walk(o.body, "", func(path string, f schemaSeen, required bool) {
		for _, p := range append(probes(f), probe{"absent", nil, !required}) {
			blamed := 0
			var last string
			for _, body := range bodies {
				w := o.send(t, "", with(t, body, path, p.value))
				if last = fmt.Sprint(w.Code, " ", w.Body); namesField(w, path) && (w.Code == http.StatusBadRequest || w.Code == http.StatusUnprocessableEntity) {
					blamed++
				}
			}
			if tried++; p.taken && blamed == len(bodies) || !p.taken && blamed < len(bodies) {
				wrong = append(wrong, fmt.Sprintf("%s/%s: %s (%.40q), which the document allows: %v, is refused in %d of %d examples: %.400s",
					o.ID, path, p.name, fmt.Sprint(p.value), p.taken, blamed, len(bodies), last))
			}
		}
	})
	return wrong, tried
}

func TestTheDocumentsLimitsOfFieldsAreTheHandlers(t *testing.T) {
	all := 0
	for _, o := range operations(t) {
		wrong, tried := o.findWrongLimits(t)
		for _, w := range wrong {
			t.Error(w)
		}
		all += tried
	}
	if t.Logf("%d values were tried", all); all < 200 {
		t.Error("the document has lost its limits")
	}
}

// TestWrongLimitsInTheDocumentAreFound checks the test above: each case has one limit that the handlers do not keep.
func TestWrongLimitsInTheDocumentAreFound(t *testing.T) {
	more := func(f *float64) *float64 { return new(*f + 1) }
	tests := map[string]struct {
		id, field string
		change    func(*schemaSeen)
	}{
		"a text may be longer":      {"create_runway", "text_prompt", func(s *schemaSeen) { s.MaxLength++ }},
		"a text must be shorter":    {"create_luma", "user_prompt", func(s *schemaSeen) { s.MaxLength-- }},
		"a number may be greater":   {"create_runway", "seed", func(s *schemaSeen) { s.Maximum = more(s.Maximum) }},
		"a number must be greater":  {"create_kling_text2video", "cfg_scale", func(s *schemaSeen) { s.Minimum = more(s.Minimum) }},
		"there is one word more":    {"create_kling_text2video", "mode", func(s *schemaSeen) { s.Enum = append(s.Enum, "best") }},
		"there is one number more":  {"create_runway", "seconds", func(s *schemaSeen) { s.Enum = append(s.Enum, 7.0) }},
		"a truth is a text":         {"edit_asset", "favorite", func(s *schemaSeen) { *s = schemaSeen{Type: "string"} }},
		"an object is a number":     {"create_kling_image2video", "camera_control", func(s *schemaSeen) { *s = schemaSeen{Type: "number"} }},
		"what is not there is read": {"create_luma", "seed", func(s *schemaSeen) { *s = schemaSeen{Type: "integer", Enum: []any{1.0}} }},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for _, o := range operations(t) {
				if o.ID != tt.id {
					continue
				}
				f := o.body.Properties[tt.field]
				tt.change(&f)
				o.body.Properties[tt.field] = f
				if wrong, _ := o.findWrongLimits(t); len(wrong) == 0 || !strings.Contains(wrong[0], tt.id+"/"+tt.field+": ") {
					t.Errorf("%q", wrong)
				}
			}
		})
	}
	t.Run("what is required may be absent", func(t *testing.T) {
		for _, o := range operations(t) {
			if len(o.body.Required) > 0 {
				o.body.Required = nil
				if wrong, _ := o.findWrongLimits(t); len(wrong) == 0 {
					t.Errorf("%s: not seen", o.ID)
				}
			}
		}
	})
}

func TestAnAbsentFieldIsItsDefault(t *testing.T) {
	for _, o := range operations(t) {
		for _, body := range o.examples(t) {
			walk(o.body, "", func(path string, f schemaSeen, _ bool) {
				if f.Default == nil {
					return
				}
				absent, given := o.send(t, "", with(t, body, path, nil)), o.send(t, "", with(t, body, path, f.Default))
				if absent.Code != o.succeeds() && absent.Body.String() == given.Body.String() {
					return // the example has no such object
				}
				if absent.Code != o.succeeds() || withoutInput(t, absent) != withoutInput(t, given) {
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
					if blamed := namesField(w, "?"+p.Name); blamed == taken || taken != (w.Code/100 == 2) {
						t.Errorf("%q: %d, and the document says taken: %v\n%s", text, w.Code, taken, w.Body)
					}
				}
			})
		}
	}
}

// texts returns values of a query parameter, and whether the document allows them.
func texts(p parameterSeen) map[string]bool {
	out := map[string]bool{"": true}
	if p.Example != nil {
		out[fmt.Sprint(p.Example)] = true
	}
	words := p.Schema.Enum
	if p.Schema.Items != nil {
		words = p.Schema.Items.Enum
	}
	for i, v := range words {
		out[fmt.Sprint(v)] = true
		out[fmt.Sprint(v)+"x"] = false
		if p.Schema.Items != nil {
			out[fmt.Sprint(v, ",", words[0])], out[fmt.Sprint(words[i/2], ",", v, "x")] = true, false
		}
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
			var body any // a retry has none
			if examples := o.examples(t); len(examples) > 0 {
				body = examples[0]
			}
			for length, refused := range map[int]bool{1: false, p.Schema.MaxLength: false, p.Schema.MaxLength + 1: true} {
				if w := o.send(t, "", body, p.Name, strings.Repeat("k", length)); (w.Code == http.StatusBadRequest) != refused {
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
	for _, r := range routes.Documented() {
		scopes[r.Doc.ID] = r.Doc.Scope
	}
	for _, o := range operations(t) {
		if len(o.Security) == 0 && !strings.HasPrefix(o.path, "/api/") {
			continue // a page, or what a signed link opens: documentServer has no such handler
		}
		none, reader := o.send(t, "", "{}", "Authorization", ""), o.send(t, "", "{}", "Authorization", "Bearer "+dialecttest.ReadKey)
		if needs := none.Code == 401 && none.Header().Get("WWW-Authenticate") != ""; needs != (len(o.Security) > 0) {
			t.Errorf("%s: without a key: %d, and the document's security is %v", o.ID, none.Code, o.Security)
		}
		if more := reader.Code == 403; more != (scopes[o.ID] == apikey.Write || scopes[o.ID] == apikey.Admin) {
			t.Errorf("%s: with a key that only reads: %d, and the scope is %q", o.ID, reader.Code, scopes[o.ID])
		}
	}
}

func TestTheDocumentsLimitOfBodiesIsTheHandlers(t *testing.T) {
	server := newDocumentServer()
	for _, d := range routes.Documented() {
		body := d.Doc.Body
		if body == nil || body.Decode == nil {
			continue
		}
		method, path := openapi.Call(d)
		for length, tooLarge := range map[int64]bool{body.Limit: false, body.Limit + 1: true} {
			r := request(t, method, strings.Replace(path, "{id}", "x", 1), []byte("{}"))
			r.ContentLength = length
			setRequired(r, d.Doc)
			w := httptest.NewRecorder()
			server.ServeHTTP(w, r)
			if got := w.Code == http.StatusRequestEntityTooLarge; got != tooLarge {
				t.Errorf("%s: a body of %d bytes: %d", d.Doc.ID, length, w.Code)
			}
		}
		r := request(t, method, strings.Replace(path, "{id}", "x", 1), []byte("no JSON"))
		r.Header.Set("Content-Type", "text/plain")
		setRequired(r, d.Doc)
		w := httptest.NewRecorder()
		if server.ServeHTTP(w, r); w.Code != http.StatusUnsupportedMediaType {
			t.Errorf("%s: a text: %d", d.Doc.ID, w.Code)
		}
	}
}

// setRequired sets the headers that a call needs.
func setRequired(r *http.Request, d dialect.Doc) {
	for _, p := range d.Params {
		if p.In == "header" && p.Required && p.Example != nil {
			r.Header.Set(p.Name, fmt.Sprint(p.Example))
		}
	}
}

// withoutInput returns an answer without the member "input", in which Replicate's predictions repeat the request.
func withoutInput(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	var body map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
		t.Fatalf("%v: %s", err, w.Body)
	}
	delete(body, "input")
	return string(dialect.Marshal(body))
}
