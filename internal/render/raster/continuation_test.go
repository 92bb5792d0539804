package raster

import (
	"image"
	"image/color"
	"testing"

	"github.com/filmgate/filmgate/internal/render/camera"
)

// painted returns a bitmap with the grey that paint returns.
func painted(w, h int, paint func(x, y int) uint8) bitmap {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetGray(x, y, color.Gray{paint(x, y)})
		}
	}
	return NewPicture(img, w, h).samples
}

func TestAContinuedPictureKeepsThePictureAndHasNoSeam(t *testing.T) {
	waves := func(x, y int) uint8 { return uint8(120 + x%40 - 2*(x%40/20)*(x%40-20) + y%30) }
	r := painted(120, 90, waves)
	out := r.continued(new(Canvas), margins{30, 20, 40, 10}, 90, false)
	if out.w != 190 || out.h != 120 {
		t.Fatalf("the continued picture has %dx%d samples", out.w, out.h)
	}
	for y := range r.h {
		for x := range r.w {
			if got, want := out.pix[3*((y+20)*out.w+x+30)], r.pix[3*(y*r.w+x)]; got != want {
				t.Fatalf("sample %d, %d of the picture is %d, was %d", x, y, got, want)
			}
		}
	}
	at := func(x, y int) int { return int(out.pix[3*(y*out.w+x)]) >> 4 }
	for y := 20; y < 110; y++ {
		for _, x := range []int{30, 150} { // the first column of the picture, and the first beyond it
			if d := at(x, y) - at(x-1, y); d > 2 || d < -2 {
				t.Fatalf("row %d jumps by %d at column %d", y, d, x)
			}
		}
	}
}

func TestAMirroredPictureIsSofterTheFartherItIsContinued(t *testing.T) {
	r := painted(96, 96, func(x, y int) uint8 { return uint8(60 + 120*((x/3+y/3)%2)) })
	out := r.continued(new(Canvas), margins{right: 90}, 96, false)
	contrast := func(from int) int {
		most, least := 0, 1<<12
		for x := from; x < from+8; x++ {
			v := int(out.pix[3*(48*out.w+x)])
			most, least = max(most, v), min(least, v)
		}
		return (most - least) >> 4
	}
	near, middle, far := contrast(96), contrast(104), contrast(170)
	if near < 60 || middle >= near || far > 12 {
		t.Errorf("the contrast is %d at the edge, %d beyond, %d far beyond", near, middle, far)
	}
}

func TestAnEvenSideIsRepeated(t *testing.T) {
	// A page with a bar across it and a line of letters in its middle.
	page := func(x, y int) uint8 {
		switch {
		case y < 20:
			return 70
		case y > 40 && y < 50 && x > 20 && x < 100 && x/2%2 == 0:
			return 20
		}
		return 240
	}
	r := painted(120, 90, page)
	out := r.continued(new(Canvas), margins{left: 100, right: 100}, 90, false)
	for y := range 90 {
		for x := range out.w {
			if x < 100 || x >= 220 {
				if got := out.pix[3*(y*out.w+x)] >> 4; got != uint16(page(0, y)) {
					t.Fatalf("at %d, %d the page goes on with %d, not %d", x, y, got, page(0, y))
				}
			}
		}
	}
	if bars := painted(90, 90, func(x, _ int) uint8 { return uint8(x * 2) }); bars.evenSide(1, 0) || !bars.evenSide(0, 1) || !bars.evenSide(0, -1) || bars.evenSide(-1, 0) {
		t.Error("the sides of upright bars are taken for what they are not")
	}
}

func TestAContinuedLayerShowsThePictureWhereItWas(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 96, 64))
	for i := range img.Pix {
		img.Pix[i] = uint8(i%96*2 + i/96)
	}
	frameOf := func(beyond float64) *Frame {
		l := &Layer{Lo: Bounds{-0.75, -0.5}, Hi: Bounds{0.75, 0.5}, Near: Nearness{Base: 1}}
		NewPicture(img, 96, 64).Show(l, Bounds{-0.75 - beyond, -0.5}, Bounds{0.75, 0.5 + 2*beyond}, 1)
		shot := Shot{View: camera.Pose{}.View(), W: 96, H: 64}
		f := NewFrame(96, 64)
		(&Compositor{Layers: []*Layer{l}}).Draw(f, &shot, new(Resampler))
		return f
	}
	a, b := frameOf(0), frameOf(0.31)
	for y := range 63 {
		for x := 1; x < 95; x++ {
			if d := int(a.Y[y*96+x]) - int(b.Y[y*96+x]); d < -1 || d > 1 {
				t.Fatalf("at %d, %d the picture is %d, without a continuation %d", x, y, b.Y[y*96+x], a.Y[y*96+x])
			}
		}
	}
}
