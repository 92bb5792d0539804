package cutout

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func TestSubjectsAreFoundWithNumberAndColour(t *testing.T) {
	for _, c := range []struct{ prompt, want string }{
		{"a red sports car", "racing-car 1 coloured"}, {"three penguins on ice", "penguin 3"}, {"a cat playing piano", "cat 1, musical-keyboard 1"},
		{"an elephant drinking at a river", "elephant 1"}, {"a snow leopard", "leopard 1"}, {"two black dogs and a wolf", "dog 2 coloured, wolf 1"},
		{"eine Katze", "cat 1"}, {"un gato", "cat 1"}, {"kissa", "cat 1"}, {"猫", "cat 1"}, {"un elefante", "elephant 1"},
		{"一只猫在花园里，镜头缓缓推近", "cat 1, house-with-garden 1"}, {"海边有三只狗", "dog 3"}, {"庭で猫が眠っている", "cat 1"}, {"고양이가 잔다", "cat 1"},
		{"two people dancing", "woman-dancing 2"}, {"a man runs along the beach", "man-running 1"}, {"a woman", "woman-standing 1"}, {"girls walking to school", "woman-walking 3, school 1"},
		{"a boy swims", "man-swimming 1"}, {"what does he say", ""}, {"a queen", "person-with-crown 1"},
		{"school of colourful fish", "tropical-fish 5"}, {"a herd of elephants", "elephant 5"}, {"a school", "school 1"},
		{"truck left", ""}, {"a truck", "delivery-truck 1"}, {"the camera pans", ""}, {"light", ""}, {"cool natural light super warm winter night", ""},
		{"luz natural", ""}, {"ein schwarzer hund am strand one smooth camera movement warm low light long shadows cinematic rich colour", "dog 1 coloured"},
		{"un chat clear daylight cinematic fine film grain", "cat 1"}, {"gato negro diffuse light gentle contrast photographed on a 35 mm lens", "black-cat 1"},
		{"flurb grommit", ""}, {"", ""},
	} {
		var got []string
		for _, s := range Find(strings.Fields(strings.ToLower(c.prompt)), 4) {
			one := fmt.Sprintf("%s %d", s.Name, s.Count)
			if s.Colour != nil {
				one += " coloured"
			}
			got = append(got, one)
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%q: %q, wanted %q", c.prompt, got, c.want)
		}
	}
}

func TestCatsAreKnownInThirtyLanguages(t *testing.T) {
	_, line, _ := strings.Cut(lexicon, "\ncat\t")
	number, _, _ := strings.Cut(line, ":")
	languages := map[string]bool{}
	for line := range strings.Lines(lexicon) {
		for m := range strings.FieldsSeq(line) {
			if list, ok := strings.CutPrefix(m, number+":"); ok {
				for l := range strings.SplitSeq(list, ",") {
					languages[l] = true
				}
			}
		}
	}
	if len(languages) < 30 {
		t.Errorf("cats have a name in %d languages", len(languages))
	}
}

func TestEveryDrawingDecodesAndShows(t *testing.T) {
	t.Parallel()
	n := strings.Count(index, "\n")
	for id := range n {
		d := load(id)
		p := d.Paint(16, nil)
		seen := 0
		for i := 3; i < len(p.Pix); i += 4 {
			if p.Pix[i] > 128 {
				seen++
			}
		}
		if seen < 8 || d.Metres <= 0 || d.Habitat == "" {
			t.Errorf("%s: %d pixels are visible", d.Name, seen)
		}
	}
	if n < 900 {
		t.Errorf("there are %d drawings", n)
	}
}

func TestAColourTakesThePlaceOfTheMainOne(t *testing.T) {
	d := Find(strings.Fields("a sports car"), 1)[0]
	if bytes.Equal(d.Paint(64, nil).Pix, d.Paint(64, &[3]byte{40, 90, 220}).Pix) {
		t.Error("blue changes nothing")
	}
	if p := d.Paint(4000, nil); p.Rect.Dx() > maxSide || p.Rect.Dy() > maxSide {
		t.Errorf("it is %v large", p.Rect)
	}
}
