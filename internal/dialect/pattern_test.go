package dialect

import (
	"regexp"
	"strings"
	"testing"
)

func TestATextMustMatchItsPattern(t *testing.T) {
	ratio := regexp.MustCompile(`^[0-9]+:[0-9]+$`)
	f := mustParse(t, `{"good": "16:9", "empty": "", "null": null, "bad": "wide", "number": 5}`)
	for name, want := range map[string]string{"good": "16:9", "empty": "", "null": "", "absent": "", "bad": "", "number": ""} {
		if got := f.Matching(name, ratio, "a shape such as 16:9"); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	for _, want := range []string{`bad: "wide" is not possible; allowed: a shape such as 16:9`, "number: must be a string, not a number"} {
		if got := strings.Join(faultsOf(f.Err()), "|"); !strings.Contains(got, want) {
			t.Errorf("faults %q lack %q", got, want)
		}
	}
}

func TestAPatternIsDescribed(t *testing.T) {
	got := Describe(func(f *Fields) { f.Matching("ratio", regexp.MustCompile(`^[0-9]:[0-9]$`), "") }, nil)
	if len(got.Fields) != 1 || got.Fields[0].Pattern != `^[0-9]:[0-9]$` || got.Fields[0].Type != "string" {
		t.Errorf("%+v", got)
	}
}
