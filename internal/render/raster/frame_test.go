package raster

import (
	"bytes"
	"image/jpeg"
	"math/rand/v2"
	"testing"
)

func TestShrinkAverages(t *testing.T) {
	f := evenFrame(64, 32, 100, 50, 200)
	for i := 0; i < len(f.Y); i += 2 {
		f.Y[i] = 200
	}
	got := f.Shrink(16, 8)
	if want := evenFrame(16, 8, 150, 50, 200); !bytes.Equal(got.Pix, want.Pix) {
		t.Errorf("the mean is %v", got.Pix[:4])
	}
	if same := f.Shrink(64, 32); !bytes.Equal(same.Pix, f.Pix) {
		t.Error("the frame changes at its own size")
	}
}

func TestSmallFramesAreMeansOfTheirParts(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, size := range [][4]int{{320, 192, 1280, 768}, {5, 30, 64, 4096}, {192, 2, 4096, 66}, {7, 5, 13, 11}, {9, 9, 9, 9}, {12, 8, 6, 4}} {
		w, h, fw, fh := size[0], size[1], size[2], size[3]
		from, to := make([]byte, fw*fh), make([]byte, w*h)
		for i := range from {
			from[i] = byte(255 - r.IntN(200)*r.IntN(2))
		}
		average(to, from, w, h, fw, fh)
		for y := range h {
			for x := range w {
				sum, n := 0, 0
				for v := y * fh / h; v < max(y*fh/h+1, (y+1)*fh/h); v++ {
					for u := x * fw / w; u < max(x*fw/w+1, (x+1)*fw/w); u++ {
						sum, n = sum+int(from[v*fw+u]), n+1
					}
				}
				if want := (sum + n/2) / n; int(to[y*w+x]) != want {
					t.Fatalf("%v: the sample at %d, %d is %d, the mean of its part is %d", size, x, y, to[y*w+x], want)
				}
			}
		}
	}
}

func TestJPEGHasTheFramesGreys(t *testing.T) {
	for _, c := range []struct {
		y    byte
		grey int
	}{{16, 0}, {235, 255}, {126, 128}, {0, 0}, {255, 255}} {
		img, err := jpeg.Decode(bytes.NewReader(evenFrame(64, 64, c.y, 128, 128).JPEG(95)))
		if err != nil {
			t.Fatal(err)
		}
		r, g, b, _ := img.At(30, 30).RGBA()
		for _, v := range []uint32{r, g, b} {
			if d := int(v>>8) - c.grey; d < -2 || d > 2 {
				t.Errorf("luma %d is grey %d, wanted %d", c.y, v>>8, c.grey)
			}
		}
	}
}
