package raster

import (
	"encoding/binary"
	"image"
	"slices"
	"testing"

	"github.com/filmgate/filmgate/internal/render/fp"
)

func TestResizeWeightsKeepBrightness(t *testing.T) {
	for _, c := range [][2]int{{10, 10}, {10, 7}, {7, 10}, {100, 3}, {1, 5}, {5, 1}} {
		for i, tap := range resizeTaps(c[0], c[1]) {
			sum := int32(0)
			for _, w := range tap.weights {
				sum += w
			}
			if sum != 1<<14 {
				t.Errorf("%v: the weights of sample %d add up to %d", c, i, sum)
			}
		}
	}
	for x, want := range map[float64]float64{0: 1, 1: 0, 2: 0, 3: 0, 0.5: 0.5625, 1.5: -0.0625} {
		if got := catmullRom(x); got != want {
			t.Errorf("catmullRom(%g) is %g, wanted %g", x, got, want)
		}
	}
}

// filled returns a bitmap of one colour.
func filled(w, h int, r, g, b uint16) bitmap {
	out := bitmap{w: w, h: h, pix: make([]uint16, 3*w*h)}
	for i := range w * h {
		out.pix[3*i], out.pix[3*i+1], out.pix[3*i+2] = r<<4, g<<4, b<<4
	}
	return out
}

func TestResizeKeepsColoursAndGradients(t *testing.T) {
	for _, c := range [][4]int{{40, 30, 20, 15}, {40, 30, 33, 7}, {5, 3, 64, 200}, {1, 1, 3, 3}, {300, 200, 1, 1}} {
		to := new(Canvas).bitmap(0, c[2], c[3], true)
		filled(c[0], c[1], 200, 100, 7).resize(to)
		for i, v := range to.pix {
			if want := []uint16{200 << 4, 100 << 4, 7 << 4}[i%3]; v != want {
				t.Fatalf("%v: sample %d is %d, wanted %d", c, i, v, want)
			}
		}
	}
	slope := filled(100, 4, 0, 0, 0)
	for i := range slope.pix {
		slope.pix[i] = uint16(i / 3 % 100 * 40)
	}
	to := new(Canvas).bitmap(0, 50, 4, true)
	slope.resize(to)
	for x := 2; x < 48; x++ {
		if got, want := int(to.pix[3*x]), x*80+20; got < want-2 || got > want+2 {
			t.Errorf("sample %d of the gradient is %d, wanted %d", x, got, want)
		}
	}
}

func TestColoursBecomeBT709(t *testing.T) {
	for _, c := range []struct {
		name    string
		r, g, b uint16
		y, u, v int
	}{
		{"black", 0, 0, 0, 16, 128, 128}, {"white", 255, 255, 255, 235, 128, 128}, {"grey", 128, 128, 128, 126, 128, 128},
		{"red", 255, 0, 0, 63, 102, 240}, {"green", 0, 255, 0, 173, 42, 26}, {"blue", 0, 0, 255, 32, 240, 118},
	} {
		for _, size := range [][2]int{{8, 8}, {9, 7}, {1, 1}} {
			l := newLevel(filled(size[0], size[1], c.r, c.g, c.b), new(Canvas))
			for i, p := range []*plane{l.y, l.u, l.v} {
				got := int(binary.LittleEndian.Uint16(p.line(p.h / 2)[2*(border+p.w/2):])) - coefficientOffset
				if want := []int{c.y, c.u, c.v}[i]; got < want-1 || got > want+1 {
					t.Errorf("%s, %v: channel %d is %d, wanted %d", c.name, size, i, got, want)
				}
			}
		}
	}
}

func TestPlaneRepeatsItsEdges(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {3, 2}, {300, 5}} {
		w, h := size[0], size[1]
		rows := make([]int32, w*h)
		for i := range rows {
			rows[i] = int32(fp.Hash(uint32(i), 1, 1)%255) << 4
		}
		p := newPlane(rows, w, h)
		at := func(x, y int) uint16 { return binary.LittleEndian.Uint16(p.line(y)[2*(border+x):]) }
		for y := -border; y < h+border; y++ {
			for x := -border; x < w+border; x++ {
				if at(x, y) != at(max(0, min(w-1, x)), max(0, min(h-1, y))) {
					t.Fatalf("%v: the edge is not repeated at %d, %d", size, x, y)
				}
			}
		}
	}
}

func TestSamplingAtTheSamplesReturnsThem(t *testing.T) {
	k := newSplineWeights()
	smooth := make([]int32, 80*60)
	for i := range smooth {
		sin, cos := fp.SinCos(float64(i%80) / 7)
		smooth[i] = int32(16 * (128 + 60*sin + 40*cos*float64(i/80)/60))
	}
	p := newPlane(slices.Clone(smooth), 80, 60)
	out := make([]byte, 64)
	for y := 2; y < 58; y++ {
		p.span(out, 4<<fractionBits, y<<fractionBits, 1<<fractionBits, 0, k)
		for x, v := range out {
			if d := int(v) - int((smooth[y*80+4+x]+8)>>4); d < -1 || d > 1 {
				t.Fatalf("sample %d, %d is %d off", x+4, y, d)
			}
		}
	}
}

func TestMipmapHasTheLevelsItNeeds(t *testing.T) {
	for _, c := range []struct {
		side   int
		least  float64
		levels int
	}{{400, 1, 1}, {400, 0.8, 2}, {400, 0.5, 4}, {400, 0.1, 11}, {40, 0.1, 1}} {
		p := newMipmap(filled(c.side, c.side, 1, 2, 3), c.least, new(Canvas))
		if len(p.levels) != c.levels {
			t.Errorf("a side of %d down to the size %g has %d levels, wanted %d", c.side, c.least, len(p.levels), c.levels)
		}
		for i := 1; i < len(p.levels); i++ {
			if p.levels[i].y.w != p.levels[i-1].y.w*4/5 {
				t.Errorf("level %d has a side of %d", i, p.levels[i].y.w)
			}
		}
		if p.coverage != nil {
			t.Error("an opaque picture has a coverage map")
		}
	}
}

func TestLevelFitsTheSizeOfAPixel(t *testing.T) {
	p := newMipmap(filled(400, 400, 1, 2, 3), 0.3, new(Canvas))
	last := -1
	for _, step := range []float64{0.5, 1, 1.12, 1.2, 1.5, 2, 3} {
		side := int(16 * step * (1 << fractionBits))
		g := p.pickLevels(&patch{corners: [4]samplePos{{0, 0}, {side, 0}, {0, side}, {side, side}}})
		l, c := g.level, g.patch.corners
		n := slices.IndexFunc(p.levels, func(o level) bool { return o.y == l.y })
		if n < last || step <= 1.18 && n != 0 {
			t.Errorf("a pixel %g samples wide takes level %d", step, n)
		}
		if wide := float64(c[1].x-c[0].x) / 16 / (1 << fractionBits); wide > 1.19 || n > 0 && wide < 0.94 {
			t.Errorf("a pixel %g samples wide is %.3f wide on its level", step, wide)
		}
		last = n
	}
}

// transparentAround returns a transparent bitmap with one opaque rectangle.
func transparentAround(w, h int, r image.Rectangle) bitmap {
	out := filled(w, h, 9, 9, 9)
	out.alpha = make([]uint16, w*h)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			out.alpha[y*w+x] = 255 << 4
			out.pix[3*(y*w+x)] = uint16(x + y)
		}
	}
	return out
}

func TestTransparentEdgesAreCutOff(t *testing.T) {
	for _, c := range []struct {
		name string
		rect image.Rectangle
		want image.Rectangle // with the clearance, of 200 x 200
		seen bool
	}{
		{"all transparent", image.Rectangle{}, image.Rectangle{}, false},
		{"all opaque", image.Rect(0, 0, 200, 200), image.Rect(0, 0, 200, 200), true},
		{"a spot in the middle", image.Rect(100, 110, 101, 112), image.Rect(52, 62, 149, 160), true},
		{"near the corner", image.Rect(10, 20, 60, 70), image.Rect(0, 0, 108, 118), true},
	} {
		r := transparentAround(200, 200, c.rect)
		x0, y0, ok := r.crop()
		if ok != c.seen {
			t.Errorf("%s: crop reports %v", c.name, ok)
		}
		if !ok {
			continue
		}
		if got := image.Rect(x0, y0, x0+r.w, y0+r.h); got != c.want {
			t.Errorf("%s: %v is left, wanted %v", c.name, got, c.want)
		}
		x, y := c.rect.Min.X, c.rect.Min.Y
		if i := (y-y0)*r.w + x - x0; r.alpha[i] != 255<<4 || r.pix[3*i] != uint16(x+y) {
			t.Errorf("%s: the rectangle's corner moved", c.name)
		}
	}
}

func TestCoverageFindsOpaqueAndTransparentTiles(t *testing.T) {
	c := newCoverage(transparentAround(320, 320, image.Rect(96, 96, 224, 224)))
	for _, q := range []struct {
		name        string
		x, y        int // upper left corner of a tile of 16 samples
		full, there bool
	}{
		{"in the middle", 150, 150, true, true}, {"far outside", 10, 10, false, false}, {"across the edge", 90, 150, false, true},
		{"close inside the edge", 100, 150, false, true}, {"beyond the layer", -300, 150, false, false}, {"beyond the other side", 150, 900, false, false},
	} {
		at := func(dx, dy int) samplePos { return samplePos{(q.x + dx) << fractionBits, (q.y + dy) << fractionBits} }
		full, there := c.tile([4]samplePos{at(0, 0), at(16, 0), at(0, 16), at(16, 16)})
		if full != q.full || there != q.there {
			t.Errorf("%s: opaque %v, visible %v", q.name, full, there)
		}
	}
}

func TestCanvasReusesItsMemory(t *testing.T) {
	e := new(Canvas)
	a := e.bitmap(0, 100, 100, false)
	if b := e.bitmap(2, 50, 50, false); &a.pix[0] != &b.pix[0] || &a.alpha[0] != &b.alpha[0] || len(b.pix) != 7500 {
		t.Error("the second bitmap has new memory")
	}
	if b := e.bitmap(1, 50, 50, true); &a.pix[0] == &b.pix[0] || b.alpha != nil {
		t.Error("the two bitmaps share memory")
	}
}

func TestBlendBytesBlendsByOpacity(t *testing.T) {
	for _, c := range []struct{ under, over, alpha, want byte }{
		{100, 200, 0, 100}, {100, 200, 255, 200}, {100, 200, 128, 150}, {16, 235, 255, 235}, {235, 16, 255, 16}, {80, 80, 77, 80},
	} {
		got := []byte{c.under}
		blendBytes(got, []byte{c.over}, []byte{c.alpha})
		if d := int(got[0]) - int(c.want); d < -1 || d > 1 {
			t.Errorf("%d over %d at %d gives %d, wanted %d", c.over, c.under, c.alpha, got[0], c.want)
		}
	}
	if visible([]byte{0, 0}) || !visible([]byte{0, 1}) {
		t.Error("visible confuses transparent with visible pixels")
	}
}
