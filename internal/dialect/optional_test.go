package dialect

import (
	"fmt"
	"strings"
	"testing"
)

func TestOptionalNumbers(t *testing.T) {
	seed := func(f *Fields) string {
		if n := Seed(f); n != nil {
			return fmt.Sprint(*n)
		}
		return "none"
	}
	scale := func(f *Fields) string {
		if x := CfgScale(f); x != nil {
			return fmt.Sprint(*x)
		}
		return "none"
	}
	for _, tt := range []struct {
		body string
		read func(*Fields) string
		want string // the number, or the field's fault
	}{
		{`{}`, seed, "none"},
		{`{"seed": null}`, seed, "none"},
		{`{"seed": 0}`, seed, "0"},
		{`{"seed": 4294967295}`, seed, "4294967295"},
		{`{"seed": 4294967296}`, seed, "seed: must be a whole number from 0 to 4294967295"},
		{`{"seed": -1}`, seed, "seed: must be a whole number from 0 to 4294967295"},
		{`{}`, scale, "none"},
		{`{"cfg_scale": null}`, scale, "none"},
		{`{"cfg_scale": 0}`, scale, "0"},
		{`{"cfg_scale": 1}`, scale, "1"},
		{`{"cfg_scale": 1.5}`, scale, "cfg_scale: must be a number from 0 to 1"},
	} {
		f := mustParse(t, tt.body)
		got := tt.read(f)
		if faults := faultsOf(f.Err()); faults != nil {
			got = strings.Join(faults, "; ")
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.body, got, tt.want)
		}
	}
}
