package render

import (
	"math"
	"math/rand/v2"
)

// paint draws a landscape under a sky, w x h samples, in colours chosen by the seed.
func paint(seed uint32, w, h int) raster {
	rnd := rand.New(rand.NewPCG(uint64(seed), 0x7363656e65))
	skies := [][4][3]float64{
		{{38, 74, 140}, {188, 214, 236}, {96, 120, 140}, {52, 74, 48}},
		{{44, 36, 92}, {250, 164, 104}, {112, 72, 100}, {48, 30, 44}},
		{{8, 12, 34}, {54, 70, 120}, {34, 42, 70}, {12, 16, 26}},
		{{92, 160, 200}, {246, 236, 208}, {150, 164, 132}, {84, 104, 52}},
	}
	sky := skies[rnd.IntN(len(skies))]
	sunX, sunY := 0.2+0.6*rnd.Float64(), 0.2+0.2*rnd.Float64()
	aspect := float64(w) / float64(h)
	ridges := make([][]float64, 4)
	for i := range ridges {
		ridges[i] = ridge(rnd, w, 0.52+0.12*float64(i), 0.10-0.015*float64(i))
	}
	out := raster{w: w, h: h, pix: make([]int32, 3*w*h)}
	for y := range h {
		fy := float64(y) / float64(h)
		for x := range w {
			t := smooth(0, 0.75, fy)
			fx := float64(x) / float64(w)
			dx, dy := (fx-sunX)*aspect, fy-sunY
			d := math.Sqrt(mad(dx, dx, float64(dy*dy)))
			glow := 0.5*smooth(0.5, 0, d) + smooth(0.052, 0.048, d)
			layer := -1
			for i := range ridges {
				if fy > ridges[i][x] {
					layer = i
				}
			}
			for c := range 3 {
				v := lerp(sky[0][c], sky[1][c], t)
				v = lerp(v, 255, min(1, glow))
				if layer >= 0 {
					v = lerp(sky[2][c], sky[3][c], float64(layer)/3)
					v += 24 * (fy - ridges[layer][x])
					v += 6 * (float64(hash(uint32(x/3), uint32(y/2), seed)&255)/255 - 0.5)
				}
				out.pix[3*(y*w+x)+c] = int32(clamp(v, 0, 255)*16 + float64(hash(uint32(x), uint32(y), seed)&15))
			}
		}
	}
	return out
}

// ridge is the outline of hills: the height at each column, as a sum of waves.
func ridge(rnd *rand.Rand, w int, base, size float64) []float64 {
	out := make([]float64, w)
	for i := range out {
		out[i] = base
	}
	for n := 1; n <= 64; n *= 2 {
		phase, k := rnd.Float64()*6.28, float64(n)*(0.7+0.6*rnd.Float64())
		for x := range out {
			s, _ := sincos(mad(k*6.28, float64(x)/float64(w), phase))
			out[x] += float64(size*s) / float64(n) / 1.5
		}
	}
	return out
}

// hash is a number that looks random and depends on its three arguments only.
func hash(a, b, c uint32) uint32 {
	h := a*0x9e3779b1 ^ b*0x85ebca77 ^ c*0xc2b2ae3d
	h ^= h >> 15
	h *= 0x2c1b3c6d
	h ^= h >> 12
	h *= 0x297a2d39
	return h ^ h>>15
}
