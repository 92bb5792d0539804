package render

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
)

// pebbles is a level with soft features of a few samples.
func pebbles(w, h int) *level {
	r := new(easel).raster(0, w, h, true)
	for y := range h {
		for x := range w {
			for c := range 3 {
				r.pix[3*(y*w+x)+c] = uint16(noise(float64(x)/5, float64(y)/5, uint32(c))*255) << 4
			}
		}
	}
	l := newLevel(r, new(easel))
	return &l
}

// cellAt is a cell whose rows run from (x, y) on, pixels wide samples apart and rise samples higher each.
func cellAt(x, y, wide, rise float64) patch {
	at := func(i, j float64) spot {
		return spot{int((x + wide*i - rise*j) * (1 << fine)), int((y + rise*i + wide*j) * (1 << fine))}
	}
	return patch{c: [4]spot{at(0, 0), at(cell, 0), at(0, cell), at(cell, cell)}, nx: cell, ny: cell}
}

func TestRowsAreTakenForLevelOnlyWhereNobodySees(t *testing.T) {
	for _, c := range []struct {
		name       string
		wide, rise float64
		want       course
	}{
		{"a row that stays in its row", 1, 0, straight},
		{"half a hundredth across", 1.05, 0.005, leaning},
		{"a fiftieth across", 1.05, -0.02, slanting},
		{"pixels half a sample wide", 0.5, 0.015, slanting},
		{"a fiftieth across, in pixels half a sample wide", 0.5, 0.02, steep},
		{"a twentieth across", 1, 0.05, steep},
		{"a tenth across, and more", 1, 0.11, astray},
		{"pixels much wider than a sample", 1.5, 0, astray},
		{"pixels much narrower than a sample", 0.2, 0, astray},
		{"upside down", -1, 0, astray},
	} {
		p := cellAt(40, 40, c.wide, c.rise)
		if got := p.course(); got != c.want {
			t.Errorf("%s: course %d, wanted %d", c.name, got, c.want)
		}
	}
	narrow := cellAt(40, 40, 1, 0)
	narrow.nx = 8
	if got := narrow.course(); got != astray {
		t.Errorf("half a cell: course %d", got)
	}
}

// strandOf is a strand of a cell.
func strandOf(p *patch, l *level) (c strand) {
	c.begin(p, l, p.course())
	return c
}

func TestWovenCellsShowWhatSinglePixelsWould(t *testing.T) {
	l, k := pebbles(96, 96), newWeights()
	for _, wide := range []float64{0.45, 0.8, 1, 1.06, 1.12, 1.3} {
		for _, rise := range []float64{0, 0.002, -0.006, 0.011, -0.03, 0.04} {
			p := cellAt(30.3, 41.7, wide, rise)
			if p.course() == astray {
				t.Fatalf("%v wide, %v up: astray", wide, rise)
			}
			woven, single := newFrame(cell, cell), newFrame(cell, cell)
			band := []strand{strandOf(&p, l)}
			weave(woven, &brush{k: k, band: band, threads: make([]thread, 2)}, 0, cell)
			for i := range cell {
				x, y, dx, dy := p.row(8 * i)
				l.y.scatter(single.y[i*cell:(i+1)*cell], x, y, dx, dy, k)
			}
			for i := range cell / 2 {
				x, y, dx, dy := p.chroma(i)
				l.u.scatter(single.u[i*cell/2:(i+1)*cell/2], x, y, dx, dy, k)
				l.v.scatter(single.v[i*cell/2:(i+1)*cell/2], x, y, dx, dy, k)
			}
			if rise == 0 && !bytes.Equal(woven.pix, single.pix) {
				t.Errorf("%v wide, level: the two differ", wide)
			}
			for i, v := range woven.pix {
				if d := int(v) - int(single.pix[i]); d < -4 || d > 4 {
					t.Fatalf("%v wide, %v up: sample %d is %d, and alone %d", wide, rise, i, v, single.pix[i])
				}
			}
		}
	}
}

func TestABandDrawsItsCellsSideBySide(t *testing.T) {
	l, k := pebbles(96, 96), newWeights()
	both, one := newFrame(2*cell, cell), newFrame(2*cell, cell)
	left, right := cellAt(10, 20, 1.1, 0.002), cellAt(50, 30, 0.9, 0)
	right.x0 = cell
	woven := func(p patch) strand {
		return strandOf(&p, l)
	}
	weave(both, &brush{k: k, band: []strand{woven(left), woven(right)}, threads: make([]thread, 2)}, 0, cell)
	weave(one, &brush{k: k, band: []strand{woven(left)}, threads: make([]thread, 2)}, 0, cell)
	weave(one, &brush{k: k, band: []strand{woven(right)}, threads: make([]thread, 2)}, 0, cell)
	if !bytes.Equal(both.pix, one.pix) {
		t.Error("a cell depends on its neighbour")
	}
}

func TestEveryLoomGivesTheSamePixels(t *testing.T) {
	l, k, plain := pebbles(160, 96), newWeights(), newWeights()
	plain.loom = plainLoom()
	r := rand.New(rand.NewPCG(1, 2))
	const across = 4
	for n := range 3000 {
		var band []strand
		for i := range across {
			wide := 0.3 + r.Float64()*(4.0/3-0.3)
			rise := wide * []float64{0, 0.001, 0.03, 0.09}[r.IntN(4)] * (2*r.Float64() - 1)
			p := cellAt(-16+r.Float64()*150, -16+r.Float64()*100, wide, rise)
			p.x0 = i * cell
			if p.course() != astray {
				band = append(band, strandOf(&p, l))
			}
		}
		got, want := newFrame(across*cell, 2), newFrame(across*cell, 2)
		weave(want, &brush{k: plain, band: slices.Clone(band), threads: make([]thread, across)}, 0, 2)
		weave(got, &brush{k: k, band: band, threads: make([]thread, across)}, 0, 2)
		if !bytes.Equal(got.pix, want.pix) {
			t.Fatalf("band %d: the pixels differ\n%v\n%v", n, got.pix, want.pix)
		}
	}
}
