package dialect

import (
	"encoding/json"
	"reflect"
	"testing"
)

// decodeAll calls every reader, as a decoder must from which a schema is made.
func decodeAll(f *Fields) {
	f.Require("text")
	f.String("text", "", 10)
	f.String("any", "", 0)
	f.String("label", "untitled", 20)
	f.OneOf("word", "a", "a", "b")
	f.Bool("flag", false)
	f.Int("whole", 3, -1, 5)
	f.IntOf("length", 5, 10)
	f.Float("share", 0, 0, 1.5)
	if f.Has("seed") {
		f.Int("seed", 0, 0, 9)
	}
	in := f.Object("camera")
	in.Require("kind")
	in.OneOf("kind", "", "still", "moving")
	in.Object("axes").Float("zoom", 0, -10, 10)
	if f.HasErrors("text") || f.Err() != nil {
		f.AddError("text", "must be reached when nothing is at fault")
	}
}

func TestADecoderDescribesItself(t *testing.T) {
	got := Describe(decodeAll, [][2]string{{"flag", "F."}, {"camera", "C."}, {"camera/kind", "K."}, {"text", "T."}})
	number := func(kind string, lowest, highest float64, fallback any) Schema {
		s := Between(kind, lowest, highest)
		s.Default = fallback
		return s
	}
	words := Schema{Type: "string", Enum: []any{"a", "b"}, Default: "a"}
	want := Schema{Type: "object", Fields: []Field{
		{Name: "flag", Text: "F.", Schema: Schema{Type: "boolean", Default: false}},
		{Name: "camera", Text: "C.", Schema: Schema{Type: "object", Fields: []Field{
			{Name: "kind", Text: "K.", Required: true, Schema: Schema{Type: "string", Enum: []any{"still", "moving"}}},
			{Name: "axes", Schema: Schema{Type: "object", Fields: []Field{{Name: "zoom", Schema: Between("number", -10, 10)}}}},
		}}},
		{Name: "text", Text: "T.", Required: true, Schema: Schema{Type: "string", MaxLength: 10}},
		{Name: "any", Schema: Schema{Type: "string"}},
		{Name: "label", Schema: Schema{Type: "string", MaxLength: 20, Default: "untitled"}},
		{Name: "word", Schema: words},
		{Name: "whole", Schema: number("integer", -1, 5, int64(3))},
		{Name: "length", Schema: Schema{Type: "integer", Enum: []any{5, 10}, Default: 5}},
		{Name: "share", Schema: Between("number", 0, 1.5)},
		{Name: "seed", asked: true, Schema: Between("integer", 0, 9)},
	}}
	if !reflect.DeepEqual(got, want) {
		g, _ := json.MarshalIndent(got, "", " ")
		w, _ := json.MarshalIndent(want, "", " ")
		t.Errorf("got  %s\nwant %s", g, w)
	}
}

func TestAFieldThatItsReaderAsksAfterHasNoDefault(t *testing.T) {
	got := Describe(func(f *Fields) {
		if f.Has("private") {
			f.Bool("private", false)
		}
		f.Require("seconds")
		f.IntOf("seconds", 5, 10)
	}, nil)
	for _, f := range got.Fields {
		if f.Default != nil {
			t.Errorf("%s has the default %v, though its absence is no value", f.Name, f.Default)
		}
	}
}

func TestAFieldReadTwiceIsDescribedOnce(t *testing.T) {
	got := Describe(func(f *Fields) {
		f.Bool("flag", false)
		f.Bool("flag", true)
	}, nil)
	if len(got.Fields) != 1 || got.Fields[0].Default != true {
		t.Errorf("%+v", got.Fields)
	}
}

func TestDescribingReadsNoBody(t *testing.T) {
	f, err := ParseFields([]byte(`{"text":"x","length":7}`))
	if err != nil {
		t.Fatal(err)
	}
	Describe(decodeAll, nil)
	decodeAll(f)
	if f.Err() == nil || !f.HasErrors("length") || !f.HasErrors("camera/kind") && len(*f.faults) != 2 {
		t.Errorf("a body that is read after: %v", f.Err())
	}
}
