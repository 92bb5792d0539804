package raster

import (
	"image"
	"math"
	"testing"
)

// A point becomes a spot of the deviation asked for and of the same light, and a plain area stays as it is, to its edges.
func TestABlurHasTheDeviationAskedFor(t *testing.T) {
	const w, h = 96, 80
	for _, sigma := range []float64{0.4, 1, 2.3, 5, 9} {
		rows := make([]float64, h)
		for y := range rows {
			rows[y] = sigma
		}
		pix := make([]byte, w*h)
		pix[40*w+48] = 255
		b := blurPlane(pix, w, h, rows, image.Rect(0, 0, w, h))
		sum, across, down := 0.0, 0.0, 0.0
		for i, v := range b.pix {
			x, y := float64(i%w-48), float64(i/w-40)
			sum, across, down = sum+float64(v), across+x*x*float64(v), down+y*y*float64(v)
		}
		if math.Abs(sum/(255*256)-1) > 0.05 {
			t.Errorf("deviation %g: the light is %.3f of what it was", sigma, sum/(255*256))
		}
		for _, got := range []float64{math.Sqrt(across / sum), math.Sqrt(down / sum)} {
			if math.Abs(got-sigma) > 0.06*sigma+0.05 {
				t.Errorf("deviation %g: it is %.2f", sigma, got)
			}
		}
		for i := range pix {
			pix[i] = 200
		}
		for i, v := range blurPlane(pix, w, h, rows, image.Rect(10, 0, w, 60)).pix {
			if v>>8 != 200 && v != 200<<8-1 {
				t.Fatalf("deviation %g: a plain area is %d/256 at %d", sigma, v, i)
			}
		}
	}
}

// What lies on a level plane is the softer, the farther from the focal distance, row by row.
func TestEachRowHasItsOwnBlur(t *testing.T) {
	const w, h = 64, 64
	rows, pix := make([]float64, h), make([]byte, w*h)
	for y := range rows {
		rows[y] = float64(y) / 10
		for x := range w {
			pix[y*w+x] = byte(255 * (x / 4 % 2))
		}
	}
	b, last := blurPlane(pix, w, h, rows, image.Rect(0, 0, w, h)), math.Inf(1)
	for y := 2; y < 40; y += 6 {
		low, high := uint16(math.MaxUint16), uint16(0)
		for _, v := range b.pix[y*w+16 : y*w+48] {
			low, high = min(low, v), max(high, v)
		}
		if contrast := float64(high - low); contrast >= last {
			t.Errorf("row %d has the contrast %.0f, and one above %.0f", y, contrast, last)
		} else {
			last = contrast
		}
	}
}

func TestEnlargedPlanesKeepTheirPlace(t *testing.T) {
	p := &blurredPlane{w: 8, h: 8, part: image.Rect(2, 2, 6, 6), pix: make([]uint16, 16)}
	for i := range p.pix {
		p.pix[i] = uint16(i%4) << 8
	}
	for _, k := range []int{1, 2, 4} {
		out := make([]uint16, 4*k)
		p.row(out, 3*k, k)
		for x, v := range out {
			want := min(3, max(0, (float64(x)+0.5)/float64(k)-0.5))
			if math.Abs(float64(v)/256-want) > 0.01 {
				t.Errorf("enlarged %d times, sample %d is %.2f and not %.2f", k, x, float64(v)/256, want)
			}
		}
	}
}
