package scene

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/filmgate/filmgate/internal/render/fp"
)

// testScene returns a scene whose shaders can be tested alone. The sun or moon is to the right of the middle.
func testScene(hour, ground string, things ...string) *scene {
	s := &scene{sceneSpec: sceneSpec{hour: hour, ground: ground, far: "hills", things: map[string]bool{}, particles: map[string]bool{}, style: plainStyle()}, seed: 4}
	for _, t := range things {
		s.things[t] = true
	}
	s.aspect, s.horizon, s.sunX, s.sunY, s.subjectX = 5.0/3, 0.1, 0.4, -0.25, -0.3
	if hour == "sunset" || hour == "dawn" {
		s.sunY = 0
	}
	s.palette = paletteOf(hour, rand.New(rand.NewPCG(1, 1)))
	return s
}

// lumaOf returns the brightness of a colour, 0 to 255.
func lumaOf(c rgb) float64 { return 0.3*c.r + 0.59*c.g + 0.11*c.b }

// meanColour returns the mean colour and the mean opacity of a shader in a rectangle.
func meanColour(i shader, x0, y0, x1, y1 float64) (rgb, float64) {
	const n = 24
	sum, opacity := rgb{}, 0.0
	for k := range n * n {
		c, a := i(fp.Lerp(x0, x1, (float64(k%n)+0.5)/n), fp.Lerp(y0, y1, (float64(k/n)+0.5)/n))
		sum, opacity = sum.plus(c, 1.0/(n*n)), opacity+a/(n*n)
	}
	return sum, opacity
}

// meanLuma returns the mean brightness, 0 to 255, of a shader in a rectangle.
func meanLuma(i shader, x0, y0, x1, y1 float64) float64 {
	c, _ := meanColour(i, x0, y0, x1, y1)
	return lumaOf(c)
}

func TestBrightnessFollowsTheHour(t *testing.T) {
	sky := func(hour string) float64 { return meanLuma(testScene(hour, "meadow").sky(), -0.8, -0.5, 0.8, 0.1) }
	land := func(hour string) float64 { return meanLuma(testScene(hour, "meadow").land(), -0.8, 0.15, 0.8, 0.5) }
	for _, order := range [][2]string{{"dawn", "dusk"}, {"day", "sunset"}, {"sunset", "dusk"}, {"dusk", "night"}, {"overcast", "storm"}, {"day", "storm"}, {"night", "space"}} {
		if a, b := sky(order[0]), sky(order[1]); a < b*1.1 {
			t.Errorf("the luma of the sky at %s is %.0f, at %s %.0f", order[0], a, order[1], b)
		}
		if a, b := land(order[0]), land(order[1]); a <= b && order[1] != "space" {
			t.Errorf("the luma of the land at %s is %.0f, at %s %.0f", order[0], a, order[1], b)
		}
	}
}

func TestSkyIsBrighterTowardsTheHorizonAndTheSun(t *testing.T) {
	for _, hour := range []string{"day", "dawn", "sunset", "dusk", "night", "overcast", "storm", "ember"} {
		sky := shader(func(x, y float64) (rgb, float64) { return testScene(hour, "meadow").gradient(x, y), 1 })
		if low, high := meanLuma(sky, -0.8, 0.05, 0.8, 0.1), meanLuma(sky, -0.8, -0.5, 0.8, -0.45); low <= high {
			t.Errorf("%s: the luma is %.0f at the horizon and %.0f overhead", hour, low, high)
		}
		if near, far := meanLuma(sky, 0.3, -0.3, 0.5, -0.2), meanLuma(sky, -0.5, -0.3, -0.3, -0.2); near < far {
			t.Errorf("%s: the luma is %.0f near the sun and %.0f on the other side", hour, near, far)
		}
	}
}

func TestSunAndMoonAreBrighterThanTheSky(t *testing.T) {
	for _, c := range []struct{ hour, thing string }{{"day", "sun"}, {"sunset", "sun"}, {"dawn", "sun"}, {"night", "moon"}, {"dusk", "moon"}} {
		s := testScene(c.hour, "meadow", c.thing)
		disc := meanLuma(s.sky(), s.sunX-0.02, s.sunY-0.02, s.sunX+0.02, s.sunY+0.02)
		rest := meanLuma(s.sky(), -0.8, -0.5, -0.1, 0)
		if disc < 190 || disc < rest+20 {
			t.Errorf("%s at %s has the luma %.0f, the sky %.0f", c.thing, c.hour, disc, rest)
		}
		if without := meanLuma(testScene(c.hour, "meadow").sky(), s.sunX-0.02, s.sunY-0.02, s.sunX+0.02, s.sunY+0.02); disc < without+10 {
			t.Errorf("%s at %s has the luma %.0f, and without it the sky has %.0f there", c.thing, c.hour, disc, without)
		}
	}
}

func TestMoonNeverCoversTheSun(t *testing.T) {
	for _, hour := range []string{"day", "sunset", "dawn"} {
		for _, x := range []float64{-0.5, -0.2, 0.2, 0.5} {
			s := testScene(hour, "sea", "sun", "moon")
			s.sunX = x
			if mx, my := s.moonAt(); hypot(mx-s.sunX, my-s.sunY) < 0.2 || my > s.horizon-0.1 {
				t.Errorf("%s: the sun is at %g, %g and the moon at %g, %g", hour, s.sunX, s.sunY, mx, my)
			}
		}
	}
	s := testScene("night", "sea", "moon")
	if mx, my := s.moonAt(); mx != s.sunX || my != s.sunY {
		t.Error("without a sun, the moon is not where the light comes from")
	}
}

func TestPlanetsAreLitFromAboveOnTheSunsSide(t *testing.T) {
	for _, x := range []float64{-0.4, 0.4} {
		s := testScene("space", "none", "planet")
		s.sunX = x
		px, py := -0.9*x, -0.04
		part := func(dx, dy float64) float64 {
			return meanLuma(s.sky(), px+dx-0.03, py+dy-0.03, px+dx+0.03, py+dy+0.03)
		}
		toward := 0.17 * sign(x)
		if lit, dark := part(toward, 0), part(-toward, 0); lit < dark*1.5 {
			t.Errorf("sun at %g: the planet's luma is %.0f on the sun's side and %.0f on the other", x, lit, dark)
		}
		if up, down := part(0, -0.19), part(0, 0.19); up < down {
			t.Errorf("sun at %g: the planet's luma is %.0f at the top and %.0f at the bottom", x, up, down)
		}
	}
}

// Each object visibly changes the part of the sky above the horizon.
func TestSkyObjectsAreVisible(t *testing.T) {
	for _, c := range []struct {
		thing, hour string
		least       float64 // the share of the sky's points that it changes
	}{
		{"stars", "night", 0.01}, {"milkyway", "night", 0.1}, {"aurora", "night", 0.2}, {"meteor", "night", 0.001},
		{"sun", "day", 0.01}, {"moon", "night", 0.05}, {"planet", "dusk", 0.05}, {"nebula", "nebula", 0.3},
	} {
		with, without := testScene(c.hour, "sea", c.thing).sky(), testScene(c.hour, "sea").sky()
		changed, all := 0.0, 0.0
		for y := -0.49; y < 0.08; y += 0.007 {
			for x := -0.8; x < 0.8; x += 0.007 {
				a, _ := with(x, y)
				b, _ := without(x, y)
				if all++; math.Abs(lumaOf(a)-lumaOf(b)) > 3 {
					changed++
				}
				if a.r < 0 || a.g < 0 || a.b < 0 || a.r != a.r {
					t.Fatalf("%s at %.3f, %.3f is %v", c.thing, x, y, a)
				}
			}
		}
		if changed/all < c.least {
			t.Errorf("%s changes %.4f of the sky", c.thing, changed/all)
		}
	}
}

func TestRainbowIsOppositeTheSunWithRedOutside(t *testing.T) {
	for _, x := range []float64{-0.4, 0.4} {
		s := testScene("day", "meadow", "rainbow")
		s.sunX = x
		// Along a line upwards from the arc's centre.
		var first, last rgb
		from, to := 0.0, 0.0
		for up := 0.4; up < 0.8; up += 0.001 {
			if c, a := s.rainbow(-x, s.horizon+0.1-up); a > 0.2 {
				if from == 0 {
					first, from = c, up
				}
				last, to = c, up
			}
		}
		if from == 0 || to-from < 0.04 || last.r < last.b*2 || first.b < first.r {
			t.Errorf("sun at %g: the arc goes from %g, %v to %g, %v", x, from, first, to, last)
		}
		if _, a := s.rainbow(x, s.horizon+0.1-0.587); x != -x && a > 0 && math.Abs(2*x) > 0.6 {
			t.Errorf("sun at %g: the arc's top is visible on the sun's side too", x)
		}
	}
}

func TestLightningReachesFromTheTopToTheHorizon(t *testing.T) {
	s := testScene("storm", "sea", "lightning")
	for y := -0.5; y < s.horizon-0.02; y += 0.01 {
		bright := 0
		for x := -0.8; x < 0.8; x += 0.001 {
			if c, a := s.lightning(x, y); a > 0.9 && lumaOf(c) > 230 {
				bright++
			}
		}
		if bright < 2 || bright > 30 {
			t.Fatalf("at %.2f the bolt is %d thousandths wide", y, bright)
		}
	}
	if _, a := meanColour(s.lightning, -0.8, s.horizon+0.02, 0.8, 0.5); a > 0 {
		t.Error("the bolt goes on below the horizon")
	}
}

func TestLightningAndRainbowAreInFrontOfTheClouds(t *testing.T) {
	for _, prompt := range []string{"lightning over the sea, static", "a rainbow over a meadow, clouds, static"} {
		out, _ := New(prompt, "", 1, newTake(prompt, 1, 128, 80, 2))
		layers := out.Layers
		clouds := -1
		for i, l := range layers {
			if l.DX > 0 && clouds < 0 {
				clouds = i
			}
		}
		if clouds < 0 || clouds+1 >= len(layers) || layers[clouds+1].Near.Base != 0.05 || layers[clouds+1].DX != 0 {
			t.Errorf("%q: the clouds are layer %d of %d, and the next layer is not the light", prompt, clouds, len(layers))
		}
	}
}

func TestCloudsAreOnlyInTheSkyAndCoverMoreInAStorm(t *testing.T) {
	cover := func(hour string) float64 {
		_, a := meanColour(testScene(hour, "meadow", "clouds").clouds(), -0.8, -0.5, 0.8, 0)
		return a
	}
	if day, overcast, storm := cover("day"), cover("overcast"), cover("storm"); day < 0.05 || day > overcast || overcast > storm || storm > 0.99 {
		t.Errorf("clouds cover %.2f of the sky by day, %.2f when it is overcast, %.2f in a storm", day, overcast, storm)
	}
	if _, a := meanColour(testScene("storm", "meadow", "clouds").clouds(), -3, 0.13, 3, 0.5); a > 0 {
		t.Error("clouds are visible on the ground")
	}
}

func TestFogIsPaleAndThickestAtTheHorizon(t *testing.T) {
	for _, hour := range []string{"day", "dawn", "night"} {
		s := testScene(hour, "meadow", "fog")
		c, thick := meanColour(s.fog(), -0.8, 0.08, 0.8, 0.16)
		_, above := meanColour(s.fog(), -0.8, -0.4, 0.8, -0.3)
		_, bottom := meanColour(s.fog(), -0.8, 0.42, 0.8, 0.5)
		if thick < above+0.2 || thick < bottom+0.2 || thick > 0.86 {
			t.Errorf("%s: the mist's opacity is %.2f at the horizon, %.2f overhead, %.2f at the lower edge", hour, thick, above, bottom)
		}
		if mist, land := lumaOf(c), meanLuma(s.land(), -0.8, 0.3, 0.8, 0.5); mist <= land {
			t.Errorf("%s: the luma of the mist is %.0f, of the land %.0f", hour, mist, land)
		}
	}
}

func TestAirIsBrightestAtTheSunsHeight(t *testing.T) {
	for _, hour := range []string{"day", "dusk", "ember"} {
		s := testScene(hour, "meadow", "sun")
		most, at := 0.0, 0.0
		for y := -0.5; y < 0.05; y += 0.01 {
			// How much the air near the sun has of the sun's light, compared with the air at the same height far from it.
			air := lumaOf(s.gradient(s.sunX-1.2, y))
			if share := (lumaOf(s.gradient(s.sunX, y)) - air) / (lumaOf(s.sunlight) - air); share > most {
				most, at = share, y
			}
		}
		if most < 0.2 || math.Abs(at-s.sunY) > 0.12 {
			t.Errorf("%s: the sun is at %.2f, the air is brightest at %.2f, with a share of %.2f", hour, s.sunY, at, most)
		}
	}
}

// At sunset and dawn the sun is just above the horizon, at other hours it is high.
func TestSunsHeightFollowsTheHour(t *testing.T) {
	for _, c := range []struct {
		prompt    string
		high, low float64 // rows of 96
		least     int
	}{{"sunset over the sea, static", 36, 62, 215}, {"dawn over the sea, static", 36, 62, 215}, {"sun over the sea at noon, static", 14, 36, 215}, {"moon over the sea, static", 14, 36, 170}} {
		for seed := range uint32(6) {
			take := newTake(c.prompt, seed, 160, 96, 2)
			layers, particles := New(c.prompt, "clouds, boat", seed, take)
			f := drawScene(layers, particles, take, 0)
			// Find the brightest piece of a row as wide as the disc.
			most, row := 0, 0
			for y := range 56 {
				for x := 3; x < 157; x++ {
					sum := 0
					for k := -3; k <= 3; k++ {
						sum += int(f.Y[y*160+x+k])
					}
					if sum > most {
						most, row = sum, y
					}
				}
			}
			if float64(row) < c.high || float64(row) > c.low || most/7 < c.least {
				t.Errorf("%q, seed %d: the brightest piece is in row %d, with luma %d", c.prompt, seed, row, most/7)
			}
		}
	}
}
