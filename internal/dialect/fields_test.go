package dialect

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/task"
)

// faultsOf returns the field errors of an error, one a line.
func faultsOf(err error) []string {
	var e *task.Error
	var out []string
	if errors.As(err, &e) {
		for _, f := range e.Fields {
			out = append(out, f.Field+": "+f.Detail)
		}
	}
	return out
}

func TestABodyMustBeOneObjectInUTF8(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"empty", " \n", "The body is empty; a JSON object is needed."},
		{"a list", "[1]", "The body must be a JSON object, not a list."},
		{"null", "null", "The body must be a JSON object, not null."},
		{"a number", "12", "The body must be a JSON object, not a number."},
		{"cut short", "{\"a\":\n", "The body is not valid JSON: unexpected end of JSON input at byte 6 (line 2); expected the rest of it: a quote, a bracket or a brace is not closed."},
		{"two objects", "{} {}", "The body is not valid JSON: invalid character '{' after top-level value at byte 4 (line 1); expected nothing more after the object."},
		{"nested without end", strings.Repeat(`{"a":`, 20000), "The body is nested deeper than the 64 levels allowed here."},
		{"not UTF-8", "{\n\"a\": \"\xff\"}", "The body is not UTF-8: byte 9 (line 2) begins no character."},
		{"a bare NUL", "{\"a\": \"\x00\"}", `The body is not valid JSON: invalid character '\x00' in string literal at byte 8 (line 1); expected control characters to be escaped within a text, such as \n for a new line.`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ParseFields([]byte(tt.body))
			var e *task.Error
			if !errors.As(err, &e) || e.Code != task.Invalid || e.Detail != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestABodyIsReadWithinItsLimit(t *testing.T) {
	object := `{"a":"` + strings.Repeat("x", 92) + `"}` // 100 bytes
	tests := []struct {
		name    string
		body    io.Reader
		header  [2]string
		limit   int64
		want    task.Code
		isFault bool
	}{
		{name: "just inside", body: strings.NewReader(object), limit: 100},
		{name: "just outside", body: strings.NewReader(object), limit: 99, want: task.TooLarge, isFault: true},
		{name: "outside, of unknown length", body: io.MultiReader(strings.NewReader(object)), limit: 99, want: task.TooLarge, isFault: true},
		{name: "it breaks off", body: io.MultiReader(strings.NewReader("{"), brokenReader{}), limit: 100, want: task.Invalid, isFault: true},
		{name: "no Content-Type is JSON", body: strings.NewReader(object), limit: 100},
		{name: "a dialect of JSON", body: strings.NewReader(object), header: [2]string{"Content-Type", "application/merge-patch+json"}, limit: 100},
		{name: "JSON as curl -d declares it", body: strings.NewReader(object), header: [2]string{"Content-Type", "application/x-www-form-urlencoded"}, limit: 100},
		{name: "JSON as text", body: strings.NewReader(object), header: [2]string{"Content-Type", "text/plain"}, limit: 100},
		{name: "JSON under no media type at all", body: strings.NewReader(object), header: [2]string{"Content-Type", ";;"}, limit: 100},
		{name: "a form", body: strings.NewReader("a=b"), header: [2]string{"Content-Type", "application/x-www-form-urlencoded"}, limit: 100, want: task.Unsupported, isFault: true},
		{name: "text", body: strings.NewReader("hello"), header: [2]string{"Content-Type", "text/plain"}, limit: 100, want: task.Unsupported, isFault: true},
		{name: "JSON that is broken, as curl -d declares it", body: strings.NewReader(`{"a": 1,}`), header: [2]string{"Content-Type", "application/x-www-form-urlencoded"}, limit: 100, want: task.Invalid, isFault: true},
		{name: "JSON that is broken, as text", body: strings.NewReader("\ufeff [1,"), header: [2]string{"Content-Type", "text/plain"}, limit: 100, want: task.Invalid, isFault: true},
		{name: "JSON in the quotes that a shell left", body: strings.NewReader(`'{"a": 1}'`), header: [2]string{"Content-Type", "application/x-www-form-urlencoded"}, limit: 100, want: task.Invalid, isFault: true},
		{name: "an empty body, as curl -d declares it", body: strings.NewReader(""), header: [2]string{"Content-Type", "application/x-www-form-urlencoded"}, limit: 100, want: task.Invalid, isFault: true},
		{name: "an XML document", body: strings.NewReader("<a/>"), header: [2]string{"Content-Type", "application/xml"}, limit: 100, want: task.Unsupported, isFault: true},
		{name: "JSON that is broken, declared as such", body: strings.NewReader("{"), header: [2]string{"Content-Type", "application/json"}, limit: 100, want: task.Invalid, isFault: true},
		{name: "a multipart form, even of JSON", body: strings.NewReader(object), header: [2]string{"Content-Type", "Multipart/Form-Data; boundary=x"}, limit: 100, want: task.Unsupported, isFault: true},
		{name: "compressed", body: strings.NewReader(object), header: [2]string{"Content-Encoding", "gzip"}, limit: 100, want: task.Unsupported, isFault: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest("POST", "/", tt.body)
			if tt.header[0] != "" {
				r.Header.Set(tt.header[0], tt.header[1])
			}
			f, err := ReadFields(httptest.NewRecorder(), r, tt.limit)
			if (err != nil) != tt.isFault || err != nil && task.CodeOf(err) != tt.want {
				t.Fatalf("got %v", err)
			}
			if err == nil && len(f.String("a", "", 0)) != 92 {
				t.Error("the body was not read whole")
			}
		})
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestNumbers(t *testing.T) {
	tests := []struct {
		literal string
		whole   string // of Int from -3 to 10, or its fault
		half    string // of Float from -0.5 to 1
	}{
		{"1", "1", "1"},
		{"1.0", "1", "1"},
		{"1e0", "1", "1"},
		{"10", "10", "must be a number from -0.5 to 1"},
		{"11", "must be a whole number from -3 to 10", "must be a number from -0.5 to 1"},
		{"-0", "0", "-0"},
		{"-0.5", "must be a whole number from -3 to 10", "-0.5"},
		{"1e400", "must be a whole number from -3 to 10", "must be a number from -0.5 to 1"},
		{"-1e400", "must be a whole number from -3 to 10", "must be a number from -0.5 to 1"},
		{"1e-999", "0", "0"},
		{"99999999999999999999", "must be a whole number from -3 to 10", "must be a number from -0.5 to 1"},
		{`"1"`, "1", "1"},
		{`"-0.5"`, "must be a whole number from -3 to 10", "-0.5"},
		{`"1e0"`, "1", "1"},
		{`"11"`, "must be a whole number from -3 to 10", "must be a number from -0.5 to 1"},
		{`"one"`, "must be a whole number from -3 to 10, not a string", "must be a number from -0.5 to 1, not a string"},
		{`"0x1"`, "must be a whole number from -3 to 10, not a string", "must be a number from -0.5 to 1, not a string"},
		{`"+1"`, "must be a whole number from -3 to 10, not a string", "must be a number from -0.5 to 1, not a string"},
		{`""`, "must be a whole number from -3 to 10, not a string", "must be a number from -0.5 to 1, not a string"},
		{`"NaN"`, "must be a whole number from -3 to 10, not a string", "must be a number from -0.5 to 1, not a string"},
		{"true", "must be a whole number from -3 to 10, not a boolean", "must be a number from -0.5 to 1, not a boolean"},
		{"[1]", "must be a whole number from -3 to 10, not a list", "must be a number from -0.5 to 1, not a list"},
		{"null", "7", "0.7"},
	}
	for _, tt := range tests {
		t.Run(tt.literal, func(t *testing.T) {
			f := mustParse(t, `{"n": `+tt.literal+`}`)
			got := fmt.Sprint(f.Int("n", 7, -3, 10))
			if e := faultsOf(f.Err()); e != nil {
				got = strings.TrimPrefix(e[0], "n: ")
			}
			if got != tt.whole {
				t.Errorf("Int: %s, want %s", got, tt.whole)
			}
			f = mustParse(t, `{"n": `+tt.literal+`}`)
			got = fmt.Sprint(f.Float("n", 0.7, -0.5, 1))
			if e := faultsOf(f.Err()); e != nil {
				got = strings.TrimPrefix(e[0], "n: ")
			}
			if got != tt.half {
				t.Errorf("Float: %s, want %s", got, tt.half)
			}
		})
	}
}

func mustParse(t *testing.T, body string) *Fields {
	t.Helper()
	f, err := ParseFields([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestAllFaultsAreToldAtOnceAndEachFieldOnce(t *testing.T) {
	f := mustParse(t, `{"name": "\u0000", "long": "äöü", "flag": 1, "one": "x", "camera": {"zoom": 11, "pan": 1}, "box": 3, "n": 4}`)
	f.Require("name", "gone", "gone")
	f.String("name", "", 0)
	f.String("long", "", 2)
	f.Bool("flag", false)
	f.OneOf("one", "a", "a", "b")
	camera := f.Object("camera")
	camera.Int("zoom", 0, -10, 10)
	camera.Int("pan", 0, -10, 10)
	camera.Require("type")
	f.Object("box").Require("lid")
	f.IntOf("n", 5, 10)
	f.AddError("n", "a second fault of the same field")
	want := []string{
		"gone: is required",
		"name: must not hold the character U+0000",
		"long: has 3 characters; at most 2 are allowed",
		"flag: must be true or false, not a number",
		`one: "x" is not possible; allowed: "a", "b"`,
		"camera/zoom: must be a whole number from -10 to 10",
		"camera/type: is required",
		"box: must be an object, not a number",
		"box/lid: is required",
		"n: 4 is not possible; allowed: 5, 10",
	}
	if got := faultsOf(f.Err()); !reflect.DeepEqual(got, want) {
		t.Errorf("got\n %s", strings.Join(got, "\n "))
	}
	if !camera.HasErrors("zoom") || camera.HasErrors("pan") {
		t.Error("the faulty field is not known as such")
	}
}

func TestAbsentFieldsAreTheirFallbacks(t *testing.T) {
	f := mustParse(t, `{"null": null, "Case": "other"}`)
	got := fmt.Sprintln(f.String("a", "x", 1), f.OneOf("a", "y", "z"), f.Bool("a", true), f.Int("a", 3, 0, 1), f.IntOf("a", 5, 10),
		f.Float("null", 1.5, 0, 1), f.Has("null"), f.Has("a"), f.Has("case"), f.Object("a").Has("b"))
	if want := "x y true 3 5 1.5 false false false false"; strings.Join(strings.Fields(got), " ") != want || f.Err() != nil {
		t.Errorf("%s, %v", got, f.Err())
	}
}

func TestWhatIsQuotedBackIsShortAndPlain(t *testing.T) {
	f := mustParse(t, `{"one": "`+strings.Repeat("é", 1000)+`"}`)
	f.OneOf("one", "a", "a")
	if got := faultsOf(f.Err())[0]; len(got) > 300 || strings.Contains(got, "é") {
		t.Errorf("%d bytes: %s", len(got), got)
	}
}

func FuzzParseFields(f *testing.F) {
	f.Fuzz(func(t *testing.T, body []byte) {
		fields, err := ParseFields(body)
		if err != nil {
			if task.CodeOf(err) != task.Invalid {
				t.Errorf("%v", err)
			}
			return
		}
		fields.Object("a").Int("b", 0, 0, 9)
		for _, one := range fields.Objects("a", 3) {
			one.Int("b", 0, 0, 9)
		}
		fields.String("a", "", 3)
		if !bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("{")) {
			t.Errorf("%q was taken for an object", body)
		}
	})
}
