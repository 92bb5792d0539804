package engine_test

import (
	"slices"
	"testing"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

func TestABlocklistFindsWholeWords(t *testing.T) {
	list := engine.ParseBlocklist("# a comment\nfoo\n\n  Bar Baz \nquux\u0301\n色情\n")
	for text, want := range map[string]string{
		"": "", "a food court": "", "Foo": "foo", "a FOO, running": "foo", "f\u200boo": "foo", "bar": "", "bar-baz": "bar baz", "the bar\nbaz": "bar baz", "rebar baz": "",
		"“foo”": "foo", "QUUX\u0301": "quux\u0301", "一部色情片": "色情", "comment": "", "foos": "",
	} {
		if got := list.Find(text); got != want {
			t.Errorf("%q: found %q, wanted %q", text, got, want)
		}
	}
	var none *engine.Blocklist
	if none.Find("foo") != "" || engine.ParseBlocklist("").Find("foo") != "" {
		t.Error("an empty list finds a word")
	}
}

func TestAModelRefusesThePromptWithABlockedWord(t *testing.T) {
	m := engine.Model{Name: "m", Blocked: engine.ParseBlocklist("foo")}
	want := []task.FieldError{{Field: "prompt", Detail: `has "foo", which model m refuses (SAFETY.INPUT.TEXT)`}}
	if got := m.Check(task.Request{Prompt: "a foo", Seconds: 5}); !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	if got := m.Check(task.Request{Prompt: "a bar", NegativePrompt: "foo", Seconds: 5}); len(got) != 0 {
		t.Errorf("another prompt: %v", got)
	}
}
