package render

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/task"
)

// step is how far the camera goes from one pose to the next, over all axes.
func (p pose) step(q pose) float64 {
	return math.Abs(p.x-q.x) + math.Abs(p.y-q.y) + math.Abs(p.z-q.z) + math.Abs(p.pan-q.pan) + math.Abs(p.tilt-q.tilt) + math.Abs(p.roll-q.roll) + math.Abs(p.zoom-q.zoom)
}

// sequences are prompts with moves that follow one another.
func sequences() []string {
	return []string{
		"zoom in, then pan left", "pan right, then pan left", "push in then pull out then tilt up", "orbit left followed by a crash zoom",
		"fast truck left, then slow zoom in, finally crane up", "whip pan then static", "static then zoom in", "handheld push in, then roll left",
		strings.Repeat("pan right then ", 11) + "pan left",
	}
}

func TestMovesThatFollowJoinAtRestAndWithoutALeap(t *testing.T) {
	for _, prompt := range sequences() {
		path := planPath(prompt, nil, 4).path
		still := path
		still.shake = nil
		n := len(clauses(splitWords(prompt)))
		for k := 1; k < n; k++ {
			at := float64(k) / float64(n)
			const little = 1e-4
			if d := still.at(at - little).step(still.at(at + little)); d > 2e-4 {
				t.Errorf("%q: across the join at %.3f the camera leaps by %g", prompt, at, d)
			}
		}
		// Nowhere does the camera go faster than its fastest leg, or from one place to another at once.
		last := path.at(0)
		for i := 1; i <= 5000; i++ {
			now := path.at(float64(i) / 5000)
			if d := last.step(now); d > 0.02 {
				t.Errorf("%q: at %d/5000 the camera leaps by %g", prompt, i, d)
				break
			}
			last = now
		}
	}
}

func TestEachMoveOfASequenceIsDoneInItsTime(t *testing.T) {
	path := planPath("zoom in, then pan left, finally crane up", nil, 1).path
	alone := func(prompt string) pose { return planPath(prompt, nil, 1).path.at(1) }
	first, second, third := alone("zoom in"), alone("pan left"), alone("crane up")
	for _, c := range []struct {
		at   float64
		want pose
	}{{0, pose{}}, {1.0 / 3, first}, {2.0 / 3, first.plus(second, 1)}, {1, first.plus(second, 1).plus(third, 1)}} {
		if d := path.at(c.at).step(c.want); d > 1e-9 {
			t.Errorf("at %.2f the camera is %g from where it should be", c.at, d)
		}
	}
}

func TestAPartOfTheClausesTimeIsUsedWhereTheTableSaysSo(t *testing.T) {
	for _, c := range []struct {
		prompt   string
		from, to float64
	}{{"crash zoom", 0.3, 0.55}, {"whip pan", 0.35, 0.65}, {"bullet time", 0.2, 0.8}, {"dutch angle", 0, 0.4}, {"zoom in then crash zoom", 0.65, 0.775}, {"whip pan, then zoom in", 0.175, 0.325}} {
		path := planPath(c.prompt, nil, 1).path
		leg := path.segments[0]
		if strings.HasPrefix(c.prompt, "zoom in") {
			leg = path.segments[1]
		}
		if math.Abs(leg.from-c.from) > 1e-9 || math.Abs(leg.to-c.to) > 1e-9 {
			t.Errorf("%q moves from %g to %g, wanted %g to %g", c.prompt, leg.from, leg.to, c.from, c.to)
		}
	}
}

func TestHandIsCalmAtBothEndsAndSmall(t *testing.T) {
	for _, c := range []struct {
		prompt string
		most   float64
	}{{"handheld", 0.08}, {"follow shot", 0.04}, {"steadicam", 0.02}, {"fpv", 0.05}} {
		for seed := range uint32(12) {
			path := planPath(c.prompt, nil, seed).path
			still := path
			still.shake = nil
			if d := path.at(0).step(still.at(0)) + path.at(1).step(still.at(1)); d > 1e-12 {
				t.Errorf("%s, seed %d: the hand is %g off at the ends", c.prompt, seed, d)
			}
			most := 0.0
			for i := range 500 {
				most = max(most, path.at(float64(i)/500).step(still.at(float64(i)/500)))
			}
			if most > c.most || most < c.most/40 {
				t.Errorf("%s, seed %d: the hand shakes by %g", c.prompt, seed, most)
			}
		}
	}
	if shaky, steady := planPath("handheld", nil, 1).path, planPath("steadicam", nil, 1).path; len(shaky.shake) != len(steady.shake) || shaky.shake[0].size.step(pose{}) < 5*steady.shake[0].size.step(pose{}) {
		t.Error("a steadicam shakes like a hand")
	}
}

// Kling's presets are its own words for a move downwards and back, forward and up, and a turn while going forward.
func TestPresetsGoTheWholeWayAndNothingElse(t *testing.T) {
	for _, c := range []struct {
		preset string
		want   pose
	}{
		{"down_back", pose{y: 0.12, z: -0.3 * focal}}, {"forward_up", pose{y: -0.16, z: 0.3 * focal}},
		{"right_turn_forward", pose{pan: 8 * math.Pi / 180, z: 0.26 * focal}}, {"left_turn_forward", pose{pan: -8 * math.Pi / 180, z: 0.26 * focal}},
	} {
		got := planPath("zoom out, handheld", &task.Camera{Preset: c.preset}, 1)
		if d := got.path.at(1).step(c.want); d > 1e-9 || got.path.at(0) != (pose{}) || len(got.path.shake) > 0 {
			t.Errorf("%s ends at %+v", c.preset, got.path.at(1))
		}
	}
	right, left := planPath("", &task.Camera{Preset: "right_turn_forward"}, 1).path.at(1), planPath("", &task.Camera{Preset: "left_turn_forward"}, 1).path.at(1)
	if right.pan != -left.pan || right.z != left.z {
		t.Errorf("the two turns are no mirror images: %+v, %+v", right, left)
	}
}

func TestAHandShakesFromItsClauseOnUntilTheCameraStands(t *testing.T) {
	for _, c := range []struct {
		prompt string
		shaky  [3]bool // in each third
	}{
		{"handheld, then zoom in, then pan left", [3]bool{true, true, true}}, {"zoom in, then pan left handheld, then tilt up", [3]bool{false, true, true}},
		{"handheld pan right, then zoom in, then static", [3]bool{true, true, false}}, {"handheld, then static, then zoom in", [3]bool{true, false, false}},
		{"zoom in, then pan left, then handheld", [3]bool{false, false, true}},
	} {
		path := planPath(c.prompt, nil, 3).path
		still := path
		still.shake = nil
		for third, want := range c.shaky {
			most := 0.0
			for i := range 50 {
				at := (float64(third) + (float64(i)+0.5)/50) / 3
				most = max(most, path.at(at).step(still.at(at)))
			}
			if (most > 1e-4) != want {
				t.Errorf("%q: in part %d the hand shakes by %g", c.prompt, third+1, most)
			}
		}
	}
}

func TestThenPutsMovesOneAfterAnother(t *testing.T) {
	path := planPath("zoom in, then pan left", nil, 1).path
	if half := path.at(0.5); half.zoom < 0.3 || half.pan != 0 {
		t.Errorf("half way the camera is at %+v", half)
	}
}

func TestPathsBeginAtRestAndAreSmooth(t *testing.T) {
	for _, prompt := range []string{"zoom in", "handheld orbit left", "whip pan", "", "push in then tilt up"} {
		path := planPath(prompt, nil, 9).path
		if path.at(0) != (pose{}) {
			t.Errorf("%q begins at %+v", prompt, path.at(0))
		}
		last, speed := path.at(0), 0.0
		for i := 1; i <= 250; i++ {
			p := path.at(float64(i) / 250)
			now := p.pan - last.pan + p.zoom - last.zoom + p.z - last.z + p.x - last.x
			if math.Abs(now-speed) > 0.004 {
				t.Errorf("%q jerks at %d: %s", prompt, i, fmt.Sprint(now-speed))
				break
			}
			last, speed = p, now
		}
	}
}
