package film

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"testing"

	"github.com/filmgate/filmgate/internal/render/raster"
	"github.com/filmgate/filmgate/internal/render/vision/visiontest"
)

// at returns where a pixel of the picture is in a frame of w x h pixels.
func (f framing) at(x, y float64, w, h int) (px, py float64) {
	return float64(w)/2 + f.lo.X*float64(h) + x*f.scale, float64(h)/2 + f.lo.Y*float64(h) + y*f.scale
}

func TestTheWholeHeadIsInTheFrame(t *testing.T) {
	img := visiontest.Portrait(t)
	for _, c := range []struct {
		name         string
		img          image.Image
		x, y         int // of the portrait in the picture
		w, h         int
		padded       bool
		leastAbove   float64 // frame heights over the hair
		mostBelowEye float64 // the eyes, at 72, are above this part of the frame
	}{
		{"16:9", img, 0, 0, 1280, 720, false, 0.01, 0.5},
		{"21:9", img, 0, 0, 1680, 720, false, 0.01, 0.6},
		{"9:16", img, 0, 0, 720, 1280, false, 0.03, 0.4},
		{"a square", img, 0, 0, 512, 512, false, 0.03, 0.4},
		{"upright, at the top", visiontest.OnShades(img, 330, 800, 5, 10), 5, 10, 1280, 720, false, 0.03, 0.5},
		{"upright, at the foot", visiontest.OnShades(img, 330, 800, 5, 475), 5, 475, 1280, 720, false, 0.03, 0.75},
		{"at the left of a landscape, for 9:16", visiontest.OnShades(img, 800, 330, 5, 5), 5, 5, 720, 1280, false, 0.03, 0.4},
		{"at the right of a landscape, for 9:16", visiontest.OnShades(img, 800, 330, 475, 5), 475, 5, 720, 1280, false, 0.03, 0.4},
		{"a head larger than a very wide frame", img, 0, 0, 1000, 250, true, 0.01, 0.7},
	} {
		f := newFraming(c.img, c.w, c.h)
		left, top := f.at(float64(c.x+104), float64(c.y+14), c.w, c.h)
		right, chin := f.at(float64(c.x+182), float64(c.y+108), c.w, c.h)
		_, eyes := f.at(0, float64(c.y+72), c.w, c.h)
		if top < c.leastAbove*float64(c.h) || chin > float64(c.h) || left < 0 || right > float64(c.w) || eyes > c.mostBelowEye*float64(c.h) || f.padded != c.padded {
			t.Errorf("%s: the head is at (%.0f,%.0f) to (%.0f,%.0f) of %d x %d, the eyes at %.0f; padded %v", c.name, left, top, right, chin, c.w, c.h, eyes, f.padded)
		}
	}
}

func TestTwoPeopleFarApartAreBothInTheFrame(t *testing.T) {
	img := visiontest.Portrait(t)
	both := visiontest.OnShades(img, 900, 330, 0, 5)
	draw.Draw(both, image.Rect(575, 5, 895, 325), img, image.Point{}, draw.Src)
	f := newFraming(both, 720, 1280)
	left, _ := f.at(104, 0, 720, 1280)
	right, _ := f.at(575+182, 0, 720, 1280)
	if left < 0 || right > 720 || !f.padded {
		t.Errorf("the heads are from %.0f to %.0f of 720; padded %v", left, right, f.padded)
	}
}

// badge returns a logo: a bar and a ring that reach nearly to the edges.
func badge(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Rect, image.NewUniform(color.RGBA{20, 40, 90, 255}), image.Point{}, draw.Src)
	for y := range h {
		for x := range w {
			r := math.Hypot(float64(x-w/2), float64(y-h/2))
			if r > 0.4*float64(min(w, h)) && r < 0.47*float64(min(w, h)) || y > h/2-20 && y < h/2+20 && x > 8 && x < w-8 {
				img.Set(x, y, color.RGBA{250, 220, 60, 255})
			}
		}
	}
	return img
}

func TestALogoIsWholeAndItsGroundGoesOn(t *testing.T) {
	img := badge(300, 300)
	for _, size := range [][2]int{{640, 360}, {360, 640}} {
		f := newFraming(img, size[0], size[1])
		if !f.padded || !f.graphic || math.Abs(f.scale-1.2) > 1e-9 {
			t.Errorf("%v: %+v", size, f)
		}
		frame := frames(Spec{Prompt: "static", Width: size[0], Height: size[1], Frames: 2, FrameRate: 24, First: img}, 0)[0]
		ground := frame.Y[0]
		for _, corner := range []int{0, size[0] - 1, (size[1] - 1) * size[0], size[0]*size[1] - 1} {
			if frame.Y[corner] != ground || ground < 40 || ground > 60 {
				t.Errorf("%v: pixel %d beside the logo is %d", size, corner, frame.Y[corner])
			}
		}
		middle := frame.Y[size[1]/2*size[0] : (size[1]/2+1)*size[0]]
		bar := 0
		for _, v := range middle {
			if v > 180 {
				bar++
			}
		}
		if bar < 335 || bar > 350 { // 284 pixels of the logo
			t.Errorf("%v: the bar is %d pixels wide", size, bar)
		}
	}
}

func TestPhotographsWithoutFacesFillTheFrame(t *testing.T) {
	wide, tall := visiontest.OnShades(image.NewGray(image.Rectangle{}), 600, 400, 0, 0), visiontest.OnShades(image.NewGray(image.Rectangle{}), 400, 600, 0, 0)
	for _, c := range []struct {
		name   string
		img    image.Image
		w, h   int
		lo, hi raster.Bounds
	}{
		{"the same shape", wide, 768, 512, raster.Bounds{X: -0.75, Y: -0.5}, raster.Bounds{X: 0.75, Y: 0.5}},
		{"nearly the same shape", wide, 768, 500, raster.Bounds{X: -0.768, Y: -0.512}, raster.Bounds{X: 0.768, Y: 0.512}},
		{"a landscape lower", wide, 640, 320, raster.Bounds{X: -1, Y: -2. / 3}, raster.Bounds{X: 1, Y: 2. / 3}},
		{"a landscape upright", wide, 320, 640, raster.Bounds{X: -0.75, Y: -0.5}, raster.Bounds{X: 0.75, Y: 0.5}},
		// 2.25 - 1 frame heights are cut off, a third of it above.
		{"upright, lower: more of the foot is cut off", tall, 1024, 682, raster.Bounds{X: -0.7507, Y: -0.917}, raster.Bounds{X: 0.7507, Y: 1.335}},
	} {
		f := newFraming(c.img, c.w, c.h)
		for i, d := range []float64{f.lo.X - c.lo.X, f.lo.Y - c.lo.Y, f.hi.X - c.hi.X, f.hi.Y - c.hi.Y} {
			if math.Abs(d) > 0.001 || f.padded || f.graphic {
				t.Errorf("%s: side %d: %+v", c.name, i, f)
			}
		}
	}
}

// A move over a padded picture looks farther aside, and goes no farther than over one that fills the frame.
func TestAPaddedPictureMoves(t *testing.T) {
	for _, prompt := range []string{"truck right", "push in", "pull out", "pan left", "orbit right"} {
		spec := Spec{Prompt: prompt, Width: 320, Height: 180, Frames: 25, FrameRate: 24, First: badge(200, 200)}
		f := newFilm(spec)
		first, last := f.Shot(0, false), f.Shot(1, false)
		l := f.first.Layers[0]
		ax, ay := first.Intersect(l, 10, 10)
		bx, by := last.Intersect(l, 10, 10)
		if math.Hypot(ax-bx, ay-by) < 0.02 {
			t.Errorf("%s: the corner moves by %.3f frame heights", prompt, math.Hypot(ax-bx, ay-by))
		}
	}
}
