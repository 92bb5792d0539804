package film

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/render/camera"
	"github.com/filmgate/filmgate/internal/render/raster"
	"github.com/filmgate/filmgate/internal/task"
)

// dotPicture returns a picture of round soft spots at known places, in frame heights from the middle.
func dotPicture(w, h int) (image.Image, [][2]float64) {
	var at [][2]float64
	for j := -2; j <= 2; j++ {
		for i := -3; i <= 3; i++ {
			at = append(at, [2]float64{float64(i) * 0.2, float64(j) * 0.18})
		}
	}
	return dotsAt(w, h, at), at
}

func dotsAt(w, h int, at [][2]float64) image.Image {
	img := image.NewGray(image.Rect(0, 0, w, h))
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
	return img
}

// spotNear returns the centre of the bright spot near (x, y).
func spotNear(f *raster.Frame, x, y float64) (cx, cy float64) {
	const reach = 19
	var sum, sx, sy float64
	for v := int(y) - reach; v <= int(y)+reach+1; v++ {
		for u := int(x) - reach; u <= int(x)+reach+1; u++ {
			k := max(0, float64(f.Y[v*f.W+u])-48)
			sum, sx, sy = sum+k, sx+k*float64(u), sy+k*float64(v)
		}
	}
	return sx / sum, sy / sum
}

func TestCameraFollowsItsPathToATenthOfAPixel(t *testing.T) {
	t.Parallel()
	img, at := dotPicture(640, 384)
	for _, prompt := range []string{"zoom in", "push in", "camera rolls clockwise", "zoom in then push in", "handheld", "pan right", "truck left", "orbit right", "crane up"} {
		spec := Spec{Prompt: prompt, Seed: 3, Width: 640, Height: 384, Frames: 97, FrameRate: 24, First: img}
		film := newFilm(spec)
		layer, p, f := film.first.Layers[0], newFrameRenderer(film), raster.NewFrame(640, 384)
		layer.Near = raster.Nearness{Base: 1} // a plane
		worst, sum, n := 0.0, 0.0, 0.0
		for k := 0; k < spec.Frames; k += 12 {
			s := film.Shot(film.time(float64(k)), false)
			p.draw(f, nil, k)
			for _, q := range at {
				// The ideal is the point in space as a pinhole camera sees it.
				x, y := s.Project(q[0], q[1], 1)
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
			t.Errorf("%s: a spot is %.3f px from its place on the path (%v spots)", prompt, worst, n)
		}
	}
}

// A pan or tilt is a homography in the whole frame: what is near the picture's edge, and its mirror image beyond the edge, are
// where a pinhole camera that turns on its place sees them.
func TestAPanShowsWhatIsBeyondTheEdgeInPerspective(t *testing.T) {
	t.Parallel()
	const w, h, inset = 480, 288, 0.06
	half := [2]float64{float64(w) / h / 2, 0.5}
	var at, mirrored [][2]float64
	for i := -2.0; i <= 2; i++ {
		for _, side := range []float64{-1, 1} {
			at = append(at, [2]float64{side * (half[0] - inset), 0.17 * i}, [2]float64{0.25 * i, side * (half[1] - inset)})
			mirrored = append(mirrored, [2]float64{side * (half[0] + inset), 0.17 * i}, [2]float64{0.25 * i, side * (half[1] + inset)})
		}
	}
	img := dotsAt(w, h, at)
	for _, prompt := range []string{"pan left", "pan right", "tilt up", "tilt down", "whip pan left"} {
		spec := Spec{Prompt: prompt, Width: w, Height: h, Frames: 49, FrameRate: 24, First: img}
		film := newFilm(spec)
		near, seen := film.first.Layers[0].Near, 0
		for i, f := range frames(spec, 40, 48) {
			s := film.Shot(film.time(float64(40+8*i)), false)
			for k, q := range append(append([][2]float64{}, at...), mirrored...) {
				x, y := s.Project(q[0], q[1], near.Base+near.Slope*min(max(q[1], -1), 1))
				if x, y = x-0.5, y-0.5; x < 22 || y < 22 || x > w-23 || y > h-23 {
					continue
				}
				if k >= len(at) {
					seen++
				}
				if cx, cy := spotNear(f, x, y); math.Hypot(cx-x, cy-y) > 0.5 {
					t.Errorf("%s: the spot %v is at %.2f, %.2f, and in perspective at %.2f, %.2f", prompt, q, cx, cy, x, y)
				}
			}
		}
		if seen < 5 {
			t.Errorf("%s: only %d spots beyond the edge are seen", prompt, seen)
		}
	}
}

// If the prompt names no move, no point of the picture moves by more than a fiftieth of the frame's height.
func TestWithoutAMoveTheCameraHoldsNearlyStill(t *testing.T) {
	for seed := range uint32(12) {
		film := newFilm(Spec{Prompt: "a dog on a beach", Seed: seed, Width: 320, Height: 192, Frames: 121, FrameRate: 24, First: testPicture(200, 120)})
		s, most := film.Shot(1, false), 0.0
		for _, corner := range [][2]float64{{0, 0}, {319, 0}, {0, 191}, {319, 191}, {160, 96}} {
			x, y := s.Intersect(film.first.Layers[0], corner[0], corner[1])
			most = max(most, math.Hypot(x*192+159.5-corner[0], y*192+95.5-corner[1])/192)
		}
		if most > 0.02 || most < 0.005 {
			t.Errorf("seed %d: a corner moves by %.4f frame heights", seed, most)
		}
	}
}

// A plane in perspective keeps straight lines straight: three points of a line of the frame lie on a line of the picture,
// whatever the move.
func TestNoMoveBendsALineOfAPicture(t *testing.T) {
	t.Parallel()
	film := newFilm(Spec{Prompt: "static", Width: 320, Height: 192, Frames: 25, FrameRate: 24, First: testPicture(200, 120)})
	l := film.first.Layers[0]
	for _, move := range moveNames(t) {
		film.Plan = camera.NewPlan("camera "+move, 5, nil, 2)
		film.Plan.Path.Scale(0.3) // about what the limits leave of the longest moves
		for k := range 5 {
			s := film.Shot(float64(k)/4, false)
			for _, line := range [][4]float64{{0, 0, 319, 191}, {0, 191, 319, 0}, {5, 0, 5, 191}, {315, 0, 315, 191}, {0, 5, 319, 5}, {0, 186, 319, 186}} {
				ax, ay := s.Intersect(l, line[0], line[1])
				bx, by := s.Intersect(l, (line[0]+line[2])/2, (line[1]+line[3])/2)
				cx, cy := s.Intersect(l, line[2], line[3])
				bend := math.Abs((cx-ax)*(by-ay)-(cy-ay)*(bx-ax)) / math.Hypot(cx-ax, cy-ay) * 192
				if bend > 0.01 {
					t.Fatalf("%s: at %d/4 a line bends by %.3f pixels", move, k, bend)
				}
			}
		}
	}
}

func TestAStaticCameraRepeatsTheFrame(t *testing.T) {
	spec := smallSpec("static camera")
	got := frames(spec, 0, 6, 12)
	if string(got[0].Pix) != string(got[1].Pix) || string(got[0].Pix) != string(got[2].Pix) {
		t.Error("frames of a static camera differ")
	}
}

// meanMotion returns how a frame's middle moves, grows and turns on average, as the flow measures it.
func meanMotion(a, b *raster.Frame) (dx, dy, grow, turn float64) {
	f, n := a.FlowTo(b), 0.0
	for _, y := range []float64{-0.25, -0.1, 0.1, 0.25} {
		for _, x := range []float64{-0.4, -0.2, 0.2, 0.4} {
			sx, sy := f.Source(x, y, -1)
			u, v := sx-x, sy-y
			r := x*x + y*y
			dx, dy, grow, turn, n = dx+u, dy+v, grow+(u*x+v*y)/r, turn+(x*v-y*u)/r, n+1
		}
	}
	return dx / n, dy / n, grow / n, turn / n
}

func TestEveryMoveOfTheTableMovesThePicture(t *testing.T) {
	t.Parallel()
	texture := testPicture(480, 288)
	measured := 0
	for _, name := range moveNames(t) {
		if strings.Contains(name, "_") {
			continue // Kling's presets are no words
		}
		measured += checkMotion(t, texture, "camera "+name)
	}
	if measured < 36 {
		t.Errorf("the table has %d rows that move the camera", measured)
	}
}

func TestPhrasesMoveThePictureAsThePlanSays(t *testing.T) {
	t.Parallel()
	texture := testPicture(480, 288)
	for _, phrase := range []string{
		"the camera backs away slowly", "Die Kamera schwenkt nach links", "la caméra monte", "la cámara gira alrededor del coche", "a câmera recua",
		"la telecamera scende", "镜头环绕雕像", "カメラが右に移動する", "[Tilt up, Pan left]", "don't zoom, tilt down", "pan lefft", "zoom in all the way",
	} {
		if checkMotion(t, texture, phrase) == 0 {
			t.Errorf("%s: the camera does not move", phrase)
		}
	}
}

// checkMotion compares the flow between two frames with the plan of a prompt, scaled down to what the flow can measure, on a
// plane at distance 1. It returns 1, or 0 if the plan does not move the camera.
func checkMotion(t *testing.T, texture image.Image, prompt string) int {
	t.Helper()
	plan := camera.NewPlan(prompt, 5, nil, 1)
	plan.Path.ScaleShake(0)
	end := plan.Path.Pose(1, false)
	size := math.Abs(end.X) + math.Abs(end.Y) + math.Abs(end.Z)/2 + math.Abs(end.Pan) + math.Abs(end.Tilt) + math.Abs(end.Roll) + math.Abs(end.Zoom)
	if size < 0.05 { // it holds, or nearly
		return 0
	}
	plan.Path.Scale(min(1, 0.07/size))
	change := plan.Path.Pose(1, false)
	film := newFilm(Spec{Prompt: "static", Width: 240, Height: 144, Frames: 3, FrameRate: 24, First: texture})
	film.first.Layers[0].Near = raster.Nearness{Base: 1}
	film.Plan = plan
	painter := newFrameRenderer(film)
	a, b := raster.NewFrame(240, 144), raster.NewFrame(240, 144)
	painter.draw(a, nil, 0)
	painter.draw(b, nil, 2)
	dx, dy, grow, turn := meanMotion(a, b)
	// If the camera moves right, the picture moves left. Camera up: picture down. Forward: larger. Clockwise:
	// counterclockwise.
	want := [4]float64{-change.X - change.Pan*camera.Focal, -change.Y + change.Tilt*camera.Focal, change.Z/camera.Focal + change.Zoom, -change.Roll}
	for i, got := range [4]float64{dx, dy, grow, turn} {
		if math.Abs(want[i]) > 0.012 && (got/want[i] < 0.5 || got/want[i] > 2) {
			t.Errorf("%s: %s is %.4f, but by the plan it is %.4f", prompt, [4]string{"right", "down", "growth", "turn"}[i], got, want[i])
		}
	}
	return 1
}

func TestPathIsLimitedToThePicture(t *testing.T) {
	for _, prompt := range []string{"camera pull out", "fast pan right", "whip pan left", "camera rolls clockwise"} {
		film := newFilm(smallSpec(prompt))
		l := film.first.Layers[0]
		for i := range 33 {
			s := film.Shot(float64(i)/32, false)
			lo, hi := s.Extent(l)
			if over := max(hi.X-l.Hi.X, l.Lo.X-lo.X, hi.Y-l.Hi.Y, l.Lo.Y-lo.Y); over > 0.19 {
				t.Errorf("%q looks %.3f frame heights beyond the picture at %d/32", prompt, over, i)
			}
		}
	}
}

// The frames must show the effect of a caller's camera values, in both directions.
func TestCameraValuesMoveThePicture(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		axes task.Camera
		part int // index into what motion returns: right, down, growth, turn
		sign float64
	}{
		{task.Camera{Horizontal: 3}, 0, -1}, {task.Camera{Vertical: 4}, 1, 1}, {task.Camera{Pan: 4}, 0, -1}, {task.Camera{Tilt: 4}, 1, 1}, {task.Camera{Roll: 3}, 3, -1}, {task.Camera{Zoom: -3}, 2, 1},
	} {
		for _, sign := range []float64{1, -1} {
			axes := task.Camera{Horizontal: sign * c.axes.Horizontal, Vertical: sign * c.axes.Vertical, Pan: sign * c.axes.Pan, Tilt: sign * c.axes.Tilt, Roll: sign * c.axes.Roll, Zoom: sign * c.axes.Zoom}
			spec := Spec{Camera: &axes, Width: 160, Height: 96, Frames: 3, FrameRate: 24, First: testPicture(320, 192)}
			all := frames(spec, 0, 2)
			dx, dy, grow, turn := meanMotion(all[0], all[1])
			if got := [4]float64{dx, dy, grow, turn}[c.part] * c.sign * sign; got < 0.015 {
				t.Errorf("%s: the picture moves by only %.4f", fmt.Sprintf("%+v", axes), got)
			}
		}
	}
}
