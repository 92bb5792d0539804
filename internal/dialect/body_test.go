package dialect

import (
	"errors"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/task"
)

// The most frequent mistakes in a body are answered with their position.
func TestAFaultOfSyntaxIsToldWithItsPlace(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"a line break within a text":   {"{\n\"a\": \"one\ntwo\"}", `invalid character '\n' in string literal at byte 12 (line 2)`},
		"a line break at the very end": {"{\"a\": \"one\n", `invalid character '\n' in string literal at byte 11 (line 1)`},
		"a comma too many":             {"{\"a\": 1,\n}", "invalid character '}' looking for beginning of object key string at byte 10 (line 2)"},
		"a comma too few":              {"{\"a\": 1\n\"b\": 2}", `invalid character '"' after object key:value pair at byte 9 (line 2)`},
		"single quotes":                {"{'a': 1}", `invalid character '\'' looking for beginning of object key string at byte 2 (line 1)`},
		"names without quotes":         {"{a: 1}", "invalid character 'a' looking for beginning of object key string at byte 2 (line 1)"},
		"a comment":                    {"{\"a\": 1} // one", "invalid character '/' after top-level value at byte 10 (line 1)"},
		"a number with a plus":         {`{"a": +1}`, "invalid character '+' looking for beginning of value at byte 7 (line 1)"},
		"a number with a zero before":  {`{"a": 01}`, "invalid character '1' after object key:value pair at byte 8 (line 1)"},
		"no number":                    {`{"a": NaN}`, "invalid character 'N' looking for beginning of value at byte 7 (line 1)"},
		"Python's words":               {`{"a": True}`, "invalid character 'T' looking for beginning of value at byte 7 (line 1)"},
		"an escape that is none":       {`{"a": "\x"}`, `invalid character 'x' in string escape code at byte 9 (line 1)`},
		"an end that is missing":       {"{\"a\": {\"b\": 1}", "unexpected end of JSON input at byte 14 (line 1)"},
		"a mark in the middle":         {"{\ufeff\"a\": 1}", "looking for beginning of object key string at byte 2 (line 1)"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseFields([]byte(c.body))
			var e *task.Error
			if !errors.As(err, &e) || e.Code != task.Invalid || !strings.Contains(e.Detail, c.want) || !strings.HasPrefix(e.Detail, "The body is not valid JSON: ") {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestABodyInAnotherCodeIsToldToBeNoUTF8(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"Latin-1":                  {"{\"a\": \"caf\xe9\"}", "byte 11 (line 1)"},
		"UTF-16 with its mark":     {"\xff\xfe{\x00\"\x00", "byte 1 (line 1)"},
		"half a character":         {"{\"a\": \"\xe2\x82\"}", "byte 8 (line 1)"},
		"half a pair as UTF-8":     {"{\"a\": \"\xed\xa0\x80\"}", "byte 8 (line 1)"},
		"in a name, lines below":   {"{\n\n\"\xff\": 1}", "byte 5 (line 3)"},
		"too long a form of slash": {"{\"a\": \"\xc0\xaf\"}", "byte 8 (line 1)"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseFields([]byte(c.body))
			if want := "The body is not UTF-8: " + c.want + " begins no character."; err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}

func TestBodiesThatAreOddAndRight(t *testing.T) {
	deep := strings.Repeat("[", 63) + strings.Repeat("]", 63)
	for name, c := range map[string]struct{ body, want string }{
		"a mark before it":            {"\ufeff{\"a\": \"x\"}", "x"},
		"white space around":          {" \t\r\n{\"a\": \"x\"} \n", "x"},
		"no field at all":             {"{}", "-"},
		"a name that is escaped":      {`{"\u0061": "x"}`, "x"},
		"another case is another":     {`{"A": "y"}`, "-"},
		"an empty name":               {`{"": "y", "a": "x"}`, "x"},
		"fields that nobody knows":    {`{"b": {"c": [1, {}]}, "a": "x"}`, "x"},
		"one of them deep":            {`{"b": ` + deep + `, "a": "x"}`, "x"},
		"a text with escapes":         {`{"a": "\"\\\/\n\u00e9"}`, "\"\\/\né"},
		"a pair of surrogates":        {`{"a": "\ud83d\ude00"}`, "😀"},
		"half a pair, escaped":        {`{"a": "\ud83d!"}`, "�!"},
		"a text of HTML":              {`{"a": "<b>&amp;</b>"}`, "<b>&amp;</b>"},
		"control characters, escaped": {`{"a": "\u0007\u001b"}`, "\a\x1b"},
	} {
		t.Run(name, func(t *testing.T) {
			f := mustParse(t, c.body)
			if got := f.String("a", "-", 0); got != c.want || f.Err() != nil {
				t.Errorf("%q, %v, want %q", got, f.Err(), c.want)
			}
		})
	}
}

func TestAValueOfTheWrongTypeIsNamedWithBoth(t *testing.T) {
	readers := map[string]func(*Fields){
		"a string":                          func(f *Fields) { f.String("a", "", 0) },
		"true or false":                     func(f *Fields) { f.Bool("a", false) },
		"a whole number from 1 to 9":        func(f *Fields) { f.Int("a", 1, 1, 9) },
		"one of 5, 10":                      func(f *Fields) { f.IntOf("a", 5, 10) },
		"a number from 0 to 1":              func(f *Fields) { f.Float("a", 0, 0, 1) },
		"an object":                         func(f *Fields) { f.Object("a") },
		"a list of 1 to 3 objects":          func(f *Fields) { f.Objects("a", 3) },
		"a whole number from 0 to 99999999": func(f *Fields) { f.Int("a", 1, 0, 99999999) },
	}
	values := map[string]string{"a string": `"x"`, "a boolean": "true", "a number": "7", "an object": `{}`, "a list": `[]`}
	fits := func(wanted, given string) bool {
		return wanted == given || wanted == "true or false" && given == "a boolean" || given == "a number" && strings.Contains(wanted, "number") ||
			given == "a number" && strings.HasPrefix(wanted, "one of") || given == "a list" && strings.HasPrefix(wanted, "a list")
	}
	for wanted, read := range readers {
		for given, value := range values {
			if fits(wanted, given) {
				continue
			}
			f := mustParse(t, `{"a": `+value+`}`)
			read(f)
			if got, want := strings.Join(faultsOf(f.Err()), "|"), "a: must be "+wanted+", not "+given; got != want {
				t.Errorf("%q, want %q", got, want)
			}
		}
	}
}

func TestLimitsOfTextsCountCharacters(t *testing.T) {
	for _, c := range []struct {
		text string
		ok   bool
	}{
		{"abc", true}, {"abcd", false}, {"äöü", true}, {"äöüß", false}, {"😀😀😀", true}, {"😀😀😀😀", false}, {"e\u0301x", true}, {"e\u0301xy", false}, {"", true},
	} {
		f := mustParse(t, `{"a": "`+c.text+`"}`)
		if got := f.String("a", "-", 3); (f.Err() == nil) != c.ok || c.ok && got != c.text || !c.ok && got != "-" {
			t.Errorf("%q: %q, %v", c.text, got, f.Err())
		}
	}
}

func TestHugeNumbersAreOutOfRangeAndLoseNothing(t *testing.T) {
	const edge = 1 << 53
	for literal, want := range map[string]int64{
		"9007199254740992": edge, "-9007199254740992": -edge, "9007199254740991": edge - 1, "4294967295": 1<<32 - 1, "1e15": 1e15, "12345678901.0": 12345678901,
		"9007199254740994": -1, "1e16": -1, "123456789012345678901234567890": -1, "1e309": -1, "0.1": -1, "-0.0": 0,
	} {
		f := mustParse(t, `{"a": `+literal+`}`)
		if got := f.Int("a", -1, -edge, edge); got != want || (want == -1) != (f.Err() != nil) {
			t.Errorf("%s: %d, %v, want %d", literal, got, f.Err(), want)
		}
	}
	f := mustParse(t, `{"a": 1`+strings.Repeat("0", 5000)+`}`)
	f.IntOf("a", 5)
	if got := faultsOf(f.Err()); len(got) != 1 || len(got[0]) > 120 {
		t.Errorf("a number of 5,000 digits is quoted back: %.200q", got)
	}
}

func TestAnEmptyTextIsAText(t *testing.T) {
	f := mustParse(t, `{"a": "", "b": {}, "c": false, "d": 0}`)
	f.Require("a", "b", "c", "d")
	if f.String("a", "x", 5) != "" || !f.Has("a") || f.OneOf("a", "x", "", "x") != "" || f.Bool("c", true) || f.Int("d", 3, 0, 5) != 0 || f.Err() != nil {
		t.Errorf("what is there counts: %v", f.Err())
	}
}

func TestASentenceOfTheBodyOrTheQueryNamesNoField(t *testing.T) {
	for want, fault := range map[string]task.FieldError{
		"is too large":                        {Detail: "is too large"},
		"limit: must be 1":                    {Field: "?limit", Detail: "must be 1"},
		"camera_control.type: is no movement": {Field: "camera_control/type", Detail: "is no movement"},
	} {
		if got := Sentence(&task.Error{Code: task.Invalid, Fields: []task.FieldError{fault}}); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
