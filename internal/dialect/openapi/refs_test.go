package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// tree returns the document of some routes, decoded.
func tree(t *testing.T, s Source) map[string]any {
	t.Helper()
	raw, err := Write(s)
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// at returns the value at a path of names, separated by spaces. It is nil if there is none.
func at(doc any, path string) any {
	for name := range strings.SplitSeq(path, " ") {
		object, ok := doc.(map[string]any)
		if !ok {
			return nil
		}
		doc = object[name]
	}
	return doc
}

// refs returns all references below a value.
func refs(v any) (out []string) {
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			if text, ok := value.(string); ok && name == "$ref" {
				out = append(out, text)
			}
			out = append(out, refs(value)...)
		}
	case []any:
		for _, value := range v {
			out = append(out, refs(value)...)
		}
	}
	return out
}

func TestEveryReferenceLeadsSomewhereAndEveryComponentIsUsed(t *testing.T) {
	s := lamps(func(r *dialect.Route) {
		r.Doc.Answers[0].Of, r.LongPoll = wireLamp{}, true
		r.Doc.Answers[0].Examples = nil
	})
	s.Routes = append(s.Routes, dialect.Route{Pattern: "GET /bulbs", Doc: dialect.Doc{ID: "bulbs", Tag: dialect.Files, Summary: "S", Text: "T",
		Answers: []dialect.Answer{{Text: "A", Of: []wireBulb{}}}, Errors: []task.Code{task.Unavailable}}})
	doc := tree(t, s)
	used := refs(doc)
	for _, ref := range used {
		path, ok := strings.CutPrefix(ref, "#/")
		if !ok || at(doc, strings.ReplaceAll(path, "/", " ")) == nil {
			t.Errorf("%s leads nowhere", ref)
		}
	}
	for _, kind := range []string{"schemas", "responses", "parameters", "headers"} {
		all, _ := at(doc, "components "+kind).(map[string]any)
		if len(all) == 0 {
			t.Errorf("there are no %s", kind)
		}
		for name := range all {
			if !slices.Contains(used, "#/components/"+kind+"/"+name) {
				t.Errorf("nobody refers to %s %s", kind, name)
			}
		}
	}
}

func TestSchemasSayWhatReadersAllow(t *testing.T) {
	words := dialect.Words("a", "b")
	half := dialect.Between("number", 0.5, 1e20)
	for name, c := range map[string]struct {
		s    dialect.Schema
		want string
	}{
		"anything":         {dialect.Schema{}, `{}`},
		"a text":           {dialect.Schema{Type: "string", MaxLength: 10, Default: "x"}, `{"type":"string","maxLength":10,"default":"x"}`},
		"a text of a form": {dialect.Schema{Type: "string", Format: "uuid"}, `{"type":"string","format":"uuid"}`},
		"words":            {words, `{"type":"string","enum":["a","b"]}`},
		"whole numbers":    {dialect.Between("integer", -1, 4294967295), `{"type":"integer","minimum":-1,"maximum":4294967295}`},
		"from nought":      {dialect.Between("integer", 0, 0), `{"type":"integer","minimum":0,"maximum":0}`},
		"broken numbers":   {half, `{"type":"number","minimum":0.5,"maximum":100000000000000000000}`},
		"lengths":          {dialect.Schema{Type: "integer", Enum: []any{5, 10}, Default: 5}, `{"type":"integer","enum":[5,10],"default":5}`},
		"yes or no":        {dialect.Schema{Type: "boolean", Default: false}, `{"type":"boolean","default":false}`},
		"a list":           {dialect.Schema{Type: "array", Items: &words, MinItems: 1, MaxItems: 3}, `{"type":"array","items":{"type":"string","enum":["a","b"]},"minItems":1,"maxItems":3}`},
		"an object": {dialect.Schema{Type: "object", Fields: []dialect.Field{{Name: "z", Text: "Z.", Required: true, Schema: words}, {Name: "a"}}},
			`{"type":"object","required":["z"],"properties":{"z":{"type":"string","enum":["a","b"],"description":"Z."},"a":{}}}`},
		"an object in it": {dialect.Schema{Type: "object", Fields: []dialect.Field{{Name: "o", Schema: dialect.Schema{Type: "object", Fields: []dialect.Field{{Name: "i", Required: true}}}}}},
			`{"type":"object","properties":{"o":{"type":"object","required":["i"],"properties":{"i":{}}}}}`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := strings.TrimSpace(string(dialect.Marshal(schemaOf(c.s)))); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// The struct has one field for each kind of tag and type.
func TestTagsOfAWireStructAreRead(t *testing.T) {
	for name, c := range map[string]struct {
		of   any
		want string
	}{
		"named by its tag": {struct {
			A string `json:"b" doc:"D."`
		}{}, `{"type":"object","required":["b"],"properties":{"b":{"type":"string","description":"D."}}}`},
		"may be left out": {struct {
			A int `json:"a,omitempty" doc:"D."`
		}{}, `{"type":"object","properties":{"a":{"type":"integer","description":"D."}}}`},
		"may be left out, but is never null": {struct {
			A *bool `json:"a,omitempty" doc:"D."`
		}{}, `{"type":"object","properties":{"a":{"type":"boolean","description":"D."}}}`},
		"may be null": {struct {
			A *bool `json:"a" doc:"D."`
		}{}, `{"type":"object","required":["a"],"properties":{"a":{"type":["boolean","null"],"description":"D."}}}`},
		"of a format": {struct {
			A *string `json:"a" format:"uri" doc:"D."`
		}{}, `{"type":"object","required":["a"],"properties":{"a":{"type":["string","null"],"format":"uri","description":"D."}}}`},
		"a time": {struct {
			A time.Time `json:"a" doc:"D."`
		}{}, `{"type":"object","required":["a"],"properties":{"a":{"type":"string","format":"date-time","description":"D."}}}`},
		"lists of lists": {struct {
			A [][]int64 `json:"a" doc:"D."`
		}{}, `{"type":"object","required":["a"],"properties":{"a":{"type":"array","items":{"type":"array","items":{"type":"integer"}},"description":"D."}}}`},
		"a reason or null": {struct {
			A *task.Role `json:"a" doc:"D."`
		}{}, `{"type":"object","required":["a"],"properties":{"a":{"type":["string","null"],"enum":["video","raw","preview","last_frame","poster","sprite","hover",null],"description":"D."}}}`},
		"not on the wire": {struct {
			A int `json:"-" doc:"D."`
			B int
		}{}, `{"type":"object","properties":{}}`},
	} {
		t.Run(name, func(t *testing.T) {
			w := types{names: map[reflect.Type]string{}}
			if got := strings.TrimSpace(string(dialect.Marshal(w.ref(reflect.TypeOf(c.of))))); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestTypesThatAreNoneOfTheWireAreABug(t *testing.T) {
	for name, describe := range map[string]func(*types){
		"a channel":        func(w *types) { w.ref(reflect.TypeFor[chan int]()) },
		"a complex number": func(w *types) { w.ref(reflect.TypeFor[complex128]()) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if text := fmt.Sprint(recover()); !strings.HasPrefix(text, "openapi: ") {
					t.Errorf("%s, want it told", text)
				}
			}()
			describe(&types{names: map[reflect.Type]string{}})
		})
	}
}

func TestErrorsOfOneStatusAreOneAnswer(t *testing.T) {
	form := &dialect.ErrorForm{Name: "Flat", Type: "application/json", Of: wireBulb{}, Status: func(c task.Code) int {
		if c == task.InternalError || c == task.Unavailable {
			return 500
		}
		return 400
	}, Encode: func(e *task.Error, id string) []byte {
		return fmt.Appendf(nil, `{"code":%q,"id":%q,"detail":%q}`, e.Code, id, e.Detail)
	}}
	doc := tree(t, lamps(func(r *dialect.Route) { r.Doc.Form, r.Doc.ETag = form, false }))
	answers, _ := at(doc, "paths /lamps/{id} post responses").(map[string]any)
	if len(answers) != 3 || at(answers["400"], "$ref") != "#/components/responses/Flat400" || at(answers["500"], "$ref") != "#/components/responses/Flat500" {
		t.Errorf("%v", answers)
	}
	bad, _ := at(doc, "components responses Flat400").(map[string]any)
	examples, _ := at(bad, "content application/json examples").(map[string]any)
	for _, code := range []task.Code{task.Invalid, task.Unauthorized, task.Forbidden, task.NotFound, task.Conflict, task.TooLarge, task.Unsupported, task.Unreadable, task.RateLimited} {
		if at(examples, string(code)+" value code") != string(code) || at(examples, string(code)+" summary") != code.Title() {
			t.Errorf("%s is not told of: %v", code, examples[string(code)])
		}
	}
	if at(bad, "headers Retry-After") == nil || at(bad, "headers WWW-Authenticate") == nil || !strings.Contains(fmt.Sprint(bad["description"]), "There is no API key") {
		t.Errorf("what goes with the errors is missing: %v, %v", bad["headers"], bad["description"])
	}
}

func TestEachErrorsSampleIsItsOwn(t *testing.T) {
	seen := map[string]task.Code{}
	for _, code := range task.Codes() {
		e := sample(code)
		if other := seen[e.Detail]; e.Code != code || e.Detail == "" || other != "" {
			t.Errorf("%s is shown by %+v, as %s is", code, e, other)
		}
		seen[e.Detail] = code
		if other := seen[meaning(code)]; other != "" {
			t.Errorf("%s means what %s does", code, other)
		}
		seen[meaning(code)] = code
	}
}

func TestCallsAreNamedAsCallersSeeThem(t *testing.T) {
	for _, c := range []struct{ pattern, call, method, path string }{
		{"GET /a/{id}", "", "get", "/a/{id}"},
		{"PATCH /a/{id}/b", "", "patch", "/a/{id}/b"},
		{"GET /cdn/{key...}", "", "get", "/cdn/{key}"},
		{"GET /cdn/{key...}", "GET /cdn/{date}/{name}", "get", "/cdn/{date}/{name}"},
	} {
		if method, path := Call(dialect.Route{Pattern: c.pattern, Doc: dialect.Doc{Operation: c.call}}); method != c.method || path != c.path {
			t.Errorf("%s: %s %s", c.pattern, method, path)
		}
	}
}

func TestCallsOfOnePathStandTogetherInTheOrderOfTheirTags(t *testing.T) {
	route := func(pattern string, tag dialect.Tag) dialect.Route {
		return dialect.Route{Pattern: pattern, Doc: dialect.Doc{ID: strings.NewReplacer(" ", "_", "/", "").Replace(pattern), Tag: tag, Summary: "S", Text: "T", Scope: apikey.Read,
			Answers: []dialect.Answer{{Text: "A", Status: 204}}}}
	}
	raw, err := Write(Source{Chapters: dialect.Chapters(), Routes: []dialect.Route{route("GET /z", dialect.Health), route("GET /b", dialect.Tasks), route("GET /a", dialect.Tasks), route("DELETE /b", dialect.Tasks)}})
	if err != nil {
		t.Fatal(err)
	}
	text, last := string(raw), -1
	for _, want := range []string{`"/b": {`, `"get": {`, `"operationId": "GET_b"`, `"delete": {`, `"operationId": "DELETE_b"`, `"/a": {`, `"/z": {`} {
		place := strings.Index(text, want)
		if place <= last {
			t.Errorf("%s stands at %d, after %d is where it belongs", want, place, last)
		}
		last = place
	}
}

// switched returns a source with one event.
func switched(change func(*dialect.Event)) Source {
	s := lamps(func(*dialect.Route) {})
	e := dialect.Event{Name: "lamp.on", Tag: dialect.Webhooks, Summary: "A lamp burns", Text: "It does.", Of: wireBulb{}, Answers: [][2]string{{"410", "Never again."}},
		Headers: []dialect.Param{{In: "header", Name: "webhook-id", Text: "Names it.", Schema: dialect.Schema{Type: "integer"}, Example: 7}}, Examples: []dialect.Example{{Name: "lit", File: "lit.json"}}}
	change(&e)
	s.Events = []dialect.Event{e}
	return s
}

func TestEventsAreTheWebhooksOfTheDocument(t *testing.T) {
	raw, err := Write(switched(func(*dialect.Event) {}))
	if err != nil {
		t.Fatal(err)
	}
	var small bytes.Buffer
	if err := json.Compact(&small, raw); err != nil {
		t.Fatal(err)
	}
	const want = `"webhooks":{"lamp.on":{"post":{"operationId":"on_lamp_on","tags":["Webhooks"],"summary":"A lamp burns","description":"It does.","security":[],` +
		`"parameters":[{"name":"webhook-id","in":"header","required":true,"description":"Names it.","schema":{"type":"integer"},"example":7}],` +
		`"requestBody":{"required":true,"content":{"application/json":{"schema":{"allOf":[{"$ref":"#/components/schemas/Bulb"},{"properties":{"type":{"const":"lamp.on"}}}]},` +
		`"examples":{"lit":{"value":{"watts":5.5}}}}}},"responses":{"2XX":{"description":"The event has arrived."},"410":{"description":"Never again."}}}}},"components":`
	if !strings.Contains(small.String(), want) {
		t.Errorf("no %s in\n%s", want, raw)
	}
	for fault, change := range map[string]func(*dialect.Event){
		"needs a Summary":       func(e *dialect.Event) { e.Summary = "" },
		"a Text and an example": func(e *dialect.Event) { e.Examples = nil },
		`header "webhook-id"`:   func(e *dialect.Event) { e.Headers[0].In = "query" },
	} {
		if _, err := Write(switched(change)); err == nil || !strings.Contains(err.Error(), fault) || !strings.Contains(err.Error(), "webhook lamp.on") {
			t.Errorf("%v, want %s", err, fault)
		}
	}
}

func TestNamesAndNumbersAreWrittenForPeople(t *testing.T) {
	for in, want := range map[string]string{"create_runway": "CreateRunway", "a": "A", "": "", "x__y": "XY"} {
		if got := pascal(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
	for in, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 25165824: "25,165,824"} {
		if got := thousands(in); got != want {
			t.Errorf("%d: %q", in, got)
		}
	}
}
