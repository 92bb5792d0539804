package scene

import (
	"math"
	"testing"
)

// groundKinds returns the names of all kinds of ground.
func groundKinds() []string {
	return []string{"sea", "lake", "beach", "river", "dunes", "savanna", "meadow", "wheat", "flowers", "snowfield", "ice", "lava", "road", "street", "table", "seabed"}
}

func TestEveryGroundIsOnlyBelowTheHorizon(t *testing.T) {
	for _, ground := range groundKinds() {
		s := testScene("day", ground)
		land := s.land()
		for x := -2.0; x < 2; x += 0.09 {
			for y := -0.5; y < 1.5; y += 0.013 {
				c, a := land(x, y)
				switch {
				case c.r != c.r || c.r < -0.5 || c.g < -0.5 || c.b < -0.5 || c.r > 420 || c.g > 420 || c.b > 420:
					t.Fatalf("%s at %.2f, %.2f is %v", ground, x, y, c)
				case y < s.horizon-0.003 && a > 0:
					t.Fatalf("%s is visible above the horizon", ground)
				case y > s.horizon+0.003 && a < 1:
					t.Fatalf("%s is not opaque at %.2f, %.2f", ground, x, y)
				}
			}
		}
	}
}

func TestGroundsDiffer(t *testing.T) {
	var seen []rgb
	for _, ground := range groundKinds() {
		c, _ := meanColour(testScene("day", ground).land(), -0.8, 0.2, 0.8, 0.5)
		for k, other := range seen {
			if math.Abs(c.r-other.r)+math.Abs(c.g-other.g)+math.Abs(c.b-other.b) < 4 {
				t.Errorf("%s looks like %s: %v and %v", ground, groundKinds()[k], c, other)
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
		{"ice", func(c rgb) bool { return c.b > c.r && lumaOf(c) > 130 }},
		{"snowfield", func(c rgb) bool { return lumaOf(c) > 160 && math.Abs(c.r-c.b) < 40 }},
		{"dunes", func(c rgb) bool { return c.r > c.g && c.g > c.b }},
		{"wheat", func(c rgb) bool { return c.r > c.g && c.g > c.b*1.2 }},
		{"savanna", func(c rgb) bool { return c.r > c.g && c.g > c.b }},
		{"lava", func(c rgb) bool { return c.r > c.g*1.5 && c.g > c.b }},
		{"street", func(c rgb) bool { return math.Abs(c.r-c.b) < 50 && lumaOf(c) < 140 }},
		{"table", func(c rgb) bool { return c.r > c.b && lumaOf(c) < 120 }},
	} {
		if mean, _ := meanColour(testScene("day", c.ground).land(), -0.8, 0.2, 0.8, 0.5); !c.is(mean) {
			t.Errorf("the mean colour of %s is %v", c.ground, mean)
		}
	}
}

func TestDistantGroundTakesTheColourOfTheAir(t *testing.T) {
	for _, ground := range []string{"meadow", "dunes", "snowfield", "road", "street", "sea"} {
		s := testScene("day", ground)
		air := s.low.to(s.mid, 0.2)
		off := func(y0, y1 float64) float64 {
			c, _ := meanColour(s.land(), -0.8, y0, 0.8, y1)
			return math.Abs(c.r-air.r) + math.Abs(c.g-air.g) + math.Abs(c.b-air.b)
		}
		if far, near := off(0.101, 0.11), off(0.4, 0.5); far > near {
			t.Errorf("%s: the horizon differs from the colour of the air by %.0f, the near ground by %.0f", ground, far, near)
		}
	}
}

func TestStillWaterMirrorsTheSky(t *testing.T) {
	for _, hour := range []string{"day", "sunset", "night"} {
		s := testScene(hour, "lake", "aurora")
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
	// The aurora's green is mirrored too.
	with, without := testScene("night", "lake", "aurora"), testScene("night", "lake")
	a, _ := meanColour(with.land(), -0.8, 0.15, 0.8, 0.4)
	b, _ := meanColour(without.land(), -0.8, 0.15, 0.8, 0.4)
	if a.g-b.g < 5 || a.g-b.g < a.r-b.r {
		t.Errorf("under the aurora the lake is %v, without %v", a, b)
	}
}

func TestWaterGlittersBelowSunAndMoon(t *testing.T) {
	for _, c := range []struct{ hour, thing, ground string }{{"sunset", "sun", "sea"}, {"night", "moon", "sea"}, {"night", "moon", "lake"}} {
		s := testScene(c.hour, c.ground, c.thing)
		under := meanLuma(s.land(), s.sunX-0.03, 0.11, s.sunX+0.03, 0.25)
		aside := meanLuma(s.land(), -s.sunX-0.03, 0.11, -s.sunX+0.03, 0.25)
		if under < aside+8 {
			t.Errorf("%s: below the %s the luma of the %s is %.0f, beside it %.0f", c.hour, c.thing, c.ground, under, aside)
		}
	}
}

func TestNightIsBlueAndDark(t *testing.T) {
	for _, colour := range []rgb{{200, 160, 120}, {80, 160, 60}, {240, 240, 240}} {
		day, night := testScene("day", "meadow").lit(colour), testScene("night", "meadow").lit(colour)
		if lumaOf(night) > lumaOf(day)/2 {
			t.Errorf("%v is %v by day and %v at night", colour, day, night)
		}
		if night.b-night.r < day.b-day.r {
			t.Errorf("%v is no bluer at night: %v, by day %v", colour, night, day)
		}
	}
	for _, hour := range []string{"day", "dawn", "sunset", "dusk", "night", "storm"} {
		s, last := testScene(hour, "meadow"), -1.0
		for v := 0.0; v <= 255; v += 15 {
			now := lumaOf(s.lit(rgb{v, v, v}))
			if now <= last {
				t.Errorf("%s: a grey of %g is no brighter than one of %g", hour, v, v-15)
			}
			last = now
		}
	}
}

func TestRoadHasAMiddleLineAndEdgeLines(t *testing.T) {
	s := testScene("day", "road")
	s.far = "mountains"
	land := s.land()
	// Here the ground is one unit ahead, and the road bends a little to the right.
	down := 0.3
	at := func(x float64) float64 {
		return meanLuma(land, (x+0.02)*down/0.3-0.002, s.horizon+down, (x+0.02)*down/0.3+0.002, s.horizon+down+0.004)
	}
	tar := at(0.3)
	for _, line := range []float64{-0.64, 0.64} {
		if got := at(line); got < tar+60 {
			t.Errorf("the luma of the line at %g is %.0f, of the tar %.0f", line, got, tar)
		}
	}
	// The middle line is dashed.
	painted, bare := 0, 0
	for z := 0.7; z < 4; z += 0.02 {
		y := s.horizon + 0.3/z
		if c, _ := land(0.02*z*0.3/z, y); lumaOf(c) > tar+40 {
			painted++
		} else {
			bare++
		}
	}
	if painted < 20 || bare < 20 {
		t.Errorf("along the middle %d points are painted and %d are not", painted, bare)
	}
}

func TestOnlyLavaGlowsAtNight(t *testing.T) {
	for _, ground := range groundKinds() {
		hot := 0
		land := testScene("night", ground).land()
		for x := -0.8; x < 0.8; x += 0.01 {
			for y := 0.2; y < 0.5; y += 0.01 {
				if c, _ := land(x, y); c.r > 180 && c.b < 130 {
					hot++
				}
			}
		}
		if (hot > 100) != (ground == "lava") {
			t.Errorf("at night %d points of %s glow", hot, ground)
		}
	}
}

func TestCityLightsAreVerticalStreaksInAWetStreet(t *testing.T) {
	s := testScene("night", "street")
	glow := s.glow()
	// The light changes less along a column than along a row.
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
	if _, a := meanColour(glow, -0.8, -0.5, 0.8, 0.099); a > 0 {
		t.Error("the street's lights are visible in the sky")
	}
	_, night := meanColour(glow, -0.8, 0.12, 0.8, 0.3)
	if _, day := meanColour(testScene("day", "street").glow(), -0.8, 0.12, 0.8, 0.3); day > night/3 {
		t.Errorf("by day the lights have an opacity of %.3f, at night of %.3f", day, night)
	}
}
