package render

import "image"

// plate is a picture ready to be filmed: luma, and chroma at half the size, BT.709 in limited range.
type plate struct {
	y, u, v *plane
	scale   float64 // samples of luma in one frame height
	ox, oy  float64 // position of the middle of the frame, in samples of luma
}

// cover makes the plate of a picture that fills a frame of w x h pixels without bars. detail is by how much the path
// enlarges the picture at most: no finer plate is made than the frames can show.
func cover(src image.Image, w, h int, detail float64) *plate {
	b := src.Bounds()
	// The scale at which the picture just covers the frame, in frame pixels for each pixel of the picture.
	fit := max(float64(w)/float64(b.Dx()), float64(h)/float64(b.Dy()))
	k := min(1, float64(fit*detail))
	pw := max(2, int(mad(float64(b.Dx()), k, 0.5)))
	ph := max(2, int(mad(float64(b.Dy()), k, 0.5)))
	p := newPlate(resize(src, pw, ph))
	p.scale = float64(ph) / float64(b.Dy()) / fit * float64(h)
	return p
}

// newPlate makes a plate whose middle is the middle of the raster, one frame height high.
func newPlate(r raster) *plate {
	w, h := r.w, r.h
	cw, ch := (w+1)/2, (h+1)/2
	luma := make([]int32, w*h)
	sums := [2][]int32{make([]int32, cw*ch), make([]int32, cw*ch)}
	for y := range h {
		for x := range w {
			i := y*w + x
			red, green, blue := r.pix[3*i], r.pix[3*i+1], r.pix[3*i+2]
			// BT.709, limited range, in 14-bit fractions: Y is 16 to 235, Cb and Cr are 16 to 240.
			luma[i] = 16<<4 + (2992*red+10064*green+1016*blue+1<<13)>>14
			c := y/2*cw + x/2
			n := int32(1)
			if x == w-1 && w%2 == 1 {
				n = 2
			}
			if y == h-1 && h%2 == 1 {
				n *= 2
			}
			sums[0][c] += n * ((-1649*red - 5547*green + 7196*blue) >> 10)
			sums[1][c] += n * ((7196*red - 6536*green - 660*blue) >> 10)
		}
	}
	for _, s := range sums {
		for i, v := range s {
			s[i] = 128<<4 + (v+1<<5)>>6
		}
	}
	return &plate{
		y: newPlane(luma, w, h), u: newPlane(sums[0], cw, ch), v: newPlane(sums[1], cw, ch),
		scale: float64(h), ox: float64(w-1) / 2, oy: float64(h-1) / 2,
	}
}
