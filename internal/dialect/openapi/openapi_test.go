package openapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// The wire structs of these tests.
type (
	wireLamp struct {
		ID     string             `json:"id" format:"uuid" doc:"Names it."`
		State  task.State         `json:"state" doc:"S."`
		Mood   mood               `json:"mood" doc:"M."`
		Last   *mood              `json:"last" doc:"L."`
		Seed   *uint32            `json:"seed" doc:"D."`
		Note   *string            `json:"note,omitempty" doc:"N."`
		Made   moment             `json:"made" doc:"A."`
		Broken *moment            `json:"broken" doc:"B."`
		Ratio  json.Number        `json:"ratio" doc:"R."`
		Size   [2]int             `json:"size" doc:"Z."`
		Bulb   *wireBulb          `json:"bulb" doc:"U."`
		Spares []wireBulb         `json:"spares" doc:"P."`
		Never  *struct{}          `json:"never" doc:"V."`
		Prices map[string]float64 `json:"prices" doc:"C."`
		Plain  struct {
			On bool `json:"on" doc:"O."`
		} `json:"plain" doc:"I."`
		wireBase
		Gone string `json:"-"`
	}
	wireBase struct {
		Height int `json:"height" doc:"H."`
	}
	wireBulb struct {
		Watts float64 `json:"watts" doc:"W."`
	}
	moment time.Time
	mood   string
)

// Words returns the words of a mood.
func (mood) Words() []string { return []string{"warm", "cold"} }

func TestASchemaIsReadOffItsStruct(t *testing.T) {
	c := types{names: map[reflect.Type]string{}}
	if got := c.ref(reflect.TypeFor[wireLamp]()); string(dialect.Marshal(got)) != `{"$ref":"#/components/schemas/Lamp"}`+"\n" {
		t.Errorf("%s", dialect.Marshal(got))
	}
	want := `{"Lamp":{"type":"object","required":["id","state","mood","last","seed","made","broken","ratio","size","bulb","spares","never","prices","plain","height"],"properties":{` +
		`"id":{"type":"string","format":"uuid","description":"Names it."},` +
		`"state":{"type":"string","enum":["QUEUED","THROTTLED","PENDING","RUNNING","SUCCEEDED","FAILED","CANCELLED"],"description":"S."},` +
		`"mood":{"type":"string","enum":["warm","cold"],"description":"M."},` +
		`"last":{"type":["string","null"],"enum":["warm","cold",null],"description":"L."},` +
		`"seed":{"type":["integer","null"],"minimum":0,"maximum":4294967295,"description":"D."},` +
		`"note":{"type":"string","description":"N."},` +
		`"made":{"type":"string","format":"date-time","description":"A."},` +
		`"broken":{"type":["string","null"],"format":"date-time","description":"B."},` +
		`"ratio":{"type":"number","description":"R."},` +
		`"size":{"type":"array","items":{"type":"integer"},"minItems":2,"maxItems":2,"description":"Z."},` +
		`"bulb":{"anyOf":[{"$ref":"#/components/schemas/Bulb"},{"type":"null"}],"description":"U."},` +
		`"spares":{"type":"array","items":{"$ref":"#/components/schemas/Bulb"},"description":"P."},` +
		`"never":{"type":"null","description":"V."},` +
		`"prices":{"type":"object","additionalProperties":{"type":"number"},"description":"C."},` +
		`"plain":{"type":"object","required":["on"],"properties":{"on":{"type":"boolean","description":"O."}},"description":"I."},` +
		`"height":{"type":"integer","description":"H."}}},` +
		`"Bulb":{"type":"object","required":["watts"],"properties":{"watts":{"type":"number","description":"W."}}}}` + "\n"
	if got := string(dialect.Marshal(c.schemas)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// lamps returns a source with one route, which each test changes.
func lamps(change func(*dialect.Route)) Source {
	r := dialect.Route{Pattern: "POST /lamps/{id}", Doc: dialect.Doc{
		ID: "light_lamp", Tag: dialect.Tasks, Summary: "Light a lamp", Text: "Lights it.", Scope: apikey.Write, Idempotent: true, ETag: true,
		Params: []dialect.Param{{In: "path", Name: "id", Text: "Which."}},
		Body: &dialect.Body{Limit: 1234567, Texts: [][2]string{{"watts", "How bright."}}, Examples: []dialect.Example{{Name: "dim", File: "dim.json"}},
			Decode: func(f *dialect.Fields) {
				f.Require("watts")
				f.Int("watts", 0, 1, 60)
			}},
		Answers: []dialect.Answer{{Text: "It burns.", Of: wireBulb{}, Examples: []dialect.Example{{Name: "lit", Text: "Lit", File: "lit.json"}}}},
		Errors:  []task.Code{task.NotFound, task.RateLimited},
	}}
	change(&r)
	return Source{Title: "Lamps", Version: "1", Chapters: dialect.Chapters(), Routes: []dialect.Route{r}, Load: func(file string, answer bool) ([]byte, error) {
		switch {
		case file == "dim.json" && !answer:
			return []byte(`{"watts": 5}`), nil
		case file == "lit.json" && answer:
			return []byte(`{"watts": 5.5}`), nil
		case file == "bad.json":
			return []byte(`{`), nil
		}
		return nil, errors.New("no such file")
	}}
}

func TestALongPollSaysThatItMayWait(t *testing.T) {
	raw, err := Write(lamps(func(r *dialect.Route) { r.LongPoll = true }))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"$ref": "#/components/parameters/Prefer"`, `"Preference-Applied": {`} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("no %s", want)
		}
	}
}

func TestWhatFollowsFromADocIsAdded(t *testing.T) {
	raw, err := Write(lamps(func(*dialect.Route) {}))
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]struct {
			Description string
			Security    []map[string][]string
			Parameters  []map[string]any
			RequestBody struct{ Description string }
			Responses   map[string]any
		}
		Components struct {
			Responses map[string]struct{ Headers map[string]any }
		}
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	o := doc.Paths["/lamps/{id}"]["post"]
	if !strings.Contains(o.Description, "scope `write`") || len(o.Security) != 1 || o.RequestBody.Description != "At most 1,234,567 bytes." {
		t.Errorf("%+v", o)
	}
	if len(o.Parameters) != 3 || o.Parameters[0]["required"] != true || o.Parameters[1]["$ref"] != "#/components/parameters/IdempotencyKey" ||
		o.Parameters[2]["$ref"] != "#/components/parameters/IfNoneMatch" {
		t.Errorf("parameters %v", o.Parameters)
	}
	for _, status := range []string{"200", "304", "400", "401", "403", "404", "409", "413", "415", "422", "429", "500", "503"} {
		if o.Responses[status] == nil {
			t.Errorf("no %s", status)
		}
		delete(o.Responses, status)
	}
	if len(o.Responses) > 0 {
		t.Errorf("and %v", o.Responses)
	}
	if r := doc.Components.Responses; r["Problem401"].Headers["WWW-Authenticate"] == nil || r["Problem429"].Headers["Retry-After"] == nil || r["Problem404"].Headers["Retry-After"] != nil {
		t.Errorf("headers of errors %v", r)
	}
}

func TestParametersThatHaveManyValuesAreCommaSeparated(t *testing.T) {
	words := dialect.Words("a", "b")
	raw, err := Write(lamps(func(r *dialect.Route) {
		r.Doc.Params = append(r.Doc.Params, dialect.Param{In: "query", Name: "moods", Text: "M.", Required: true, Schema: dialect.Schema{Type: "array", Items: &words}})
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"name":"moods","in":"query","required":true,"style":"form","explode":false,"description":"M.","schema":{"type":"array","items":{"type":"string","enum":["a","b"]}}}`
	var flat bytes.Buffer
	if err := json.Compact(&flat, raw); err != nil || !strings.Contains(flat.String(), want) {
		t.Errorf("%v\n%s", err, flat.String())
	}
}

func TestADocumentIsTheSameEachTime(t *testing.T) {
	one, err := Write(lamps(func(*dialect.Route) {}))
	two, again := Write(lamps(func(*dialect.Route) {}))
	if err != nil || again != nil || string(one) != string(two) {
		t.Errorf("%v, %v, %d and %d bytes", err, again, len(one), len(two))
	}
}

// twoLamps returns a struct with fields of two structs of one name.
func twoLamps() any {
	type first = wireLamp
	type wireLamp struct{}
	return struct {
		A first    `json:"a" doc:"A."`
		B wireLamp `json:"b" doc:"B."`
	}{}
}

func TestADocThatTellsTooLittleIsNamedWithWhatItLacks(t *testing.T) {
	tests := map[string]struct {
		change func(*dialect.Route)
		want   string
	}{
		"no Doc":                  {func(r *dialect.Route) { r.Doc = dialect.Doc{} }, "needs an ID, a Summary, a Text and Answers"},
		"an unknown tag":          {func(r *dialect.Route) { r.Doc.Tag = "Lamps" }, `has the tag "Lamps"`},
		"a path's parameter":      {func(r *dialect.Route) { r.Doc.Params = nil }, "the parameter {id} of the path is missing"},
		"a parameter's text":      {func(r *dialect.Route) { r.Doc.Params[0].Text = "" }, `the parameter "id" has no text`},
		"a field's text":          {func(r *dialect.Route) { r.Doc.Body.Texts = nil }, `the body's field "watts" has no text`},
		"a body's example":        {func(r *dialect.Route) { r.Doc.Body.Examples = nil }, "the body needs an example"},
		"an example's file":       {func(r *dialect.Route) { r.Doc.Body.Examples[0].File = "lit.json" }, `example "dim": no such file`},
		"an example that is none": {func(r *dialect.Route) { r.Doc.Body.Examples[0].File = "bad.json" }, "is no JSON"},
		"an answer's text":        {func(r *dialect.Route) { r.Doc.Answers[0].Text = "" }, "an answer has no text"},
		"a text for no field":     {func(r *dialect.Route) { r.Doc.Body.Texts = append(r.Doc.Body.Texts, [2]string{"volts", "V."}) }, `a text for the field "volts", which is not read`},
		"a parameter of no place": {func(r *dialect.Route) { r.Doc.Params[0].In = "cookie" }, `the parameter "id" is in "cookie", which is no place`},
		"a parameter of no segment": {func(r *dialect.Route) {
			r.Doc.Params = append(r.Doc.Params, dialect.Param{In: "path", Name: "i", Text: "I."})
		}, `the parameter "i" is not in the path`},
		"a parameter twice":          {func(r *dialect.Route) { r.Doc.Params = append(r.Doc.Params, r.Doc.Params[0]) }, `two parameters are called "id"`},
		"an answer twice":            {func(r *dialect.Route) { r.Doc.Answers = append(r.Doc.Answers, r.Doc.Answers[0]) }, "two answers are 200"},
		"answers, though it is kept": {func(r *dialect.Route) { r.Doc.Answers = nil }, "needs an ID, a Summary, a Text and Answers"},
		"an example of a name":       {func(r *dialect.Route) { r.Doc.Body.Examples = append(r.Doc.Body.Examples, r.Doc.Body.Examples[0]) }, `two examples are called "dim"`},
		"a struct's name":            {func(r *dialect.Route) { r.Doc.Answers[0].Of = twoLamps() }, "the answer's struct openapi.wireLamp would be called Lamp, as openapi.wireLamp is: rename it"},
		"an answer's field": {func(r *dialect.Route) {
			r.Doc.Answers[0].Of = struct {
				A int `json:"a"`
			}{}
		}, `field "a" has no doc`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Write(lamps(tt.change))
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "POST /lamps/{id}") {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
	t.Run("an ID of two calls", func(t *testing.T) {
		s := lamps(func(*dialect.Route) {})
		s.Routes = append(s.Routes, s.Routes[0])
		s.Routes[1].Pattern = "PUT /lamps/{id}"
		if _, err := Write(s); err == nil || !strings.Contains(err.Error(), `the ID "light_lamp" is another call's`) {
			t.Error(err)
		}
	})
}

func TestARouteThatIsNoCallIsLeftOut(t *testing.T) {
	s := lamps(func(*dialect.Route) {})
	s.Routes = append(s.Routes, dialect.Route{Pattern: "GET /lamps/", Undocumented: true})
	raw, err := Write(s)
	if err != nil || strings.Contains(string(raw), `"/lamps/"`) {
		t.Errorf("%v", err)
	}
}
