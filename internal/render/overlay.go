package render

// shuttle holds two rows of luma and one of chroma of what is laid over a frame, on the way from a layer to the frame.
type shuttle struct {
	alpha, luma [2][]byte
	thin        []byte // the opacity of chroma
	u, v        []byte
	there       []bool // by strand: whether it shows in this pair of rows
}

func newShuttle(w int) shuttle {
	full, half := func() []byte { return make([]byte, w+cell) }, func() []byte { return make([]byte, w/2+cell) }
	return shuttle{alpha: [2][]byte{full(), full()}, luma: [2][]byte{full(), full()}, thin: half(), u: half(), v: half(), there: make([]bool, cells(w))}
}

// overlay draws see-through cells that lie side by side in a band over what is there, as weave draws opaque ones.
func overlay(f *frame, b *brush, y0, ny int) {
	r := &b.shuttle
	for i := 0; i < ny; i += 2 {
		there := r.there[:len(b.band)]
		clear(there)
		for row := range 2 {
			overlayLuma(f, b, y0+i+row, r.alpha[row], r.luma[row], there)
		}
		overlayChroma(f, b, (y0+i)/2, there)
	}
}

// overlayLuma draws row y of the cells, keeps how opaque they are in alpha, and notes in there which of them show anything.
func overlayLuma(f *frame, b *brush, y int, alpha, luma []byte, there []bool) {
	threads := b.threads[:len(b.band)]
	for n := range b.band {
		c, t := &b.band[n], &threads[n]
		x, y, dx, dy := c.luma.next()
		t.of(c.level.a, nil, c.x0)
		t.lay(x, y, dx, dy, cell, c.how)
	}
	b.k.mix(threads, b.k)
	b.k.read(threads, alpha, b.k)
	b.fades.walk()
	b.fades.opacity(b.k, alpha)
	// Only what shows goes on. Its luma lies where its opacity does.
	seen := 0
	for n := range b.band {
		if x := b.band[n].x0; !visible(alpha[x : x+cell]) {
			continue
		}
		there[n] = true
		if seen < n {
			threads[seen] = threads[n]
		}
		threads[seen].plane = b.band[n].level.y
		seen++
	}
	threads = threads[:seen]
	b.k.mix(threads, b.k)
	b.k.read(threads, luma, b.k)
	b.fades.shade(b.k, luma)
	b.k.lay(threads, f.y[y*f.w:(y+1)*f.w], luma, alpha)
}

// overlayChroma draws row y of chroma of the cells that are there.
func overlayChroma(f *frame, b *brush, y int, there []bool) {
	r, seen := &b.shuttle, 0
	for n := range b.band {
		c := &b.band[n]
		x, y, dx, dy := c.chroma.next()
		if !there[n] {
			continue
		}
		t := &b.threads[seen]
		t.of(c.level.u, c.level.v, c.x0/2)
		t.lay(chroma(x), chroma(y), dx, dy, cell/2, c.how)
		seen++
	}
	threads := b.threads[:seen]
	b.k.mix(threads, b.k)
	b.k.readPairs(threads, r.u, r.v, b.k)
	b.fades.pairs(b.k, r.u, r.v)
	for n := range threads {
		at := threads[n].to
		for i := at; i < at+cell/2; i++ {
			// A sample of chroma lies between two rows of luma, in the column of the left one.
			r.thin[i] = byte((int(r.alpha[0][2*i]) + int(r.alpha[1][2*i]) + 1) / 2)
		}
	}
	b.k.layHalf(threads, f.u[y*f.w/2:(y+1)*f.w/2], r.u, r.thin)
	b.k.layHalf(threads, f.v[y*f.w/2:(y+1)*f.w/2], r.v, r.thin)
}
