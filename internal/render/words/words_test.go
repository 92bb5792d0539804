package words

import (
	"slices"
	"testing"
)

func TestSplitCutsAPromptIntoWords(t *testing.T) {
	for _, c := range []struct {
		prompt string
		want   []string
	}{
		{"", nil},
		{"Zoom IN", []string{"zoom", "in"}},
		{"Hyperspeed shot: [scene].", []string{"hyperspeed", "shot", "scene", "."}},
		{"zoom in, then (slowly) pan", []string{"zoom", "in", ",", "then", "slowly", "pan"}},
		{"push-in \"now\"!?", []string{"push-in", "now", "!"}},
		{"...", []string{"."}},
	} {
		if got := Split(c.prompt); !slices.Equal(got, c.want) {
			t.Errorf("%q is cut into %q, wanted %q", c.prompt, got, c.want)
		}
	}
}
