package dialect

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/task"
)

func TestABodyIsBoundedBeforeItIsRead(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"a field twice":            {`{"a": 1, "a": "x"}`, "One field is there twice.; a: is there twice"},
		"twice, the second null":   {`{"a": "x", "a": null}`, "a: is there twice"},
		"twice, once escaped":      {`{"a": "x", "\u0061": null}`, "a: is there twice"},
		"twice in an object":       {`{"a": {"b": 1, "b": 2}}`, "a/b: is there twice"},
		"twice in a list":          {`{"a": [1, {"b": 1, "b": 2}]}`, "a/1/b: is there twice"},
		"objects without end":      {strings.Repeat(`{"a":`, 65) + "1" + strings.Repeat("}", 65), "nested deeper than the 64 levels"},
		"lists without end":        {`{"a": ` + strings.Repeat("[", 64) + strings.Repeat("]", 64) + "}", "nested deeper than the 64 levels"},
		"lists without end nor }":  {`{"a": ` + strings.Repeat("[", 200_000), "nested deeper than the 64 levels"},
		"fields without number":    {`{` + many(10_001) + `"z": 1}`, "more than the 10000 fields"},
		"lists without number":     {`{"a": [` + strings.Repeat("[],", 10_001) + `1]}`, "more than the 10000 fields"},
		"a name that is no text":   {`{1: 2}`, "expected a field's name in double quotes"},
		"a colon too few":          {`{"a" 1}`, "expected a colon after the field's name"},
		"a list that is not ended": {`{"a": [1}`, "expected a comma, or ] at the end of the list"},
		"an escape cut short":      {`{"a": "\u00g0"}`, "expected four hexadecimal digits"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseFields([]byte(c.body))
			if task.CodeOf(err) != task.Invalid || !strings.Contains(err.Error(), c.want) || len(err.Error()) > 400 {
				t.Errorf("got  %.500v\nwant %s", err, c.want)
			}
		})
	}
}

func TestTheWalkerFindsValuesWhereTheyAre(t *testing.T) {
	const odd = " { \"a\" :\t\"\\\\\" , \"b\\\"c\":[ 1 ,\r\n{ \"x\" : [ ] } , \"]\" ],\"d\": -1.5e3 ,\"e\":{ } , \"f\":true}\n"
	f := mustParse(t, odd)
	for name, want := range map[string]string{"a": `"\\"`, `b"c`: "[ 1 ,\r\n{ \"x\" : [ ] } , \"]\" ]", "d": "-1.5e3", "e": "{ }", "f": "true"} {
		if got := string(f.raw[name]); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if len(f.raw) != 5 {
		t.Errorf("%d fields", len(f.raw))
	}
}

func TestABodyThatNobodyReadsIsRefusedUnlessItSaysNothing(t *testing.T) {
	for body, want := range map[string]task.Code{"": "", "{}": "", " { }\n": "", "null": "", `{"seed": 5}`: task.Invalid, "x": task.Invalid,
		strings.Repeat("x", 64<<10+1): task.TooLarge} {
		w, r := posted(body)
		if err := RefuseBody(w, r); (err == nil) != (want == "") || err != nil && task.CodeOf(err) != want {
			t.Errorf("%.20q: %v, want %q", body, err, want)
		}
	}
}

func TestUUIDsHaveEitherCase(t *testing.T) {
	const id = "0a00bcde-0000-4000-8000-000000000001"
	for given, want := range map[string]string{id: id, strings.ToUpper(id): id, "ABC": "ABC", "CmC9rGbtVzEAAAAAADQY-A": "CmC9rGbtVzEAAAAAADQY-A", "": "",
		"ZA00BCDE-0000-4000-8000-000000000001": "ZA00BCDE-0000-4000-8000-000000000001", "0A00BCDE00000-4000-8000-000000000001": "0A00BCDE00000-4000-8000-000000000001"} {
		if got := CanonicalID(given); got != want {
			t.Errorf("%q: %q, want %q", given, got, want)
		}
	}
}

// posted returns a request with a body, and a recorder for its answer.
func posted(body string) (*httptest.ResponseRecorder, *http.Request) {
	return httptest.NewRecorder(), httptest.NewRequest("POST", "/", strings.NewReader(body))
}
