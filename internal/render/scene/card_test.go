package scene

import (
	"strings"
	"testing"
)

func TestACardHasWhatThePromptIsAbout(t *testing.T) {
	for _, c := range []struct{ prompt, want string }{
		{"a zorgle flumps the quibnax, slow zoom in, cinematic", "A zorgle flumps the quibnax"},
		{"A cinematic shot of the beautiful zorgle, 4k", "The beautiful zorgle"},
		{"camera slowly zooms in on a quibnax with smooth motion", "A quibnax"},
		{"Albert Einstein riding a unicycle", "Albert Einstein riding a unicycle"},
		{"Taylor Swift walking on a beach at sunset", "Taylor Swift walking on a beach at sunset"},
		{"a magical zorgle", "A magical zorgle"}, {"neon quibnax", "Neon quibnax"}, {"ein Quatschwort schwebt", "Ein Quatschwort schwebt"},
		{"justice", "Justice"}, {"quarterly earnings report", "Quarterly earnings report"}, {"квибнакс", "Квибнакс"}, {"一団の謎", "一団の謎"},
		{"pan left: the stock exchange", "The stock exchange"}, {"🐱🎹", "🐱🎹"}, {"xyzzy plugh", "Xyzzy plugh"}, {"30代の思想がつづく", "30代の思想がつづく"},
	} {
		if got := Card(c.prompt); got != c.want {
			t.Errorf("%q: the card says %q, wanted %q", c.prompt, got, c.want)
		}
	}
	if got := Card(strings.Repeat("zorgle ", 700)); len(got) > maxCard {
		t.Errorf("a long prompt gives %d characters", len(got))
	}
}

func TestWhatIsDrawnGetsNoCard(t *testing.T) {
	for _, prompt := range []string{
		"", " ", "…!?", "a beach 🐱🎹", "pan left 🎹", "camera pull out", "fast pan right, handheld", "a beach at sunset", "a breathtaking sunset, serene", "a zorgle on a beach", "a cat playing piano", "three red cars",
		"New York street at night", "cinematic, fine film grain", "one smooth camera movement, soft directional light, photographed on a 35 mm lens",
		"Hyperspeed shot: [scene]. Camera movement: fast zoom.", "beautiful, 4k, 60 fps, 35mm, 1080p, 24fps, 8K UHD", "1234", "x", "zooming slowly", "camera pans from left to right", "dark, moody, noir",
		"the camera does not move", "Epic drone shot, slow motion",
	} {
		if got := Card(prompt); got != "" {
			t.Errorf("%q gets a card that says %q", prompt, got)
		}
	}
}
