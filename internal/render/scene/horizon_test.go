package scene

import (
	"math"
	"testing"

	"github.com/filmgate/filmgate/internal/render/fp"
)

// horizonKinds returns everything that can be on the horizon.
func horizonKinds() []string {
	return []string{"mountains", "hills", "dunes", "forest", "skyline", "cliffs", "volcano"}
}

// withHorizon returns a scene with far on its horizon.
func withHorizon(far, hour string, things ...string) *scene {
	s := testScene(hour, "meadow", things...)
	s.far = far
	return s
}

// columnTop returns the height at which a column begins to be opaque.
func columnTop(row func(y float64) (rgb, float64)) float64 {
	for y := -0.9; y < 0.3; y += 0.002 {
		if _, a := row(y); a > 0.9 {
			return y
		}
	}
	return 0.3
}

func TestHorizonRowsHaveNoGaps(t *testing.T) {
	for _, far := range horizonKinds() {
		for i := range 3 {
			s := withHorizon(far, "day")
			row := s.horizonRow(i)
			if row == nil {
				t.Errorf("%s has no row %d", far, i)
				continue
			}
			highest, gaps := 1.0, 0
			for x := -1.5; x < 1.5; x += 0.013 {
				column := row(x)
				highest = min(highest, columnTop(column))
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
				t.Errorf("%s, row %d: its top is at %.2f", far, i, highest)
			}
			if gaps > 0 {
				t.Errorf("%s, row %d: below the horizon %d columns are not opaque", far, i, gaps)
			}
		}
	}
	if withHorizon("none", "day").horizonRow(0) != nil {
		t.Error("an empty horizon has something on it")
	}
}

// Only houses and trees make steps in an outline.
func TestRidgesHaveNoSeams(t *testing.T) {
	for _, far := range []string{"mountains", "hills", "volcano"} {
		for i := range 3 {
			row := withHorizon(far, "day").horizonRow(i)
			last := columnTop(row(-2))
			for x := -2.0; x < 2; x += 0.002 {
				now := columnTop(row(x))
				if math.Abs(now-last) > 0.03 {
					t.Errorf("%s, row %d jumps from %.3f to %.3f at %.3f", far, i, last, now, x)
					break
				}
				last = now
			}
		}
	}
}

func TestFartherRowsArePalerAndHigher(t *testing.T) {
	for _, far := range []string{"mountains", "hills", "forest"} {
		s := withHorizon(far, "day")
		air := s.low.to(s.mid, 0.55)
		var off, tops [3]float64
		for i := range 3 {
			row, n := s.horizonRow(i), 0.0
			for x := -1.2; x < 1.2; x += 0.02 {
				column := row(x)
				up := columnTop(column)
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
			t.Errorf("%s: the top of the farthest row is at %.2f, of the nearest at %.2f", far, tops[0]/120, tops[2]/120)
		}
	}
}

func TestSnowIsOnSummitsAndInWinterEverywhere(t *testing.T) {
	white := func(s *scene, part float64) (share float64) {
		row, n := s.horizonRow(0), 0.0
		for x := -1.2; x < 1.2; x += 0.01 {
			column := row(x)
			up := columnTop(column)
			if up > s.horizon-0.1 {
				continue
			}
			c, _ := column(fp.Lerp(up+0.004, s.horizon, part))
			if n++; lumaOf(c) > 180 {
				share++
			}
		}
		return share / n
	}
	if high, low := white(withHorizon("mountains", "day"), 0), white(withHorizon("mountains", "day"), 0.95); high < low+0.2 {
		t.Errorf("a share of %.2f is white at the summits, and of %.2f at the foot", high, low)
	}
	if winter, summer := white(withHorizon("mountains", "day", "snowcover"), 0.95), white(withHorizon("mountains", "day"), 0.95); winter < summer+0.2 {
		t.Errorf("at the foot a share of %.2f is white in winter, and of %.2f in summer", winter, summer)
	}
}

func TestCityWindowsAreLitAtNight(t *testing.T) {
	lit := func(hour string) int {
		s := withHorizon("skyline", hour)
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
		t.Errorf("%d points are lit at night, %d by day", night, day)
	}
}

func TestVolcanoGlowsAtItsCrater(t *testing.T) {
	s := withHorizon("volcano", "night")
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
		t.Errorf("%d points at the crater glow", hot)
	}
	if c, _ := row(px + 0.3)(s.horizon - 0.02); c.r > 150 {
		t.Errorf("the foot has the colour %v", c)
	}
	// It is higher at the summit than on both sides.
	for _, side := range []float64{-1, 1} {
		if summit, foot := columnTop(row(px+side*0.05)), columnTop(row(px+side*0.4)); summit > foot-0.15 {
			t.Errorf("the summit is at %.2f, the foot of the slope at %.2f", summit, foot)
		}
	}
}

func TestFirsWidenDownwards(t *testing.T) {
	for _, h := range []float64{0.05, 0.17, 1} {
		if fir(0, -0.01*h, h) > 0 || fir(0, 1.01*h, h) > 0 || fir(0.25*h, 0.99*h, h) > 0 {
			t.Errorf("height %g: the fir is visible beyond its height or width", h)
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
			t.Errorf("height %g: from top to bottom the fir is %d, %d and %d wide", h, wide(0.15), wide(0.5), wide(0.9))
		}
	}
}

func TestForegroundIsLowAndHasNoHoles(t *testing.T) {
	for name, newShader := range map[string]func(s *scene) columnShader{
		"grass": func(s *scene) columnShader { return s.blades(rgb{46, 84, 30}, false) }, "flowers": func(s *scene) columnShader { return s.blades(rgb{46, 84, 30}, true) },
		"swell": (*scene).nearSlope, "rocks": (*scene).rocks,
	} {
		s := testScene("day", "meadow")
		shade, covered := newShader(s), 0.0
		for x := -1.0; x < 1; x += 0.01 {
			column := shade(x)
			for y := -0.5; y < 0.12; y += 0.02 {
				if _, a := column(y); a > 0 {
					t.Fatalf("%s is visible at height %.2f", name, y)
				}
			}
			// A camera that moves down or back sees below the frame's lower edge, so the foreground is opaque there.
			for y := 0.62; y < 1.9; y += 0.1 {
				if _, a := column(y); a < 0.99 {
					t.Fatalf("%s is not opaque at %.2f, %.2f", name, x, y)
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

// A camera that moves down sees the ground between the stalks, which must not have one even colour.
func TestGroundBetweenStalksIsTextured(t *testing.T) {
	s := testScene("day", "meadow")
	shade, low, high := s.blades(rgb{46, 84, 30}, false), 255.0, 0.0
	for x := -0.5; x < 0.5; x += 0.003 {
		c, _ := shade(x)(0.8)
		low, high = min(low, lumaOf(c)), max(high, lumaOf(c))
	}
	if high < low*1.5 {
		t.Errorf("the luma goes only from %.1f to %.1f", low, high)
	}
}

func TestNearTreesAndPalmsFrameTheView(t *testing.T) {
	for name, newShader := range map[string]func(s *scene) shader{"firs": (*scene).firs, "fronds": (*scene).fronds} {
		for _, x := range []float64{-0.4, 0.4} {
			s := testScene("day", "meadow")
			s.sunX = x
			shade := newShader(s)
			_, middle := meanColour(shade, -0.2, -0.4, 0.2, 0.3)
			_, left := meanColour(shade, -0.83, -0.4, -0.3, 0.4)
			_, right := meanColour(shade, 0.3, -0.4, 0.83, 0.4)
			if middle > 0.08 || max(left, right) < 0.05 {
				t.Errorf("%s, sun at %g: they cover %.2f of the left, %.2f of the middle, %.2f of the right", name, x, left, middle, right)
			}
			if name == "fronds" && (left > right) != (x > 0) {
				t.Errorf("sun at %g: the palm covers %.2f of the left and %.2f of the right", x, left, right)
			}
		}
	}
}
