package scene

import (
	"math"
	"testing"
)

// grounds returns all kinds of ground.
func grounds() []string {
	return []string{"sea", "lake", "beach", "river", "dunes", "savanna", "meadow", "wheat", "flowers", "snowfield", "ice", "lava", "road", "street", "table", "seabed"}
}

func TestEveryGroundLiesBelowTheHorizonAlone(t *testing.T) {
	for _, ground := range grounds() {
		s := sketch("day", ground)
		land := s.land()
		for x := -2.0; x < 2; x += 0.09 {
			for y := -0.5; y < 1.5; y += 0.013 {
				c, a := land(x, y)
				switch {
				case c.r != c.r || c.r < -0.5 || c.g < -0.5 || c.b < -0.5 || c.r > 420 || c.g > 420 || c.b > 420:
					t.Fatalf("%s at %.2f, %.2f is %v", ground, x, y, c)
				case y < s.horizon-0.003 && a > 0:
					t.Fatalf("%s is seen above the horizon", ground)
				case y > s.horizon+0.003 && a < 1:
					t.Fatalf("%s is see-through at %.2f, %.2f", ground, x, y)
				}
			}
		}
	}
}

func TestGroundsDiffer(t *testing.T) {
	var seen []rgb
	for _, ground := range grounds() {
		c, _ := mean(sketch("day", ground).land(), -0.8, 0.2, 0.8, 0.5)
		for k, other := range seen {
			if math.Abs(c.r-other.r)+math.Abs(c.g-other.g)+math.Abs(c.b-other.b) < 4 {
				t.Errorf("%s looks like %s: %v and %v", ground, grounds()[k], c, other)
			}
		}
		seen = append(seen, c)
	}
}

func TestGroundsHaveTheirColours(t *testing.T) {
	for _, c := range []struct {
		ground string
		is     func(c rgb) bool
	}{
		{"meadow", func(c rgb) bool { return c.g > c.r && c.g > c.b }},
		{"sea", func(c rgb) bool { return c.b > c.r }},
		{"lake", func(c rgb) bool { return c.b > c.r }},
		{"ice", func(c rgb) bool { return c.b > c.r && gleam(c) > 130 }},
		{"snowfield", func(c rgb) bool { return gleam(c) > 160 && math.Abs(c.r-c.b) < 40 }},
		{"dunes", func(c rgb) bool { return c.r > c.g && c.g > c.b }},
		{"wheat", func(c rgb) bool { return c.r > c.g && c.g > c.b*1.2 }},
		{"savanna", func(c rgb) bool { return c.r > c.g && c.g > c.b }},
		{"lava", func(c rgb) bool { return c.r > c.g*1.5 && c.g > c.b }},
		{"street", func(c rgb) bool { return math.Abs(c.r-c.b) < 50 && gleam(c) < 140 }},
		{"table", func(c rgb) bool { return c.r > c.b && gleam(c) < 120 }},
	} {
		if mean, _ := mean(sketch("day", c.ground).land(), -0.8, 0.2, 0.8, 0.5); !c.is(mean) {
			t.Errorf("%s is %v in the mean", c.ground, mean)
		}
	}
}

func TestGroundLosesItsColourInTheDistance(t *testing.T) {
	for _, ground := range []string{"meadow", "dunes", "snowfield", "road", "street", "sea"} {
		s := sketch("day", ground)
		air := s.low.to(s.mid, 0.2)
		off := func(y0, y1 float64) float64 {
			c, _ := mean(s.land(), -0.8, y0, 0.8, y1)
			return math.Abs(c.r-air.r) + math.Abs(c.g-air.g) + math.Abs(c.b-air.b)
		}
		if far, near := off(0.101, 0.11), off(0.4, 0.5); far > near {
			t.Errorf("%s: the horizon is %.0f from the colour of the air, what is near %.0f", ground, far, near)
		}
	}
}

func TestStillWaterShowsTheSkyUpsideDown(t *testing.T) {
	for _, hour := range []string{"day", "sunset", "night"} {
		s := sketch(hour, "lake", "aurora")
		for _, x := range []float64{-0.6, 0, 0.5} {
			for _, down := range []float64{0.02, 0.1, 0.25} {
				y := s.horizon - 1.1*down
				want := s.aurora(x, y, s.gradient(x, y))
				if got := s.mirror([2]float64{x, s.horizon + down}, down); got != want {
					t.Errorf("%s: at %g, %g below the horizon the water shows %v, the sky above is %v", hour, x, down, got, want)
				}
			}
		}
	}
	// What is green overhead is green below.
	with, without := sketch("night", "lake", "aurora"), sketch("night", "lake")
	a, _ := mean(with.land(), -0.8, 0.15, 0.8, 0.4)
	b, _ := mean(without.land(), -0.8, 0.15, 0.8, 0.4)
	if a.g-b.g < 5 || a.g-b.g < a.r-b.r {
		t.Errorf("under the aurora the lake is %v, without %v", a, b)
	}
}

func TestRoadOfLightLiesUnderSunAndMoon(t *testing.T) {
	for _, c := range []struct{ hour, thing, ground string }{{"sunset", "sun", "sea"}, {"night", "moon", "sea"}, {"night", "moon", "lake"}} {
		s := sketch(c.hour, c.ground, c.thing)
		under := brightness(s.land(), s.sunX-0.03, 0.11, s.sunX+0.03, 0.25)
		aside := brightness(s.land(), -s.sunX-0.03, 0.11, -s.sunX+0.03, 0.25)
		if under < aside+8 {
			t.Errorf("%s: under the %s the %s has %.0f, aside %.0f", c.hour, c.thing, c.ground, under, aside)
		}
	}
}

func TestNightIsBlueAndDark(t *testing.T) {
	for _, colour := range []rgb{{200, 160, 120}, {80, 160, 60}, {240, 240, 240}} {
		day, night := sketch("day", "meadow").lit(colour), sketch("night", "meadow").lit(colour)
		if gleam(night) > gleam(day)/2 {
			t.Errorf("%v is %v by day and %v by night", colour, day, night)
		}
		if night.b-night.r < day.b-day.r {
			t.Errorf("%v is no bluer by night: %v, by day %v", colour, night, day)
		}
	}
	for _, hour := range []string{"day", "dawn", "sunset", "dusk", "night", "storm"} {
		s, last := sketch(hour, "meadow"), -1.0
		for v := 0.0; v <= 255; v += 15 {
			now := gleam(s.lit(rgb{v, v, v}))
			if now <= last {
				t.Errorf("%s: a grey of %g is no brighter than one of %g", hour, v, v-15)
			}
			last = now
		}
	}
}

func TestRoadHasALineInItsMiddleAndOneOnEachSide(t *testing.T) {
	s := sketch("day", "road")
	s.far = "mountains"
	land := s.land()
	// Where the ground is one unit ahead; the road bends a little to the right.
	down := 0.3
	at := func(x float64) float64 {
		return brightness(land, (x+0.02)*down/0.3-0.002, s.horizon+down, (x+0.02)*down/0.3+0.002, s.horizon+down+0.004)
	}
	tar := at(0.3)
	for _, line := range []float64{-0.64, 0.64} {
		if got := at(line); got < tar+60 {
			t.Errorf("the line at %g has %.0f, the tar %.0f", line, got, tar)
		}
	}
	// The middle line is broken: along the road it is there and not there.
	there, gone := 0, 0
	for z := 0.7; z < 4; z += 0.02 {
		y := s.horizon + 0.3/z
		if c, _ := land(0.02*z*0.3/z, y); gleam(c) > tar+40 {
			there++
		} else {
			gone++
		}
	}
	if there < 20 || gone < 20 {
		t.Errorf("along the middle %d places are painted and %d are not", there, gone)
	}
}

func TestLavaGlowsInTheDarkAndNothingElseDoes(t *testing.T) {
	for _, ground := range grounds() {
		hot := 0
		land := sketch("night", ground).land()
		for x := -0.8; x < 0.8; x += 0.01 {
			for y := 0.2; y < 0.5; y += 0.01 {
				if c, _ := land(x, y); c.r > 180 && c.b < 130 {
					hot++
				}
			}
		}
		if (hot > 100) != (ground == "lava") {
			t.Errorf("by night %d places of %s glow", hot, ground)
		}
	}
}

func TestCitysLightsStandUprightInTheWetStreet(t *testing.T) {
	s := sketch("night", "street")
	glow := s.glow()
	// Along a column the light keeps its place: neighbours above and below are more alike than those aside.
	along, across := 0.0, 0.0
	for x := -0.8; x < 0.8; x += 0.013 {
		for y := 0.13; y < 0.35; y += 0.01 {
			_, a := glow(x, y)
			_, below := glow(x, y+0.02)
			_, aside := glow(x+0.06, y)
			along, across = along+math.Abs(a-below), across+math.Abs(a-aside)
		}
	}
	if along > across*0.8 {
		t.Errorf("up and down the lights change by %.1f, sideways by %.1f", along, across)
	}
	if _, a := mean(glow, -0.8, -0.5, 0.8, 0.099); a > 0 {
		t.Error("the street's lights hang in the sky")
	}
	_, night := mean(glow, -0.8, 0.12, 0.8, 0.3)
	if _, day := mean(sketch("day", "street").glow(), -0.8, 0.12, 0.8, 0.3); day > night/3 {
		t.Errorf("by day the lights have %.3f, by night %.3f", day, night)
	}
}
