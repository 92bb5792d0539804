package render

// glimpse is what a cell shows of a plate: a patch of a level. Before the next coarser level takes its place some of that shows
// already, more and more, so that no frame is suddenly softer or sharper than the one before.
type glimpse struct {
	level *level
	patch patch
	next  *level // the next coarser level; nil: nothing of it shows
	far   patch  // the same cell in that
	part  byte   // how much of it shows, of 255
}

// Where one level takes the place of another: how many of its samples, in 16ths, are a pixel of the frame wide when the next
// begins to show, and when nothing else does.
const (
	fadeFrom = 17
	fadeTo   = 19
)

// fit finds the levels for a patch as it is seen in the finest one.
func (p *plate) fit(at *patch) glimpse {
	c := &at.c
	size := max(c[1].x-c[0].x, c[0].x-c[1].x, c[2].y-c[0].y, c[0].y-c[2].y, c[3].x-c[2].x, c[3].y-c[1].y)
	n := 0
	for size > cell*fadeTo<<fine/16 && n < len(p.levels)-1 {
		size = size * 4 / 5
		n++
	}
	out := glimpse{level: &p.levels[n], patch: p.levels[n].of(at)}
	const from, to = cell * fadeFrom << fine / 16, cell * fadeTo << fine / 16
	if part := min(255, 256*(size-from)/(to-from)); part > 0 && n < len(p.levels)-1 {
		out.next, out.part = &p.levels[n+1], byte(part)
		out.far = out.next.of(at)
	}
	return out
}

// of moves a patch from the finest level to this one.
func (l *level) of(at *patch) patch {
	out := *at
	if l.kx == 1<<16 && l.ky == 1<<16 {
		return out
	}
	const half = 1 << (fine - 1)
	for i := range out.c {
		out.c[i].x = (at.c[i].x+half)*l.kx>>16 - half
		out.c[i].y = (at.c[i].y+half)*l.ky>>16 - half
	}
	return out
}

// fill draws the cell as if it were opaque, pixel by pixel.
func (g *glimpse) fill(f *frame, b *brush) {
	g.level.fill(f, &g.patch, b.k)
	if g.next == nil {
		return
	}
	p, spare := g.far, b.spare
	p.x0, p.y0 = 0, 0
	g.next.fill(spare, &p, b.k)
	f.blend(spare, &g.patch, g.part)
}

// lay draws the cell over what is there, pixel by pixel.
func (g *glimpse) lay(f *frame, b *brush) {
	if g.next == nil {
		g.level.lay(f, &g.patch, b.k)
		return
	}
	// What is see-through in both levels alike may be laid over twice what is there, and then mixed.
	p, spare := g.far, b.spare
	p.x0, p.y0 = 0, 0
	spare.cut(f, &g.patch)
	g.next.lay(spare, &p, b.k)
	g.level.lay(f, &g.patch, b.k)
	f.blend(spare, &g.patch, g.part)
}

// cut copies a cell of a larger frame into f, which is one cell large.
func (f *frame) cut(from *frame, p *patch) {
	for y := range p.ny {
		copy(f.y[y*cell:y*cell+p.nx], from.y[(p.y0+y)*from.w+p.x0:])
	}
	for y := range p.ny / 2 {
		o := (p.y0/2+y)*from.w/2 + p.x0/2
		copy(f.u[y*cell/2:y*cell/2+p.nx/2], from.u[o:])
		copy(f.v[y*cell/2:y*cell/2+p.nx/2], from.v[o:])
	}
}

// blend lays part, of 255, of a frame that is one cell large over a cell of f.
func (f *frame) blend(one *frame, p *patch, part byte) {
	var alpha [cell]byte
	for i := range alpha {
		alpha[i] = part
	}
	for y := range p.ny {
		o := (p.y0+y)*f.w + p.x0
		mix(f.y[o:o+p.nx], one.y[y*cell:y*cell+p.nx], alpha[:p.nx])
	}
	for y := range p.ny / 2 {
		o, n := (p.y0/2+y)*f.w/2+p.x0/2, p.nx/2
		mix(f.u[o:o+n], one.u[y*cell/2:y*cell/2+n], alpha[:n])
		mix(f.v[o:o+n], one.v[y*cell/2:y*cell/2+n], alpha[:n])
	}
}

// fades are the cells of a band of which the next level shows as well, and what it takes to draw that.
type fades struct {
	band    []strand
	threads []thread
	part    []byte // by column of luma: how much of the next level shows
	half    []byte // by column of chroma
	luma    []byte // a row of the next level
	u, v    []byte
}

func newFades(w int) fades {
	full, half := func() []byte { return make([]byte, w+cell) }, func() []byte { return make([]byte, w/2+cell) }
	return fades{band: make([]strand, 0, cells(w)), threads: make([]thread, cells(w)), part: full(), half: half(), luma: full(), u: half(), v: half()}
}

// begin adds a cell.
func (d *fades) begin(g *glimpse, how course) {
	d.band = d.band[:len(d.band)+1]
	d.band[len(d.band)-1].begin(&g.far, g.next, how)
	x := g.far.x0
	for i := range cell {
		d.part[x+i] = g.part
	}
	for i := range cell / 2 {
		d.half[x/2+i] = g.part
	}
}

// walk goes to the next row of luma of all cells.
func (d *fades) walk() {
	for n := range d.band {
		c := &d.band[n]
		x, y, dx, dy := c.luma.next()
		d.threads[n].of(c.level.y, nil, c.x0)
		d.threads[n].lay(x, y, dx, dy, cell, c.how)
	}
}

// shade mixes what the next level shows of the row into a row of luma.
func (d *fades) shade(k *weights, luma []byte) {
	for n := range d.band {
		d.threads[n].plane = d.band[n].level.y
	}
	d.blend(k, luma)
}

// opacity does so for a row of opacity, which lies where luma does.
func (d *fades) opacity(k *weights, alpha []byte) {
	for n := range d.band {
		d.threads[n].plane = d.band[n].level.a
	}
	d.blend(k, alpha)
}

func (d *fades) blend(k *weights, row []byte) {
	threads := d.threads[:len(d.band)]
	k.mix(threads, k)
	k.read(threads, d.luma, k)
	k.lay(threads, row, d.luma, d.part)
}

// pairs goes to the next row of chroma, and mixes what the next level shows of it into two rows.
func (d *fades) pairs(k *weights, u, v []byte) {
	threads := d.threads[:len(d.band)]
	for n := range d.band {
		c, t := &d.band[n], &threads[n]
		x, y, dx, dy := c.chroma.next()
		t.of(c.level.u, c.level.v, c.x0/2)
		t.lay(chroma(x), chroma(y), dx, dy, cell/2, c.how)
	}
	k.mix(threads, k)
	k.readPairs(threads, d.u, d.v, k)
	k.layHalf(threads, u, d.u, d.half)
	k.layHalf(threads, v, d.v, d.half)
}

// dissolve lays what the next level shows over the cells of a band that weave has drawn.
func dissolve(f *frame, b *brush, y0, ny int) {
	for i := range ny {
		o := (y0 + i) * f.w
		b.fades.walk()
		b.fades.shade(b.k, f.y[o:o+f.w])
	}
	for i := range ny / 2 {
		o := (y0/2 + i) * f.w / 2
		b.fades.pairs(b.k, f.u[o:o+f.w/2], f.v[o:o+f.w/2])
	}
}
