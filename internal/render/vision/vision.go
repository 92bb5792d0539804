// Package vision finds in a picture what a camera operator would keep in the frame: faces, who is in front, and whether the picture
// is a drawing or text rather than a photograph.
//
// Faces are found by MediaPipe's face detector (BlazeFace) and people by its selfie segmentation, both Apache-2.0, which package
// tflite runs.
package vision

import (
	"image"
	"image/color"
)

// detailSide is the longer side of the reduced picture that all is found in, in pixels.
const detailSide = 640

// Picture is a picture reduced for looking at.
type Picture struct {
	full   image.Image
	pix    []byte // red, green and blue of each pixel
	w, h   int
	scaleX float64 // pixels of the full picture for each reduced one
	scaleY float64
}

// NewPicture reduces a picture, on white if it is transparent.
func NewPicture(src image.Image) *Picture {
	b := src.Bounds()
	k := min(1, float64(detailSide)/float64(max(b.Dx(), b.Dy())))
	p := &Picture{full: src, w: max(1, int(float64(b.Dx())*k)), h: max(1, int(float64(b.Dy())*k))}
	p.scaleX, p.scaleY = float64(b.Dx())/float64(p.w), float64(b.Dy())/float64(p.h)
	p.pix = make([]byte, 0, 3*p.w*p.h)
	// The mean of two by two points of each cell is enough for looking, and the time does not depend on the picture's size.
	for y := range p.h {
		for x := range p.w {
			var sum [3]uint32
			for i := range 4 {
				u, v := b.Min.X+(4*x+1+2*(i%2))*b.Dx()/(4*p.w), b.Min.Y+(4*y+1+2*(i/2))*b.Dy()/(4*p.h)
				for c, s := range onWhite(src.At(u, v)) {
					sum[c] += s
				}
			}
			p.pix = append(p.pix, byte((sum[0]+2)/4), byte((sum[1]+2)/4), byte((sum[2]+2)/4))
		}
	}
	return p
}

// onWhite returns red, green and blue of a colour, 0 to 255, on white as far as it is transparent.
func onWhite(c color.Color) [3]uint32 {
	r, g, b, a := c.RGBA()
	return [3]uint32{(r + 0xffff - a) >> 8, (g + 0xffff - a) >> 8, (b + 0xffff - a) >> 8}
}

// cut returns the part of the picture with the corner (x, y) and the size given, which may reach beyond it, as a picture of
// toW x toH pixels with values from low to high. Beyond the picture all is black.
func (p *Picture) cut(x, y, w, h, toW, toH int, low, high float32) []float32 {
	out := make([]float32, 0, 3*toW*toH)
	step := float32(high-low) / (4 * 255)
	for j := range toH {
		for i := range toW {
			var sum [3]int
			for k := range 4 {
				u, v := floorDiv((4*i+1+2*(k%2))*w, 4*toW)+x, floorDiv((4*j+1+2*(k/2))*h, 4*toH)+y
				if u < 0 || v < 0 || u >= p.w || v >= p.h {
					continue
				}
				for c, s := range p.pix[3*(v*p.w+u):][:3] {
					sum[c] += int(s)
				}
			}
			for _, s := range sum {
				out = append(out, low+float32(float32(s)*step))
			}
		}
	}
	return out
}

func floorDiv(a, b int) int {
	if a < 0 {
		return -((-a + b - 1) / b)
	}
	return a / b
}
