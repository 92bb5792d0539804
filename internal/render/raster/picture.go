package raster

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"github.com/filmgate/filmgate/internal/render/fp"
)

// taps are the source samples that make one sample of the result, and their weights in 14-bit fractions.
type taps struct {
	first   int
	weights []int32
}

// resizeTaps returns the taps that resize n samples to m, by the Catmull-Rom cubic. It is widened for smaller results,
// so that details too fine to show are averaged and do not alias.
func resizeTaps(n, m int) []taps {
	ratio := float64(n) / float64(m)
	wide := max(1, ratio)
	reach := float64(2 * wide)
	out := make([]taps, m)
	for i := range out {
		middle := fp.MulAdd(float64(i)+0.5, ratio, -0.5)
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
		// A picture that keeps its size needs one tap.
		for t.weights[0] == 0 {
			t.first, t.weights = t.first+1, t.weights[1:]
		}
		for t.weights[len(t.weights)-1] == 0 {
			t.weights = t.weights[:len(t.weights)-1]
		}
		out[i] = t
	}
	return out
}

func catmullRom(x float64) float64 {
	switch {
	case x < 1:
		return fp.MulAdd(float64(x*x), fp.MulAdd(1.5, x, -2.5), 1)
	case x < 2:
		return fp.MulAdd(fp.MulAdd(fp.MulAdd(-0.5, x, 2.5), x, -4), x, 2)
	}
	return 0
}

// resize resizes a picture on all cores, and keeps only as many rows as one row of the result needs, so that a large
// picture costs little memory. reader is called for a function that reads rows, once for each 64 rows of the result.
func resize(w, h, channels int, out []uint16, toW, toH int, reader func() func(y int, row []int32)) {
	across, down := resizeTaps(w, toW), resizeTaps(h, toH)
	keep := 0
	for _, t := range down {
		keep = max(keep, len(t.weights))
	}
	const strip = 64
	parallel((toH+strip-1)/strip, func(k int) {
		read := reader()
		ring := make([][]int32, keep)
		for i := range ring {
			ring[i] = make([]int32, channels*toW)
		}
		line, sum := make([]int32, channels*w), make([]int32, channels*toW)
		next := max(0, down[k*strip].first)
		for y := k * strip; y < min(toH, (k+1)*strip); y++ {
			t := down[y]
			for ; next < min(h, t.first+len(t.weights)); next++ {
				read(next, line)
				resizeRow(ring[next%keep], line, channels, across)
			}
			clear(sum)
			for i, weight := range t.weights {
				for x, v := range ring[max(0, min(h-1, t.first+i))%keep] {
					sum[x] += v * weight
				}
			}
			for x, v := range sum {
				out[channels*toW*y+x] = uint16(max(0, min(255<<4, (v+1<<13)>>14)))
			}
		}
	})
}

// resizeRow resizes one row.
func resizeRow(row, line []int32, channels int, across []taps) {
	n := len(line) / channels
	for x, t := range across {
		if channels == 3 && t.first >= 0 && t.first+len(t.weights) <= n {
			var r, g, b int32 = 1 << 13, 1 << 13, 1 << 13
			from := line[3*t.first:]
			for _, weight := range t.weights {
				r += from[0] * weight
				g += from[1] * weight
				b += from[2] * weight
				from = from[3:]
			}
			row[3*x], row[3*x+1], row[3*x+2] = r>>14, g>>14, b>>14
			continue
		}
		for c := range channels {
			var sum int32
			for i, weight := range t.weights {
				sum += line[channels*max(0, min(n-1, t.first+i))+c] * weight
			}
			row[channels*x+c] = (sum + 1<<13) >> 14
		}
	}
}

// Picture is a picture scaled for a layer, before it is known how far beyond its edges the camera looks.
type Picture struct{ samples bitmap }

// NewPicture scales src to w x h samples, on white if it is transparent.
func NewPicture(src image.Image, w, h int) *Picture {
	p := &Picture{samples: new(Canvas).bitmap(0, w, h, true)}
	fillFrom(src, p.samples)
	return p
}

// Place sets the nearness of the layer as the parts of the picture look; their mean is the middle plane.
func (p *Picture) Place(l *Layer) {
	slope := depth(p.samples) / (l.Hi.Y - l.Lo.Y)
	l.Near = Nearness{Base: 1 - float64(slope*(l.Lo.Y+l.Hi.Y)/2), Slope: slope}
}

// Show makes the layer show the picture between its corners, and beyond them a continuation of the picture as far as from
// and to. The layer has mipmap levels down to the size least (1: that of the picture).
func (p *Picture) Show(l *Layer, from, to Bounds, least float64) {
	m := p.margins(l, from, to)
	var canvas Canvas
	l.mipmap = newMipmap(p.samples.continued(&canvas, m, p.scale(l), l.Padded), least, &canvas)
	p.place(l, m, 0, 0)
}

// scale returns the picture's samples in a frame height of a layer that shows it.
func (p *Picture) scale(l *Layer) float64 { return float64(p.samples.h) / (l.Hi.Y - l.Lo.Y) }

// margins returns how far the picture is to be continued for a layer that is seen as far as from and to.
func (p *Picture) margins(l *Layer, from, to Bounds) margins {
	beyond := func(size float64) int { return int(math.Ceil(max(0, float64(size*p.scale(l))))) }
	return margins{beyond(l.Lo.X - from.X), beyond(l.Lo.Y - from.Y), beyond(to.X - l.Hi.X), beyond(to.Y - l.Hi.Y)}
}

// place puts the samples of a layer's mipmap where the layer shows the picture, of which (x0, y0) is the first sample that was kept.
func (p *Picture) place(l *Layer, m margins, x0, y0 int) {
	w, h := float64(p.samples.w), float64(p.samples.h)
	l.scale = p.scale(l)
	l.ox = float64(m.left-x0) + float64(w*-l.Lo.X/(l.Hi.X-l.Lo.X)) - 0.5
	l.oy = float64(m.top-y0) + float64(h*-l.Lo.Y/(l.Hi.Y-l.Lo.Y)) - 0.5
}

// fillFrom scales the picture src into a bitmap, on white if it is transparent.
func fillFrom(src image.Image, r bitmap) {
	b := src.Bounds()
	white := image.NewUniform(color.White)
	resize(b.Dx(), b.Dy(), 3, r.pix, r.w, r.h, func() func(y int, row []int32) {
		line := image.NewRGBA(image.Rect(0, 0, b.Dx(), 1))
		return func(y int, row []int32) {
			draw.Draw(line, line.Rect, white, image.Point{}, draw.Src)
			draw.Draw(line, line.Rect, src, image.Pt(b.Min.X, b.Min.Y+y), draw.Over)
			for x := range b.Dx() {
				for c := range 3 {
					row[3*x+c] = int32(line.Pix[4*x+c]) << 4
				}
			}
		}
	})
}

// resize scales the bitmap to the size of another.
func (r bitmap) resize(to bitmap) {
	rows := func(from []uint16, channels int) func() func(y int, row []int32) {
		return func() func(y int, row []int32) {
			return func(y int, row []int32) {
				for i, v := range from[channels*r.w*y : channels*r.w*(y+1)] {
					row[i] = int32(v)
				}
			}
		}
	}
	resize(r.w, r.h, 3, to.pix, to.w, to.h, rows(r.pix, 3))
	if r.alpha != nil {
		resize(r.w, r.h, 1, to.alpha, to.w, to.h, rows(r.alpha, 1))
	}
}
