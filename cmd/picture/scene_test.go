package main

import (
	"bytes"
	"math"
	"runtime"
	"testing"
)

// The same program paints the same picture, however many processors share the rows.
func TestThePictureIsTheSameOnAnyNumberOfProcessors(t *testing.T) {
	many := paint(48, 32, 2)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	one := paint(48, 32, 2)
	if !bytes.Equal(many.Pix, one.Pix) {
		t.Error("two paintings differ")
	}
	for i, v := range one.Pix {
		if i%4 == 3 && v != 255 {
			t.Fatalf("pixel %d is not opaque", i/4)
		}
	}
}

func TestMoreRaysChangeNoColourMuch(t *testing.T) {
	few, more := paint(48, 32, 1), paint(48, 32, 3)
	if d := mean(few, 0, 0, 1, 1).sub(mean(more, 0, 0, 1, 1)); math.Sqrt(d.dot(d)) > 4 {
		t.Errorf("the picture as a whole differs by %.1f", d)
	}
}

func TestSmoothRisesWithoutACorner(t *testing.T) {
	for _, c := range []struct{ a, b, v, want float64 }{
		{0, 1, -5, 0}, {0, 1, 0, 0}, {0, 1, .5, .5}, {0, 1, 1, 1}, {0, 1, 9, 1}, {1, 0, 0, 1}, {1, 0, 1, 0}, {1, 0, .5, .5}, {2, 4, 3, .5},
	} {
		if got := smooth(c.a, c.b, c.v); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("smooth(%v, %v, %v) is %v, want %v", c.a, c.b, c.v, got, c.want)
		}
	}
	last := 0.
	for v := 0.; v <= 1; v += .01 {
		if got := smooth(0, 1, v); got < last {
			t.Errorf("it falls at %v", v)
		} else {
			last = got
		}
	}
}

func TestHashesAreSpreadAndTheSameEachTime(t *testing.T) {
	sum, seen := 0., map[float64]bool{}
	for x := -50; x < 50; x++ {
		for y := -50; y < 50; y++ {
			h := hash(x, y)
			if h < 0 || h >= 1 || h != hash(x, y) {
				t.Fatalf("hash(%d, %d) is %v", x, y, h)
			}
			sum += h
			seen[h] = true
		}
	}
	if m := sum / 10000; math.Abs(m-.5) > .01 || len(seen) < 9990 {
		t.Errorf("their mean is %.3f, %d of 10000 differ", m, len(seen))
	}
}

func TestFractalsSwingAboutNothing(t *testing.T) {
	sum, most := 0., 0.
	for x := range 100 {
		for y := range 100 {
			v := fractal(float64(x)*.37, float64(y)*.41, 5)
			sum, most = sum+v, max(most, math.Abs(v))
		}
	}
	if most > .5 || math.Abs(sum/10000) > .03 {
		t.Errorf("at most %.2f, mean %.3f", most, sum/10000)
	}
	if fractal(3, 4, 0) != 0 {
		t.Error("no octaves are something")
	}
}

func TestFilmKeepsTheOrderOfLight(t *testing.T) {
	last := -1.
	for v := 0.; v < 20; v += .01 {
		c := film(vec{v, v, v})
		if c.x < last || c.x > 1 || c.x != c.y || c.y != c.z {
			t.Fatalf("light of %.2f is %v after %v", v, c, last)
		}
		last = c.x
	}
	if black, white := film(vec{}), film(vec{1e6, 1e6, 1e6}); black.x > .01 || white.x < .99 {
		t.Errorf("black %v, white %v", black, white)
	}
	for v, want := range map[float64]uint8{-1: 0, 0: 0, .5: 128, 1: 255, 7: 255} {
		if got := tone(v); got != want {
			t.Errorf("tone(%v) is %d", v, got)
		}
	}
}

func TestLightIsNeverLessThanNone(t *testing.T) {
	trees := grove(pines())
	for u := -.75; u <= .75; u += .05 {
		for v := 0.; v <= 1; v += .05 {
			if c := seen(u, v, trees); c.x < 0 || c.y < 0 || c.z < 0 || math.IsNaN(c.x+c.y+c.z) || math.IsInf(c.x+c.y+c.z, 0) {
				t.Fatalf("at %.2f, %.2f: %v", u, v, c)
			}
		}
	}
}

func TestNormalsPointUpAndAreOfOneLength(t *testing.T) {
	for _, p := range []vec{{0, 0, 30}, {-13, 0, 88}, {40, 0, 60}, {.1, 0, 3}} {
		for _, dist := range []float64{.5, 10, 150} {
			n := normal(vec{p.x, height(p.x, p.z, 11), p.z}, dist)
			if n.y <= 0 || math.Abs(n.dot(n)-1) > 1e-9 {
				t.Errorf("at %v from %v: %v", p, dist, n)
			}
		}
	}
}

func TestTheSunReachesPeaksAndNotTheLake(t *testing.T) {
	for _, p := range []vec{{-13, 60, 88}, {0, 40, 40}} {
		if got := lit(p); got != 1 {
			t.Errorf("high above, at %v: %v", p, got)
		}
	}
	for _, p := range []vec{{0, -1, 60}, {-20, height(-20, 30, 7) - .5, 30}} {
		if got := lit(p); got != 0 {
			t.Errorf("below the ground, at %v: %v", p, got)
		}
	}
}

func TestTheLakeLiesBeforeTheMountains(t *testing.T) {
	for _, z := range []float64{2, 8, 15} {
		if h := height(0, z, 9); h > 0 {
			t.Errorf("the lake is dry at %v: %.2f", z, h)
		}
	}
	if peak, saddle := height(-13, 88, 9), height(13, 88, 9); peak < 15 || peak < saddle {
		t.Errorf("the peak is %.1f high, the saddle %.1f", peak, saddle)
	}
}

func TestTheNearLandFramesTheLake(t *testing.T) {
	trees := pines()
	for _, p := range trees {
		if math.Abs(p.x) < .3 || math.Abs(p.x) > .8 || p.tall <= 0 || p.tall > .5 || p.foot < .6 || p.foot > .8 {
			t.Errorf("a pine stands in the way: %+v", p)
		}
	}
	for x := -.2; x <= .4; x += .05 {
		if c := grove(trees).cover(x, .7); c != 0 {
			t.Errorf("the middle is covered by %.2f at %.2f", c, x)
		}
	}
	if c := grove(trees).cover(-.74, waterline-.003); c < .9 {
		t.Errorf("the left bank covers %.2f", c)
	}
	for x := -.75; x <= .75; x += .01 {
		for y := 0.; y <= 1; y += .02 {
			if c := grove(trees).cover(x, y); c < 0 || c > 1 {
				t.Fatalf("cover is %v at %.2f, %.2f", c, x, y)
			}
		}
	}
}

func TestTheHutsWindowsAreLit(t *testing.T) {
	if pane, dark := lamp(hutX-.0065, .7245), lamp(0, .3); pane.x < 2 || pane.x <= pane.z || dark.x > 1e-6 {
		t.Errorf("window %v, elsewhere %v", pane, dark)
	}
	if in, out := hut(hutX, .73), hut(hutX+.1, .73); in < .9 || out > .01 {
		t.Errorf("the hut covers %.2f within and %.2f beside", in, out)
	}
}

func TestStarsAreFewAndOnlyHigh(t *testing.T) {
	bright := 0
	for i := range 4000 {
		d := vec{float64(i%80)/100 - .4, .3 + float64(i/80)/100, .8}.unit()
		if c := starlight(d); c.x+c.y+c.z > .3 {
			bright++
		}
	}
	if bright == 0 || bright > 200 {
		t.Errorf("%d of 4000 looks meet a star", bright)
	}
	for _, y := range []float64{.05, .1, .15} {
		d := vec{.1, y, 1}.unit()
		if sky(d, true) != sky(d, false) {
			t.Errorf("a star in the haze at %v", y)
		}
	}
}

func TestVectors(t *testing.T) {
	a, b := vec{1, 2, 3}, vec{4, -5, 6}
	for name, c := range map[string]struct{ got, want vec }{
		"add": {a.add(b), vec{5, -3, 9}}, "sub": {a.sub(b), vec{-3, 7, -3}}, "mul": {a.mul(b), vec{4, -10, 18}}, "scale": {a.scale(2), vec{2, 4, 6}},
		"mix 0": {a.mix(b, 0), a}, "mix 1": {a.mix(b, 1), b}, "mix half": {a.mix(b, .5), vec{2.5, -1.5, 4.5}}, "unit": {vec{0, 3, 4}.unit(), vec{0, .6, .8}},
	} {
		if d := c.got.sub(c.want); d.dot(d) > 1e-20 {
			t.Errorf("%s: %v, want %v", name, c.got, c.want)
		}
	}
	if a.dot(b) != 12 {
		t.Errorf("dot: %v", a.dot(b))
	}
}
