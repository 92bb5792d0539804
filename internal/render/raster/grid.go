package raster

import "github.com/filmgate/filmgate/internal/render/fp"

// grid holds values at evenly spaced points of a frame that reaches to the bounds given.
type grid struct {
	w, h         int
	values       []float64
	edge         Bounds
	across, down float64 // points per frame height
}

func newGrid(w, h int, edge Bounds) *grid {
	return &grid{w, h, make([]float64, w*h), edge, float64(w-1) / edge.X / 2, float64(h-1) / edge.Y / 2}
}

// at returns the value at a point, linear between the grid's.
func (g *grid) at(qx, qy float64) float64 {
	fx := fp.Clamp(float64(float64(qx+g.edge.X)*g.across), 0, float64(g.w-1)-1e-9)
	fy := fp.Clamp(float64(float64(qy+g.edge.Y)*g.down), 0, float64(g.h-1)-1e-9)
	x, y := int(fx), int(fy)
	up, down := g.values[y*g.w+x:], g.values[(y+1)*g.w+x:]
	tx := fx - float64(x)
	return fp.Lerp(fp.Lerp(up[0], up[1], tx), fp.Lerp(down[0], down[1], tx), fy-float64(y))
}

// blur averages each value with its neighbours.
func (g *grid) blur() {
	out := make([]float64, len(g.values))
	for y := range g.h {
		for x := range g.w {
			sum := 0.0
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					k := float64((2 - dy*dy) * (2 - dx*dx))
					v := g.values[max(0, min(g.h-1, y+dy))*g.w+max(0, min(g.w-1, x+dx))]
					sum = fp.MulAdd(k, v, sum)
				}
			}
			out[y*g.w+x] = sum / 16
		}
	}
	g.values = out
}
