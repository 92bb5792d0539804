package raster

import (
	"image"
	"image/color"
	"testing"

	"github.com/filmgate/filmgate/internal/render/camera"
)

// square is a mask of a square in the middle, with a soft rim of one part.
func square() Mask {
	m := Mask{W: 16, H: 16, Parts: make([]float32, 256)}
	for y := 4; y < 12; y++ {
		for x := 4; x < 12; x++ {
			m.Parts[y*16+x] = 1
		}
	}
	return m
}

func TestWhatAForegroundHidIsFilledFromItsSurroundings(t *testing.T) {
	// A bright square on dark shades.
	img := image.NewGray(image.Rect(0, 0, 128, 128))
	for y := range 128 {
		for x := range 128 {
			v := uint8(40 + x/8)
			if x >= 40 && x < 88 && y >= 40 && y < 88 {
				v = 230
			}
			img.SetGray(x, y, color.Gray{v})
		}
	}
	behind := &Layer{Lo: Bounds{-0.5, -0.5}, Hi: Bounds{0.5, 0.5}, Near: Nearness{Base: 0.5}}
	before := &Layer{Lo: behind.Lo, Hi: behind.Hi, Near: Nearness{Base: 1.5}}
	NewPicture(img, 128, 128).ShowApart(behind, before, square(), Bounds{-0.7, -0.5}, Bounds{0.7, 0.5}, 1)
	draw := func(p camera.Pose, layers ...*Layer) *Frame {
		shot, f := Shot{View: p.View(), W: 128, H: 128}, NewFrame(128, 128)
		(&Compositor{Layers: layers}).Draw(f, &shot, new(Resampler))
		return f
	}
	luma := func(v int) int { return 16 + v*219/255 }
	first, alone := draw(camera.Pose{}, behind, before), draw(camera.Pose{}, behind)
	for y := 1; y < 127; y++ {
		for x := 1; x < 127; x++ {
			want := luma(int(img.GrayAt(x, y).Y))
			if d := int(first.Y[y*128+x]) - want; d > 2 || d < -2 {
				t.Fatalf("the first frame is %d at %d, %d, the picture %d", first.Y[y*128+x], x, y, want)
			}
			if x > 42 && x < 86 && y > 42 && y < 86 && int(alone.Y[y*128+x]) > luma(40+128/8)+8 {
				t.Fatalf("behind the square is %d at %d, %d", alone.Y[y*128+x], x, y)
			}
		}
	}
	// The camera goes right by a tenth: the square goes 19 pixels to the left, what is behind 6.
	moved := draw(camera.Pose{X: 0.1}, behind, before)
	for x, want := range map[int]int{24: luma(230), 64: luma(230), 76: luma(50)} {
		if d := int(moved.Y[64*128+x]) - want; d > 6 || d < -6 {
			t.Errorf("after the move, column %d is %d, wanted about %d", x, moved.Y[64*128+x], want)
		}
	}
}

func TestAForegroundAtAnEdgeGoesOnBeyondIt(t *testing.T) {
	m := Mask{W: 2, H: 2, Parts: []float32{0, 0, 1, 1}}
	r := painted(8, 8, func(_, y int) uint8 { return uint8(y) })
	edges := margins{left: 3, bottom: 5}
	alpha := m.opacity(r, edges, bitmap{w: 11, h: 13})
	for y, want := range map[int]uint16{0: 0, 7: opaque, 12: opaque} {
		for x := range 11 {
			if got := alpha[y*11+x]; got != want {
				t.Errorf("at %d, %d the foreground is %d, wanted %d", x, y, got, want)
			}
		}
	}
}
