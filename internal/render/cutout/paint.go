package cutout

import (
	"image"
	"image/color"

	"golang.org/x/image/vector"
)

// maxSide is the side of the largest square that the rasterizer fills in whole numbers. Beyond it it computes with
// floating point, whose results depend on the machine.
const maxSide = 512

// Paint draws the drawing with the given height in pixels, 512 at most, and width in proportion, 512 at most too. Unless
// tint is nil, it takes the place of the drawing's main colour and of those like it. The pixels are the same on every
// machine.
func (d Drawing) Paint(height int, tint *[3]byte) *image.RGBA {
	o := d.decode()
	if tint != nil {
		o.recolour(*tint)
	}
	w, h := o.box[2]-o.box[0], o.box[3]-o.box[1]
	height = max(1, min(maxSide, height, maxSide*h/w))
	out := image.NewRGBA(image.Rect(0, 0, max(1, w*height/h), height))
	r := vector.NewRasterizer(out.Rect.Dx(), height)
	// A place in 512ths of a pixel fits into the 24 bits of a float32, so nothing is rounded on the way.
	place := func(p [2]int) (x, y float32) {
		return float32((p[0]-o.box[0])*height*maxSide/h) / maxSide, float32((p[1]-o.box[1])*height*maxSide/h) / maxSide
	}
	for _, f := range o.fills {
		r.Reset(out.Rect.Dx(), height)
		for _, c := range f.paths {
			r.MoveTo(place(c.start))
			at := c.start
			for _, p := range c.parts {
				if len(p) == 3 {
					for i := 1; i < steps; i++ {
						r.LineTo(place(onCubic(at, p, i)))
					}
				}
				at = p[len(p)-1]
				r.LineTo(place(at))
			}
			r.ClosePath()
		}
		c := o.palette[f.colour]
		r.Draw(out, out.Rect, image.NewUniform(color.NRGBA{c[0], c[1], c[2], f.opacity}), image.Point{})
	}
	return out
}

// steps is the number of lines that a cubic is drawn with.
const steps = 12

// onCubic returns the point after i of the steps of a cubic, in whole numbers.
func onCubic(from [2]int, p [][2]int, i int) (out [2]int) {
	t, u := i, steps-i
	for k := range out {
		out[k] = (u*u*u*from[k] + 3*u*u*t*p[0][k] + 3*u*t*t*p[1][k] + t*t*t*p[2][k]) / (steps * steps * steps)
	}
	return out
}

// recolour changes the main colour to c, and those like it in proportion to their brightness.
func (o *outline) recolour(c [3]byte) {
	main := o.palette[o.main]
	base := max(1, brightness(main))
	for i, was := range o.palette {
		if !alike(was, main) {
			continue
		}
		k := brightness(was)
		for ch := range was {
			v := int(c[ch]) * k / base
			if k > base { // lighter parts of something dark are lighter too
				v = max(v, int(c[ch])+(k-base)/2)
			}
			o.palette[i][ch] = byte(min(255, v))
		}
	}
}

// brightness returns the luma of a colour, 0 to 255.
func brightness(c [3]byte) int { return (299*int(c[0]) + 587*int(c[1]) + 114*int(c[2])) / 1000 }

// alike reports whether two colours have the same hue, or both none.
func alike(a, b [3]byte) bool {
	la, lb := max(1, brightness(a)), max(1, brightness(b))
	off := 0
	for ch := range a {
		d := int(a[ch])*128/la - int(b[ch])*128/lb
		off += max(d, -d)
	}
	return off < 110
}
