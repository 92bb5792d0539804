package scene

import (
	"math"
	"testing"

	"github.com/filmgate/filmgate/internal/render/fp"
)

// distances returns all that can stand on the horizon.
func distances() []string {
	return []string{"mountains", "hills", "dunes", "forest", "skyline", "cliffs", "volcano"}
}

// afar returns a set with something on its horizon.
func afar(far, hour string, things ...string) *scene {
	s := sketch(hour, "meadow", things...)
	s.far = far
	return s
}

// top returns the height at which a row on the horizon begins in a column.
func top(row func(y float64) (rgb, float64)) float64 {
	for y := -0.9; y < 0.3; y += 0.002 {
		if _, a := row(y); a > 0.9 {
			return y
		}
	}
	return 0.3
}

func TestTheDistanceStandsOnTheHorizonWithoutGaps(t *testing.T) {
	for _, far := range distances() {
		for i := range 3 {
			s := afar(far, "day")
			row := s.horizonRow(i)
			if row == nil {
				t.Errorf("%s has no row %d", far, i)
				continue
			}
			highest, gaps := 1.0, 0
			for x := -1.5; x < 1.5; x += 0.013 {
				column := row(x)
				highest = min(highest, top(column))
				// Below the horizon a row hides what is behind it, except for the cone of a volcano and the edge of a forest.
				if _, a := column(s.horizon + 0.062); a < 0.85 && far != "volcano" && far != "forest" {
					gaps++
				}
				for y := -0.55; y < 0.15; y += 0.05 {
					if c, a := column(y); a < -1e-9 || a > 1+1e-9 || a > 0 && (c.r != c.r || c.r < -1) {
						t.Fatalf("%s, row %d at %.2f, %.2f: %v, %g", far, i, x, y, c, a)
					}
				}
			}
			if highest > s.horizon || highest < -0.82 {
				t.Errorf("%s, row %d: it reaches up to %.2f", far, i, highest)
			}
			if gaps > 0 {
				t.Errorf("%s, row %d: below the horizon it is see-through in %d columns", far, i, gaps)
			}
		}
	}
	if afar("none", "day").horizonRow(0) != nil {
		t.Error("an empty horizon has something on it")
	}
}

// Its outline has no steps but those of houses and trees.
func TestRidgesHaveNoSeams(t *testing.T) {
	for _, far := range []string{"mountains", "hills", "volcano"} {
		for i := range 3 {
			row := afar(far, "day").horizonRow(i)
			last := top(row(-2))
			for x := -2.0; x < 2; x += 0.002 {
				now := top(row(x))
				if math.Abs(now-last) > 0.03 {
					t.Errorf("%s, row %d leaps from %.3f to %.3f at %.3f", far, i, last, now, x)
					break
				}
				last = now
			}
		}
	}
}

func TestWhatIsFartherIsPalerAndHigher(t *testing.T) {
	for _, far := range []string{"mountains", "hills", "forest"} {
		s := afar(far, "day")
		air := s.low.to(s.mid, 0.55)
		var off, tops [3]float64
		for i := range 3 {
			row, n := s.horizonRow(i), 0.0
			for x := -1.2; x < 1.2; x += 0.02 {
				column := row(x)
				up := top(column)
				tops[i] += up
				for y := up + 0.005; y < up+0.03; y += 0.005 {
					c, _ := column(y)
					off[i], n = off[i]+math.Abs(c.r-air.r)+math.Abs(c.g-air.g)+math.Abs(c.b-air.b), n+1
				}
			}
			off[i] /= n
		}
		if off[0] >= off[2] {
			t.Errorf("%s: the farthest row is %.0f from the colour of the air, the nearest %.0f", far, off[0], off[2])
		}
		if far != "forest" && tops[0] >= tops[2] {
			t.Errorf("%s: the farthest row reaches up to %.2f, the nearest to %.2f", far, tops[0]/120, tops[2]/120)
		}
	}
}

func TestSnowLiesOnTheHeightsAndEverywhereInWinter(t *testing.T) {
	white := func(s *scene, part float64) (share float64) {
		row, n := s.horizonRow(0), 0.0
		for x := -1.2; x < 1.2; x += 0.01 {
			column := row(x)
			up := top(column)
			if up > s.horizon-0.1 {
				continue
			}
			c, _ := column(fp.Lerp(up+0.004, s.horizon, part))
			if n++; gleam(c) > 180 {
				share++
			}
		}
		return share / n
	}
	if high, low := white(afar("mountains", "day"), 0), white(afar("mountains", "day"), 0.95); high < low+0.2 {
		t.Errorf("%.2f of the summits are white, and %.2f of the feet", high, low)
	}
	if winter, summer := white(afar("mountains", "day", "snowcover"), 0.95), white(afar("mountains", "day"), 0.95); winter < summer+0.2 {
		t.Errorf("in winter %.2f of the feet are white, in summer %.2f", winter, summer)
	}
}

func TestWindowsOfACityAreLitByNight(t *testing.T) {
	lit := func(hour string) int {
		s := afar("skyline", hour)
		row, n := s.skyline(2), 0
		for x := -0.8; x < 0.8; x += 0.003 {
			for y := -0.4; y < 0.1; y += 0.003 {
				if c, a := row(x, y); a > 0.9 && c.r > 150 && c.r > c.b*1.15 {
					n++
				}
			}
		}
		return n
	}
	if night, day := lit("night"), lit("day"); night < 300 || day > night/2 {
		t.Errorf("%d places are lit by night, %d by day", night, day)
	}
}

func TestVolcanoGlowsAtItsMouth(t *testing.T) {
	s := afar("volcano", "night")
	row, px := s.volcano(), s.subjectX*0.5
	hot := 0
	for x := px - 0.08; x < px+0.08; x += 0.004 {
		for y := s.horizon - 0.37; y < s.horizon-0.3; y += 0.004 {
			if c, a := row(x)(y); a > 0.9 && c.r > 180 && c.b < c.r/2 {
				hot++
			}
		}
	}
	if hot < 20 {
		t.Errorf("at the mouth %d places are hot", hot)
	}
	if c, _ := row(px + 0.3)(s.horizon - 0.02); c.r > 150 {
		t.Errorf("the foot is %v", c)
	}
	// Its slopes fall away to both sides.
	for _, way := range []float64{-1, 1} {
		if summit, foot := top(row(px+way*0.05)), top(row(px+way*0.4)); summit > foot-0.15 {
			t.Errorf("the summit is at %.2f, the foot of the slope at %.2f", summit, foot)
		}
	}
}

func TestFirsHaveTheirShape(t *testing.T) {
	for _, h := range []float64{0.05, 0.17, 1} {
		if fir(0, -0.01*h, h) > 0 || fir(0, 1.01*h, h) > 0 || fir(0.25*h, 0.99*h, h) > 0 {
			t.Errorf("%g: the fir is seen beyond its height or width", h)
		}
		wide := func(y float64) (n int) {
			for x := -0.3; x < 0.3; x += 0.001 {
				if fir(x*h, y*h, h) > 0.5 {
					n++
				}
			}
			return n
		}
		if wide(0.15) >= wide(0.5) || wide(0.5) >= wide(0.9) {
			t.Errorf("%g: the fir is %d, %d and %d wide on its way down", h, wide(0.15), wide(0.5), wide(0.9))
		}
	}
}

func TestForegroundKeepsLowAndHasNoHoles(t *testing.T) {
	for name, strip := range map[string]func(s *scene) columnShader{
		"grass": func(s *scene) columnShader { return s.blades(rgb{46, 84, 30}, false) }, "flowers": func(s *scene) columnShader { return s.blades(rgb{46, 84, 30}, true) },
		"swell": (*scene).nearSlope, "rocks": (*scene).rocks,
	} {
		s := sketch("day", "meadow")
		ink, covered := strip(s), 0.0
		for x := -1.0; x < 1; x += 0.01 {
			column := ink(x)
			for y := -0.5; y < 0.12; y += 0.02 {
				if _, a := column(y); a > 0 {
					t.Fatalf("%s reaches up to %.2f", name, y)
				}
			}
			// A camera that sinks or draws back sees below the frame's lower edge: there it is whole.
			for y := 0.62; y < 1.9; y += 0.1 {
				if _, a := column(y); a < 0.99 {
					t.Fatalf("%s is see-through at %.2f, %.2f", name, x, y)
				}
			}
			for y := 0.3; y < 0.5; y += 0.02 {
				_, a := column(y)
				covered += a / 2000
			}
		}
		if covered > 0.75 || covered < 0.02 {
			t.Errorf("%s covers %.2f of the frame's lowest fifth", name, covered)
		}
	}
}

// Turf that a sinking camera sees is no even area.
func TestTurfBetweenStalksHasItsGrain(t *testing.T) {
	s := sketch("day", "meadow")
	ink, low, high := s.blades(rgb{46, 84, 30}, false), 255.0, 0.0
	for x := -0.5; x < 0.5; x += 0.003 {
		c, _ := ink(x)(0.8)
		low, high = min(low, gleam(c)), max(high, gleam(c))
	}
	if high < low*1.5 {
		t.Errorf("it runs from %.1f to %.1f", low, high)
	}
}

func TestNearTreesAndPalmsFrameTheView(t *testing.T) {
	for name, strip := range map[string]func(s *scene) shader{"firs": (*scene).firs, "fronds": (*scene).fronds} {
		for _, x := range []float64{-0.4, 0.4} {
			s := sketch("day", "meadow")
			s.sunX = x
			ink := strip(s)
			_, middle := mean(ink, -0.2, -0.4, 0.2, 0.3)
			_, left := mean(ink, -0.83, -0.4, -0.3, 0.4)
			_, right := mean(ink, 0.3, -0.4, 0.83, 0.4)
			if middle > 0.08 || max(left, right) < 0.05 {
				t.Errorf("%s, sun at %g: they cover %.2f of the left, %.2f of the middle, %.2f of the right", name, x, left, middle, right)
			}
			if name == "fronds" && (left > right) != (x > 0) {
				t.Errorf("sun at %g: the palm covers %.2f of the left and %.2f of the right", x, left, right)
			}
		}
	}
}
