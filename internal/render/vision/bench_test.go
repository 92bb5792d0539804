package vision

import (
	"image"
	"image/color"
	"testing"

	"github.com/filmgate/filmgate/internal/render/fp"
)

// BenchmarkFaces looks for faces in a picture without one, which takes most looks.
func BenchmarkFaces(b *testing.B) {
	img := image.NewRGBA(image.Rect(0, 0, 640, 400))
	for y := range 400 {
		for x := range 640 {
			img.SetRGBA(x, y, color.RGBA{uint8(fp.Hash(uint32(x/9), uint32(y/7), 1)), uint8(x / 3), uint8(y / 2), 255})
		}
	}
	p := NewPicture(img)
	for b.Loop() {
		p.Faces()
	}
}
