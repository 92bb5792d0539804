package raster

import (
	"math"

	"github.com/filmgate/filmgate/internal/render/fp"
)

// FlowsBetween returns the flow from a to b and the flow back, each only as far as it can be relied on. Where the frames have nothing
// in common both are 0, so that a morph dissolves them and bends neither.
func FlowsBetween(a, b *Frame) (there, back *Flow) {
	there, back = a.FlowTo(b), b.FlowTo(a)
	da, db := newDetails(a), newDetails(b)
	k, l := reliability(da, db, there, back), reliability(db, da, back, there)
	there.scale(k)
	back.scale(l)
	return there, back
}

// scale multiplies the flow at each point by the value of a grid there.
func (f *Flow) scale(k *grid) {
	for y := range f.x.h {
		for x := range f.x.w {
			i := y*f.x.w + x
			qx, qy := f.x.point(x, y)
			by := k.at(qx, qy)
			f.x.values[i], f.y.values[i] = float64(f.x.values[i]*by), float64(f.y.values[i]*by)
		}
	}
}

// detailRows is the height of the grid of a frame's details. It is twice as fine as the finest that the flow is found from: soft
// pictures of different things can be bent into one another, but their details don't follow.
const detailRows = 96

// newDetails returns how much lighter the points of a frame are than what is round them.
func newDetails(f *Frame) *grid {
	w := max(8, detailRows*f.W/f.H)
	small := newSmallPicture(f, w, detailRows)
	g := newGrid(w, detailRows, Bounds{float64(f.W) / float64(f.H) / 2, 0.5})
	copy(g.values, small.channels[0])
	for range 6 {
		g.blur()
	}
	for i, v := range small.channels[0] {
		g.values[i] = v - g.values[i]
	}
	return g
}

// Rules of reliability.
const (
	blockPoints = 4   // points of the details in a block, across and down
	faint       = 0.7 // details that are no stronger than this many levels say nothing
	alike       = 0.6 // correlation of details from which on a flow is relied on in full
	unlike      = 0.4 // and up to which it is not at all
)

// reliability returns how far a flow can be relied on, 0 to 1: where the details of a frame are found again in the other frame at the
// place that the flow leads to, and the flow back leads to where it began. If that is so for only a small part of all details, it
// is chance.
func reliability(a, b *grid, there, back *Flow) *grid {
	w, h := (a.w-1)/blockPoints+1, (a.h-1)/blockPoints+1
	both, one, other, missed := newGrid(w, h, a.edge), newGrid(w, h, a.edge), newGrid(w, h, a.edge), newGrid(w, h, a.edge)
	for y := range a.h {
		for x := range a.w {
			qx, qy := a.point(x, y)
			dx, dy := there.x.at(qx, qy), there.y.at(qx, qy)
			u, v := a.values[y*a.w+x], b.at(qx+dx, qy+dy)
			block := y/blockPoints*w + x/blockPoints
			both.values[block] += float64(u * v)
			one.values[block] += float64(u * u)
			other.values[block] += float64(v * v)
			ex, ey := dx+back.x.at(qx+dx, qy+dy), dy+back.y.at(qx+dx, qy+dy)
			missed.values[block] += float64(math.Sqrt(float64(ex*ex)+float64(ey*ey)) / (blockPoints * blockPoints))
		}
	}
	whole := correlation(sum(both), sum(one), sum(other), len(a.values))
	for _, g := range []*grid{both, one, other, missed} {
		for range 4 {
			g.blur()
		}
	}
	out := newGrid(w, h, a.edge)
	chance := fp.Smoothstep(0.42, 0.6, whole)
	for i := range out.values {
		found := fp.Smoothstep(unlike, alike, correlation(both.values[i], one.values[i], other.values[i], blockPoints*blockPoints))
		returns := 1 - fp.Smoothstep(0.02, 0.06, missed.values[i]) // frame heights
		out.values[i] = float64(chance * float64(found*returns))
	}
	out.blur()
	return out
}

// correlation returns how alike the details of n points are, from the sums of their products: 1 if they are equal, about 0 if they have
// nothing in common or are faint.
func correlation(both, one, other float64, n int) float64 {
	return both / (math.Sqrt(float64(one*other)) + float64(float64(faint*faint)*float64(n)))
}

func sum(g *grid) float64 {
	s := 0.0
	for _, v := range g.values {
		s += v
	}
	return s
}

// point returns the place of a point of the grid in frame heights.
func (g *grid) point(x, y int) (qx, qy float64) {
	return float64((float64(2*x)/float64(g.w-1) - 1) * g.edge.X), float64((float64(2*y)/float64(g.h-1) - 1) * g.edge.Y)
}
