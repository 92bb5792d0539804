package render

// stage is what the camera films: layers, the farthest first. The first is opaque and has no end.
type stage struct {
	layers []*layer
	swarms []swarm // what is in the air before all layers
}

// brush holds the memory one worker needs to draw.
type brush struct {
	nodes [][]spot // by layer
	k     *weights
}

func newBrush(w, h, layers int, k *weights) *brush {
	b := &brush{k: k, nodes: make([][]spot, layers)}
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
	across := cells(f.w) + 1
	for y := 0; y < f.h; y += cell {
		for x := 0; x < f.w; x += cell {
			n := y/cell*across + x/cell
			s.compose(f, patch{x0: x, y0: y, nx: min(cell, f.w-x), ny: min(cell, f.h-y)}, b, [4]int{n, n + 1, n + across, n + across + 1})
		}
	}
	for i := range s.swarms {
		s.swarms[i].draw(f, at)
	}
}

// compose draws one cell: from the foremost layer that hides all behind it to the front.
func (s *stage) compose(f *frame, p patch, b *brush, corners [4]int) {
	var laid [24]bool
	i := len(s.layers) - 1
	for ; i > 0; i-- {
		l := s.layers[i]
		if l.cover == nil {
			break
		}
		full, there := l.cover.of(pick(b.nodes[i], corners))
		if full {
			break
		}
		laid[i] = there
	}
	p.c = pick(b.nodes[i], corners)
	s.layers[i].fit(&p.c).fill(f, &p, b.k)
	for i++; i < len(s.layers); i++ {
		if laid[i] {
			p.c = pick(b.nodes[i], corners)
			s.layers[i].fit(&p.c).lay(f, &p, b.k)
		}
	}
}

func pick(nodes []spot, corners [4]int) [4]spot {
	return [4]spot{nodes[corners[0]], nodes[corners[1]], nodes[corners[2]], nodes[corners[3]]}
}
