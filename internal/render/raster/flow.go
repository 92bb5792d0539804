package raster

import "github.com/filmgate/filmgate/internal/render/fp"

// Flow is optical flow: where the points of one frame are in another, as grids of displacements in frame heights.
type Flow struct{ x, y grid }

// Source returns the point that arrives at (px, py) if all points go the share k of their way.
func (f *Flow) Source(px, py, k float64) (x, y float64) {
	x, y = px, py
	for range 4 {
		x, y = fp.MulAdd(f.x.at(x, y), -k, px), fp.MulAdd(f.y.at(x, y), -k, py)
	}
	return x, y
}

// smallPicture is a reduced frame for comparing: luma and both chroma channels.
type smallPicture struct {
	w, h     int
	channels [3][]float64
}

// newSmallPicture reduces a frame to w x h by averaging.
func newSmallPicture(f *Frame, w, h int) smallPicture {
	t := smallPicture{w: w, h: h}
	for i, p := range [3][]byte{f.Y, f.U, f.V} {
		pw, ph := f.W, f.H
		if i > 0 {
			pw, ph = f.W/2, f.H/2
		}
		t.channels[i] = make([]float64, w*h)
		for y := range h {
			for x := range w {
				y0, y1, x0, x1 := y*ph/h, max(y*ph/h+1, (y+1)*ph/h), x*pw/w, max(x*pw/w+1, (x+1)*pw/w)
				sum := 0
				for v := y0; v < y1; v++ {
					for u := x0; u < x1; u++ {
						sum += int(p[v*pw+u])
					}
				}
				t.channels[i][y*w+x] = float64(sum) / float64((y1-y0)*(x1-x0))
			}
		}
	}
	return t
}

func (t *smallPicture) at(c int, x, y float64) float64 {
	x, y = fp.Clamp(x, 0, float64(t.w-1)-1e-6), fp.Clamp(y, 0, float64(t.h-1)-1e-6)
	ix, iy := int(x), int(y)
	v := t.channels[c][iy*t.w+ix:]
	tx := x - float64(ix)
	return fp.Lerp(fp.Lerp(v[0], v[1], tx), fp.Lerp(v[t.w], v[t.w+1], tx), y-float64(iy))
}

// FlowTo finds for each point of the frame its place in frame b, by the method of Lucas and Kanade from coarse to fine.
// The flow is smoothed after each step, so that points without a match follow their neighbours. See FlowsBetween for frames that may
// have nothing in common.
func (f *Frame) FlowTo(b *Frame) *Flow {
	var fx, fy *grid
	edge := Bounds{float64(f.W) / float64(f.H) / 2, 0.5}
	for _, h := range []int{6, 12, 24, 48} {
		w := max(4, h*f.W/f.H)
		nx, ny := newGrid(w, h, edge), newGrid(w, h, edge)
		if fx != nil {
			nx.copy(fx, 2)
			ny.copy(fy, 2)
		}
		fx, fy = nx, ny
		ta, tb := newSmallPicture(f, w, h), newSmallPicture(b, w, h)
		for range 12 {
			improveFlow(&ta, &tb, fx, fy)
			for range 7 {
				fx.blur()
				fy.blur()
			}
		}
	}
	for i := range fx.values {
		fx.values[i], fy.values[i] = fx.values[i]/float64(fx.h), fy.values[i]/float64(fx.h)
	}
	return &Flow{*fx, *fy}
}

// copy fills the grid with the values of another, times k.
func (g *grid) copy(from *grid, k float64) {
	for y := range g.h {
		for x := range g.w {
			qx, qy := g.point(x, y)
			g.values[y*g.w+x] = float64(from.at(qx, qy) * k)
		}
	}
}

// improveFlow improves the flow, in samples, by one solution of the two equations of each point's neighbourhood.
func improveFlow(a, b *smallPicture, fx, fy *grid) {
	var sums [5]*grid // of gx*gx, gx*gy, gy*gy, gx*d, gy*d
	for i := range sums {
		sums[i] = newGrid(a.w, a.h, fx.edge)
	}
	for y := range a.h {
		for x := range a.w {
			i := y*a.w + x
			u, v := float64(x)+fx.values[i], float64(y)+fy.values[i]
			for c := range 3 {
				gx := (b.at(c, u+1, v) - b.at(c, u-1, v)) / 2
				gy := (b.at(c, u, v+1) - b.at(c, u, v-1)) / 2
				d := a.at(c, float64(x), float64(y)) - b.at(c, u, v)
				for k, p := range [5]float64{float64(gx * gx), float64(gx * gy), float64(gy * gy), float64(gx * d), float64(gy * d)} {
					sums[k].values[i] += p
				}
			}
		}
	}
	for _, s := range sums {
		s.blur()
		s.blur()
	}
	for i := range fx.values {
		const calm = 25 // keeps the flow at 0 in flat areas, where it is unknown
		xx, xy, yy := sums[0].values[i]+calm, sums[1].values[i], sums[2].values[i]+calm
		xd, yd := sums[3].values[i], sums[4].values[i]
		det := float64(xx*yy) - float64(xy*xy)
		fx.values[i] += fp.Clamp((float64(yy*xd)-float64(xy*yd))/det, -1, 1)
		fy.values[i] += fp.Clamp((float64(xx*yd)-float64(xy*xd))/det, -1, 1)
	}
	limit(fx, float64(a.w)/5)
	limit(fy, float64(a.h)/5)
}

func limit(g *grid, most float64) {
	for i, v := range g.values {
		g.values[i] = fp.Clamp(v, -most, most)
	}
}
