package render

// stage is what the camera films: layers, the farthest first. The first is opaque and has no end.
type stage struct {
	layers []*layer
	swarms []swarm // what is in the air before all layers
}

// brush holds the memory one worker needs to draw.
type brush struct {
	nodes   [][]spot // by layer
	k       *weights
	band    []strand // the cells of one band
	threads []thread // a row of them
	bases   []int    // by cell of the band: the foremost layer that hides all behind it
	shuttle shuttle
	fades   fades
	spare   *frame // one cell large
}

func newBrush(w, h, layers int, k *weights) *brush {
	b := &brush{k: k, nodes: make([][]spot, layers), band: make([]strand, cells(w)), threads: make([]thread, cells(w)), bases: make([]int, cells(w)), shuttle: newShuttle(w), fades: newFades(w), spare: newFrame(cell, cell)}
	for i := range b.nodes {
		b.nodes[i] = make([]spot, (cells(w)+1)*(cells(h)+1))
	}
	return b
}

// draw fills f with what the shot sees.
func (s *stage) draw(f *frame, at *shot, b *brush) {
	for i, l := range s.layers {
		l.aim(at, b.nodes[i])
	}
	for y := 0; y < f.h; y += cell {
		s.band(f, y, b)
	}
	for i := range s.swarms {
		s.swarms[i].draw(f, at)
	}
}

// band draws the cells that lie side by side from row y on: from the foremost layer that hides all behind it to the front.
func (s *stage) band(f *frame, y int, b *brush) {
	ny := min(cell, f.h-y)
	b.begin()
	for n := range b.bases {
		p, corners := f.cell(n, y)
		b.bases[n] = s.base(b, corners)
		p.c = pick(b.nodes[b.bases[n]], corners)
		g := s.layers[b.bases[n]].fit(&p)
		if !b.strand(&g) {
			g.fill(f, b)
		}
	}
	weave(f, b, y, ny)
	dissolve(f, b, y, ny)
	for i := 1; i < len(s.layers); i++ {
		s.cover(f, y, i, b)
	}
}

// cell is cell n of the band of f that begins at row y, and the numbers of its corners among the nodes of a layer.
func (f *frame) cell(n, y int) (p patch, corners [4]int) {
	across := cells(f.w) + 1
	first := y/cell*across + n
	p = patch{x0: n * cell, y0: y, nx: min(cell, f.w-n*cell), ny: min(cell, f.h-y)}
	return p, [4]int{first, first + 1, first + across, first + across + 1}
}

// begin begins a band without cells.
func (b *brush) begin() { b.band, b.fades.band = b.band[:0], b.fades.band[:0] }

// strand adds a cell to the band; false where it runs astray, and has to be drawn by itself.
func (b *brush) strand(g *glimpse) bool {
	how := g.patch.course()
	if how == astray {
		return false
	}
	if g.next != nil {
		far := g.far.course()
		if far == astray {
			return false
		}
		b.fades.begin(g, far)
	}
	b.band = b.band[:len(b.band)+1]
	b.band[len(b.band)-1].begin(&g.patch, g.level, how)
	return true
}

// base is the foremost layer that hides all behind it in a cell.
func (s *stage) base(b *brush, corners [4]int) int {
	for i := len(s.layers) - 1; i > 0; i-- {
		l := s.layers[i]
		if l.cover == nil {
			return i
		}
		if full, _ := l.cover.of(pick(b.nodes[i], corners)); full {
			return i
		}
	}
	return 0
}

// cover lays layer i over the cells of the band from row y on whose base is behind it.
func (s *stage) cover(f *frame, y, i int, b *brush) {
	b.begin()
	for n, base := range b.bases {
		if i <= base {
			continue
		}
		p, corners := f.cell(n, y)
		p.c = pick(b.nodes[i], corners)
		if _, there := s.layers[i].cover.of(p.c); !there {
			continue
		}
		g := s.layers[i].fit(&p)
		if !b.strand(&g) {
			g.lay(f, b)
		}
	}
	overlay(f, b, y, min(cell, f.h-y))
}

func pick(nodes []spot, corners [4]int) [4]spot {
	return [4]spot{nodes[corners[0]], nodes[corners[1]], nodes[corners[2]], nodes[corners[3]]}
}
