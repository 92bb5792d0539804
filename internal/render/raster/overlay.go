package raster

// overlayRows holds two rows of luma and one of chroma of a layer that is blended over a frame.
type overlayRows struct {
	alpha, luma [2][]byte
	chromaAlpha []byte // opacity for chroma
	u, v        []byte
	shown       []bool // of each tile: whether it is visible in this pair of rows
}

func newOverlayRows(w int) overlayRows {
	full, half := func() []byte { return make([]byte, w+tileSize) }, func() []byte { return make([]byte, w/2+tileSize) }
	return overlayRows{alpha: [2][]byte{full(), full()}, luma: [2][]byte{full(), full()}, chromaAlpha: half(), u: half(), v: half(), shown: make([]bool, tilesIn(w))}
}

// overlay blends a row of tiles over a frame. It is resample for layers that are not opaque.
func overlay(f *Frame, b *Resampler, y0, ny int) {
	r := &b.rows
	for i := 0; i < ny; i += 2 {
		there := r.shown[:len(b.tiles)]
		clear(there)
		for row := range 2 {
			overlayLuma(f, b, y0+i+row, r.alpha[row], r.luma[row], there)
		}
		overlayChroma(f, b, (y0+i)/2, there)
	}
}

// overlayLuma blends row y of the tiles, keeps its opacity in alpha, and marks in there the tiles that show anything.
func overlayLuma(f *Frame, b *Resampler, y int, alpha, luma []byte, there []bool) {
	scanlines := b.scanlines[:len(b.tiles)]
	for n := range b.tiles {
		c, t := &b.tiles[n], &scanlines[n]
		x, y, dx, dy := c.luma.next()
		t.setPlanes(c.level.a, nil, c.x0)
		t.setRow(x, y, dx, dy, tileSize, c.run)
	}
	b.k.mix(scanlines, b.k)
	b.k.read(scanlines, alpha, b.k)
	b.nextLevels.nextRow()
	b.nextLevels.blendOpacity(b.k, alpha)
	// Only visible tiles are drawn. Their luma has the positions of their opacity.
	seen := 0
	for n := range b.tiles {
		if x := b.tiles[n].x0; !visible(alpha[x : x+tileSize]) {
			continue
		}
		there[n] = true
		if seen < n {
			scanlines[seen] = scanlines[n]
		}
		scanlines[seen].plane = b.tiles[n].level.y
		seen++
	}
	scanlines = scanlines[:seen]
	b.k.mix(scanlines, b.k)
	b.k.read(scanlines, luma, b.k)
	b.nextLevels.blendLuma(b.k, luma)
	b.k.blend(scanlines, f.Y[y*f.W:(y+1)*f.W], luma, alpha)
}

// overlayChroma blends row y of chroma of the tiles marked in there.
func overlayChroma(f *Frame, b *Resampler, y int, there []bool) {
	r, seen := &b.rows, 0
	for n := range b.tiles {
		c := &b.tiles[n]
		x, y, dx, dy := c.chroma.next()
		if !there[n] {
			continue
		}
		t := &b.scanlines[seen]
		t.setPlanes(c.level.u, c.level.v, c.x0/2)
		t.setRow(chroma(x), chroma(y), dx, dy, tileSize/2, c.run)
		seen++
	}
	scanlines := b.scanlines[:seen]
	b.k.mix(scanlines, b.k)
	b.k.readPairs(scanlines, r.u, r.v, b.k)
	b.nextLevels.blendChroma(b.k, r.u, r.v)
	for n := range scanlines {
		at := scanlines[n].to
		for i := at; i < at+tileSize/2; i++ {
			// A sample of chroma is between two rows of luma, in the column of the left one.
			r.chromaAlpha[i] = byte((int(r.alpha[0][2*i]) + int(r.alpha[1][2*i]) + 1) / 2)
		}
	}
	b.k.blendHalf(scanlines, f.U[y*f.W/2:(y+1)*f.W/2], r.u, r.chromaAlpha)
	b.k.blendHalf(scanlines, f.V[y*f.W/2:(y+1)*f.W/2], r.v, r.chromaAlpha)
}
