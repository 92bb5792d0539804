package raster

import "github.com/filmgate/filmgate/internal/render/fp"

// margins are how many samples a picture is continued by on each side.
type margins struct{ left, top, right, bottom int }

// continued returns the picture with a continuation on its sides; scale is samples per frame height. A side at which
// nothing changes outwards, as that of a page or of a logo on one colour, is repeated. Beyond other sides the picture is
// mirrored, and the farther the softer, so that nothing is recognised twice. A padded picture is soft at once, since its
// continuation is seen all the time.
func (r bitmap) continued(c *Canvas, m margins, scale float64, padded bool) bitmap {
	if m == (margins{}) {
		return r
	}
	out := c.bitmap(0, r.w+m.left+m.right, r.h+m.top+m.bottom, true)
	even := func(dx, dy int) bool { return r.evenSide(dx, dy) || padded && r.plainSide(dx, dy) }
	across := continuation(r.w, m.left, m.right, even(1, 0), even(-1, 0))
	down := continuation(r.h, m.top, m.bottom, even(0, 1), even(0, -1))
	soft := newSoftener(r, scale, max(m.left, m.top, m.right, m.bottom), padded)
	parallel(out.h, func(y int) {
		row := out.pix[3*y*out.w : 3*(y+1)*out.w]
		inside := y >= m.top && y < m.top+r.h
		for x := range out.w {
			if !inside || x < m.left || x >= m.left+r.w {
				soft.sample(row[3*x:3*x+3], across[x], down[y])
			}
		}
		if inside {
			copy(row[3*m.left:], r.pix[3*(y-m.top)*r.w:3*(y-m.top+1)*r.w])
		}
	})
	return out
}

// reflection says which row or column of a picture continues it at some place, and how many samples that place is beyond a
// mirrored edge.
type reflection struct{ at, beyond int }

// continuation returns the reflections of n rows or columns with some before and some after them. A side is mirrored
// unless it is even.
func continuation(n, before, after int, evenBefore, evenAfter bool) []reflection {
	out := make([]reflection, before+n+after)
	for i := range out {
		at := i - before
		switch {
		case at >= 0 && at < n:
			out[i].at = at
		case at < 0 && evenBefore:
			out[i].at = 0
		case at >= n && evenAfter:
			out[i].at = n - 1
		default:
			turn := (at%(2*n) + 2*n) % (2 * n)
			out[i] = reflection{min(turn, 2*n-1-turn), max(-at, at-n+1)}
		}
	}
	return out
}

// side returns how many samples an edge has, how many there are from it inwards, which is the direction (dx, dy), and a function
// that returns sample k of the row that is so far in.
func (r bitmap) side(dx, dy int) (along, inwards int, at func(k, in int) []uint16) {
	along, inwards = r.h, r.w
	if dy != 0 {
		along, inwards = r.w, r.h
	}
	return along, inwards, func(k, in int) []uint16 {
		x, y := in, k
		if dy != 0 {
			x, y = k, in
		}
		if dx < 0 || dy < 0 {
			x, y = x+(r.w-1-2*x)*-dx, y+(r.h-1-2*y)*-dy
		}
		return r.pix[3*(y*r.w+x) : 3*(y*r.w+x)+3]
	}
}

// plainSide reports whether nearly all of an edge has one colour: the ground of a logo or of a page.
func (r bitmap) plainSide(dx, dy int) bool {
	along, _, at := r.side(dx, dy)
	var mean [3]int
	for k := range along {
		for c, v := range at(k, 0) {
			mean[c] += int(v)
		}
	}
	others := 0
	for k := range along {
		for c, v := range at(k, 0) {
			if abs(int32(v)-int32(mean[c]/along)) > 8<<4 {
				others++
				break
			}
		}
	}
	return 40*others <= along
}

// evenSide reports whether the picture hardly changes from an edge inwards.
func (r bitmap) evenSide(dx, dy int) bool {
	along, inwards, at := r.side(dx, dy)
	sum := int32(0)
	for k := range along {
		edge, near, far := at(k, 0), at(k, min(inwards-1, 1+inwards/100)), at(k, min(inwards-1, 2+inwards/50))
		for c := range 3 {
			sum += abs(int32(edge[c])-int32(near[c]))>>4 + abs(int32(edge[c])-int32(far[c]))>>4
		}
	}
	return sum <= int32(6*along) // one level on average
}

// softener samples a picture and two softer versions of it.
type softener struct {
	sharp, soft, softest bitmap
	shares               [][2]int32 // of the soft ones by the distance from the edge, in 256ths
}

// newSoftener makes the softer versions for distances up to reach.
func newSoftener(r bitmap, scale float64, reach int, padded bool) *softener {
	reduced := func(cell float64) bitmap {
		small := new(Canvas).bitmap(0, max(2, int(float64(r.w)/cell)), max(2, int(float64(r.h)/cell)), true)
		r.resize(small)
		return small.softened().softened()
	}
	s := &softener{sharp: r, soft: reduced(max(1, float64(0.008*scale))), softest: reduced(max(1, float64(0.04*scale)))}
	for d := range reach + 1 {
		far := float64(d) / scale
		if padded && d > 0 {
			far = fp.MulAdd(float64(far), 3, 0.06)
		}
		s.shares = append(s.shares, [2]int32{int32(256 * fp.Smoothstep(0, 0.06, far)), int32(256 * fp.Smoothstep(0.03, 0.3, far))})
	}
	return s
}

// sample writes the sample that continues the picture.
func (s *softener) sample(to []uint16, x, y reflection) {
	copy(to, s.sharp.pix[3*(y.at*s.sharp.w+x.at):])
	share := s.shares[max(x.beyond, y.beyond)]
	if share == ([2]int32{}) {
		return
	}
	soft, softest := s.soft.between(s.sharp, x.at, y.at), s.softest.between(s.sharp, x.at, y.at)
	for c := range to {
		v := int32(to[c])
		v += (soft[c] - v) * share[0] >> 8
		v += (softest[c] - v) * share[1] >> 8
		to[c] = uint16(v)
	}
}

// between returns the colour of a reduced picture at the sample (x, y) of the full one, linear between its samples.
func (r bitmap) between(full bitmap, x, y int) [3]int32 {
	const one = 1 << 8
	fx := max(0, min((r.w-1)*one-1, (2*x+1)*r.w*one/(2*full.w)-one/2))
	fy := max(0, min((r.h-1)*one-1, (2*y+1)*r.h*one/(2*full.h)-one/2))
	up := r.pix[3*(fy/one*r.w+fx/one):]
	down := up[3*r.w:]
	tx, ty := int32(fx%one), int32(fy%one)
	var out [3]int32
	for c := range out {
		a := int32(up[c])*(one-tx) + int32(up[3+c])*tx
		b := int32(down[c])*(one-tx) + int32(down[3+c])*tx
		out[c] = (a>>8*(one-ty) + b>>8*ty) >> 8
	}
	return out
}

// softened returns the picture with each sample averaged with its neighbours.
func (r bitmap) softened() bitmap {
	out := bitmap{w: r.w, h: r.h, pix: make([]uint16, len(r.pix))}
	for y := range r.h {
		for x := range r.w {
			for c := range 3 {
				sum := uint32(8)
				for dy := -1; dy <= 1; dy++ {
					row := max(0, min(r.h-1, y+dy)) * r.w
					for dx := -1; dx <= 1; dx++ {
						sum += uint32((2-dx*dx)*(2-dy*dy)) * uint32(r.pix[3*(row+max(0, min(r.w-1, x+dx)))+c])
					}
				}
				out.pix[3*(y*r.w+x)+c] = uint16(sum >> 4)
			}
		}
	}
	return out
}
