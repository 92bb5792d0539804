package render

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/task"
)

// dots is a picture of round soft spots at known places, in frame heights from the middle.
func dots(w, h int) (image.Image, [][2]float64) {
	img := image.NewGray(image.Rect(0, 0, w, h))
	var at [][2]float64
	for j := -2; j <= 2; j++ {
		for i := -3; i <= 3; i++ {
			at = append(at, [2]float64{float64(i) * 0.2, float64(j) * 0.18})
		}
	}
	for y := range h {
		for x := range w {
			v := 30.0
			for _, p := range at {
				dx, dy := float64(x)+0.5-float64(w)/2-p[0]*float64(h), float64(y)+0.5-float64(h)/2-p[1]*float64(h)
				v += 200 * math.Exp(-(dx*dx+dy*dy)/(2*3*3))
			}
			img.SetGray(x, y, color.Gray{uint8(v + 0.5)})
		}
	}
	return img, at
}

// spotNear returns the centre of the light round (x, y).
func spotNear(f *frame, x, y float64) (cx, cy float64) {
	const reach = 19
	var sum, sx, sy float64
	for v := int(y) - reach; v <= int(y)+reach+1; v++ {
		for u := int(x) - reach; u <= int(x)+reach+1; u++ {
			k := max(0, float64(f.y[v*f.w+u])-48)
			sum, sx, sy = sum+k, sx+k*float64(u), sy+k*float64(v)
		}
	}
	return sx / sum, sy / sum
}

func TestCameraFollowsItsPathToATenthOfAPixel(t *testing.T) {
	t.Parallel()
	img, at := dots(640, 384)
	for _, prompt := range []string{"zoom in", "push in", "camera rolls clockwise", "zoom in then push in", "handheld", "pan right", "truck left", "orbit right", "crane up"} {
		spec := Spec{Prompt: prompt, Seed: 3, Width: 640, Height: 384, Frames: 97, FrameRate: 24, First: img}
		film := newFilm(spec)
		layer, p, f := film.first.layers[0], newFrameRenderer(film), newFrame(640, 384)
		worst, sum, n := 0.0, 0.0, 0.0
		for k := 0; k < spec.Frames; k += 12 {
			s := film.shot(film.time(float64(k)), false)
			lo, hi := s.extent(layer)
			p.draw(f, nil, k)
			for _, q := range at {
				// What is stretched to fill the frame is no longer the ideal path's; 0.06 frame heights are a spot's reach.
				far := [2]float64{q[0] + math.Copysign(0.06, q[0]), q[1] + math.Copysign(0.06, q[1])}
				if stretch(far[0], layer.edge.x, lo.x, hi.x) != far[0] || stretch(far[1], layer.edge.y, lo.y, hi.y) != far[1] {
					continue
				}
				// The ideal: the point in space, seen by a pinhole camera.
				x, y := s.project(q[0], q[1], 1+layer.near.grid.at(q[0], q[1]))
				x, y = x-0.5, y-0.5
				if x < 24 || y < 24 || x > 615 || y > 359 {
					continue
				}
				cx, cy := spotNear(f, x, y)
				d := math.Hypot(cx-x, cy-y)
				worst, sum, n = max(worst, d), sum+d*d, n+1
			}
		}
		t.Logf("%s: %.3f px rms, %.3f px at most, over %.0f spots", prompt, math.Sqrt(sum/n), worst, n)
		if n < 30 || worst > 0.1 {
			t.Errorf("%s: a spot is %.3f px from where the path puts it (%v spots)", prompt, worst, n)
		}
	}
}

func TestStillCameraGivesTheSameFrame(t *testing.T) {
	spec := small("static camera")
	got := frames(spec, 0, 6, 12)
	if string(got[0].pix) != string(got[1].pix) || string(got[0].pix) != string(got[2].pix) {
		t.Error("frames of a locked camera differ")
	}
}

// sway is the mean movement of a frame's middle, its growth and its turn, from the measured flow.
func sway(a, b *frame) (dx, dy, grow, turn float64) {
	f := findFlow(a, b)
	n := 0.0
	for _, y := range []float64{-0.25, -0.1, 0.1, 0.25} {
		for _, x := range []float64{-0.4, -0.2, 0.2, 0.4} {
			u, v := f.x.at(x, y), f.y.at(x, y)
			r := x*x + y*y
			dx, dy, grow, turn, n = dx+u, dy+v, grow+(u*x+v*y)/r, turn+(x*v-y*u)/r, n+1
		}
	}
	return dx / n, dy / n, grow / n, turn / n
}

func TestEveryRowOfTheTableMovesThePictureAsItSays(t *testing.T) {
	t.Parallel()
	texture := testPicture(480, 288)
	seen := map[*move]bool{}
	for _, p := range parseMoves(moveTable) {
		if seen[p.move] || p.move.change == (pose{}) {
			continue
		}
		seen[p.move] = true
		name := strings.Join(p.words, " ")
		// The move as it is meant, a part of it that the flow can measure, on a plane at distance 1.
		film := newFilm(Spec{Prompt: "static", Width: 240, Height: 144, Frames: 3, FrameRate: 24, First: texture})
		film.first.layers[0].near.grid = nil
		size := math.Abs(p.move.change.x) + math.Abs(p.move.change.y) + math.Abs(p.move.change.z)/2 + math.Abs(p.move.change.pan) + math.Abs(p.move.change.tilt) + math.Abs(p.move.change.roll) + math.Abs(p.move.change.zoom)
		part := min(1, 0.07/size)
		change := pose{}.plus(p.move.change, part)
		film.plan.path.segments = []pathSegment{{0, 1, change, 0.25}}
		painter := newFrameRenderer(film)
		a, b := newFrame(240, 144), newFrame(240, 144)
		painter.draw(a, nil, 0)
		painter.draw(b, nil, 2)
		dx, dy, grow, turn := sway(a, b)
		// By the meaning of the words: camera right, picture left; camera up, picture down; forward, larger; clockwise, the
		// other way round.
		want := [4]float64{-change.x - change.pan*focal, -change.y + change.tilt*focal, change.z/focal + change.zoom, -change.roll}
		for i, got := range [4]float64{dx, dy, grow, turn} {
			if math.Abs(want[i]) > 0.012 && (got/want[i] < 0.5 || got/want[i] > 2) {
				t.Errorf("%s: %s is %.4f, and the table means %.4f", name, [4]string{"right", "down", "growth", "turn"}[i], got, want[i])
			}
		}
	}
	if len(seen) < 40 {
		t.Errorf("the table has %d rows that move the camera", len(seen))
	}
}

func TestEveryPhraseIsHeard(t *testing.T) {
	table := parseMoves(moveTable)
	if len(table) < 40 {
		t.Errorf("the table has %d phrases", len(table))
	}
	for _, p := range table {
		text := strings.Join(p.words, " ")
		m, _ := parseClause(table, splitWords("Camera movement: "+text+"."))
		if m.change != p.move.change || m.hold != p.move.hold || m.driftSpeed != p.move.driftSpeed || m.speed != p.move.speed || m.shake != p.move.shake {
			t.Errorf("%q is heard as %+v, and the table says %+v", text, m, *p.move)
		}
	}
}

func TestPromptsAsPeopleWriteThem(t *testing.T) {
	for _, c := range []struct {
		prompt string
		want   func(p pose) bool
	}{
		{"The camera slowly pans to the right across the valley", func(p pose) bool { return p.pan > 0.05 && p.pan < 0.12 }},
		{"camera pull out", func(p pose) bool { return p.z < -0.2 }},
		{"Hyperspeed shot: [scene]. Camera movement: fast zoom.", func(p pose) bool { return p.zoom > 0.7 }},
		{"A crane stands in a marsh, camera zooms in", func(p pose) bool { return p.zoom > 0.2 }},
		{"Zoom in, then pan left", func(p pose) bool { return p.zoom > 0.2 && p.pan < -0.1 }},
		{"pan right and tilt up quickly", func(p pose) bool { return p.pan > 0.2 && p.tilt > 0.15 }},
		{"zooming out slowly", func(p pose) bool { return p.zoom < -0.1 && p.zoom > -0.2 }},
		{"a frying pan on a table, a static shot", func(p pose) bool { return p == pose{} }},
		{"the camera is dollying backwards", func(p pose) bool { return p.z < -0.2 }},
	} {
		if p := planPath(c.prompt, nil, 1).path.at(1); !c.want(p) {
			t.Errorf("%q ends at %+v", c.prompt, p)
		}
	}
}

func TestThenPutsMovesOneAfterAnother(t *testing.T) {
	path := planPath("zoom in, then pan left", nil, 1).path
	if half := path.at(0.5); half.zoom < 0.3 || half.pan != 0 {
		t.Errorf("half way the camera is at %+v", half)
	}
}

func TestAxesMeanWhatKlingSays(t *testing.T) {
	for _, c := range []struct {
		axes task.Camera
		want func(p pose) bool
	}{
		{task.Camera{Horizontal: 10}, func(p pose) bool { return p.x > 0.2 }},
		{task.Camera{Vertical: 10}, func(p pose) bool { return p.y < -0.1 }},
		{task.Camera{Pan: -5}, func(p pose) bool { return p.pan < 0 }},
		{task.Camera{Tilt: 5}, func(p pose) bool { return p.tilt > 0 }},
		{task.Camera{Roll: 5}, func(p pose) bool { return p.roll > 0 }},
		{task.Camera{Zoom: -10}, func(p pose) bool { return p.zoom > 0.3 }}, // a longer focal length, a narrower view
		{task.Camera{Preset: "down_back"}, func(p pose) bool { return p.y > 0 && p.z < 0 }},
		{task.Camera{Preset: "forward_up"}, func(p pose) bool { return p.y < 0 && p.z > 0 }},
		{task.Camera{Preset: "right_turn_forward"}, func(p pose) bool { return p.pan > 0 && p.z > 0 }},
		{task.Camera{Preset: "left_turn_forward"}, func(p pose) bool { return p.pan < 0 && p.z > 0 }},
	} {
		if p := planPath("zoom out", &c.axes, 1).path.at(1); !c.want(p) {
			t.Errorf("%+v ends at %+v", c.axes, p)
		}
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
