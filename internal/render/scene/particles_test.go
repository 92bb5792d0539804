package scene

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/filmgate/filmgate/internal/render/camera"
	"github.com/filmgate/filmgate/internal/render/fp"
	"github.com/filmgate/filmgate/internal/render/raster"
)

// particleKinds returns the names of all kinds of particles that cover the frame.
func particleKinds() []string {
	return []string{"rain", "snow", "dust", "sparks", "smoke", "fireflies", "leaves", "bubbles"}
}

// particlesOf returns the particle system of one kind, with its field sized for a take.
func particlesOf(t *testing.T, kind string, take *raster.Take) *ParticleSystem {
	t.Helper()
	s := &scene{sceneSpec: sceneSpec{particles: map[string]bool{kind: true}, style: plainStyle()}, seed: 4}
	all := sizeFields(s.particleSystems(), take)
	if len(all) != 1 {
		t.Fatalf("%s has %d particle systems", kind, len(all))
	}
	return &all[0]
}

// unlimitedTake returns a take whose path no scene limits.
func unlimitedTake(prompt string, w, h, count int) *raster.Take {
	return newTake(prompt, 1, w, h, count)
}

// limitedTake returns a take whose path stays within its scene.
func limitedTake(prompt string, w, h, count int) *raster.Take {
	take := newTake(prompt, 1, w, h, count)
	limitPath(take)
	return take
}

func TestParticlesKeepTheirSpeed(t *testing.T) {
	for _, kind := range particleKinds() {
		w := particlesOf(t, kind, unlimitedTake("static", 160, 96, 24))
		calm := *w
		calm.sway = 0
		for i := range 40 {
			for _, near := range []float64{leastNearness, 1, mostNearness} {
				for _, at := range []float64{0, 3.7, 60} {
					const dt = 0.01
					x0, y0, _ := calm.place(&raster.Shot{Seconds: at}, i, near)
					x1, y1, _ := calm.place(&raster.Shot{Seconds: at + dt}, i, near)
					if math.Abs(x1-x0) > 1 || math.Abs(y1-y0) > 1 {
						continue // the particle starts again on the other side
					}
					if vx, vy := (x1-x0)/dt, (y1-y0)/dt; math.Abs(vx-calm.side*near) > 1e-6 || math.Abs(vy-calm.fall*near) > 1e-6 {
						t.Fatalf("%s, nearness %g: a particle moves by %g, %g a second, wanted %g, %g", kind, near, vx, vy, calm.side*near, calm.fall*near)
					}
				}
			}
		}
	}
}

func TestParticlesSwayAsFarAsTheySay(t *testing.T) {
	for _, kind := range particleKinds() {
		w := particlesOf(t, kind, unlimitedTake("static", 160, 96, 24))
		still := *w
		still.sway = 0
		most := 0.0
		for i := range w.count {
			for at := 0.0; at < 12; at += 0.7 {
				x, _, _ := w.place(&raster.Shot{Seconds: at}, i, 1)
				x0, _, _ := still.place(&raster.Shot{Seconds: at}, i, 1)
				most = max(most, math.Abs(x-x0))
			}
		}
		if most > w.sway+1e-9 || most < w.sway*0.8 {
			t.Errorf("%s sways by %g, wanted %g", kind, most, w.sway)
		}
	}
}

func TestOnlyFlickeringParticlesChangeTheirOpacity(t *testing.T) {
	for _, kind := range particleKinds() {
		w := particlesOf(t, kind, unlimitedTake("static", 160, 96, 24))
		low, high := math.Inf(1), 0.0
		for i := range w.count {
			for at := 0.0; at < 6; at += 0.1 {
				_, y, k := w.place(&raster.Shot{Seconds: at}, i, 1)
				if k < 0 || k > w.strength+1e-9 {
					t.Fatalf("%s: an opacity of %g", kind, k)
				}
				if !w.rise || y < 0.3 && y > 0.1 { // rising particles fade in and out at both ends
					low, high = min(low, k), max(high, k)
				}
			}
		}
		if high < w.strength*0.9 || w.flicker != (low < w.strength/3) {
			t.Errorf("%s: opacities from %.3f to %.3f, the strength is %.3f", kind, low, high, w.strength)
		}
	}
}

// inFrame reports whether a shot shows a point of the plane of a nearness.
func inFrame(s *raster.Shot, x, y, near float64) bool {
	px, py := s.Project(x, y, near)
	return px > 0 && py > 0 && px < float64(s.W) && py < float64(s.H)
}

// A particle that starts again is outside the frame or invisible.
func TestParticlesStartAgainUnseen(t *testing.T) {
	t.Parallel()
	for _, move := range []string{"static", "very fast truck right", "very fast zoom out", "very fast pull out", "very fast crane up", "whip pan left", "very fast orbit left"} {
		for _, size := range [][2]int{{160, 96}, {96, 160}, {640, 64}} {
			take := limitedTake(move, size[0], size[1], 96)
			for _, kind := range particleKinds() {
				w := particlesOf(t, kind, take)
				jumps := 0
				for i := 0; i < w.count; i += 1 + w.count/150 {
					near := fp.MulAdd(fp.Random(i, 1, w.seed), mostNearness-leastNearness, leastNearness)
					var last raster.Shot
					var lastX, lastY float64
					for n := range 95 {
						at := take.Shot(float64(n)/95, false)
						x, y, k := w.place(&at, i, near)
						dx, dy := w.side*near*4/95, w.fall*near*4/95
						// It is a visible jump if the old path would go on in the frame, or the new one comes from inside it.
						if n > 0 && (math.Abs(x-lastX) > 0.8 || math.Abs(y-lastY) > 0.8) && k > 0.02 && (inFrame(&at, lastX+dx, lastY+dy, near) || inFrame(&last, x-dx, y-dy, near)) {
							jumps++
						}
						last, lastX, lastY = at, x, y
					}
				}
				if jumps > 0 {
					t.Errorf("%s, %s, %v: %d particles jump in view", kind, move, size, jumps)
				}
			}
		}
	}
}

// It rains in all twelve parts of the frame, even at the end of a move.
func TestRainAndSnowFillTheFrame(t *testing.T) {
	t.Parallel()
	for _, move := range []string{"static", "very fast truck right", "very fast truck left", "very fast zoom out", "very fast pull out", "very fast crane up", "very fast boom down"} {
		for _, size := range [][2]int{{160, 96}, {96, 160}, {640, 64}} {
			take := limitedTake(move, size[0], size[1], 48)
			for _, kind := range []string{"rain", "snow"} {
				w := particlesOf(t, kind, take)
				w.count *= 20
				at := take.Shot(1, false)
				var parts [4][3]int
				for i := range w.count {
					near := fp.MulAdd(fp.Random(i, 1, w.seed), mostNearness-leastNearness, leastNearness)
					x, y, _ := w.place(&at, i, near)
					px, py := at.Project(x, y, near)
					if px >= 0 && py >= 0 && px < float64(at.W) && py < float64(at.H) {
						parts[int(px*4)/at.W][int(py*3)/at.H]++
					}
				}
				total, least := 0, math.MaxInt
				for _, column := range parts {
					for _, n := range column {
						total, least = total+n, min(least, n)
					}
				}
				if least*12*2 < total || total < 400 {
					t.Errorf("%s, %s, %v: the %d particles are spread over the parts of the frame as %v", kind, move, size, total, parts)
				}
			}
		}
	}
}

func TestStreaksPointInTheirDirection(t *testing.T) {
	w := particlesOf(t, "rain", unlimitedTake("static", 320, 192, 24))
	w.count, w.strength = 1, 1
	w.colour = [3]byte{235, 128, 128}
	found := false
	for at := 0.0; at < 3 && !found; at += 0.05 {
		f := raster.NewFrame(320, 192)
		w.Draw(f, &raster.Shot{View: camera.Pose{}.View(), W: 320, H: 192, Seconds: at})
		top, bottom := -1, -1
		for i, v := range f.Y {
			if v > 100 {
				if top < 0 {
					top = i
				}
				bottom = i
			}
		}
		if top < 0 || top/320 < 5 || bottom/320 > 186 {
			continue
		}
		found = true
		tall, wide := bottom/320-top/320, bottom%320-top%320
		if slope := float64(wide) / float64(tall); tall < 4 || math.Abs(slope-w.side/w.fall) > 0.2 {
			t.Errorf("a streak goes %d pixels down and %d to the right", tall, wide)
		}
	}
	if !found {
		t.Error("no drop was visible")
	}
}

func TestHyperspeedStreaksMoveOutwards(t *testing.T) {
	s := &scene{sceneSpec: sceneSpec{particles: map[string]bool{"streaks": true}, style: plainStyle()}, seed: 4}
	w := s.particleSystems()[0]
	w.colour = [3]byte{235, 128, 128}
	middle, edge := 0.0, 0.0
	for at := 0.0; at < 2; at += 0.1 {
		f := raster.NewFrame(160, 96)
		w.Draw(f, &raster.Shot{View: camera.Pose{}.View(), W: 160, H: 96, Seconds: at})
		for i, v := range f.Y {
			x, y := float64(i%160)-80, float64(i/160)-48
			if math.Hypot(x, y) < 10 {
				middle += float64(v)
			} else if math.Hypot(x, y) < 48 {
				edge += float64(v)
			}
		}
	}
	if middle > edge/20 || edge == 0 {
		t.Errorf("the sum of luma is %.0f in the middle and %.0f around it", middle, edge)
	}
	// The outer end of a streak moves outwards.
	w.count = 1
	reach := func(at float64) float64 {
		f, far := raster.NewFrame(320, 192), 0.0
		w.Draw(f, &raster.Shot{View: camera.Pose{}.View(), W: 320, H: 192, Seconds: at})
		for i, v := range f.Y {
			if v > 5 {
				far = max(far, math.Hypot(float64(i%320)-160, float64(i/320)-96))
			}
		}
		return far
	}
	rises := 0
	for n := range 40 {
		if reach(float64(n+1)*0.02) > reach(float64(n)*0.02) {
			rises++
		}
	}
	if rises < 12 {
		t.Errorf("a streak moves outwards in %d of 40 steps", rises)
	}
}

func TestParticlesHaveTheirColour(t *testing.T) {
	s := &scene{sceneSpec: sceneSpec{particles: map[string]bool{}, style: plainStyle()}, seed: 4}
	for _, c := range []struct{ in, want [3]int }{
		{[3]int{255, 255, 255}, [3]int{235, 128, 128}}, {[3]int{0, 0, 0}, [3]int{16, 128, 128}}, {[3]int{255, 0, 0}, [3]int{63, 102, 240}},
		{[3]int{0, 0, 255}, [3]int{32, 240, 118}}, {[3]int{900, -40, 0}, [3]int{63, 102, 240}},
	} {
		got := s.yuv(rgb{float64(c.in[0]), float64(c.in[1]), float64(c.in[2])})
		for k := range 3 {
			if d := int(got[k]) - c.want[k]; d < -1 || d > 1 {
				t.Errorf("%v is %v, wanted %v", c.in, got, c.want)
			}
		}
	}
	// Without colour particles are grey, and sparks are warm.
	for _, kind := range particleKinds() {
		grey := &scene{sceneSpec: sceneSpec{particles: map[string]bool{kind: true}, style: style{dim: 1, contrast: 1}}, seed: 4}
		if c := grey.particleSystems()[0].colour; c[1] < 127 || c[1] > 129 || c[2] < 127 || c[2] > 129 {
			t.Errorf("%s has the colour %v in black and white", kind, c)
		}
	}
	sparks := &scene{sceneSpec: sceneSpec{particles: map[string]bool{"sparks": true}, style: plainStyle()}}
	if c := sparks.particleSystems()[0].colour; c[2] <= 135 || c[1] >= 115 {
		t.Errorf("sparks are %v", c)
	}
}

func TestNearParticlesAreLargerAndFaster(t *testing.T) {
	size := func(near float64) int {
		w := &ParticleSystem{count: 1, colour: [3]byte{235, 128, 128}, size: [2]float64{0.02, 0.02}, fall: 0.1, strength: 1}
		// Find a seed whose only particle has that nearness.
		for w.seed = 1; math.Abs(fp.MulAdd(fp.Random(0, 1, w.seed), mostNearness-leastNearness, leastNearness)-near) > 0.05; w.seed++ {
		}
		most := 0
		for at := 0.0; at < 20; at += 0.5 {
			f := raster.NewFrame(160, 96)
			w.Draw(f, &raster.Shot{View: camera.Pose{}.View(), W: 160, H: 96, Seconds: at})
			most = max(most, len(f.Y)-len(slices.DeleteFunc(f.Y, func(v byte) bool { return v > 20 })))
		}
		return most
	}
	if far, near := size(0.55), size(1.75); near < 3*far {
		t.Errorf("a near particle covers %d pixels, a far one %d", near, far)
	}
}

func TestEachRowOfAStreakCoversAllPixelsInReach(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 2000 {
		px, py, reach := r.Float64()*40, r.Float64()*40, 0.7+4*r.Float64()
		dx, dy := 30*r.Float64()-15, 30*r.Float64()-15
		if r.IntN(4) == 0 {
			dx, dy = 0, 0
		}
		for y := -20; y < 60; y++ {
			x0, x1 := across(px, dx, float64(y)-py, dy, reach)
			for x := -20; x < 60; x++ {
				u, v := float64(x)-px, float64(y)-py
				if length := dx*dx + dy*dy; length > 0 {
					along := fp.Clamp(-(u*dx+v*dy)/length, 0, 1)
					u, v = u+along*dx, v+along*dy
				}
				if math.Hypot(u, v) < reach && (x < x0 || x > x1) {
					t.Fatalf("line from %.2f %.2f by %.2f %.2f, %.2f wide: pixel %d %d is in reach, but not in %d to %d", px, py, -dx, -dy, reach, x, y, x0, x1)
				}
			}
		}
	}
}
