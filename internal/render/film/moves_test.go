package film

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// moveNames returns the first phrase of each row of the camera's table.
func moveNames(t testing.TB) []string {
	t.Helper()
	table, err := os.ReadFile("../camera/moves.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for line := range strings.Lines(string(table)) {
		if phrases, _, ok := strings.Cut(line, "\t"); ok && !strings.HasPrefix(line, "#") {
			first, _, _ := strings.Cut(phrases, "|")
			all = append(all, strings.TrimPrefix(first, "~"))
		}
	}
	return all
}

func TestTheMovesOfAPromptAreListedWithTheirTimes(t *testing.T) {
	spec := smallSpec("zoom in, then pan left")
	spec.Frames = 97 // four seconds until the last frame
	want := []task.UnderstoodMove{{Name: "zoom in", To: 2 * time.Second}, {Name: "pan left", From: 2 * time.Second, To: 4 * time.Second}}
	if got := newFilm(spec).understood().Moves; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	// In a loop the camera goes back the way it came.
	spec.Loop, want = true, []task.UnderstoodMove{{Name: "zoom in", To: time.Second}, {Name: "pan left", From: time.Second, To: 2 * time.Second}}
	if got := newFilm(spec).understood().Moves; !reflect.DeepEqual(got, want) {
		t.Errorf("in a loop: %v, want %v", got, want)
	}
}

func TestTheWordsThatBecomeCutoutsAreListed(t *testing.T) {
	for _, c := range []struct {
		prompt, without string
		want            []string
	}{
		{"a red car and two dogs in a field", "", []string{"car", "dogs"}},
		{"a red car and two dogs in a field", "dogs", []string{"car"}},
		{"12 cats and a dog", "", []string{"cats"}}, // no more figures than that stand in a scene
		{"waves at noon", "", nil},
	} {
		spec := smallSpec(c.prompt)
		spec.First, spec.Without = nil, c.without
		if got := newFilm(spec).understood().Drawn; !slices.Equal(got, c.want) {
			t.Errorf("%q without %q: %q, want %q", c.prompt, c.without, got, c.want)
		}
	}
	if got := newFilm(smallSpec("a red car")).understood().Drawn; got != nil {
		t.Errorf("on a picture it drew %q", got)
	}
}
