package film

import (
	"bytes"
	"reflect"
	"slices"
	"testing"

	"github.com/filmgate/filmgate/internal/render/sound"
	"github.com/filmgate/filmgate/internal/render/typeset"
)

func TestWhatCannotBeDrawnIsACardInEveryFrame(t *testing.T) {
	for _, prompt := range []string{"a zorgle flumps the quibnax, slow zoom in", "Albert Einstein on a beach at sunset", "justice, dark", "一団の謎、ズームイン"} {
		spec := letteringSpec(prompt)
		if spec.read().card == "" {
			t.Errorf("%s: there is no card", prompt)
		}
		for i, f := range frames(spec, 0, 48, 96) {
			if n := ink(f); n < 100 {
				t.Errorf("%s: in frame %d of three only %d pixels are letters", prompt, i, n)
			}
		}
	}
}

// A scene of the renderer's choice would be heard; with a card it is not.
func TestACardHasNoSoundOfALandscape(t *testing.T) {
	for seed := range uint32(5) {
		spec := letteringSpec("a zorgle flumps the quibnax")
		spec.Seed = seed
		if got, want := spec.soundBed().Sources, sound.Of(sound.Scene{}, sound.Scene{}); !reflect.DeepEqual(got, want) {
			t.Errorf("seed %d: %v is heard, wanted %v", seed, got, want)
		}
	}
}

func TestACardInLettersThatNoFontHasSaysSo(t *testing.T) {
	if m := cardMask("კატა ზის ფანჯარასთან", letteringSpec(""), typeset.NewSetter()); slices.Max(m.white.Pix) < 150 {
		t.Error("there are no letters")
	}
}

// The words stand still in the middle of a thin frame.
func TestACardHasAFrame(t *testing.T) {
	s := letteringSpec("")
	m := cardMask("A zorgle", s, typeset.NewSetter())
	at := func(x, y int) byte { return m.white.AlphaAt(x-m.x, y-m.y).A }
	inset := min(s.Width, s.Height) / 18
	for _, p := range [][2]int{{inset, 96}, {s.Width - inset - 1, 96}, {160, inset}, {160, s.Height - inset - 1}} {
		if a := at(p[0], p[1]); a < 40 || a > 120 {
			t.Errorf("the frame's opacity at %v is %d", p, a)
		}
	}
	if bytes.Count(m.white.Pix, []byte{240}) < 100 {
		t.Error("there are no letters")
	}
	if a := at(160, inset+20); a != 0 {
		t.Errorf("between the frame and the words the opacity is %d", a)
	}
}

func TestCardsAndWordsAreInWhatWasUnderstood(t *testing.T) {
	for _, c := range []struct {
		prompt       string
		drawn, cards []string
	}{
		{"a zorgle flumps the quibnax, pan left", nil, []string{"A zorgle flumps the quibnax"}},
		{"Albert Einstein and a cat", nil, []string{"Albert Einstein and a cat"}},
		{`a cat, text that says "Hello"`, []string{"cat", "Hello"}, nil},
		{"title card: The End", []string{"The End"}, nil},
		{"a beach", nil, nil},
	} {
		u := newFilm(letteringSpec(c.prompt)).understood()
		if !slices.Equal(u.Drawn, c.drawn) || !slices.Equal(u.Cards, c.cards) {
			t.Errorf("%s: drawn %q, on cards %q", c.prompt, u.Drawn, u.Cards)
		}
	}
}
