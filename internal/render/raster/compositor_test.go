package raster

import (
	"bytes"
	"image"
	"testing"

	"github.com/filmgate/filmgate/internal/render/camera"
	"github.com/filmgate/filmgate/internal/render/fp"
)

func TestOneResamplerDrawsFramesOfEverySize(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 96, 64))
	for i := range img.Pix {
		img.Pix[i] = uint8(255 * fp.Noise(float64(i%96)/5, float64(i/96)/5, 1))
	}
	l := &Layer{Lo: Bounds{-0.75, -0.5}, Hi: Bounds{0.75, 0.5}, Near: Nearness{Base: 1}}
	NewPicture(img, 96, 64).Show(l, l.Lo, l.Hi, 1)
	one := &Compositor{Layers: []*Layer{l}}
	two := &Compositor{Layers: []*Layer{l, l}}
	var kept Resampler
	for _, c := range []struct {
		compositor *Compositor
		w, h       int
	}{{one, 48, 32}, {one, 96, 64}, {two, 96, 64}, {one, 64, 96}, {one, 48, 32}} {
		shot := Shot{View: camera.Pose{X: 0.05, Roll: 0.1}.View(), W: c.w, H: c.h}
		got, want := NewFrame(c.w, c.h), NewFrame(c.w, c.h)
		c.compositor.Draw(got, &shot, &kept)
		c.compositor.Draw(want, &shot, &Resampler{})
		if !bytes.Equal(got.Pix, want.Pix) {
			t.Errorf("%d layers in %d x %d: a used resampler draws other pixels than a new one", len(c.compositor.Layers), c.w, c.h)
		}
	}
}
