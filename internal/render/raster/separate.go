package raster

import "math"

// Mask says how opaque the foreground of a picture is, 0 to 1: rows of W parts over the whole picture.
type Mask struct {
	W, H  int
	Parts []float32
}

// opaque is the opacity of a sample that hides all behind it.
const opaque = 255 << 4

// ShowApart is Show for a picture in two layers: its foreground in one before the picture without it in the other, which is filled from
// what is round the foreground. Together they show the picture, since only what is hidden is filled.
func (p *Picture) ShowApart(behind, before *Layer, m Mask, from, to Bounds, least float64) {
	edges := p.margins(behind, from, to)
	var canvas Canvas
	whole := p.samples.continued(&canvas, edges, p.scale(behind), behind.Padded)
	alpha := m.opacity(p.samples, edges, whole)
	front := bitmap{w: whole.w, h: whole.h, pix: append([]uint16(nil), whole.pix...), alpha: append([]uint16(nil), alpha...)}
	back := bitmap{w: whole.w, h: whole.h, pix: append([]uint16(nil), whole.pix...)}
	back.fillBehind(alpha)
	behind.mipmap = newMipmap(back, least, &canvas)
	p.place(behind, edges, 0, 0)
	x0, y0, ok := front.crop()
	if !ok {
		panic("raster: a foreground without a part") // the caller found one
	}
	before.mipmap = newMipmap(front, least, &canvas)
	p.place(before, edges, x0, y0)
}

// opacity returns the opacity of the foreground in a picture that was continued. Beyond an edge it is that at the edge.
func (m Mask) opacity(r bitmap, edges margins, whole bitmap) []uint16 {
	out := make([]uint16, whole.w*whole.h)
	parallel(whole.h, func(y int) {
		v := part(y-edges.top, r.h, m.H)
		for x := range whole.w {
			u := part(x-edges.left, r.w, m.W)
			up, low := m.Parts[v.at*m.W:], m.Parts[v.next*m.W:]
			a := up[u.at] + float32((up[u.next]-up[u.at])*u.share)
			b := low[u.at] + float32((low[u.next]-low[u.at])*u.share)
			out[y*whole.w+x] = uint16(float32(opaque*(a+float32((b-a)*v.share))) + 0.5)
		}
	})
	return out
}

// partAt is a place between two parts of a mask.
type partAt struct {
	at, next int
	share    float32 // of the way to the next
}

// part returns where sample i of n is among m parts.
func part(i, n, m int) partAt {
	x := max(0, float64((float64(max(0, min(n-1, i)))+0.5)*float64(m)/float64(n))-0.5)
	at := min(m-1, int(math.Floor(x)))
	return partAt{at, min(m-1, at+1), float32(x - float64(at))}
}

// fillBehind replaces what an opaque foreground hides by a soft continuation of what is round it.
func (r bitmap) fillBehind(alpha []uint16) {
	const cell = 4
	f := newFilling((r.w+cell-1)/cell, (r.h+cell-1)/cell)
	parallel(f.h, func(v int) {
		for u := range f.w {
			f.take(u, v, cell, r, alpha)
		}
	})
	f.complete()
	small := bitmap{w: f.w, h: f.h, pix: make([]uint16, 3*f.w*f.h)}
	for i, c := range f.colour {
		small.pix[i] = uint16(c)
	}
	if small.w < 2 || small.h < 2 {
		return
	}
	parallel(r.h, func(y int) {
		for x := range r.w {
			if i := y*r.w + x; alpha[i] >= opaque {
				for c, v := range small.between(r, x, y) {
					r.pix[3*i+c] = uint16(v)
				}
			}
		}
	})
}

// filling is a reduced picture with a weight for each sample: 0 if its colour is not known, up to known.
type filling struct {
	w, h   int
	colour []int32
	weight []int32
}

const known = 256

func newFilling(w, h int) *filling {
	return &filling{w, h, make([]int32, 3*w*h), make([]int32, w*h)}
}

// take sets the sample (u, v) to the mean of those of its cell that are no foreground.
func (f *filling) take(u, v, cell int, r bitmap, alpha []uint16) {
	var sum [3]int32
	n := int32(0)
	for y := v * cell; y < min(r.h, (v+1)*cell); y++ {
		for x := u * cell; x < min(r.w, (u+1)*cell); x++ {
			if i := y*r.w + x; alpha[i] < opaque/8 {
				n++
				for c := range sum {
					sum[c] += int32(r.pix[3*i+c])
				}
			}
		}
	}
	if n == 0 {
		return
	}
	i := v*f.w + u
	f.weight[i] = known * n / int32(cell*cell)
	for c, s := range sum {
		f.colour[3*i+c] = s / n
	}
}

// complete gives each sample a colour: as far as it has none, that of a picture half as large, which is completed in the same way.
func (f *filling) complete() {
	if f.w <= 1 && f.h <= 1 {
		return
	}
	half := newFilling((f.w+1)/2, (f.h+1)/2)
	for v := range half.h {
		for u := range half.w {
			half.gather(f, u, v)
		}
	}
	half.complete()
	for y := range f.h {
		for x := range f.w {
			i := y*f.w + x
			if f.weight[i] == known {
				continue
			}
			for c, v := range half.around(x, y) {
				f.colour[3*i+c] += (v - f.colour[3*i+c]) * (known - f.weight[i]) / known
			}
		}
	}
}

// gather sets the sample (u, v) from two by two of a picture twice as large.
func (f *filling) gather(from *filling, u, v int) {
	var sum [3]int32
	n := int32(0)
	for y := 2 * v; y < min(from.h, 2*v+2); y++ {
		for x := 2 * u; x < min(from.w, 2*u+2); x++ {
			i := y*from.w + x
			n += from.weight[i]
			for c := range sum {
				sum[c] += from.colour[3*i+c] * from.weight[i]
			}
		}
	}
	if n == 0 {
		return
	}
	i := v*f.w + u
	f.weight[i] = min(known, n)
	for c, s := range sum {
		f.colour[3*i+c] = s / n
	}
}

// around returns the colour at the sample (x, y) of a picture twice as large, between the four samples that are nearest.
func (f *filling) around(x, y int) (out [3]int32) {
	u, v := x/2, y/2
	u2, v2 := max(0, min(f.w-1, u+2*(x%2)-1)), max(0, min(f.h-1, v+2*(y%2)-1))
	for _, at := range [4][3]int{{u, v, 9}, {u2, v, 3}, {u, v2, 3}, {u2, v2, 1}} {
		for c := range out {
			out[c] += f.colour[3*(at[1]*f.w+at[0])+c] * int32(at[2])
		}
	}
	for c := range out {
		out[c] = (out[c] + 8) >> 4
	}
	return out
}
