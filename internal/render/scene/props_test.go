package scene

import (
	"image"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/render/fp"
)

// trace returns the opaque points of a prop and their colours, on a grid of hundredths of its height, and their bounds.
func trace(s *scene, t prop) (all map[[2]int]rgb, box image.Rectangle) {
	all = map[[2]int]rgb{}
	for y := -130; y <= 40; y++ {
		for x := int(-t.reachX*100) - 30; x <= int(t.reachX*100)+30; x++ {
			if c, a := t.shade(s, float64(x)/100, float64(y)/100); a > 0.5 {
				all[[2]int{x, y}] = c
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return all, box
}

// airborne are the things that stand on nothing.
const airborne = " balloon birds "

func TestPropsHaveTheirFootAndHeight(t *testing.T) {
	for _, seed := range []uint32{1, 7, 90} {
		for _, c := range props() {
			s := sketch("day", "meadow", c.name)
			s.seed = seed
			all, box := trace(s, c)
			if len(all) < 150 {
				t.Errorf("%s, seed %d: %d hundredths are to be seen", c.name, seed, len(all))
				continue
			}
			if strings.Contains(airborne, " "+c.name+" ") {
				if box.Max.Y > 10 || c.foot > -0.1 {
					t.Errorf("%s, seed %d: it reaches down to %d", c.name, seed, box.Max.Y)
				}
				continue
			}
			// No thing hovers over its foot, and none goes down into the ground by more than a rock's or an image's depth.
			if box.Max.Y < -4 || box.Max.Y > 26 {
				t.Errorf("%s, seed %d: it ends at %d", c.name, seed, box.Max.Y)
			}
			if box.Min.Y > -20 || box.Min.Y < -112 {
				t.Errorf("%s, seed %d: it begins at %d", c.name, seed, box.Min.Y)
			}
		}
	}
}

// A thing's layer ends where nothing of it is left: else an edge would show, or be drawn out to where the layer is looked
// at from far off.
func TestNoPropIsCutOffAtItsLayersEdge(t *testing.T) {
	for _, seed := range []uint32{1, 2, 3, 40, 500} {
		for _, c := range props() {
			s := sketch("night", "lava", c.name)
			s.seed = seed
			most := 0.0
			for i := range 400 {
				along := float64(i) / 399
				x, y := fp.Lerp(-c.reachX, c.reachX, along), fp.Lerp(-1.12, 0.23, along)
				for _, at := range [][2]float64{{x, -1.115}, {x, 0.225}, {-c.reachX + 0.005, y}, {c.reachX - 0.005, y}} {
					if _, a := c.shade(s, at[0], at[1]); c.name != "bridge" || at[0] == x {
						most = max(most, a)
					}
				}
			}
			if most > 0.1 {
				t.Errorf("%s, seed %d: at its edge the opacity is %.2f", c.name, seed, most)
			}
		}
	}
}

func TestLayersOfPropsHaveTransparentEdges(t *testing.T) {
	for _, c := range props() {
		prompt := "very fast pull out, a " + c.name + " on a meadow at noon"
		layers, _ := New(prompt, "", 1, runOf(prompt, 1, 160, 96, 24))
		for _, l := range layers.Layers {
			if l.Near.Base <= 0.36 || l.Near.Base == 0.8 || l.Near.Base == 1.5 {
				continue // the distance, mist, or what stands before
			}
			for i := range 400 {
				// Beyond the layer's end its edge goes on.
				along := float64(i)/100 - 2
				for _, at := range [][2]float64{{along, -9}, {along, 9}, {-9, along}, {9, along}} {
					if a, _ := l.Opacity(at[0], at[1]); a > 0.013 {
						t.Fatalf("%s: along its edge it has an opacity of %.3f", c.name, a)
					}
				}
			}
		}
	}
}

func TestNoPropIsBlackByDay(t *testing.T) {
	for _, c := range props() {
		for _, x := range []float64{-0.4, 0.4} {
			s := sketch("day", "meadow", c.name)
			s.sunX = x
			all, _ := trace(s, c)
			black := 0
			for _, colour := range all {
				if gleam(colour) < 12 {
					black++
				}
			}
			if black*50 > len(all) {
				t.Errorf("%s, sun at %g: %d of %d places are black", c.name, x, black, len(all))
			}
		}
	}
}

func TestPropsAreLitFromTheSunsSide(t *testing.T) {
	for _, c := range props() {
		if !strings.Contains(" tree cactus person windmill castle lighthouse balloon pyramid ", " "+c.name+" ") {
			continue
		}
		lean := func(x float64) float64 { // how much brighter the right half is
			s := sketch("day", "meadow", c.name)
			s.sunX = x
			all, _ := trace(s, c)
			var sum, n [2]float64
			for at, colour := range all {
				half := 0
				if at[0] > 0 {
					half = 1
				}
				sum[half], n[half] = sum[half]+gleam(colour), n[half]+1
			}
			return sum[1]/n[1] - sum[0]/n[0]
		}
		if right, left := lean(0.4), lean(-0.4); right <= left {
			t.Errorf("%s: with the sun on the right its right half is %.1f brighter, on the left %.1f", c.name, right, left)
		}
	}
}

func TestWindowsGlowByNight(t *testing.T) {
	for _, name := range []string{"house", "castle", "lighthouse"} {
		glow := func(hour string) int {
			s, n := sketch(hour, "meadow", name), 0
			for _, c := range props() {
				if c.name != name {
					continue
				}
				all, _ := trace(s, c)
				for _, colour := range all {
					if colour.r > 190 && colour.r > colour.b*1.3 {
						n++
					}
				}
			}
			return n
		}
		if night := glow("night"); night < 20 {
			t.Errorf("%s: %d places glow by night", name, night)
		}
	}
}

func TestPropsAreApartAndWithinTheFrame(t *testing.T) {
	all := props()
	for _, size := range [][2]float64{{1280, 768}, {1920, 1080}, {1080, 1920}, {768, 768}, {2520, 1080}} {
		s := sketch("day", "meadow")
		s.aspect = size[0] / size[1]
		for _, x := range []float64{-0.2 * s.aspect, -0.1 * s.aspect, 0.1 * s.aspect, 0.2 * s.aspect} {
			s.subjectX = x
			for n := 1; n <= 6; n++ {
				var at []float64
				for i := range n {
					px := s.propColumn(all[len(all)/2-3+i], i, n)
					if math.Abs(px) > s.aspect*0.45 {
						t.Errorf("%v: thing %d of %d stands at %.2f, the frame ends at %.2f", size, i, n, px, s.aspect/2)
					}
					for k, other := range at {
						if math.Abs(px-other) < s.aspect*0.1 {
							t.Errorf("%v: of %d things, %d and %d stand at %.2f and %.2f", size, n, k, i, other, px)
						}
					}
					at = append(at, px)
				}
			}
		}
	}
}

// The camera may go down, back, or both: the foot of a prop on the ground stays below the horizon.
func TestNoMoveLiftsPropsOffTheGround(t *testing.T) {
	t.Parallel()
	for _, move := range []string{"pedestal down", "very fast crane down", "down back", "very fast pull out", "very fast orbit right", "very fast pedestal up", "very fast boom down"} {
		run := runOf(move+", a meadow", 2, 96, 64, 24)
		limitPath(run)
		for _, c := range props() {
			s := sketch("day", "meadow", c.name)
			s.take = run
			if c.foot < 0 {
				continue
			}
			near := s.propNearness(c)
			for i := range 33 {
				at := run.Shot(float64(i)/32, false)
				_, foot := at.Project(0, s.horizon+c.foot, near)
				_, horizon := at.Project(0, s.horizon, 1e-6)
				if foot < horizon-0.025*float64(at.H)*math.Exp(run.Pose(float64(i)/32, false).Zoom) {
					t.Errorf("%s: the foot of a %s is at row %.1f, the horizon at %.1f", move, c.name, foot, horizon)
					break
				}
			}
		}
	}
}

func TestWhatNeedsLandIsNotPutIntoWater(t *testing.T) {
	for _, prompt := range []string{"a house", "a person", "an oak", "a campfire", "a windmill", "a cactus"} {
		for seed := range uint32(24) {
			what, _ := parseScene(prompt)
			s := &scene{sceneSpec: what, rnd: rand.New(rand.NewPCG(uint64(seed), 5))}
			s.chooseLandscape()
			if s.ground == "sea" || s.ground == "lake" {
				t.Errorf("%q, seed %d: it stands in a %s", prompt, seed, s.ground)
			}
		}
	}
	// Whoever asks for water gets it.
	what, _ := parseScene("a house by a lake")
	s := &scene{sceneSpec: what, rnd: rand.New(rand.NewPCG(1, 5))}
	s.chooseLandscape()
	if s.ground != "lake" {
		t.Errorf("a lake was asked for, and is %s", s.ground)
	}
}
