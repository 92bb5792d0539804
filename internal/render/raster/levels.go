package raster

// levelPair is what a tile shows of a mipmap: a patch of a level and, increasingly before it takes over, the same patch
// of the next coarser level. So no frame is suddenly softer or sharper than the one before.
type levelPair struct {
	level     *level
	patch     patch
	next      *level // the next coarser level; nil if it is invisible
	nextPatch patch  // the same tile in it
	nextShare byte   // its opacity, 0 to 255
}

// The width of a pixel of the frame, in 16ths of a level's samples, at which the next level begins to show, and at which it
// replaces the level.
const (
	fadeFrom = 17
	fadeTo   = 19
)

// pickLevels returns the levels for a patch of the finest level.
func (p *mipmap) pickLevels(at *patch) levelPair {
	c := &at.corners
	size := max(c[1].x-c[0].x, c[0].x-c[1].x, c[2].y-c[0].y, c[0].y-c[2].y, c[3].x-c[2].x, c[3].y-c[1].y)
	n := 0
	for size > tileSize*fadeTo<<fractionBits/16 && n < len(p.levels)-1 {
		size = size * 4 / 5
		n++
	}
	out := levelPair{level: &p.levels[n], patch: p.levels[n].patchOf(at)}
	const from, to = tileSize * fadeFrom << fractionBits / 16, tileSize * fadeTo << fractionBits / 16
	if part := min(255, 256*(size-from)/(to-from)); part > 0 && n < len(p.levels)-1 {
		out.next, out.nextShare = &p.levels[n+1], byte(part)
		out.nextPatch = out.next.patchOf(at)
	}
	return out
}

// patchOf maps a patch of the finest level to this level.
func (l *level) patchOf(at *patch) patch {
	out := *at
	if l.kx == 1<<16 && l.ky == 1<<16 {
		return out
	}
	const half = 1 << (fractionBits - 1)
	for i := range out.corners {
		out.corners[i].x = (at.corners[i].x+half)*l.kx>>16 - half
		out.corners[i].y = (at.corners[i].y+half)*l.ky>>16 - half
	}
	return out
}

// fill draws the tile as if it were opaque, pixel by pixel.
func (g *levelPair) fill(f *Frame, b *Resampler) {
	g.level.fill(f, &g.patch, b.k)
	if g.next == nil {
		return
	}
	p, spare := g.nextPatch, b.oneTile
	p.x0, p.y0 = 0, 0
	g.next.fill(spare, &p, b.k)
	f.blend(spare, &g.patch, g.nextShare)
}

// overlay blends the tile over a frame, pixel by pixel.
func (g *levelPair) overlay(f *Frame, b *Resampler) {
	if g.next == nil {
		g.level.overlay(f, &g.patch, b.k)
		return
	}
	// Both levels have the same opacity, so each can be blended over a copy of the frame, and the results mixed.
	p, spare := g.nextPatch, b.oneTile
	p.x0, p.y0 = 0, 0
	spare.cut(f, &g.patch)
	g.next.overlay(spare, &p, b.k)
	g.level.overlay(f, &g.patch, b.k)
	f.blend(spare, &g.patch, g.nextShare)
}

// cut copies a tile of a larger frame into f, which is one tile large.
func (f *Frame) cut(from *Frame, p *patch) {
	for y := range p.ny {
		copy(f.Y[y*tileSize:y*tileSize+p.nx], from.Y[(p.y0+y)*from.W+p.x0:])
	}
	for y := range p.ny / 2 {
		o := (p.y0/2+y)*from.W/2 + p.x0/2
		copy(f.U[y*tileSize/2:y*tileSize/2+p.nx/2], from.U[o:])
		copy(f.V[y*tileSize/2:y*tileSize/2+p.nx/2], from.V[o:])
	}
}

// blend blends a frame that is one tile large over a tile of f, by part of 255.
func (f *Frame) blend(one *Frame, p *patch, part byte) {
	var alpha [tileSize]byte
	for i := range alpha {
		alpha[i] = part
	}
	for y := range p.ny {
		o := (p.y0+y)*f.W + p.x0
		blendBytes(f.Y[o:o+p.nx], one.Y[y*tileSize:y*tileSize+p.nx], alpha[:p.nx])
	}
	for y := range p.ny / 2 {
		o, n := (p.y0/2+y)*f.W/2+p.x0/2, p.nx/2
		blendBytes(f.U[o:o+n], one.U[y*tileSize/2:y*tileSize/2+n], alpha[:n])
		blendBytes(f.V[o:o+n], one.V[y*tileSize/2:y*tileSize/2+n], alpha[:n])
	}
}

// levelFades are the tiles of a row that also show the next coarser level, and the memory to draw it.
type levelFades struct {
	tiles       []tile
	scanlines   []scanline
	share       []byte // opacity of the next level for each column of luma
	chromaShare []byte // the same for each column of chroma
	row         []byte // a row of the next level
	u, v        []byte
}

func newLevelFades(w int) levelFades {
	full, half := func() []byte { return make([]byte, w+tileSize) }, func() []byte { return make([]byte, w/2+tileSize) }
	return levelFades{tiles: make([]tile, 0, tilesIn(w)), scanlines: make([]scanline, tilesIn(w)), share: full(), chromaShare: half(), row: full(), u: half(), v: half()}
}

// addTile adds a tile to the row.
func (d *levelFades) addTile(g *levelPair, how runLength) {
	d.tiles = d.tiles[:len(d.tiles)+1]
	d.tiles[len(d.tiles)-1].set(&g.nextPatch, g.next, how)
	x := g.nextPatch.x0
	for i := range tileSize {
		d.share[x+i] = g.nextShare
	}
	for i := range tileSize / 2 {
		d.chromaShare[x/2+i] = g.nextShare
	}
}

// nextRow advances all tiles to their next row of luma.
func (d *levelFades) nextRow() {
	for n := range d.tiles {
		c := &d.tiles[n]
		x, y, dx, dy := c.luma.next()
		d.scanlines[n].setPlanes(c.level.y, nil, c.x0)
		d.scanlines[n].setRow(x, y, dx, dy, tileSize, c.run)
	}
}

// blendLuma blends the next level into a row of luma.
func (d *levelFades) blendLuma(k *splineWeights, luma []byte) {
	for n := range d.tiles {
		d.scanlines[n].plane = d.tiles[n].level.y
	}
	d.blend(k, luma)
}

// blendOpacity blends the next level into a row of opacity, which has the positions of luma.
func (d *levelFades) blendOpacity(k *splineWeights, alpha []byte) {
	for n := range d.tiles {
		d.scanlines[n].plane = d.tiles[n].level.a
	}
	d.blend(k, alpha)
}

func (d *levelFades) blend(k *splineWeights, row []byte) {
	scanlines := d.scanlines[:len(d.tiles)]
	k.mix(scanlines, k)
	k.read(scanlines, d.row, k)
	k.blend(scanlines, row, d.row, d.share)
}

// blendChroma advances to the next row of chroma and blends the next level into both of its planes.
func (d *levelFades) blendChroma(k *splineWeights, u, v []byte) {
	scanlines := d.scanlines[:len(d.tiles)]
	for n := range d.tiles {
		c, t := &d.tiles[n], &scanlines[n]
		x, y, dx, dy := c.chroma.next()
		t.setPlanes(c.level.u, c.level.v, c.x0/2)
		t.setRow(chroma(x), chroma(y), dx, dy, tileSize/2, c.run)
	}
	k.mix(scanlines, k)
	k.readPairs(scanlines, d.u, d.v, k)
	k.blendHalf(scanlines, u, d.u, d.chromaShare)
	k.blendHalf(scanlines, v, d.v, d.chromaShare)
}

// blendNextLevels blends the next level over the tiles that resample has drawn.
func blendNextLevels(f *Frame, b *Resampler, y0, ny int) {
	for i := range ny {
		o := (y0 + i) * f.W
		b.nextLevels.nextRow()
		b.nextLevels.blendLuma(b.k, f.Y[o:o+f.W])
	}
	for i := range ny / 2 {
		o := (y0/2 + i) * f.W / 2
		b.nextLevels.blendChroma(b.k, f.U[o:o+f.W/2], f.V[o:o+f.W/2])
	}
}
