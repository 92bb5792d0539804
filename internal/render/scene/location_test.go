package scene

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/render/cutout"
)

// locationPhrases returns the phrases that name each location.
func locationPhrases() map[string][]string {
	out := map[string][]string{}
	for _, row := range sceneRows() {
		for set := range strings.FieldsSeq(row.settings) {
			if name, value, _ := strings.Cut(set, "="); strings.TrimSuffix(name, "?") == "location" {
				for _, p := range row.phrases {
					out[value] = append(out[value], strings.Join(p.words, " "))
				}
			}
		}
	}
	return out
}

func TestEveryWordOfALocationChoosesIt(t *testing.T) {
	words := locationPhrases()
	for name := range plans() {
		if len(words[name]) < 9 {
			t.Errorf("%s has the words %q only", name, words[name])
		}
	}
	for name, phrases := range words {
		if plans()[name] == nil {
			t.Errorf("there is no plan of %s", name)
		}
		for _, p := range phrases {
			if got := Named("zorgle " + p); !slices.Contains(got, "location="+name) {
				t.Errorf("%q names %q, and not %s", p, got, name)
			}
		}
	}
}

func TestPromptsInEightLanguagesAreInTheirLocation(t *testing.T) {
	for _, c := range []struct{ prompt, location, subject string }{
		{"A chef in a kitchen", "kitchen", "cook"}, {"Ein Koch in einer Küche", "kitchen", "cook"}, {"un chat dans la cuisine", "kitchen", "cat"},
		{"un gato en la cocina", "kitchen", "cat"}, {"um gato na cozinha", "kitchen", "cat"}, {"un gatto in cucina", "kitchen", "cat"},
		{"厨房里的猫", "kitchen", "cat"}, {"キッチンの猫", "kitchen", "cat"}, {"a kitchen with a fireplace", "kitchen", ""},
		{"ein Hund im Stadion", "stadium", "dog"}, {"an armchair and a piano", "living", ""}, {"a piano on the beach", "", "keyboard"}, {"舞台上的猫", "stage", "cat"},
	} {
		what, _ := parseScene(c.prompt)
		if what.location != c.location {
			t.Errorf("%q is in %q", c.prompt, what.location)
		}
		if c.subject != "" && (len(what.subjects) != 1 || !strings.Contains(what.subjects[0].Name, c.subject)) {
			t.Errorf("%q is about %+v", c.prompt, what.subjects)
		}
		if card := Card(c.prompt); card != "" {
			t.Errorf("%q gets a card: %q", c.prompt, card)
		}
	}
	if what, _ := parseScene("a cat on a meadow"); what.location != "" {
		t.Errorf("a meadow is in %s", what.location)
	}
}

func TestEveryDrawingOfAPlanExists(t *testing.T) {
	for name, p := range plans() {
		for _, layer := range p.layers {
			for _, it := range layer.items {
				if _, ok := cutout.Named(it.name); it.kind == "cut" && !ok {
					t.Errorf("%s: there is no drawing %s", name, it.name)
				}
			}
		}
	}
}

func TestNoMoveLooksBeyondALocation(t *testing.T) {
	t.Parallel()
	words, names := locationPhrases(), []string{}
	for name := range plans() {
		names = append(names, name)
	}
	slices.Sort(names)
	for n, move := range moveNames(t) {
		for k, size := range [][2]int{{96, 54}, {54, 96}, {64, 64}} {
			prompt := "camera " + []string{"", "very fast ", ""}[k] + move + ", a cat in a " + words[names[(n+3*k)%len(names)]][0]
			take := newTake(prompt, 3, size[0], size[1], 240)
			layers, _ := New(prompt, "", 3, take)
			checkPainted(t, fmt.Sprintf("%v %q", size, prompt), layers, take)
		}
	}
}

func TestEveryLocationIsDrawnInEveryShape(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for name, phrases := range locationPhrases() {
		for _, size := range [][2]int{{96, 54}, {54, 96}, {64, 64}} {
			for _, move := range []string{"static", "truck right", "orbit left", "pull out", "pan left", "tilt up"} {
				prompt := move + ", a cat in a " + phrases[0]
				take := newTake(prompt, 3, size[0], size[1], 240)
				layers, particles := New(prompt, "", 3, take)
				checkPainted(t, fmt.Sprintf("%v %q", size, prompt), layers, take)
				if pix := string(drawScene(layers, particles, take, 0).Pix); move == "static" && seen[pix] != "" {
					t.Errorf("%s looks like %s", name, seen[pix])
				} else {
					seen[pix] = name
				}
			}
		}
	}
}

// A subject is as near as the floor at its foot, in front of the wall, inside the frame, and larger the larger what it shows.
func TestSubjectsStandOnTheFloorOfALocation(t *testing.T) {
	for name := range plans() {
		for _, aspect := range []float64{16.0 / 9, 1, 9.0 / 16} {
			last := 0.0
			for _, noun := range []string{"mouse", "cat", "person-standing", "elephant"} {
				take := newTake("static", 1, int(aspect*200)&^1, 200, 24)
				s := &scene{sceneSpec: sceneSpec{location: name, ground: "meadow"}, take: take, aspect: aspect, horizon: 0.1, subjectX: 0.1}
				d, _ := cutout.Named(noun)
				c := cutout.Subject{Drawing: d, Count: 1}
				s.subjects = []cutout.Subject{c}
				f := s.place(c, 0, 1)
				if math.Abs(f.near-levelGround(0).Slope*f.foot) > 1e-9 || f.floats {
					t.Errorf("%s: %s is not on the floor: nearness %.3f, foot %.3f", name, noun, f.near, f.foot)
				}
				l := &location{scene: s, plan: s.plan()}
				if wall := eyeHeight * metre(l.wallDistance()); f.foot < wall+0.01 || s.horizon+f.foot > 0.5 || f.tall > 0.6 || f.tall < 0.1 {
					t.Errorf("%s: %s stands at %.3f and is %.3f tall; the wall is at %.3f", name, noun, f.foot, f.tall, wall)
				}
				if height := f.tall / f.foot; height <= last && aspect > 1 {
					t.Errorf("%s: %s is no larger than what is smaller", name, noun)
				} else {
					last = height
				}
			}
		}
	}
}
