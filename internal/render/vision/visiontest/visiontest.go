// Package visiontest has pictures with a face, for tests.
package visiontest

import (
	"bytes"
	_ "embed"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"testing"

	"github.com/filmgate/filmgate/internal/render/fp"
)

//go:embed portrait.jpg
var portrait []byte

// Portrait returns a portrait of 320 x 320 pixels. The face is at (111, 51) to (170, 108); the hair begins at 14, and the head is from
// 104 to 182 across.
func Portrait(t testing.TB) image.Image {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(portrait))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// OnShades returns a picture of w x h pixels with another one at (x, y), on shades with noise.
func OnShades(img image.Image, w, h, x, y int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for v := range h {
		for u := range w {
			n := fp.FractalNoise(float64(u)/40, float64(v)/40, 4, 5)
			out.Set(u, v, color.RGBA{uint8(60 + 90*n), uint8(70 + 100*n), uint8(50 + 70*n), 255})
		}
	}
	draw.Draw(out, img.Bounds().Add(image.Pt(x, y)), img, img.Bounds().Min, draw.Over)
	return out
}
