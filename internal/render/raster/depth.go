package raster

import "github.com/filmgate/filmgate/internal/render/fp"

// DepthRange is how much nearer or farther than the middle plane the parts of a picture can be.
const DepthRange = 0.25

const depthW, depthH = 40, 28

// depth returns how much nearer the lowest parts of a picture are than the highest, 0 to 2*DepthRange. It estimates the
// nearness of parts from three cheap cues (lower parts are nearer, sharp parts are nearer than blurred ones, pale and blue
// parts are far away behind haze) and fits a plane to it: a plane is seen in perspective by every move and bends no line.
func depth(r bitmap) float64 {
	small := new(Canvas).bitmap(0, depthW*4, depthH*4, true)
	r.resize(small)
	slope, squares := 0.0, 0.0
	for y := range depthH {
		low := float64(y)/(depthH-1) - 0.5
		for x := range depthW {
			sharp, air := cues(small, x*4, y*4)
			v := fp.MulAdd(low, 1.1, float64(0.5*sharp)) - float64(0.6*air)
			slope, squares = fp.MulAdd(low, v, slope), fp.MulAdd(low, low, squares)
		}
	}
	return float64(2 * DepthRange * fp.Clamp(slope/squares/steepest, 0, 1))
}

// steepest is the slope of the cues in one picture height at which the depth is largest.
const steepest = 1.6

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
