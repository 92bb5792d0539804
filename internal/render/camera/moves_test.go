package camera

import (
	"reflect"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/task"
)

func TestTableOfMovesIsRead(t *testing.T) {
	got := parseMoves("# a remark\nzoom in\tzoom=0.5 ramp=0.3\n\nhold it\thold\nfast\tspeed=2 haste=3 shutter=0.9 shake=0.1 from=0.2 to=0.8\n")
	if len(got) != 3 {
		t.Fatalf("%d rows", len(got))
	}
	if m := got["zoom in"]; m.change != (Pose{Zoom: 0.5}) || m.ramp != 0.3 {
		t.Errorf("the first row is %+v", m)
	}
	if !got["hold it"].hold {
		t.Error("hold is not read")
	}
	if m := got["fast"]; m.speed != 2 || m.driftSpeed != 3 || m.shutter != 0.9 || m.shake != 0.1 || m.from != 0.2 || m.to != 0.8 {
		t.Errorf("the last row is %+v", m)
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
		got := NewPlan(c.prompt, 5, nil, 1).Path.at(1)
		g, w := reflect.ValueOf(got), reflect.ValueOf(c.want)
		for i := range g.NumField() {
			if a, b := g.Field(i).Float(), w.Field(i).Float(); a*b < 0 || (a == 0) != (b == 0) {
				t.Errorf("%q: %s is %g", c.prompt, g.Type().Field(i).Name, a)
			}
		}
	}
}

func TestSpeedWordsChangeTheMove(t *testing.T) {
	plain := NewPlan("pan right", 5, nil, 1).Path.at(1).Pan
	for _, c := range []struct {
		prompt   string
		from, to float64 // of the plain move
	}{
		{"slow pan right", 0.3, 0.8}, {"pan slowly right", 0.3, 0.8}, {"fast pan right", 1.2, 2.5}, {"pan right quickly", 1.2, 2.5},
	} {
		if k := NewPlan(c.prompt, 5, nil, 1).Path.at(1).Pan / plain; k < c.from || k > c.to {
			t.Errorf("%q pans %.2f times as far", c.prompt, k)
		}
	}
	if d := NewPlan("timelapse, static", 5, nil, 1); d.DriftSpeed <= 2 {
		t.Errorf("in a timelapse the clouds drift %g times as fast", d.DriftSpeed)
	}
}

func TestSeedChoosesWhatTheWordsLeaveOpen(t *testing.T) {
	if NewPlan("", 5, nil, 1).Path.at(1) == (Pose{}) {
		t.Error("without words the camera does not move")
	}
	if NewPlan("a dog", 5, nil, 3).Path.at(1) != NewPlan("a cat", 5, nil, 3).Path.at(1) {
		t.Error("the same seed chose two moves")
	}
	seen := map[Pose]bool{}
	for seed := range uint32(8) {
		seen[NewPlan("", 5, nil, seed).Path.at(1)] = true
	}
	if len(seen) < 6 {
		t.Errorf("eight seeds chose %d moves", len(seen))
	}
	if a, b := NewPlan("handheld", 5, nil, 1).Path, NewPlan("handheld", 5, nil, 2).Path; len(a.shake) == 0 || a.at(0.3) == b.at(0.3) {
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
			return NewPlan("zoom in", 5, &a, 1).Path.at(1)
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

func TestEveryMoveOfTheTableIsFoundByItsName(t *testing.T) {
	table := parseMoves(moveTable)
	if len(table) < 40 {
		t.Errorf("the table has %d rows", len(table))
	}
	for name, m := range table {
		if strings.Contains(name, "_") {
			continue // Kling's presets are no words
		}
		p := NewPlan("Camera movement: "+name+".", 5, nil, 1)
		still := p.Path
		still.shake = nil
		switch {
		case m.change != (Pose{}) && still.at(1) != (Pose{}).plus(m.change, m.speed):
			t.Errorf("%q ends at %+v, but the table says %+v", name, still.at(1), m.change)
		case m.hold != (len(p.Moves) > 0 && p.Moves[0].Name == name && still.at(1) == Pose{} && m.shake == 0):
			t.Errorf("%q holds: %v", name, !m.hold)
		case m.driftSpeed != p.DriftSpeed || m.shutter != p.Shutter || (m.shake > 0) != (len(p.Path.shake) > 0):
			t.Errorf("%q is read as %+v, but the table says %+v", name, p, m)
		}
	}
}

func TestWithoutAMoveTheCameraIsNearlyStill(t *testing.T) {
	for seed := range uint32(20) {
		p := NewPlan("a dog in the sun", 5, nil, seed)
		if end := p.Path.at(1); end == (Pose{}) || end.step(Pose{}) > 0.06 || len(p.Moves) > 0 {
			t.Errorf("with seed %d it ends at %+v, moves %v", seed, end, p.Moves)
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
		if p := NewPlan(c.prompt, 5, nil, 1).Path.at(1); !c.want(p) {
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
		if p := NewPlan("zoom out", 5, &c.axes, 1).Path.at(1); !c.want(p) {
			t.Errorf("%+v ends at %+v", c.axes, p)
		}
	}
}
