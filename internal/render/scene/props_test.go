package scene

import (
	"image"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/render/fp"
)

// opaquePoints returns the colours of a prop's opaque points, on a grid of hundredths of its height, and the points' bounds.
func opaquePoints(s *scene, t prop) (all map[[2]int]rgb, box image.Rectangle) {
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

// airborne holds the props that do not touch the ground.
const airborne = " balloon birds "

func TestPropsTouchTheGroundAndHaveTheirHeight(t *testing.T) {
	for _, seed := range []uint32{1, 7, 90} {
		for _, c := range props() {
			s := testScene("day", "meadow", c.name)
			s.seed = seed
			all, box := opaquePoints(s, c)
			if len(all) < 150 {
				t.Errorf("%s, seed %d: only %d points are opaque", c.name, seed, len(all))
				continue
			}
			if strings.Contains(airborne, " "+c.name+" ") {
				if box.Max.Y > 10 || c.foot > -0.1 {
					t.Errorf("%s, seed %d: its lower end is at %d", c.name, seed, box.Max.Y)
				}
				continue
			}
			// No prop hovers above the ground, and none is deeper in it than a rock or a mirror image.
			if box.Max.Y < -4 || box.Max.Y > 26 {
				t.Errorf("%s, seed %d: its lower end is at %d", c.name, seed, box.Max.Y)
			}
			if box.Min.Y > -20 || box.Min.Y < -112 {
				t.Errorf("%s, seed %d: its upper end is at %d", c.name, seed, box.Min.Y)
			}
		}
	}
}

// A prop is transparent at its layer's edge. Otherwise the edge would be visible, or be repeated as far as the camera sees.
func TestPropsAreTransparentAtTheirLayersEdge(t *testing.T) {
	for _, seed := range []uint32{1, 2, 3, 40, 500} {
		for _, c := range props() {
			s := testScene("night", "lava", c.name)
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
		layers, _ := New(prompt, "", 1, newTake(prompt, 1, 160, 96, 24))
		for _, l := range layers.Layers {
			if l.Near.Base <= 0.36 || l.Near.Base == 0.8 || l.Near.Base == 1.5 {
				continue // the horizon, mist, or the foreground
			}
			for i := range 400 {
				// Beyond the layer's end its edge is repeated.
				along := float64(i)/100 - 2
				for _, at := range [][2]float64{{along, -9}, {along, 9}, {-9, along}, {9, along}} {
					if a, _ := l.Opacity(at[0], at[1]); a > 0.013 {
						t.Fatalf("%s: the opacity at its edge is %.3f", c.name, a)
					}
				}
			}
		}
	}
}

func TestNoPropIsBlackByDay(t *testing.T) {
	for _, c := range props() {
		for _, x := range []float64{-0.4, 0.4} {
			s := testScene("day", "meadow", c.name)
			s.sunX = x
			all, _ := opaquePoints(s, c)
			black := 0
			for _, colour := range all {
				if lumaOf(colour) < 12 {
					black++
				}
			}
			if black*50 > len(all) {
				t.Errorf("%s, sun at %g: %d of %d points are black", c.name, x, black, len(all))
			}
		}
	}
}

func TestPropsAreLitFromTheSunsSide(t *testing.T) {
	for _, c := range props() {
		if !strings.Contains(" tree cactus person windmill castle lighthouse balloon pyramid ", " "+c.name+" ") {
			continue
		}
		contrast := func(x float64) float64 { // how much brighter the right half is than the left
			s := testScene("day", "meadow", c.name)
			s.sunX = x
			all, _ := opaquePoints(s, c)
			var sum, n [2]float64
			for at, colour := range all {
				half := 0
				if at[0] > 0 {
					half = 1
				}
				sum[half], n[half] = sum[half]+lumaOf(colour), n[half]+1
			}
			return sum[1]/n[1] - sum[0]/n[0]
		}
		if right, left := contrast(0.4), contrast(-0.4); right <= left {
			t.Errorf("%s: with the sun on the right its right half is %.1f brighter, on the left %.1f", c.name, right, left)
		}
	}
}

func TestWindowsGlowAtNight(t *testing.T) {
	for _, name := range []string{"house", "castle", "lighthouse"} {
		glow := func(hour string) int {
			s, n := testScene(hour, "meadow", name), 0
			for _, c := range props() {
				if c.name != name {
					continue
				}
				all, _ := opaquePoints(s, c)
				for _, colour := range all {
					if colour.r > 190 && colour.r > colour.b*1.3 {
						n++
					}
				}
			}
			return n
		}
		if night := glow("night"); night < 20 {
			t.Errorf("%s: %d points glow at night", name, night)
		}
	}
}

func TestPropsDoNotOverlapOrLeaveTheFrame(t *testing.T) {
	all := props()
	for _, size := range [][2]float64{{1280, 768}, {1920, 1080}, {1080, 1920}, {768, 768}, {2520, 1080}} {
		s := testScene("day", "meadow")
		s.aspect = size[0] / size[1]
		for _, x := range []float64{-0.2 * s.aspect, -0.1 * s.aspect, 0.1 * s.aspect, 0.2 * s.aspect} {
			s.subjectX = x
			for n := 1; n <= 6; n++ {
				var at []float64
				for i := range n {
					px := s.propColumn(all[len(all)/2-3+i], i, n)
					if math.Abs(px) > s.aspect*0.45 {
						t.Errorf("%v: prop %d of %d is at %.2f, the frame ends at %.2f", size, i, n, px, s.aspect/2)
					}
					for k, other := range at {
						if math.Abs(px-other) < s.aspect*0.1 {
							t.Errorf("%v: of %d props, %d and %d are at %.2f and %.2f", size, n, k, i, other, px)
						}
					}
					at = append(at, px)
				}
			}
		}
	}
}

// The foot of a prop on the ground stays below the horizon, even if the camera goes down or back or both.
func TestNoMoveLiftsPropsOffTheGround(t *testing.T) {
	t.Parallel()
	for _, move := range []string{"pedestal down", "very fast crane down", "down back", "very fast pull out", "very fast orbit right", "very fast pedestal up", "very fast boom down"} {
		take := newTake(move+", a meadow", 2, 96, 64, 24)
		limitPath(take)
		for _, c := range props() {
			s := testScene("day", "meadow", c.name)
			s.take = take
			if c.foot < 0 {
				continue
			}
			near := s.propNearness(c)
			for i := range 33 {
				at := take.Shot(float64(i)/32, false)
				_, foot := at.Project(0, s.horizon+c.foot, near)
				_, horizon := at.Project(0, s.horizon, 1e-6)
				if foot < horizon-0.025*float64(at.H)*math.Exp(take.Pose(float64(i)/32, false).Zoom) {
					t.Errorf("%s: the foot of a %s is at row %.1f, the horizon at %.1f", move, c.name, foot, horizon)
					break
				}
			}
		}
	}
}

func TestPropsOfTheLandAreNotPutIntoWater(t *testing.T) {
	for _, prompt := range []string{"a house", "a person", "an oak", "a campfire", "a windmill", "a cactus"} {
		for seed := range uint32(24) {
			what, _ := parseScene(prompt)
			s := &scene{sceneSpec: what, rnd: rand.New(rand.NewPCG(uint64(seed), 5))}
			s.chooseLandscape()
			if s.ground == "sea" || s.ground == "lake" {
				t.Errorf("%q, seed %d: it is put into a %s", prompt, seed, s.ground)
			}
		}
	}
	// A prompt that names water gets it.
	what, _ := parseScene("a house by a lake")
	s := &scene{sceneSpec: what, rnd: rand.New(rand.NewPCG(1, 5))}
	s.chooseLandscape()
	if s.ground != "lake" {
		t.Errorf("the prompt names a lake, but the ground is %s", s.ground)
	}
}
