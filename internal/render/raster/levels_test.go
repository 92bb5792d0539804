package raster

import (
	"testing"
)

func TestALevelFadesIntoTheNext(t *testing.T) {
	p := newMipmap(filled(400, 400, 1, 2, 3), 0.3, new(Canvas))
	last := -1.0
	for step := 1.0; step < 3; step += 0.001 {
		side := int(16 * step * (1 << fractionBits))
		g := p.pickLevels(&patch{corners: [4]samplePos{{0, 0}, {side, 0}, {0, side}, {side, side}}})
		n := 0
		for p.levels[n].y != g.level.y {
			n++
		}
		at := float64(n) + float64(g.nextShare)/256
		if (g.next == nil) != (g.nextShare == 0) {
			t.Fatalf("a pixel %.3f samples wide takes %d/255 of the next level %v", step, g.nextShare, g.next)
		}
		if last >= 0 && (at < last || at > last+0.03) {
			t.Fatalf("at a pixel %.3f samples wide the level goes from %.2f to %.2f", step, last, at)
		}
		last = at
	}
}

// While a level fades into the next, tiles drawn by rows show the same as tiles drawn pixel by pixel.
func TestFadingTilesAreTheSameByRowsAndByPixels(t *testing.T) {
	k := newSplineWeights()
	for _, opaque := range []bool{true, false} {
		near, far := softLayer(96, 96), softLayer(77, 77)
		far.kx, far.ky = 77<<16/96, 77<<16/96
		for _, share := range []byte{1, 100, 255} {
			p := patchAt(24.3, 15.7, 1.1, 0.002)
			g := levelPair{level: near, patch: p, next: far, nextPatch: far.patchOf(&p), nextShare: share}
			got, want := grey(tileSize, tileSize), grey(tileSize, tileSize)
			b := resamplerOf(k, tileSize)
			b.clear()
			if !b.addTile(&g) || len(b.nextLevels.tiles) != 1 {
				t.Fatal("the tile can't be drawn by rows")
			}
			if opaque {
				resample(got, b, 0, tileSize)
				blendNextLevels(got, b, 0, tileSize)
				g.fill(want, b)
			} else {
				overlay(got, b, 0, tileSize)
				g.overlay(want, b)
			}
			for i, v := range got.Pix {
				if d := int(v) - int(want.Pix[i]); d < -5 || d > 5 {
					t.Fatalf("opaque %v, share %d/255: sample %d is %d, drawn by pixels %d", opaque, share, i, v, want.Pix[i])
				}
			}
		}
	}
}
