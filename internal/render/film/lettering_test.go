package film

import (
	"bytes"
	"slices"
	"testing"

	"github.com/filmgate/filmgate/internal/render/raster"
)

// letteringSpec returns a spec of four seconds in a small frame.
func letteringSpec(prompt string) Spec {
	return Spec{Prompt: prompt, Width: 320, Height: 192, Frames: 97, FrameRate: 24}
}

// ink returns how many pixels of a frame are as bright as letters are.
func ink(f *raster.Frame) int {
	n := 0
	for _, v := range f.Y {
		if v > 215 {
			n++
		}
	}
	return n
}

func TestWordsAreWrittenOnAPlateIfThePromptNamesNoScene(t *testing.T) {
	for _, prompt := range []string{
		`text that says "SALE 50% OFF"`, "logo reveal for a company called Nova Labs, neon", "title card: The Last Voyage, cinematic", `„Ende“ als Titel`,
		"text that says 春天 spring", `نص "مرحبا"`,
	} {
		spec := letteringSpec(prompt)
		if !spec.read().plate {
			t.Errorf("%s: there is no plate", prompt)
		}
		f := frames(spec, 60)[0]
		if n := ink(f); n < 300 {
			t.Errorf("%s: only %d pixels are letters", prompt, n)
		}
		// A plate is dark enough for white letters.
		slices.Sort(f.Y)
		if v := f.Y[len(f.Y)*8/10]; v > 170 {
			t.Errorf("%s: a fifth of the plate is brighter than luma %d", prompt, v)
		}
	}
}

func TestWordsAreWrittenOverASceneThatThePromptNames(t *testing.T) {
	plain := letteringSpec("over a beach at sunset")
	spec := letteringSpec(`"SUMMER" over a beach at sunset`)
	if spec.read().plate {
		t.Error("the beach is a plate")
	}
	a, b := frames(plain, 60)[0], frames(spec, 60)[0]
	half := len(a.Y) / 2
	if bytes.Equal(a.Y[:half], b.Y[:half]) {
		t.Error("there are no words in the sky")
	}
	if !bytes.Equal(a.Y[half*3/2:], b.Y[half*3/2:]) {
		t.Error("the beach differs from that without the words")
	}
}

// Words to be written neither move the camera nor name a scene.
func TestWordsToBeWrittenAreNotRead(t *testing.T) {
	a := newFilm(letteringSpec(`a cat, text that says "pan left to the sea", tilt up`))
	b := newFilm(letteringSpec(`a cat, text that says "hello", tilt up`))
	if a.Pose(1, false) != b.Pose(1, false) || len(a.first.Layers) != len(b.first.Layers) {
		t.Error("the words change the camera or the scene")
	}
}

func TestASignIsNotDrawnOverAPicture(t *testing.T) {
	spec := letteringSpec(`a sign reading "OPEN"`)
	spec.First = testPicture(400, 240)
	if n := len(newFilm(spec).letterings); n != 0 {
		t.Errorf("there are %d texts", n)
	}
}

func TestTextsAppearAndFollowOneAnother(t *testing.T) {
	for _, c := range []struct {
		prompt string
		want   entrance
	}{
		{`title "The End"`, fade}, {`text that says "Hi"`, slide}, {`logo "Acme"`, reveal}, {`text "Hi" fades in`, fade},
		{`title "Hi" slides in`, slide}, {`text "Hi" is typed`, reveal},
	} {
		f := newFilm(letteringSpec(c.prompt))
		if l := f.letterings[0]; l.entrance != c.want || !l.lasts {
			t.Errorf("%s: it enters by %d, wanted %d", c.prompt, l.entrance, c.want)
		}
		all := frames(f.spec, 0, 12, 48, 96)
		if a, b, c2 := ink(all[0]), ink(all[1]), ink(all[2]); a > 30 || b > c2 || c2 < 100 {
			t.Errorf("%s: the letters have %d, %d and %d pixels", c.prompt, a, b, c2)
		}
		if a, b := ink(all[2]), ink(all[3]); b < a*9/10 {
			t.Errorf("%s: at the end %d pixels are left of %d", c.prompt, b, a)
		}
	}
	two := newFilm(letteringSpec(`the words "one" and then the words "two"`)).letterings
	for _, c := range []struct {
		at   float64
		want []bool
	}{{1, []bool{true, false}}, {3, []bool{false, true}}, {4, []bool{false, true}}} {
		for i := range two {
			if _, ok := two[i].visibleAt(c.at); ok != c.want[i] {
				t.Errorf("after %v s text %d is seen: %v", c.at, i, ok)
			}
		}
	}
}
