package render

import (
	"bytes"
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
		{"a hundredth across", 1.05, -0.01, slanting},
		{"pixels half a sample wide", 0.5, 0.005, slanting},
		{"a fiftieth across", 1, 0.02, astray},
		{"pixels much wider than a sample", 1.5, 0, astray},
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

func TestWovenCellsShowWhatSinglePixelsWould(t *testing.T) {
	l, k := pebbles(96, 96), newWeights()
	for _, wide := range []float64{0.45, 0.8, 1, 1.06, 1.12, 1.3} {
		for _, rise := range []float64{0, 0.002, -0.006, 0.011} {
			p := cellAt(30.3, 41.7, wide, rise)
			how := p.course()
			if how == astray {
				t.Fatalf("%v wide, %v up: astray", wide, rise)
			}
			woven, single := newFrame(cell, cell), newFrame(cell, cell)
			band := []strand{{patch: p, level: l, how: how, luma: p.sides(0, 8), chroma: p.sides(4, 16)}}
			weave(woven, band, 0, cell, k)
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
		return strand{patch: p, level: l, how: p.course(), luma: p.sides(0, 8), chroma: p.sides(4, 16)}
	}
	weave(both, []strand{woven(left), woven(right)}, 0, cell, k)
	weave(one, []strand{woven(left)}, 0, cell, k)
	weave(one, []strand{woven(right)}, 0, cell, k)
	if !bytes.Equal(both.pix, one.pix) {
		t.Error("a cell depends on its neighbour")
	}
}
