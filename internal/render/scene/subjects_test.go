package scene

import (
	"bytes"
	"slices"
	"testing"
)

func TestNounsWithADrawingChangeThePicture(t *testing.T) {
	t.Parallel()
	draw := func(prompt, without string) []byte {
		take := newTake("static", 1, 96, 64, 2)
		what, known := parseWanted(prompt, without)
		layers, particles := build(what, known, 1, 1, take)
		return drawScene(layers, particles, take, 0).Pix
	}
	meadow := draw("a meadow at noon", "")
	for _, noun := range []string{"cat", "elephant", "blue elephant", "sports car", "helicopter", "piano", "robot"} {
		if bytes.Equal(draw("a "+noun+" on meadow at noon", ""), meadow) {
			t.Errorf("%s changes nothing", noun)
		}
	}
	if bytes.Equal(draw("a red cat and a blue cat on meadow at noon", ""), draw("a red cat and a red cat on meadow at noon", "")) {
		t.Error("figures of one noun and two colours have one colour")
	}
	if !bytes.Equal(draw("a cat on meadow at noon", "cat"), draw("on meadow at noon", "cat")) {
		t.Error("an unwanted cat is drawn")
	}
}

func TestNoCameraMoveIsASubject(t *testing.T) {
	for _, move := range moveNames(t) {
		for _, s := range findSubjects("camera " + move) {
			t.Errorf("%q draws %s", move, s.Name)
		}
	}
}

func TestWordsThatDirectTheCameraAreNotDrawn(t *testing.T) {
	for _, c := range []struct {
		prompt string
		want   []string
	}{
		{"a red car, the camera does not move", []string{"car"}}, // no doe
		{"two dogs. Die Kamera schwenkt nach links", []string{"dogs"}},
		{"a house and a cat, [Truck left, Pan right]", []string{"cat"}},
		{"the camera follows a truck", []string{"truck"}},
		{"a cat, crane up", []string{"cat"}},
	} {
		var got []string
		for _, s := range findSubjects(c.prompt) {
			got = append(got, s.Words)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q draws %q, wanted %q", c.prompt, got, c.want)
		}
	}
}
