package render

import (
	"image"
	"image/color"
	"image/draw"
	"math"
)

// raster is a picture of three interleaved channels, red, green and blue, each 0 to 255 times 16.
type raster struct {
	w, h int
	pix  []int32
}

// taps are the source samples that make one sample of the result, and their weights in 14-bit fractions.
type taps struct {
	first   int
	weights []int32
}

// kernel lays out the taps that resize n samples to m: the Catmull-Rom cubic, widened when it makes the picture
// smaller so that what can't be shown is averaged and does not alias.
func kernel(n, m int) []taps {
	ratio := float64(n) / float64(m)
	wide := max(1, ratio)
	reach := float64(2 * wide)
	out := make([]taps, m)
	for i := range out {
		middle := mad(float64(i)+0.5, ratio, -0.5)
		first, last := int(math.Ceil(middle-reach)), int(math.Floor(middle+reach))
		weights := make([]float64, last-first+1)
		sum := 0.0
		for k := range weights {
			weights[k] = catmullRom(math.Abs(float64(first+k)-middle) / wide)
			sum += weights[k]
		}
		t := taps{first: first, weights: make([]int32, len(weights))}
		rest, best := int32(1<<14), 0
		for k, w := range weights {
			t.weights[k] = int32(math.Round(w / sum * (1 << 14)))
			rest -= t.weights[k]
			if w > weights[best] {
				best = k
			}
		}
		t.weights[best] += rest
		out[i] = t
	}
	return out
}

func catmullRom(x float64) float64 {
	switch {
	case x < 1:
		return mad(float64(x*x), mad(1.5, x, -2.5), 1)
	case x < 2:
		return mad(mad(mad(-0.5, x, 2.5), x, -4), x, 2)
	}
	return 0
}

// resize reads the picture src into a raster of w x h samples. Whatever is see-through lies on white.
func resize(src image.Image, w, h int) raster {
	b := src.Bounds()
	across, down := kernel(b.Dx(), w), kernel(b.Dy(), h)
	keep := 0
	for _, t := range down {
		keep = max(keep, len(t.weights))
	}
	// Only as many source rows as one row of the result needs are held, so that a large picture costs no memory.
	ring := make([][]int32, keep)
	for i := range ring {
		ring[i] = make([]int32, 3*w)
	}
	line := image.NewRGBA(image.Rect(0, 0, b.Dx(), 1))
	out := raster{w: w, h: h, pix: make([]int32, 3*w*h)}
	next := 0
	for y, t := range down {
		for ; next < min(b.Dy(), t.first+len(t.weights)); next++ {
			draw.Draw(line, line.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
			draw.Draw(line, line.Rect, src, image.Pt(b.Min.X, b.Min.Y+next), draw.Over)
			squeeze(ring[next%keep], line.Pix, b.Dx(), across)
		}
		row := out.pix[3*w*y : 3*w*(y+1)]
		for i, weight := range t.weights {
			from := ring[max(0, min(b.Dy()-1, t.first+i))%keep]
			for x, v := range from {
				row[x] += v * weight
			}
		}
		for x, v := range row {
			row[x] = max(0, min(255<<4, (v+1<<13)>>14))
		}
	}
	return out
}

// squeeze resizes one row of RGBA pixels.
func squeeze(row []int32, rgba []byte, n int, across []taps) {
	for x, t := range across {
		var r, g, b int32
		for i, weight := range t.weights {
			o := 4 * max(0, min(n-1, t.first+i))
			r += int32(rgba[o]) * weight
			g += int32(rgba[o+1]) * weight
			b += int32(rgba[o+2]) * weight
		}
		row[3*x], row[3*x+1], row[3*x+2] = (r+1<<9)>>10, (g+1<<9)>>10, (b+1<<9)>>10
	}
}
