package render

import (
	"encoding/binary"
	"strings"
	"testing"
)

// opacity is how opaque a layer is at a place in its finest level, 0 to 1, and whether the layer has a sample there or is
// only continued.
func (l *layer) opacity(x, y float64) (a float64, own bool) {
	p := l.levels[0].y
	own = x > -1 && y > -1 && x < float64(p.w) && y < float64(p.h)
	a = 1
	if alpha := l.levels[0].a; alpha != nil {
		ix, iy := max(0, min(alpha.w-1, int(x+0.5))), max(0, min(alpha.h-1, int(y+0.5)))
		a = clamp(float64(int(binary.LittleEndian.Uint16(alpha.line(iy)[2*(border+ix):]))-coefficientOffset)/255, 0, 1)
	}
	return a, own
}

// smeared is the share of a frame's pixels that show, to a tenth at least, what no layer was painted with.
func smeared(s *compositor, at *shot) float64 {
	const step = 5
	bad, all := 0.0, 0.0
	for y := 0; y < at.h; y += step {
		for x := 0; x < at.w; x += step {
			left, wrong := 1.0, 0.0
			for i := len(s.layers) - 1; i >= 0; i-- {
				l := s.layers[i]
				qx, qy := at.intersect(l, float64(x), float64(y))
				a, own := l.opacity(mulAdd(qx, l.scale, l.ox), mulAdd(qy, l.scale, l.oy))
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

// No move, however fast, shows what no layer was painted with: no end of the sky, no column drawn out, no far side of the
// ground.
func TestNoMoveLooksBeyondTheScene(t *testing.T) {
	t.Parallel()
	scenes := []string{"mist over a lake before mountains", "a city at night", "space, nebula", "clouds over dunes at dawn"}
	seen := map[*move]bool{}
	for _, p := range parseMoves(moveTable) {
		if seen[p.move] {
			continue
		}
		seen[p.move] = true
		for k, speed := range []string{"", "very fast "} {
			scene := scenes[(len(seen)+k)%len(scenes)]
			prompt := "camera " + speed + strings.Join(p.words, " ") + ", " + scene
			film := newFilm(Spec{Prompt: prompt, Seed: 3, Width: 96, Height: 64, Frames: 240, FrameRate: 24})
			for i := 0; i <= 32; i += 16 {
				at := film.shot(float64(i)/32, false)
				if share := smeared(film.first, &at); share > 0.01 {
					t.Errorf("%q: %.3f of the frame is no scene at %d/32", prompt, share, i)
					break
				}
			}
		}
	}
}

func TestNoShapeOfFrameLooksBeyondTheScene(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{640, 64}, {64, 640}, {300, 64}, {64, 64}} {
		for _, move := range []string{"pan right", "zoom out", "truck left", "timelapse"} {
			spec := Spec{Prompt: move + ", rain over a lake before mountains, clouds", Seed: 5, Width: size[0], Height: size[1], Frames: 240, FrameRate: 24}
			film := newFilm(spec)
			for _, when := range []float64{0, 0.5, 1} {
				at := film.shot(when, false)
				if share := smeared(film.first, &at); share > 0.01 {
					t.Errorf("%v, %s: %.3f of the frame is no scene at %g", size, move, share, when)
				}
			}
		}
	}
}

// Layers are continued beyond their edges by what lies there: of a layer that hides nothing at its edge, nothing may show.
func TestSkyShinesThroughNoVeil(t *testing.T) {
	for _, height := range []int{64, 96, 192, 400} {
		film := newFilm(Spec{Prompt: "static, a street in a city at noon", Seed: 1, Width: height * 3 / 2 &^ 1, Height: height, Frames: 2, FrameRate: 24})
		at := film.shot(0, false)
		for _, l := range film.first.layers[1:] {
			if l.near.slope == 0 && l.near.base != 0.15 {
				continue
			}
			qx, qy := at.intersect(l, 10, 2)
			if a, _ := l.opacity(mulAdd(qx, l.scale, l.ox), mulAdd(qy, l.scale, l.oy)); a > 0.013 {
				t.Errorf("%d rows: the ground covers the upper edge of the frame by %.3f", height, a)
			}
		}
	}
}

// The camera goes as far as the words say where there is room, and stops short where there is none.
func TestPathIsTemperedWhereASceneEnds(t *testing.T) {
	for _, c := range []struct {
		prompt   string
		from, to float64 // the share of the path's own way that is left
	}{
		{"pan right", 1, 1}, {"whip pan", 1, 1}, {"pull out", 1, 1}, {"fast truck left", 1, 1}, {"pedestal up", 1, 1}, {"orbit right", 1, 1},
		{"very fast whip pan", 0.4, 0.9}, {"pedestal down", 0.7, 0.9}, {"very fast pedestal down", 0.3, 0.5}, {"very fast down back", 0.1, 0.9},
	} {
		free := planPath(c.prompt+", a meadow", nil, 1).path.at(1)
		film := newFilm(Spec{Prompt: c.prompt + ", a meadow", Seed: 1, Width: 160, Height: 96, Frames: 24, FrameRate: 24})
		got := film.plan.path.at(1)
		size := func(p pose) float64 {
			return abs64(p.x) + abs64(p.y) + abs64(p.z) + abs64(p.pan) + abs64(p.tilt) + abs64(p.roll) + abs64(p.zoom)
		}
		if share := size(got) / size(free); share < c.from-1e-9 || share > c.to+1e-9 {
			t.Errorf("%q: %.3f of the way is gone", c.prompt, share)
		}
	}
}

func abs64(v float64) float64 { return max(v, -v) }
