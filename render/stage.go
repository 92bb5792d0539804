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
}

func newBrush(w, h, layers int, k *weights) *brush {
	b := &brush{k: k, nodes: make([][]spot, layers), band: make([]strand, cells(w)), threads: make([]thread, cells(w))}
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
	across, ny := cells(f.w)+1, min(cell, f.h-y)
	b.band = b.band[:0]
	for x := 0; x < f.w; x += cell {
		n := y/cell*across + x/cell
		corners := [4]int{n, n + 1, n + across, n + across + 1}
		base := s.base(b, corners)
		p := patch{c: pick(b.nodes[base], corners), x0: x, y0: y, nx: min(cell, f.w-x), ny: ny}
		l := s.layers[base].fit(&p.c)
		how := p.course()
		if how == astray {
			l.fill(f, &p, b.k)
			continue
		}
		b.band = b.band[:len(b.band)+1]
		b.band[len(b.band)-1].begin(&p, l, how)
	}
	weave(f, b, y, ny)
	if len(s.layers) == 1 {
		return
	}
	for x := 0; x < f.w; x += cell {
		n := y/cell*across + x/cell
		s.cover(f, patch{x0: x, y0: y, nx: min(cell, f.w-x), ny: ny}, b, [4]int{n, n + 1, n + across, n + across + 1})
	}
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

// cover lays what is before the base of a cell over it.
func (s *stage) cover(f *frame, p patch, b *brush, corners [4]int) {
	for i := s.base(b, corners) + 1; i < len(s.layers); i++ {
		l := s.layers[i]
		p.c = pick(b.nodes[i], corners)
		if _, there := l.cover.of(p.c); there {
			l.fit(&p.c).lay(f, &p, b.k)
		}
	}
}

func pick(nodes []spot, corners [4]int) [4]spot {
	return [4]spot{nodes[corners[0]], nodes[corners[1]], nodes[corners[2]], nodes[corners[3]]}
}
