package film

import (
	"image"
	"math"
	"os/exec"
	"testing"

	"github.com/filmgate/filmgate/internal/render/raster"
)

// imageOf returns a frame as a picture.
func imageOf(f *raster.Frame) image.Image {
	out := image.NewRGBA(image.Rect(0, 0, f.W, f.H))
	for y := range f.H {
		for x := range f.W {
			c := y/2*(f.W/2) + x/2
			l, cb, cr := 1.16438*float64(int(f.Y[y*f.W+x])-16), 1.13839*float64(int(f.U[c])-128), 1.13839*float64(int(f.V[c])-128)
			o := out.PixOffset(x, y)
			for k, v := range []float64{l + 1.5748*cr, l - 0.18732*cb - 0.46812*cr, l + 1.8556*cb, 255} {
				out.Pix[o+k] = byte(max(0, min(255, math.Round(v))))
			}
		}
	}
	return out
}

// decode returns the frames of a video as ffmpeg decodes them.
func decode(t *testing.T, path string, w, h int) []*raster.Frame {
	t.Helper()
	raw, err := exec.Command("ffmpeg", "-v", "error", "-i", path, "-f", "rawvideo", "-pix_fmt", "yuv420p", "pipe:1").Output()
	if err != nil {
		t.Fatal(err)
	}
	var out []*raster.Frame
	for ; len(raw) >= w*h*3/2; raw = raw[w*h*3/2:] {
		f := raster.NewFrame(w, h)
		copy(f.Pix, raw)
		out = append(out, f)
	}
	return out
}

// ssim returns the mean structural similarity of two planes, in windows of 8x8.
func ssim(a, b []byte, w, h int) float64 {
	const c1, c2 = 6.5025, 58.5225
	sum, n := 0.0, 0.0
	for y := 0; y+8 <= h; y += 4 {
		for x := 0; x+8 <= w; x += 4 {
			var sa, sb, saa, sbb, sab float64
			for v := range 8 {
				for u := range 8 {
					p, q := float64(a[(y+v)*w+x+u]), float64(b[(y+v)*w+x+u])
					sa, sb, saa, sbb, sab = sa+p, sb+q, saa+p*p, sbb+q*q, sab+p*q
				}
			}
			ma, mb := sa/64, sb/64
			va, vb, cov := saa/64-ma*ma, sbb/64-mb*mb, sab/64-ma*mb
			sum += (2*ma*mb + c1) * (2*cov + c2) / ((ma*ma + mb*mb + c1) * (va + vb + c2))
			n++
		}
	}
	return sum / n
}

// frames draws chosen frames of a spec without an encoder.
func frames(spec Spec, numbers ...int) []*raster.Frame {
	p := newFrameRenderer(newFilm(spec))
	var out []*raster.Frame
	for _, n := range numbers {
		f := raster.NewFrame(spec.Width, spec.Height)
		p.draw(f, nil, n)
		out = append(out, f)
	}
	return out
}
