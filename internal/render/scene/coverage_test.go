package scene

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/filmgate/filmgate/internal/render/camera"
	"github.com/filmgate/filmgate/internal/render/raster"
)

// unpaintedShare returns the share of a frame's pixels of which more than a tenth comes from beyond the painted parts of the layers.
func unpaintedShare(s *raster.Compositor, at *raster.Shot) float64 {
	const step = 5
	bad, all := 0.0, 0.0
	for y := 0; y < at.H; y += step {
		for x := 0; x < at.W; x += step {
			left, wrong := 1.0, 0.0
			for i := len(s.Layers) - 1; i >= 0; i-- {
				l := s.Layers[i]
				qx, qy := at.Intersect(l, float64(x), float64(y))
				a, own := l.Opacity(qx, qy)
				if !own {
					wrong += left * a
				}
				left *= 1 - a
			}
			if all++; wrong > 0.1 {
				bad++
			}
		}
	}
	return bad / all
}

// checkPainted checks that what a take shows of layers at its begin, middle and end was painted, all but a hundredth of the frame.
func checkPainted(t *testing.T, what string, s *raster.Compositor, take *raster.Take) {
	t.Helper()
	for _, when := range []float64{0, 0.5, 1} {
		at := take.Shot(when, false)
		if share := unpaintedShare(s, &at); share > 0.01 {
			t.Errorf("%s: %.3f of the frame is unpainted at %g", what, share, when)
		}
	}
}

// No move, however fast, shows a part that no layer was painted with: no end of the sky, no stretched column, no far side of
// the ground.
func TestNoMoveLooksBeyondTheScene(t *testing.T) {
	t.Parallel()
	scenes := []string{"mist over a lake before mountains", "a city at night", "space, nebula", "clouds over dunes at dawn"}
	for n, move := range moveNames(t) {
		for k, speed := range []string{"", "very fast "} {
			scene := scenes[(n+1+k)%len(scenes)]
			prompt := "camera " + speed + move + ", " + scene
			take := newTake(prompt, 3, 96, 64, 240)
			layers, _ := New(prompt, "", 3, take)
			checkPainted(t, strconv.Quote(prompt), layers, take)
		}
	}
}

func TestNoAspectRatioLooksBeyondTheScene(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{640, 64}, {64, 640}, {300, 64}, {64, 64}} {
		for _, move := range []string{"pan right", "zoom out", "truck left", "timelapse"} {
			prompt := move + ", rain over a lake before mountains, clouds"
			take := newTake(prompt, 5, size[0], size[1], 240)
			layers, _ := New(prompt, "", 5, take)
			checkPainted(t, fmt.Sprintf("%v, %s", size, move), layers, take)
		}
	}
}

// Layers repeat their edges, so a layer that is transparent at its edge must be invisible beyond it.
func TestGroundDoesNotCoverTheSky(t *testing.T) {
	for _, height := range []int{64, 96, 192, 400} {
		take := newTake("static", 1, height*3/2&^1, height, 2)
		layers, _ := New("static, a street in a city at noon", "", 1, take)
		at := take.Shot(0, false)
		for _, l := range layers.Layers[1:] {
			if l.Near.Slope == 0 && l.Near.Base != 0.15 {
				continue
			}
			qx, qy := at.Intersect(l, 10, 2)
			if a, _ := l.Opacity(qx, qy); a > 0.013 {
				t.Errorf("%d rows: the ground covers the upper edge of the frame by %.3f", height, a)
			}
		}
	}
}

// The camera goes as far as the prompt says if the scene is wide enough, and less far otherwise.
func TestPathIsLimitedToTheScene(t *testing.T) {
	for _, c := range []struct {
		prompt   string
		from, to float64 // the share of the unlimited path that is left
	}{
		{"pan right", 1, 1}, {"whip pan", 1, 1}, {"pull out", 1, 1}, {"fast truck left", 1, 1}, {"pedestal up", 1, 1}, {"orbit right", 1, 1},
		{"very fast whip pan", 0.4, 0.9}, {"pedestal down", 0.7, 0.9}, {"very fast pedestal down", 0.3, 0.5}, {"moves down and back very fast", 0.1, 0.9},
	} {
		unlimited := newTake(c.prompt+", a meadow", 1, 160, 96, 24).Pose(1, false)
		take := newTake(c.prompt+", a meadow", 1, 160, 96, 24)
		limitPath(take)
		got := take.Pose(1, false)
		size := func(p camera.Pose) float64 {
			return abs64(p.X) + abs64(p.Y) + abs64(p.Z) + abs64(p.Pan) + abs64(p.Tilt) + abs64(p.Roll) + abs64(p.Zoom)
		}
		if share := size(got) / size(unlimited); share < c.from-1e-9 || share > c.to+1e-9 {
			t.Errorf("%q: the camera goes %.3f of the unlimited path", c.prompt, share)
		}
	}
}

func abs64(v float64) float64 { return max(v, -v) }
