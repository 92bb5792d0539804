package raster

import (
	"math"

	"github.com/filmgate/filmgate/internal/render/fp"
)

// DepthRange is how much nearer or farther than the middle plane the parts of a picture can be.
const DepthRange = 0.25

const (
	depthW, depthH = 40, 28
	maxSlope       = 0.7 // the largest change of nearness in one frame height; with more the picture could fold
)

// depth estimates how near the parts of a picture are, as differences from the middle plane, from four cheap cues:
// lower parts are nearer, sharp parts are nearer than blurred ones, pale and blue parts are far away behind haze, and
// the subject is in the middle. The estimate is smooth, so a wrong one bends the picture a little and never tears it.
func depth(r bitmap, edge Bounds) *grid {
	small := new(Canvas).bitmap(0, depthW*4, depthH*4, true)
	r.resize(small)
	g := newGrid(depthW, depthH, edge)
	for y := range depthH {
		for x := range depthW {
			sharp, air := cues(small, x*4, y*4)
			low := float64(y) / (depthH - 1)
			mx, my := float64(x)/(depthW-1)-0.5, low-0.55
			middle := max(0, 1-float64(4*fp.MulAdd(mx, mx, float64(my*my))))
			v := fp.MulAdd(low, 1.1, float64(0.5*sharp))
			g.values[y*depthW+x] = v + float64(0.45*middle) - float64(0.6*air)
		}
	}
	for range 12 {
		g.blur()
	}
	g.normalize()
	for g.slope() > maxSlope {
		g.blur()
	}
	return g
}

// cues returns how sharp and how hazy the 4x4 samples from (x0, y0) on look, each 0 to 1.
func cues(r bitmap, x0, y0 int) (sharp, air float64) {
	var edges, blue, pale int32
	at := func(x, y, c int) int32 { return int32(r.pix[3*(min(y, r.h-1)*r.w+min(x, r.w-1))+c]) }
	for y := y0; y < y0+4; y++ {
		for x := x0; x < x0+4; x++ {
			edges += abs(at(x+1, y, 1)-at(x, y, 1)) + abs(at(x, y+1, 1)-at(x, y, 1))
			blue += at(x, y, 2) - at(x, y, 0)
			pale += min(at(x, y, 0), at(x, y, 1), at(x, y, 2))
		}
	}
	const full = 16 * 255 * 16
	return min(1, float64(edges)/full*12), fp.Clamp(fp.MulAdd(float64(blue)/full, 1.5, float64(pale)/full)-0.2, 0, 1)
}

func abs(n int32) int32 { return max(n, -n) }

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

// normalize moves and scales the values so that their mean is 0 and the largest is DepthRange from it.
func (g *grid) normalize() {
	sum, most := 0.0, 1e-9
	for _, v := range g.values {
		sum += v
	}
	mean := sum / float64(len(g.values))
	for _, v := range g.values {
		most = max(most, math.Abs(v-mean))
	}
	for i, v := range g.values {
		g.values[i] = float64((v - mean) / most * DepthRange)
	}
}

// slope returns the greatest change of the values in one frame height.
func (g *grid) slope() float64 {
	steepest := 0.0
	for y := range g.h - 1 {
		for x := range g.w - 1 {
			v := g.values[y*g.w+x]
			steepest = max(steepest, float64(math.Abs(g.values[y*g.w+x+1]-v)*g.across), float64(math.Abs(g.values[(y+1)*g.w+x]-v)*g.down))
		}
	}
	return steepest
}
