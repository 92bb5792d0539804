package raster

import (
	"bytes"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/filmgate/filmgate/internal/render/fp"
)

// spline returns the coefficients c of the cubic spline through the samples s, by the textbook method: it solves
// (c[i-1]+4c[i]+c[i+1])/6 = s[i]. Beyond their ends the samples are taken to be constant.
func spline(s []float64) []float64 {
	const pad = 40
	n := len(s) + 2*pad
	d, up := make([]float64, n), make([]float64, n)
	for i := range n {
		d[i] = 6 * s[max(0, min(len(s)-1, i-pad))]
	}
	// Solve the tridiagonal system. Both ends are constant.
	up[0], d[0] = 0, d[0]/6
	for i := 1; i < n; i++ {
		k := 4 - up[i-1]
		up[i] = 1 / k
		d[i] = (d[i] - d[i-1]) / k
	}
	for i := n - 2; i >= 0; i-- {
		d[i] -= up[i] * d[i+1]
	}
	return d[pad : len(d)-pad]
}

// bspline returns the cubic B-spline.
func bspline(x float64) float64 {
	switch x = math.Abs(x); {
	case x < 1:
		return 2.0/3 - x*x + x*x*x/2
	case x < 2:
		return (2 - x) * (2 - x) * (2 - x) / 6
	}
	return 0
}

// exact samples a picture's spline in floating point.
type exact struct {
	w, h int
	c    []float64
}

func newExact(samples []float64, w, h int) *exact {
	e := &exact{w, h, make([]float64, w*h)}
	for y := range h {
		copy(e.c[y*w:], spline(samples[y*w:(y+1)*w]))
	}
	column := make([]float64, h)
	for x := range w {
		for y := range h {
			column[y] = e.c[y*w+x]
		}
		for y, v := range spline(column) {
			e.c[y*w+x] = v
		}
	}
	return e
}

func (e *exact) at(x, y float64) float64 {
	sum := 0.0
	for j := int(math.Floor(y)) - 1; j <= int(math.Floor(y))+2; j++ {
		for i := int(math.Floor(x)) - 1; i <= int(math.Floor(x))+2; i++ {
			sum += bspline(x-float64(i)) * bspline(y-float64(j)) * e.c[max(0, min(e.h-1, j))*e.w+max(0, min(e.w-1, i))]
		}
	}
	return sum
}

// textures returns pictures of several kinds, with values from 0 to 255.
func textures(w, h int) map[string][]float64 {
	out := map[string][]float64{"soft": nil, "gravel": nil, "edges": nil, "a slope": nil}
	for y := range h {
		for x := range w {
			u, v := float64(x), float64(y)
			out["soft"] = append(out["soft"], 40+170*fp.Noise(u/9, v/9, 3))
			out["gravel"] = append(out["gravel"], 60+130*fp.FractalNoise(u/3, v/3, 3, 5))
			out["edges"] = append(out["edges"], 60+100*float64((x/11+y/7)%2))
			out["a slope"] = append(out["a slope"], 30+190*u/float64(w))
		}
	}
	return out
}

func TestSamplingAgreesWithTheExactSpline(t *testing.T) {
	const w, h = 72, 56
	k := newSplineWeights()
	for name, samples := range textures(w, h) {
		rows := make([]int32, w*h)
		for i, v := range samples {
			rows[i] = int32(math.Round(v * 16))
		}
		p, e := newPlane(rows, w, h), newExact(samples, w, h)
		r := rand.New(rand.NewPCG(9, 9))
		for _, direction := range []struct {
			name   string
			dx, dy float64
		}{{"along a row", 1, 0}, {"in small steps", 0.3, 0}, {"in large steps", 1.12, 0.002}, {"diagonally", 0.9, 0.4}, {"upwards", 0.05, -0.8}, {"backwards", -0.7, 0.1}} {
			sum, worst, n := 0.0, 0.0, 0.0
			out := make([]byte, 16)
			for range 60 {
				x, y := 20+r.Float64()*30, 16+r.Float64()*24
				p.span(out, int(x*(1<<fractionBits)), int(y*(1<<fractionBits)), int(direction.dx*(1<<fractionBits)), int(direction.dy*(1<<fractionBits)), k)
				for i, got := range out {
					d := math.Abs(float64(got) - fp.Clamp(e.at(x+float64(i)*direction.dx, y+float64(i)*direction.dy), 0, 255))
					sum, worst, n = sum+d*d, max(worst, d), n+1
				}
			}
			if rms := math.Sqrt(sum / n); rms > 1.3 || worst > 6 {
				t.Errorf("%s, %s: the error is %.2f levels rms and %.1f at most", name, direction.name, rms, worst)
			}
		}
	}
}

// Sampling neither brightens nor darkens an even picture, at any level and phase.
func TestSamplingKeepsEvenPictures(t *testing.T) {
	k := newSplineWeights()
	for level := range 256 {
		rows := make([]int32, 16*16)
		for i := range rows {
			rows[i] = int32(level) << 4
		}
		p := newPlane(rows, 16, 16)
		out := make([]byte, 12)
		for _, at := range []int{0, 1 << (fractionBits - 3), 1<<fractionBits - 1} {
			p.span(out, 2<<fractionBits+at, 5<<fractionBits+at, 1<<fractionBits-7777, 0, k)
			p.scatter(out[:4], 2<<fractionBits+at, 5<<fractionBits+at, 1<<fractionBits-7777, 99999, k)
			for _, v := range out {
				if int(v) != level {
					t.Fatalf("%d is sampled as %d", level, v)
				}
			}
		}
	}
}

// A resized picture agrees with the kernel's sums in floating point.
func TestResizeAgreesWithTheCubic(t *testing.T) {
	for _, c := range [][4]int{{60, 40, 48, 32}, {60, 40, 24, 16}, {60, 40, 90, 60}, {61, 37, 20, 31}, {9, 70, 30, 7}, {200, 3, 13, 3}} {
		w, h, tw, th := c[0], c[1], c[2], c[3]
		from := bitmap{w: w, h: h, pix: make([]uint16, 3*w*h)}
		for i := range from.pix {
			from.pix[i] = uint16((30 + 190*fp.Noise(float64(i/3%w)/4, float64(i/3/w)/4, uint32(i%3))) * 16)
		}
		to := new(Canvas).bitmap(0, tw, th, true)
		from.resize(to)
		taps := func(n, m, i int) (weights map[int]float64) {
			ratio := float64(n) / float64(m)
			wide, middle, sum := max(1, ratio), (float64(i)+0.5)*ratio-0.5, 0.0
			weights = map[int]float64{}
			for k := int(middle - 3*wide); k <= int(middle+3*wide); k++ {
				x := math.Abs(float64(k)-middle) / wide
				v := 0.0
				if x < 1 {
					v = 1.5*x*x*x - 2.5*x*x + 1
				} else if x < 2 {
					v = -0.5*x*x*x + 2.5*x*x - 4*x + 2
				}
				weights[max(0, min(n-1, k))] += v
				sum += v
			}
			for k := range weights {
				weights[k] /= sum
			}
			return weights
		}
		worst := 0.0
		for y := range th {
			for x := range tw {
				across, down := taps(w, tw, x), taps(h, th, y)
				for channel := range 3 {
					want := 0.0
					for v, a := range down {
						for u, b := range across {
							want += a * b * float64(from.pix[3*(v*w+u)+channel])
						}
					}
					worst = max(worst, math.Abs(fp.Clamp(want, 0, 255*16)-float64(to.pix[3*(y*tw+x)+channel])))
				}
			}
		}
		if worst > 6 { // sixteenths of a level
			t.Errorf("%v: the error is %.1f sixteenths of a level", c, worst)
		}
	}
}

func TestAShrunkPictureHasNoAliasing(t *testing.T) {
	// Stripes too fine for the small picture become an even grey.
	img := image.NewGray(image.Rect(0, 0, 400, 40))
	for i := range img.Pix {
		img.Pix[i] = uint8(i % 400 % 2 * 255)
	}
	r := new(Canvas).bitmap(0, 90, 9, true)
	fillFrom(img, r)
	for x := 4; x < 86; x++ {
		if v := int(r.pix[3*(4*90+x)]) >> 4; v < 122 || v > 133 {
			t.Fatalf("sample %d is %d", x, v)
		}
	}
}

func TestTransparentPicturesAreLoadedOnWhite(t *testing.T) {
	for _, c := range []struct{ alpha, want int }{{0, 255}, {255, 40}, {128, 147}, {64, 201}} {
		img := image.NewNRGBA(image.Rect(3, 4, 23, 24))
		for y := 4; y < 24; y++ {
			for x := 3; x < 23; x++ {
				img.SetNRGBA(x, y, color.NRGBA{40, 40, 40, uint8(c.alpha)})
			}
		}
		r := new(Canvas).bitmap(0, 10, 10, true)
		fillFrom(img, r)
		for i, v := range r.pix {
			if d := int(v>>4) - c.want; d < -1 || d > 1 {
				t.Fatalf("opacity %d: sample %d is %d, wanted %d", c.alpha, i, v>>4, c.want)
			}
		}
	}
}

func TestSplineWeightsAreBalanced(t *testing.T) {
	k := newSplineWeights()
	for p := range phases {
		sum, centre := uint64(0), 0.0
		for i, w := range k.byRow[p] {
			sum, centre = sum+w, centre+float64(w)*float64(i-1)/128
		}
		if d := centre - float64(p)/phases; sum != 128 || d > 0.004 || d < -0.004 {
			t.Errorf("phase %d: the weights' sum is %d and their centre is wrong by %.4f", p, sum, d)
		}
	}
	samples := make([]int32, 64*64)
	for i := range samples {
		samples[i] = int32(fp.Hash(uint32(i%64/3), uint32(i/64/3), 1)%200+20) << 4
	}
	p := newPlane(slices.Clone(samples), 64, 64)
	row, scattered, off := make([]byte, 16), make([]byte, 16), 0.0
	for y := range 48 {
		at := y<<fractionBits + y<<(fractionBits-6)
		p.row(row, 5<<fractionBits, at, 1<<fractionBits+1<<(fractionBits-5), k)
		p.scatter(scattered, 5<<fractionBits, at, 1<<fractionBits+1<<(fractionBits-5), 0, k)
		if !bytes.Equal(row, scattered) {
			t.Fatalf("the two ways of sampling differ in row %d: %v %v", y, row, scattered)
		}
		p.scatter(scattered, 5<<fractionBits, y<<fractionBits, 1<<fractionBits, 0, k)
		for x, v := range scattered {
			d := float64(int(v) - int(samples[y*64+5+x]>>4))
			off += d * d / (48 * 16)
		}
	}
	// Noise in blocks with hard edges is the worst case: weights of seven bits miss it by a hundredth.
	if off > 2.5*2.5 {
		t.Errorf("the samples' error is %.1f rms", math.Sqrt(off))
	}
}
