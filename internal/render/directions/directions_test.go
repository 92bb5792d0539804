package directions

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// text returns a reading in a short form: "0-0.5 zoom in*2; 0.5-1 pan left (timelapse)".
func (r Reading) text() string {
	var steps []string
	for _, s := range r.Steps {
		var moves []string
		for _, m := range s.Moves {
			moves = append(moves, m.text())
		}
		steps = append(steps, fmt.Sprintf("%.2g-%.2g %s", s.From, s.To, strings.Join(moves, ", ")))
	}
	out := strings.Join(steps, "; ")
	for _, s := range r.Styles {
		out += " (" + s.Name + ")"
	}
	return strings.TrimSpace(out)
}

func (m Move) text() string {
	out := m.Name
	if m.Factor != 1 {
		out += fmt.Sprintf("*%.2g", m.Factor)
	}
	if m.Degrees > 0 {
		out += fmt.Sprintf(" %g°", m.Degrees)
	}
	if m.Times > 0 {
		out += fmt.Sprintf(" %gx", m.Times)
	}
	if m.Target != "" {
		out += " @" + m.Target
	}
	return out
}

func TestAPromptIsRead(t *testing.T) {
	for _, c := range []struct{ prompt, want string }{
		{"", ""},
		{"a dog in the sun", ""},
		{"pan right", "0-1 pan right"},
		// amounts
		{"a very slow zoom in", "0-1 zoom in*0.3"},
		{"slowly pan left and zoom in", "0-1 pan left*0.55, zoom in*0.55"},
		{"pan left and zoom in slowly", "0-1 pan left*0.55, zoom in*0.55"},
		{"pan left, slowly", "0-1 pan left*0.55"},
		{"pan 90 degrees to the right", "0-1 pan right 90°"},
		{"3x zoom in", "0-1 zoom in 3x"},
		{"the camera pans left past fast cars", "0-1 pan left"},
		{"whip pan left", "0-1 whip pan left"},
		{"the camera suddenly zooms out", "0-1 crash zoom out"},
		{"the camera creeps forward", "0-1 push in*0.55"},
		// who moves
		{"a man turns left", ""},
		{"the camera turns left", "0-1 pan left"},
		{"a man looks at the camera and turns left", ""},
		{"a shot of a man who turns left", ""},
		{"a shot of a man. It rises", ""},
		{"The camera follows a man who turns left", "0-1 follow shot"},
		{"The camera glides in. It rises.", "0-0.5 push in; 0.5-1 pedestal up"},
		{"a woman walks left while the camera pans right", "0-1 pan right"},
		{"the camera follows a truck", "0-1 follow shot"},
		{"the shot begins on a cup and pulls out to show a room", "0-1 pull out"},
		{"pan left across a square, and stop at the church", "0-0.5 pan left; 0.5-1 static"},
		{"slow, steady push in", "0-1 push in*0.55"},
		{"camera movement to the left", "0-1 truck left"},
		{"the camera turns toward the window", ""},
		{"moving train", ""},
		{"moving forward through a tunnel", "0-1 push in"},
		// what does not happen
		{"no zoom, pan or tilt", "0-1 static"},
		{"no zoom, pan left", "0-1 pan left"},
		{"the camera never stops turning left", "0-1 pan left"},
		{"rather than tilting up, pull out", "0-1 pull out"},
		{"Die Kamera zoomt nicht", "0-1 static"},
		{"a static shot with a slow zoom in", "0-1 zoom in*0.55"},
		// order
		{"zoom in then out", "0-0.5 zoom in; 0.5-1 zoom out"},
		{"pan left, pan right", "0-0.5 pan left; 0.5-1 pan right"},
		{"push in then push in", "0-0.5 push in; 0.5-1 push in"},
		{"Push in. Slow push in.", "0-1 push in"},
		{"before panning left, zoom in, then tilt up", "0-0.33 zoom in; 0.33-0.67 pan left; 0.67-1 tilt up"},
		{"hold for one minute, then pan left", "0-0.5 static; 0.5-1 pan left"},
		{"pan left for 1 second, tilt up for 3 seconds", "0-1 pan left, tilt up"},
		{"pan left for 1 second, then tilt up for 3 seconds", "0-0.25 pan left; 0.25-1 tilt up"},
		{"pan left for 9 seconds, then tilt up", "0-0.9 pan left; 0.9-1 tilt up"},
		{"[Pan left, Tilt up] a dog turns right [Zoom in]", "0-0.5 pan left, tilt up; 0.5-1 zoom in"},
		// what a move goes to
		{"push in on the red car", "0-1 push in @red car"},
		{"a cat on a sofa, slow zoom in on the cat", "0-1 zoom in*0.55 @cat"},
		{"the camera slowly pushes in on her face, then pulls back", "0-0.5 push in*0.55 @her face; 0.5-1 pull out"},
		{"push in toward the lighthouse at dusk", "0-1 push in @lighthouse"},
		{"zoom auf das rote Auto", "0-1 zoom in @rote auto"},
		{"zoom sur la voiture rouge", "0-1 zoom in @voiture rouge"},
		{"zoom in", "0-1 zoom in"},
		{"zoom in slowly", "0-1 zoom in*0.55"},
		{"pan left to the car", "0-1 pan left"},
		{"zoom in to a close-up of the cat's eyes", "0-1 zoom in @cat eyes"},
		{"push in on the man with the hat", "0-1 push in @man"},
		// times of the video
		{"0-2s: pan left, 2-5s: push in", "0-0.4 pan left; 0.4-1 push in"},
		{"0–2 s: pan left; 2–5 s: push in", "0-0.4 pan left; 0.4-1 push in"},
		{"[00:00-00:02] A dog sits on the beach. [00:02-00:04] The camera pushes in.", "0.4-0.8 push in"},
		{"[0-2s: pan left] [2s-5s: push in, tilt up]", "0-0.4 pan left; 0.4-1 push in, tilt up"},
		{"0:00 pan left, 0:03 push in", "0-0.6 pan left; 0.6-1 push in"},
		{"0s: pan left. 3s: push in", "0-0.6 pan left; 0.6-1 push in"},
		{"From 0 to 2 seconds, the camera pans left. From 2 to 5 seconds it pushes in.", "0-0.4 pan left; 0.4-1 push in"},
		{"pan left from 0 to 2 seconds, then push in from 2 to 5 seconds", "0-0.4 pan left; 0.4-1 push in"},
		{"pan left (0-2s), push in (2-5s)", "0-0.4 pan left; 0.4-1 push in"},
		{"a lake, at 3s push in", "0.6-1 push in"},
		{"pan left, then push in at 3 seconds", "0-0.6 pan left; 0.6-1 push in"},
		{"0-2s: pan left then tilt up, 2-5s: hold", "0-0.2 pan left; 0.2-0.4 tilt up; 0.4-1 static"},
		{"2-5s: push in, 0-2s: pan left", "0-0.4 pan left; 0.4-1 push in"},
		{"0-4s: pan left, 4-10s: push in", "0-0.4 pan left; 0.4-1 push in"},
		{"1-2s: pan left", "0.2-0.4 pan left"},
		{"handheld. 0-2s: pan left, 2-5s: push in", "0-1 handheld; 0-0.4 pan left; 0.4-1 push in"},
		{"0-2秒：镜头左移，2-5秒：推近", "0-0.4 truck left; 0.4-1 push in"},
		{"0-2 Sek.: Schwenk nach links, 2-5 Sek.: Heranfahren", "0-0.4 pan left; 0.4-1 push in"},
		{"a 5-10 second video of a lake, pan left", "0-1 pan left"},
		{"aspect ratio 9:16, pan left", "0-1 pan left"},
		{"9:16, pan left", "0-1 pan left"},
		{"hold for 2 to 3 seconds", "0-1 static"},
		{"pan left for 1 s, then tilt up for 3 s", "0-0.25 pan left; 0.25-1 tilt up"},
		// shots
		{"aerial view, timelapse, a city", "(aerial) (timelapse)"},
		{"aerial view, pan left", "0-1 pan left (aerial)"},
		{"handheld push in", "0-1 handheld, push in"},
		{"start on a close-up of the eye and reveal the face", "0-1 pull out"},
		{"zoom from a close-up to a wide shot", "0-1 zoom out"},
	} {
		if got := Read(c.prompt, 5).text(); got != c.want {
			t.Errorf("%q is read as %q, wanted %q", c.prompt, got, c.want)
		}
	}
}

func TestWordsThatDirectTheCameraAreKnown(t *testing.T) {
	for _, c := range []struct {
		prompt, word string
		want         []bool
	}{
		{"a truck on a road, truck left", "truck", []bool{false, true}},
		{"the camera does not move", "does", []bool{true}},
		{"a dog that does not move", "does", []bool{false}},
		{"Die Kamera schwenkt nach links", "die", []bool{true}},
		{"a crane in a marsh, crane up", "crane", []bool{false, true}},
		{"The camera follows a duck", "duck", []bool{false}},
		{"[Truck left] a house", "truck", []bool{true}},
		{"0-2s: 2 dogs run", "2", []bool{true, false}},
	} {
		if got := Words(c.prompt)[c.word]; !slices.Equal(got, c.want) {
			t.Errorf("%q: %q directs the camera: %v, wanted %v", c.prompt, c.word, got, c.want)
		}
	}
}

func TestOddPromptsAreRead(t *testing.T) {
	for _, prompt := range []string{
		"🎥🎬👍", "...!?;:,,,[[]]【】", "[", "]", "'", "''' '", "*", "'s", ".5", "5.", "to to from from and and", "not", "no", "then", "after", "before then after", "°", "x x x",
		strings.Repeat("pan left then ", 400), strings.Repeat("镜头", 1700), strings.Repeat("a", 5000), "الكاميرا تتحرك pan left", "\xff\xfe pan left", "2 2 2 seconds degrees",
	} {
		for _, seconds := range []float64{0, 0.1, 5} {
			last := 0.0
			for _, s := range Read(prompt, seconds).Steps {
				if s.From != last || s.To <= s.From || s.To > 1 || len(s.Moves) == 0 {
					t.Errorf("%.20q: a step from %g to %g, after %g, has %d moves", prompt, s.From, s.To, last, len(s.Moves))
				}
				last = s.To
			}
		}
	}
	if got := Read("الكاميرا تتحرك pan left", 5).text(); got != "0-1 pan left" {
		t.Errorf("among words that it does not know it reads %q", got)
	}
}

func TestAPromptIsCutIntoWords(t *testing.T) {
	for _, c := range []struct {
		prompt string
		want   []string
	}{
		{"", nil},
		{"Zoom-IN, then (slowly) pan.", []string{"zoom", "in", ",", "then", "(", "slowly", ")", "pan", "."}},
		{"don’t move", []string{"don't", "move"}},
		{"S'approche de l'arbre", []string{"s", "approche", "de", "l", "arbre"}},
		{"the bird's eye", []string{"the", "bird", "eye"}},
		{"2.5 seconds, 90° or 3x.", []string{"2.5", "seconds", ",", "90", "°", "or", "3", "x", "."}},
		{"镜头左移，pan left 10.", []string{"镜头左移", "，", "pan", "left", "10", "."}},
		{"left -> right", []string{"left", "→", "right"}},
	} {
		if got := split(c.prompt); !slices.Equal(got, c.want) {
			t.Errorf("%q is cut into %q, wanted %q", c.prompt, got, c.want)
		}
	}
}

func TestFormsOfAWord(t *testing.T) {
	for _, c := range []struct {
		word, plain string
		want        bool
	}{
		{"pan", "pan", true}, {"pans", "pan", true}, {"panning", "pan", true}, {"panned", "pan", true},
		{"dolly", "dolly", true}, {"dollies", "dolly", true}, {"dollying", "dolly", true},
		{"craning", "crane", true}, {"moving", "move", true}, {"moved", "move", true}, {"pushes", "push", true},
		{"panda", "pan", false}, {"pane", "pan", false}, {"span", "pan", false}, {"tiltable", "tilt", false},
		{"schwenkt", "schwenk*", true}, {"schwer", "schwenk*", false},
	} {
		if _, got := formOf(c.word, c.plain, true); got != c.want {
			t.Errorf("%q is a form of %q: %v", c.word, c.plain, got)
		}
	}
	if _, got := formOf("lefts", "left", false); got {
		t.Error("a direction has a form")
	}
}

func TestErrorsOfOneLetterAreCorrected(t *testing.T) {
	typos := parseLexicon().typos()
	for _, c := range []struct{ word, want string }{
		{"zom", "zoom"}, {"zooom", "zoom"}, {"zomo", "zoom"}, {"zopm", "zoom"}, {"camrea", "camera"}, {"lfet", "left"}, {"uot", "out"}, {"slwoly", "slowly"}, {"paning", "panning"},
		{"xoom", ""}, {"cmaeraa", ""}, {"zo", ""},
		// words of their own
		{"room", ""}, {"night", ""}, {"tile", ""}, {"panda", ""}, {"trick", ""}, {"lighthouse", ""},
	} {
		if got := typos.correct(c.word); (c.want == "") != (len(got) == 0) || c.want != "" && !slices.Contains(got, c.want) {
			t.Errorf("%q is corrected to %q, wanted %q", c.word, got, c.want)
		}
	}
}

func TestTheLexiconIsWellFormed(t *testing.T) {
	verbs := parseVerbs()
	for _, phrases := range parseLexicon() {
		for _, p := range phrases {
			row, ok := verbs[p.verb]
			switch {
			case p.kind == "verb" && p.verb != "shake" && !ok:
				t.Errorf("%q has the verb %q, which verbs.tsv lacks", p.words, p.verb)
			case p.kind == "verb" && p.dir != "" && row.name(p.dir) == "", p.or != "" && ok && p.or != "follow" && row.name(p.or) == "":
				t.Errorf("%q makes no move", p.words)
			case p.kind == "factor" && p.n <= 0, p.kind == "move" && p.move == "":
				t.Errorf("%q is %+v", p.words, *p.sense)
			}
		}
	}
	defer func() {
		if message := recover(); message == nil || !strings.Contains(message.(string), "teleport") {
			t.Errorf("an unknown name panics with %v", message)
		}
	}()
	parseSense("verb=pan teleport")
}
