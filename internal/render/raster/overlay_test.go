package raster

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/filmgate/filmgate/internal/render/fp"
)

// softLayer returns a level with soft features, opaque in its middle and transparent at its edges.
func softLayer(w, h int) *level {
	r := new(Canvas).bitmap(0, w, h, false)
	for y := range h {
		for x := range w {
			for c := range 3 {
				r.pix[3*(y*w+x)+c] = uint16(fp.Noise(float64(x)/5, float64(y)/5, uint32(c))*255) << 4
			}
			away := math.Hypot(float64(x)/float64(w)-0.5, float64(y)/float64(h)-0.5)
			r.alpha[y*w+x] = uint16(255*fp.Smoothstep(0.45, 0.15, away)) << 4
		}
	}
	l := newLevel(r, new(Canvas))
	return &l
}

// grey returns a grey frame.
func grey(w, h int) *Frame {
	f := NewFrame(w, h)
	for i := range f.Pix {
		f.Pix[i] = 90
	}
	return f
}

func TestOverlaidTilesAreTheSameByRowsAndByPixels(t *testing.T) {
	l, k := softLayer(96, 96), newSplineWeights()
	for _, wide := range []float64{0.45, 0.8, 1, 1.3} {
		for _, rise := range []float64{0, 0.004, -0.02, 0.04} {
			p := patchAt(24.3, 15.7, wide, rise)
			got, want := grey(tileSize, tileSize), grey(tileSize, tileSize)
			overlay(got, resamplerOf(k, tileSize, tileOf(&p, l)), 0, tileSize)
			l.overlay(want, &p, k)
			if rise == 0 && !bytes.Equal(got.Y, want.Y) {
				t.Errorf("pixels %v wide, level rows: the two differ", wide)
			}
			for i, v := range got.Pix {
				if d := int(v) - int(want.Pix[i]); d < -4 || d > 4 {
					t.Fatalf("pixels %v wide, rise %v: sample %d is %d, drawn by pixels %d", wide, rise, i, v, want.Pix[i])
				}
			}
		}
	}
}

// resamplerOf returns a resampler for a frame w wide, with the tiles of a row.
func resamplerOf(k *splineWeights, w int, tiles ...tile) *Resampler {
	b := new(Resampler)
	b.prepare(w, tileSize, 1)
	b.k = k
	b.tiles = append(b.tiles[:0], tiles...)
	return b
}

func TestATransparentLayerChangesNothing(t *testing.T) {
	l, k := softLayer(96, 96), newSplineWeights()
	p := patchAt(1, 1, 0.4, 0)
	got := grey(tileSize, tileSize)
	overlay(got, resamplerOf(k, tileSize, tileOf(&p, l)), 0, tileSize)
	if !bytes.Equal(got.Pix, grey(tileSize, tileSize).Pix) {
		t.Error("a transparent tile changed the frame")
	}
}

// The next tile takes an invisible tile's place in the row, and must still be drawn from its own part of the layer.
func TestTransparentTilesDoNotChangeTheirNeighbours(t *testing.T) {
	l, k := softLayer(96, 96), newSplineWeights()
	clear, seen := patchAt(1, 1, 0.4, 0), patchAt(40, 40, 1, 0.002)
	seen.x0 = tileSize
	both, one := grey(2*tileSize, tileSize), grey(2*tileSize, tileSize)
	overlay(both, resamplerOf(k, 2*tileSize, tileOf(&clear, l), tileOf(&seen, l)), 0, tileSize)
	overlay(one, resamplerOf(k, 2*tileSize, tileOf(&seen, l)), 0, tileSize)
	if !bytes.Equal(both.Pix, one.Pix) {
		t.Error("a transparent tile changed its neighbour")
	}
	if bytes.Equal(one.Pix, grey(2*tileSize, tileSize).Pix) {
		t.Error("nothing was drawn")
	}
}

func TestAllKernelsBlendTheSamePixels(t *testing.T) {
	l, k, plain := softLayer(160, 96), newSplineWeights(), newSplineWeights()
	plain.rowKernels = plainRowKernels()
	r := rand.New(rand.NewPCG(3, 4))
	const across = 4
	for n := range 1000 {
		var tiles []tile
		for i := range across {
			wide := 0.3 + r.Float64()
			p := patchAt(r.Float64()*150, r.Float64()*90, wide, float64(wide*0.09)*(2*r.Float64()-1))
			if p.x0 = i * tileSize; p.runLength() != noRun {
				tiles = append(tiles, tileOf(&p, l))
			}
		}
		got := NewFrame(across*tileSize, 2)
		for i := range got.Pix {
			got.Pix[i] = byte(r.IntN(256))
		}
		want := NewFrame(across*tileSize, 2)
		copy(want.Pix, got.Pix)
		overlay(got, resamplerOf(k, across*tileSize, slices.Clone(tiles)...), 0, 2)
		overlay(want, resamplerOf(plain, across*tileSize, tiles...), 0, 2)
		if !bytes.Equal(got.Pix, want.Pix) {
			t.Fatalf("row of tiles %d: the pixels differ\n%v\n%v", n, got.Pix, want.Pix)
		}
	}
}

func TestAllKernelsBlendEveryOpacity(t *testing.T) {
	fast, plain := newRowKernels(), plainRowKernels()
	scanlines := []scanline{{to: 0}, {to: 16}}
	got, want, colour, alpha := make([]byte, 32), make([]byte, 32), make([]byte, 32), make([]byte, 32)
	for a := range 256 {
		for below := 0; below < 256; below += 5 {
			for i := range got {
				got[i], want[i], colour[i], alpha[i] = byte(below), byte(below), byte(8*i), byte(a)
			}
			fast.blend(scanlines, got, colour, alpha)
			plain.blend(scanlines, want, colour, alpha)
			if !bytes.Equal(got, want) {
				t.Fatalf("opacity %d over %d: %v, wanted %v", a, below, got, want)
			}
		}
	}
}
