package raster

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/filmgate/filmgate/internal/render/fp"
)

// softPicture returns an opaque level with soft features a few samples wide.
func softPicture(w, h int) *level {
	r := new(Canvas).bitmap(0, w, h, true)
	for y := range h {
		for x := range w {
			for c := range 3 {
				r.pix[3*(y*w+x)+c] = uint16(fp.Noise(float64(x)/5, float64(y)/5, uint32(c))*255) << 4
			}
		}
	}
	l := newLevel(r, new(Canvas))
	return &l
}

// patchAt returns a patch whose rows begin at (x, y), with pixels wide samples apart and rise samples lower each.
func patchAt(x, y, wide, rise float64) patch {
	at := func(i, j float64) samplePos {
		return samplePos{int((x + wide*i - rise*j) * (1 << fractionBits)), int((y + rise*i + wide*j) * (1 << fractionBits))}
	}
	return patch{corners: [4]samplePos{at(0, 0), at(tileSize, 0), at(0, tileSize), at(tileSize, tileSize)}, nx: tileSize, ny: tileSize}
}

func TestRunLengthKeepsTheErrorInvisible(t *testing.T) {
	for _, c := range []struct {
		name       string
		wide, rise float64
		want       runLength
	}{
		{"a level row", 1, 0, fullRun},
		{"a slope of 1/200", 1.05, 0.005, run8},
		{"a slope of 1/50", 1.05, -0.02, run4},
		{"pixels half a sample wide", 0.5, 0.015, run4},
		{"a slope of 1/25, in pixels half a sample wide", 0.5, 0.02, run2},
		{"a slope of 1/20", 1, 0.05, run2},
		{"a slope above 1/10", 1, 0.11, noRun},
		{"pixels much wider than a sample", 1.5, 0, noRun},
		{"pixels much narrower than a sample", 0.2, 0, noRun},
		{"upside down", -1, 0, noRun},
	} {
		p := patchAt(40, 40, c.wide, c.rise)
		if got := p.runLength(); got != c.want {
			t.Errorf("%s: the run length is %d, wanted %d", c.name, got, c.want)
		}
	}
	narrow := patchAt(40, 40, 1, 0)
	narrow.nx = 8
	if got := narrow.runLength(); got != noRun {
		t.Errorf("half a tile: the run length is %d", got)
	}
}

// tileOf returns the tile that shows a patch.
func tileOf(p *patch, l *level) (c tile) {
	c.set(p, l, p.runLength())
	return c
}

func TestTilesAreTheSameByRowsAndByPixels(t *testing.T) {
	l, k := softPicture(96, 96), newSplineWeights()
	for _, wide := range []float64{0.45, 0.8, 1, 1.06, 1.12, 1.3} {
		for _, rise := range []float64{0, 0.002, -0.006, 0.011, -0.03, 0.04} {
			p := patchAt(30.3, 41.7, wide, rise)
			if p.runLength() == noRun {
				t.Fatalf("pixels %v wide, rise %v: the tile can't be drawn by rows", wide, rise)
			}
			byRows, byPixels := NewFrame(tileSize, tileSize), NewFrame(tileSize, tileSize)
			tiles := []tile{tileOf(&p, l)}
			resample(byRows, &Resampler{k: k, tiles: tiles, scanlines: make([]scanline, 2)}, 0, tileSize)
			for i := range tileSize {
				x, y, dx, dy := p.row(8 * i)
				l.y.scatter(byPixels.Y[i*tileSize:(i+1)*tileSize], x, y, dx, dy, k)
			}
			for i := range tileSize / 2 {
				x, y, dx, dy := p.chroma(i)
				l.u.scatter(byPixels.U[i*tileSize/2:(i+1)*tileSize/2], x, y, dx, dy, k)
				l.v.scatter(byPixels.V[i*tileSize/2:(i+1)*tileSize/2], x, y, dx, dy, k)
			}
			if rise == 0 && !bytes.Equal(byRows.Pix, byPixels.Pix) {
				t.Errorf("pixels %v wide, level rows: the two differ", wide)
			}
			for i, v := range byRows.Pix {
				if d := int(v) - int(byPixels.Pix[i]); d < -4 || d > 4 {
					t.Fatalf("pixels %v wide, rise %v: sample %d is %d, drawn by pixels %d", wide, rise, i, v, byPixels.Pix[i])
				}
			}
		}
	}
}

func TestTilesDoNotDependOnTheirNeighbours(t *testing.T) {
	l, k := softPicture(96, 96), newSplineWeights()
	both, one := NewFrame(2*tileSize, tileSize), NewFrame(2*tileSize, tileSize)
	left, right := patchAt(10, 20, 1.1, 0.002), patchAt(50, 30, 0.9, 0)
	right.x0 = tileSize
	resample(both, &Resampler{k: k, tiles: []tile{tileOf(&left, l), tileOf(&right, l)}, scanlines: make([]scanline, 2)}, 0, tileSize)
	resample(one, &Resampler{k: k, tiles: []tile{tileOf(&left, l)}, scanlines: make([]scanline, 2)}, 0, tileSize)
	resample(one, &Resampler{k: k, tiles: []tile{tileOf(&right, l)}, scanlines: make([]scanline, 2)}, 0, tileSize)
	if !bytes.Equal(both.Pix, one.Pix) {
		t.Error("a tile depends on its neighbour")
	}
}

func TestAllKernelsDrawTheSamePixels(t *testing.T) {
	l, k, plain := softPicture(160, 96), newSplineWeights(), newSplineWeights()
	plain.rowKernels = plainRowKernels()
	r := rand.New(rand.NewPCG(1, 2))
	const across = 4
	for n := range 3000 {
		var tiles []tile
		for i := range across {
			wide := 0.3 + r.Float64()*(4.0/3-0.3)
			rise := wide * []float64{0, 0.001, 0.03, 0.09}[r.IntN(4)] * (2*r.Float64() - 1)
			p := patchAt(-16+r.Float64()*150, -16+r.Float64()*100, wide, rise)
			p.x0 = i * tileSize
			if p.runLength() != noRun {
				tiles = append(tiles, tileOf(&p, l))
			}
		}
		got, want := NewFrame(across*tileSize, 2), NewFrame(across*tileSize, 2)
		resample(want, &Resampler{k: plain, tiles: slices.Clone(tiles), scanlines: make([]scanline, across)}, 0, 2)
		resample(got, &Resampler{k: k, tiles: tiles, scanlines: make([]scanline, across)}, 0, 2)
		if !bytes.Equal(got.Pix, want.Pix) {
			t.Fatalf("row of tiles %d: the pixels differ\n%v\n%v", n, got.Pix, want.Pix)
		}
	}
}
