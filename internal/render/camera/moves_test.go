package camera

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/render/words"
	"github.com/filmgate/filmgate/internal/task"
)

func TestFormsOfAWord(t *testing.T) {
	for _, c := range []struct {
		word, plain string
		want        bool
	}{
		{"pan", "pan", true}, {"pans", "pan", true}, {"panning", "pan", true}, {"panned", "pan", true},
		{"dolly", "dolly", true}, {"dollies", "dolly", true}, {"dollying", "dolly", true},
		{"craning", "crane", true}, {"moving", "move", true}, {"moved", "move", true},
		{"forwards", "forward", true}, {"backward", "back", true},
		{"panda", "pan", false}, {"pane", "pan", false}, {"span", "pan", false}, {"tiltable", "tilt", false}, {"in", "inn", false},
	} {
		if got := isForm(c.word, c.plain); got != c.want {
			t.Errorf("%q is a form of %q: %v", c.word, c.plain, got)
		}
	}
}

func TestPhrasesMatchWithFillerWordsBetween(t *testing.T) {
	p := phrase{words: []string{"pan", "right"}}
	for _, c := range []struct {
		text string
		want int
	}{
		{"pan right", 2}, {"pans slowly to the right now", 5}, {"pan", 0}, {"right pan", 0}, {"pan over right", 0}, {"the pan right", 0},
	} {
		if got := p.matches(strings.Fields(c.text)); got != c.want {
			t.Errorf("%q: %d words match, wanted %d", c.text, got, c.want)
		}
	}
}

func TestPromptsAreCutIntoClauses(t *testing.T) {
	for _, c := range []struct {
		prompt string
		want   int
	}{
		{"zoom in", 1}, {"zoom in then pan left", 2}, {"zoom in, then pan left, finally tilt up", 3},
		{"orbit followed by a push in", 2}, {"a dog followed its master", 1},
	} {
		if got := clauses(words.Split(c.prompt)); len(got) != c.want {
			t.Errorf("%q has %d clauses: %q", c.prompt, len(got), got)
		}
	}
}

func TestTableOfMovesIsRead(t *testing.T) {
	got := parseMoves("# a remark\nzoom in|~closer\tzoom=0.5 ramp=0.3\n\nhold it\thold\nfast\tspeed=2 haste=3 shutter=0.9 shake=0.1 from=0.2 to=0.8\n")
	if len(got) != 4 {
		t.Fatalf("%d phrases", len(got))
	}
	if p := got[0]; !slices.Equal(p.words, []string{"zoom", "in"}) || p.weak || p.move.change != (Pose{Zoom: 0.5}) || p.move.ramp != 0.3 {
		t.Errorf("the first phrase is %+v", p)
	}
	if p := got[1]; !p.weak || p.move != got[0].move {
		t.Errorf("the second phrase is %+v", p)
	}
	if !got[2].move.hold {
		t.Error("hold is not read")
	}
	if m := *got[3].move; m.speed != 2 || m.driftSpeed != 3 || m.shutter != 0.9 || m.shake != 0.1 || m.from != 0.2 || m.to != 0.8 {
		t.Errorf("the last move is %+v", m)
	}
	defer func() {
		if message := recover(); message == nil || !strings.Contains(message.(string), "teleport") {
			t.Errorf("an unknown setting panics with %v", message)
		}
	}()
	parseMoves("x\tteleport=1\n")
}

func TestPlansOfPrompts(t *testing.T) {
	for _, c := range []struct {
		prompt string
		want   Pose // only the signs are compared
	}{
		{"pan right", Pose{Pan: 1}},
		{"pan left", Pose{Pan: -1}},
		{"tilt up", Pose{Tilt: 1}},
		{"tilt down", Pose{Tilt: -1}},
		{"zoom in", Pose{Zoom: 1}},
		{"zoom out", Pose{Zoom: -1}},
		{"push in", Pose{Z: 1}},
		{"pull out", Pose{Z: -1}},
		{"truck right", Pose{X: 1}},
		{"truck left", Pose{X: -1}},
		{"pedestal up", Pose{Y: -1}},
		{"pedestal down", Pose{Y: 1}},
		{"camera rolls clockwise", Pose{Roll: 1}},
		{"camera rolls counterclockwise", Pose{Roll: -1}},
		{"the camera rolls left", Pose{Roll: -1}},
		{"the camera zooms out", Pose{Zoom: -1}},
		{"the camera cranes down", Pose{Y: 1, Tilt: 1}},
		{"the camera pushes in", Pose{Z: 1}},
		{"static", Pose{}},
		{"locked off shot", Pose{}},
	} {
		got := NewPlan(c.prompt, nil, 1).Path.at(1)
		g, w := reflect.ValueOf(got), reflect.ValueOf(c.want)
		for i := range g.NumField() {
			if a, b := g.Field(i).Float(), w.Field(i).Float(); a*b < 0 || (a == 0) != (b == 0) {
				t.Errorf("%q: %s is %g", c.prompt, g.Type().Field(i).Name, a)
			}
		}
	}
}

func TestSpeedWordsChangeTheMove(t *testing.T) {
	plain := NewPlan("pan right", nil, 1).Path.at(1).Pan
	for _, c := range []struct {
		prompt   string
		from, to float64 // of the plain move
	}{
		{"slow pan right", 0.3, 0.8}, {"pan slowly right", 0.3, 0.8}, {"fast pan right", 1.2, 2.5}, {"pan right quickly", 1.2, 2.5},
	} {
		if k := NewPlan(c.prompt, nil, 1).Path.at(1).Pan / plain; k < c.from || k > c.to {
			t.Errorf("%q pans %.2f times as far", c.prompt, k)
		}
	}
	if d := NewPlan("timelapse, static", nil, 1); d.DriftSpeed <= 2 {
		t.Errorf("in a timelapse the clouds drift %g times as fast", d.DriftSpeed)
	}
}

func TestSeedChoosesWhatTheWordsLeaveOpen(t *testing.T) {
	if NewPlan("", nil, 1).Path.at(1) == (Pose{}) {
		t.Error("without words the camera does not move")
	}
	if NewPlan("a dog", nil, 3).Path.at(1) != NewPlan("a cat", nil, 3).Path.at(1) {
		t.Error("the same seed chose two moves")
	}
	seen := map[Pose]bool{}
	for seed := range uint32(8) {
		seen[NewPlan("", nil, seed).Path.at(1)] = true
	}
	if len(seen) < 6 {
		t.Errorf("eight seeds chose %d moves", len(seen))
	}
	if a, b := NewPlan("handheld", nil, 1).Path, NewPlan("handheld", nil, 2).Path; len(a.shake) == 0 || a.at(0.3) == b.at(0.3) {
		t.Error("two seeds shake alike")
	}
}

func TestAxesAreProportional(t *testing.T) {
	for name, set := range map[string]func(v float64) task.Camera{
		"Horizontal": func(v float64) task.Camera { return task.Camera{Horizontal: v} },
		"Vertical":   func(v float64) task.Camera { return task.Camera{Vertical: v} },
		"Pan":        func(v float64) task.Camera { return task.Camera{Pan: v} },
		"Tilt":       func(v float64) task.Camera { return task.Camera{Tilt: v} },
		"Roll":       func(v float64) task.Camera { return task.Camera{Roll: v} },
		"Zoom":       func(v float64) task.Camera { return task.Camera{Zoom: v} },
	} {
		at := func(v float64) Pose {
			a := set(v)
			return NewPlan("zoom in", &a, 1).Path.at(1)
		}
		sum := at(6).plus(at(3), -2)
		both := at(4).plus(at(-4), 1)
		for _, p := range []Pose{sum, both} {
			if size := p.X*p.X + p.Y*p.Y + p.Pan*p.Pan + p.Tilt*p.Tilt + p.Roll*p.Roll + p.Zoom*p.Zoom; size > 1e-20 {
				t.Errorf("%s is not proportional: %+v", name, p)
			}
		}
		if at(0) != (Pose{}) || at(5) == (Pose{}) {
			t.Errorf("%s 0 gives %+v, 5 gives %+v", name, at(0), at(5))
		}
	}
}

func TestEveryPhraseIsFound(t *testing.T) {
	table := parseMoves(moveTable)
	if len(table) < 40 {
		t.Errorf("the table has %d phrases", len(table))
	}
	for _, p := range table {
		text := strings.Join(p.words, " ")
		m, _ := parseClause(table, words.Split("Camera movement: "+text+"."))
		if m.change != p.move.change || m.hold != p.move.hold || m.driftSpeed != p.move.driftSpeed || m.speed != p.move.speed || m.shake != p.move.shake {
			t.Errorf("%q is read as %+v, but the table says %+v", text, m, *p.move)
		}
	}
}

func TestTypicalPromptsAreUnderstood(t *testing.T) {
	for _, c := range []struct {
		prompt string
		want   func(p Pose) bool
	}{
		{"The camera slowly pans to the right across the valley", func(p Pose) bool { return p.Pan > 0.05 && p.Pan < 0.12 }},
		{"camera pull out", func(p Pose) bool { return p.Z < -0.2 }},
		{"Hyperspeed shot: [scene]. Camera movement: fast zoom.", func(p Pose) bool { return p.Zoom > 0.7 }},
		{"A crane stands in a marsh, camera zooms in", func(p Pose) bool { return p.Zoom > 0.2 }},
		{"Zoom in, then pan left", func(p Pose) bool { return p.Zoom > 0.2 && p.Pan < -0.1 }},
		{"pan right and tilt up quickly", func(p Pose) bool { return p.Pan > 0.2 && p.Tilt > 0.15 }},
		{"zooming out slowly", func(p Pose) bool { return p.Zoom < -0.1 && p.Zoom > -0.2 }},
		{"a frying pan on a table, a static shot", func(p Pose) bool { return p == Pose{} }},
		{"the camera is dollying backwards", func(p Pose) bool { return p.Z < -0.2 }},
	} {
		if p := NewPlan(c.prompt, nil, 1).Path.at(1); !c.want(p) {
			t.Errorf("%q ends at %+v", c.prompt, p)
		}
	}
}

func TestAxesFollowKlingsDocument(t *testing.T) {
	for _, c := range []struct {
		axes task.Camera
		want func(p Pose) bool
	}{
		{task.Camera{Horizontal: 10}, func(p Pose) bool { return p.X > 0.2 }},
		{task.Camera{Vertical: 10}, func(p Pose) bool { return p.Y < -0.1 }},
		{task.Camera{Pan: -5}, func(p Pose) bool { return p.Pan < 0 }},
		{task.Camera{Tilt: 5}, func(p Pose) bool { return p.Tilt > 0 }},
		{task.Camera{Roll: 5}, func(p Pose) bool { return p.Roll > 0 }},
		{task.Camera{Zoom: -10}, func(p Pose) bool { return p.Zoom > 0.3 }}, // a longer focal length, a narrower view
		{task.Camera{Preset: "down_back"}, func(p Pose) bool { return p.Y > 0 && p.Z < 0 }},
		{task.Camera{Preset: "forward_up"}, func(p Pose) bool { return p.Y < 0 && p.Z > 0 }},
		{task.Camera{Preset: "right_turn_forward"}, func(p Pose) bool { return p.Pan > 0 && p.Z > 0 }},
		{task.Camera{Preset: "left_turn_forward"}, func(p Pose) bool { return p.Pan < 0 && p.Z > 0 }},
	} {
		if p := NewPlan("zoom out", &c.axes, 1).Path.at(1); !c.want(p) {
			t.Errorf("%+v ends at %+v", c.axes, p)
		}
	}
}
