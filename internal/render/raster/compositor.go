package raster

// Compositor draws layers over one another, the farthest first. The first layer is opaque and covers every frame.
type Compositor struct {
	Layers []*Layer
}

// Resampler is the memory that one worker needs to draw frames. The zero value is ready to use.
type Resampler struct {
	w, h       int           // pixels of the frames that it has memory for
	nodes      [][]samplePos // of each layer
	k          *splineWeights
	tiles      []tile     // one row of tiles
	scanlines  []scanline // one pixel row of each tile
	baseLayers []int      // of each tile of the row: the foremost layer that is opaque in all of it
	rows       overlayRows
	nextLevels levelFades
	oneTile    *Frame       // one tile large
	groups     []*Resampler // for layers that are drawn by themselves, because they are out of focus
}

// prepare makes memory for frames of w x h pixels and a number of layers, unless b has just that.
func (b *Resampler) prepare(w, h, layers int) {
	if b.w == w && b.h == h && len(b.nodes) == layers {
		return
	}
	*b = Resampler{w: w, h: h, k: newSplineWeights(), nodes: make([][]samplePos, layers), tiles: make([]tile, tilesIn(w)), scanlines: make([]scanline, tilesIn(w)), baseLayers: make([]int, tilesIn(w)), rows: newOverlayRows(w), nextLevels: newLevelFades(w), oneTile: NewFrame(tileSize, tileSize)}
	for i := range b.nodes {
		b.nodes[i] = make([]samplePos, (tilesIn(w)+1)*(tilesIn(h)+1))
	}
}

// Draw fills f with what the shot sees.
func (s *Compositor) Draw(f *Frame, at *Shot, b *Resampler) {
	if at.Lens.Aperture > 0 {
		s.drawFocused(f, at, b)
		return
	}
	s.drawSharp(f, at, b)
}

// drawSharp fills f with what the shot sees if everything is sharp.
func (s *Compositor) drawSharp(f *Frame, at *Shot, b *Resampler) {
	b.prepare(f.W, f.H, len(s.Layers))
	for i, l := range s.Layers {
		l.mapTiles(at, b.nodes[i])
	}
	for y := 0; y < f.H; y += tileSize {
		s.drawBand(f, y, b)
	}
}

// drawBand draws the row of tiles that begins at pixel row y. In each tile it starts with the foremost layer that is
// opaque there.
func (s *Compositor) drawBand(f *Frame, y int, b *Resampler) {
	ny := min(tileSize, f.H-y)
	b.clear()
	for n := range b.baseLayers {
		p, corners := f.tile(n, y)
		b.baseLayers[n] = s.baseLayer(b, corners)
		p.corners = pick(b.nodes[b.baseLayers[n]], corners)
		g := s.Layers[b.baseLayers[n]].pickLevels(&p)
		if !b.addTile(&g) {
			g.fill(f, b)
		}
	}
	resample(f, b, y, ny)
	blendNextLevels(f, b, y, ny)
	for i := 1; i < len(s.Layers); i++ {
		s.drawLayer(f, y, i, b)
	}
}

// tile returns tile n of the row of tiles that begins at pixel row y, and the indices of its corners among the nodes of
// a layer.
func (f *Frame) tile(n, y int) (p patch, corners [4]int) {
	across := tilesIn(f.W) + 1
	first := y/tileSize*across + n
	p = patch{x0: n * tileSize, y0: y, nx: min(tileSize, f.W-n*tileSize), ny: min(tileSize, f.H-y)}
	return p, [4]int{first, first + 1, first + across, first + across + 1}
}

// clear removes all tiles.
func (b *Resampler) clear() { b.tiles, b.nextLevels.tiles = b.tiles[:0], b.nextLevels.tiles[:0] }

// addTile adds a tile to the row. It reports false if the tile cannot be drawn by rows and must be drawn pixel by
// pixel.
func (b *Resampler) addTile(g *levelPair) bool {
	how := g.patch.runLength()
	if how == noRun {
		return false
	}
	if g.next != nil {
		far := g.nextPatch.runLength()
		if far == noRun {
			return false
		}
		b.nextLevels.addTile(g, far)
	}
	b.tiles = b.tiles[:len(b.tiles)+1]
	b.tiles[len(b.tiles)-1].set(&g.patch, g.level, how)
	return true
}

// baseLayer returns the foremost layer that is opaque in all of a tile.
func (s *Compositor) baseLayer(b *Resampler, corners [4]int) int {
	for i := len(s.Layers) - 1; i > 0; i-- {
		l := s.Layers[i]
		if l.coverage == nil {
			return i
		}
		if full, _ := l.coverage.tile(pick(b.nodes[i], corners)); full {
			return i
		}
	}
	return 0
}

// drawLayer blends layer i over those tiles of the row whose base layer is behind it.
func (s *Compositor) drawLayer(f *Frame, y, i int, b *Resampler) {
	b.clear()
	for n, base := range b.baseLayers {
		if i <= base {
			continue
		}
		p, corners := f.tile(n, y)
		p.corners = pick(b.nodes[i], corners)
		if _, there := s.Layers[i].coverage.tile(p.corners); !there {
			continue
		}
		g := s.Layers[i].pickLevels(&p)
		if !b.addTile(&g) {
			g.overlay(f, b)
		}
	}
	overlay(f, b, y, min(tileSize, f.H-y))
}

func pick(nodes []samplePos, corners [4]int) [4]samplePos {
	return [4]samplePos{nodes[corners[0]], nodes[corners[1]], nodes[corners[2]], nodes[corners[3]]}
}
