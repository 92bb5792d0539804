package dialect

import (
	"reflect"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/task"
)

func TestAListOfObjectsIsReadInOrderAndFaultsNameThePlace(t *testing.T) {
	f := mustParse(t, `{"in": {"parts": [{"n": 2}, {"n": 1}, {"n": 30, "x": null}]}, "absent": null}`)
	var got []int64
	for _, one := range f.Object("in").Objects("parts", 3) {
		got = append(got, one.Int("n", 0, 1, 9))
		one.Require("x")
	}
	if want := []int64{2, 1, 0}; !reflect.DeepEqual(got, want) {
		t.Errorf("read %v, want %v", got, want)
	}
	want := []string{"in/parts/0/x: is required", "in/parts/1/x: is required", "in/parts/2/n: must be a whole number from 1 to 9", "in/parts/2/x: is required"}
	if got := faultsOf(f.Err()); !reflect.DeepEqual(got, want) {
		t.Errorf("faults %q", got)
	}
	if f.Objects("absent", 3) != nil || f.Objects("gone", 3) != nil {
		t.Error("a list that is absent was read")
	}
}

func TestAListOfObjectsIsDescribed(t *testing.T) {
	got := Describe(func(f *Fields) {
		f.Require("parts")
		for _, one := range f.Objects("parts", 100) {
			one.Require("n")
			one.Int("n", 0, 1, 9)
		}
	}, [][2]string{{"parts", "All parts."}, {"parts/n", "Which one."}})
	if len(got.Fields) != 1 {
		t.Fatalf("%+v", got)
	}
	list := got.Fields[0]
	if list.Name != "parts" || !list.Required || list.Type != "array" || list.Text != "All parts." || list.Items == nil || len(list.Items.Fields) != 1 {
		t.Fatalf("%+v", list)
	}
	if n := list.Items.Fields[0]; n.Name != "n" || !n.Required || n.Text != "Which one." || *n.Min != 1 || *n.Max != 9 {
		t.Errorf("%+v", n)
	}
}

func TestAListThatIsNoneIsAFault(t *testing.T) {
	for body, want := range map[string]string{
		`{"a": {}}`:           "a: must be a list of 1 to 2 objects, not an object",
		`{"a": []}`:           "a: must be a list of 1 to 2 objects; it has 0",
		`{"a": [{}, {}, {}]}`: "a: must be a list of 1 to 2 objects; it has 3",
		`{"a": [{}, "x"]}`:    "a/1: must be an object, not a string",
		`{"a": [[], null]}`:   "a/0: must be an object, not a list|a/1: must be an object, not null",
	} {
		f := mustParse(t, body)
		if got := f.Objects("a", 2); got != nil {
			t.Errorf("%s was read as %v", body, got)
		}
		if got := strings.Join(faultsOf(f.Err()), "|"); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}

func TestASentenceSaysAllOfAnError(t *testing.T) {
	for want, e := range map[string]*task.Error{
		"Not found":      {Code: task.NotFound},
		"There is none.": {Code: task.NotFound, Detail: "There is none."},
		"a.b: is required; c: must be 1": {Code: task.Invalid, Detail: "2 fields are not valid.",
			Fields: []task.FieldError{{Field: "a/b", Detail: "is required"}, {Field: "c", Detail: "must be 1"}}},
	} {
		if got := Sentence(e); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestAnEmptyListOfObjectsIsValidWhereItIsAllowed(t *testing.T) {
	f := mustParse(t, `{"none": [], "many": [{}, {}, {}]}`)
	if got := f.ObjectsUpTo("none", 2); len(got) != 0 || f.Err() != nil {
		t.Errorf("read %v, %v", got, f.Err())
	}
	f.ObjectsUpTo("many", 2)
	if got := strings.Join(faultsOf(f.Err()), "|"); got != "many: must be a list of 0 to 2 objects; it has 3" {
		t.Errorf("faults %q", got)
	}
}

func TestStringsReadsAListOfKnownTexts(t *testing.T) {
	const must = "must be a list of at most 2 texts, of x, y"
	for _, c := range []struct{ body, want, fault string }{
		{`{}`, "", ""},
		{`{"a":null}`, "", ""},
		{`{"a":[]}`, "", ""},
		{`{"a":["x","y"]}`, "x y", ""},
		{`{"a":["x","z"]}`, "", must},
		{`{"a":["x","y","x"]}`, "", must},
		{`{"a":"x"}`, "", must + ", not a string"},
		{`{"a":[1]}`, "", must + ", not a list"},
	} {
		f := mustParse(t, c.body)
		got := strings.Join(f.Strings("a", 2, "x", "y"), " ")
		var fault string
		if err := f.Err(); err != nil {
			fault = err.(*task.Error).Fields[0].Detail //nolint:errorlint,forcetypeassert // Err says that it is one
		}
		if got != c.want || fault != c.fault {
			t.Errorf("%s: %q, %q", c.body, got, fault)
		}
	}
}
