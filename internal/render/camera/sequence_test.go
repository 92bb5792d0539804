package camera

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/task"
)

// step returns the distance between two poses, summed over all axes.
func (p Pose) step(q Pose) float64 {
	return math.Abs(p.X-q.X) + math.Abs(p.Y-q.Y) + math.Abs(p.Z-q.Z) + math.Abs(p.Pan-q.Pan) + math.Abs(p.Tilt-q.Tilt) + math.Abs(p.Roll-q.Roll) + math.Abs(p.Zoom-q.Zoom)
}

// sequences returns prompts with moves that follow one another.
func sequences() []string {
	return []string{
		"zoom in, then pan left", "pan right, then pan left", "push in then pull out then tilt up", "orbit left followed by a crash zoom",
		"fast truck left, then slow zoom in, finally crane up", "whip pan then static", "static then zoom in", "handheld push in, then roll left",
		strings.Repeat("pan right then ", 11) + "pan left",
	}
}

func TestTheCameraStopsBetweenMoves(t *testing.T) {
	for _, prompt := range sequences() {
		path := NewPlan(prompt, 5, nil, 4).Path
		still := path
		still.shake = nil
		n := 1 + strings.Count(prompt, "then") + strings.Count(prompt, "followed") + strings.Count(prompt, "finally")
		for k := 1; k < n; k++ {
			at := float64(k) / float64(n)
			const little = 1e-4
			if d := still.at(at - little).step(still.at(at + little)); d > 2e-4 {
				t.Errorf("%q: at the join at %.3f the camera jumps by %g", prompt, at, d)
			}
		}
		// The camera never moves faster than in its fastest segment, and never jumps.
		last := path.at(0)
		for i := 1; i <= 5000; i++ {
			now := path.at(float64(i) / 5000)
			if d := last.step(now); d > 0.02 {
				t.Errorf("%q: at %d/5000 the camera jumps by %g", prompt, i, d)
				break
			}
			last = now
		}
	}
}

func TestEachMoveOfASequenceEndsInTime(t *testing.T) {
	path := NewPlan("zoom in, then pan left, finally crane up", 5, nil, 1).Path
	endOf := func(prompt string) Pose { return NewPlan(prompt, 5, nil, 1).Path.at(1) }
	first, second, third := endOf("zoom in"), endOf("pan left"), endOf("crane up")
	for _, c := range []struct {
		at   float64
		want Pose
	}{{0, Pose{}}, {1.0 / 3, first}, {2.0 / 3, first.plus(second, 1)}, {1, first.plus(second, 1).plus(third, 1)}} {
		if d := path.at(c.at).step(c.want); d > 1e-9 {
			t.Errorf("at %.2f the camera is %g from where it should be", c.at, d)
		}
	}
}

func TestATableEntryMayUsePartOfItsClausesTime(t *testing.T) {
	for _, c := range []struct {
		prompt   string
		from, to float64
	}{{"crash zoom", 0.3, 0.55}, {"whip pan", 0.35, 0.65}, {"bullet time", 0.2, 0.8}, {"dutch angle", 0, 0.4}, {"zoom in then crash zoom", 0.65, 0.775}, {"whip pan, then zoom in", 0.175, 0.325}} {
		path := NewPlan(c.prompt, 5, nil, 1).Path
		segment := path.segments[0]
		if strings.HasPrefix(c.prompt, "zoom in") {
			segment = path.segments[1]
		}
		if math.Abs(segment.from-c.from) > 1e-9 || math.Abs(segment.to-c.to) > 1e-9 {
			t.Errorf("%q moves from %g to %g, wanted %g to %g", c.prompt, segment.from, segment.to, c.from, c.to)
		}
	}
}

func TestShakeIsSmallAndZeroAtBothEnds(t *testing.T) {
	for _, c := range []struct {
		prompt string
		most   float64
	}{{"handheld", 0.08}, {"follow shot", 0.04}, {"steadicam", 0.02}, {"fpv", 0.05}} {
		for seed := range uint32(12) {
			path := NewPlan(c.prompt, 5, nil, seed).Path
			still := path
			still.shake = nil
			if d := path.at(0).step(still.at(0)) + path.at(1).step(still.at(1)); d > 1e-12 {
				t.Errorf("%s, seed %d: the shake is %g at the ends", c.prompt, seed, d)
			}
			most := 0.0
			for i := range 500 {
				most = max(most, path.at(float64(i)/500).step(still.at(float64(i)/500)))
			}
			if most > c.most || most < c.most/40 {
				t.Errorf("%s, seed %d: the camera shakes by %g", c.prompt, seed, most)
			}
		}
	}
	if shaky, steady := NewPlan("handheld", 5, nil, 1).Path, NewPlan("steadicam", 5, nil, 1).Path; len(shaky.shake) != len(steady.shake) || shaky.shake[0].size.step(Pose{}) < 5*steady.shake[0].size.step(Pose{}) {
		t.Error("a steadicam shakes like a handheld camera")
	}
}

// Kling's presets are moves down and back, forward and up, and turns while going forward.
func TestPresetsMoveOnlyTheirAxes(t *testing.T) {
	for _, c := range []struct {
		preset string
		want   Pose
	}{
		{"down_back", Pose{Y: 0.12, Z: -0.3 * Focal}}, {"forward_up", Pose{Y: -0.16, Z: 0.3 * Focal}},
		{"right_turn_forward", Pose{Pan: 8 * math.Pi / 180, Z: 0.26 * Focal}}, {"left_turn_forward", Pose{Pan: -8 * math.Pi / 180, Z: 0.26 * Focal}},
	} {
		got := NewPlan("zoom out, handheld", 5, &task.Camera{Preset: c.preset}, 1)
		if d := got.Path.at(1).step(c.want); d > 1e-9 || got.Path.at(0) != (Pose{}) || len(got.Path.shake) > 0 {
			t.Errorf("%s ends at %+v", c.preset, got.Path.at(1))
		}
	}
	right, left := NewPlan("", 5, &task.Camera{Preset: "right_turn_forward"}, 1).Path.at(1), NewPlan("", 5, &task.Camera{Preset: "left_turn_forward"}, 1).Path.at(1)
	if right.Pan != -left.Pan || right.Z != left.Z {
		t.Errorf("the two turns are not mirror images: %+v, %+v", right, left)
	}
}

func TestShakeLastsUntilAStaticClause(t *testing.T) {
	for _, c := range []struct {
		prompt string
		shaky  [3]bool // in each third
	}{
		{"handheld, then zoom in, then pan left", [3]bool{true, true, true}}, {"zoom in, then pan left handheld, then tilt up", [3]bool{false, true, true}},
		{"handheld pan right, then zoom in, then static", [3]bool{true, true, false}}, {"handheld, then static, then zoom in", [3]bool{true, false, false}},
		{"zoom in, then pan left, then handheld", [3]bool{false, false, true}},
	} {
		path := NewPlan(c.prompt, 5, nil, 3).Path
		still := path
		still.shake = nil
		for third, want := range c.shaky {
			most := 0.0
			for i := range 50 {
				at := (float64(third) + (float64(i)+0.5)/50) / 3
				most = max(most, path.at(at).step(still.at(at)))
			}
			if (most > 1e-4) != want {
				t.Errorf("%q: in third %d the camera shakes by %g", c.prompt, third+1, most)
			}
		}
	}
}

func TestThenSeparatesMoves(t *testing.T) {
	path := NewPlan("zoom in, then pan left", 5, nil, 1).Path
	if half := path.at(0.5); half.Zoom < 0.3 || half.Pan != 0 {
		t.Errorf("half way the camera is at %+v", half)
	}
}

func TestPathsBeginAtZeroAndAreSmooth(t *testing.T) {
	for _, prompt := range []string{"zoom in", "handheld orbit left", "whip pan", "", "push in then tilt up"} {
		path := NewPlan(prompt, 5, nil, 9).Path
		if path.at(0) != (Pose{}) {
			t.Errorf("%q begins at %+v", prompt, path.at(0))
		}
		last, speed := path.at(0), 0.0
		for i := 1; i <= 250; i++ {
			p := path.at(float64(i) / 250)
			now := p.Pan - last.Pan + p.Zoom - last.Zoom + p.Z - last.Z + p.X - last.X
			if math.Abs(now-speed) > 0.004 {
				t.Errorf("%q jerks at %d: %s", prompt, i, fmt.Sprint(now-speed))
				break
			}
			last, speed = p, now
		}
	}
}

func TestThePlanListsTheMovesThatItRead(t *testing.T) {
	for _, c := range []struct {
		prompt string
		want   []Move
	}{
		{"a dog in the sun", nil},
		{"the camera pans right", []Move{{"pan right", 0, 1}}},
		{"zoom in, then pan left", []Move{{"zoom in", 0, 0.5}, {"pan left", 0.5, 1}}},
		{"pan right and tilt up", []Move{{"pan right", 0, 1}, {"tilt up", 0, 1}}},
		{"static shot", []Move{{"static", 0, 1}}},
		{"handheld", []Move{{"handheld", 0, 1}}},
	} {
		if got := NewPlan(c.prompt, 5, nil, 1).Moves; !slices.Equal(got, c.want) {
			t.Errorf("%q: %v, want %v", c.prompt, got, c.want)
		}
	}
	if got := NewPlan("pan left", 5, &task.Camera{Preset: "forward_up"}, 1).Moves; got != nil {
		t.Errorf("with the caller's values it lists %v", got)
	}
}
