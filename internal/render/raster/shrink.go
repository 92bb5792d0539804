package raster

import "encoding/binary"

// Shrink returns the frame averaged down to w x h.
func (f *Frame) Shrink(w, h int) *Frame {
	out := NewFrame(w, h)
	average(out.Y, f.Y, w, h, f.W, f.H)
	average(out.U, f.U, w/2, h/2, f.W/2, f.H/2)
	average(out.V, f.V, w/2, h/2, f.W/2, f.H/2)
	return out
}

// average fills a plane of w x h with the means of the parts of another.
func average(to, from []byte, w, h, fw, fh int) {
	columns, edges := make([]uint64, 2*((fw+7)/8)), make([]int, w+1)
	for x := range edges {
		edges[x] = x * fw / w
	}
	for y := range h {
		top, bottom := y*fh/h, max(y*fh/h+1, (y+1)*fh/h)
		clear(columns)
		for v := top; v < bottom; v++ {
			addRow(columns, from[v*fw:(v+1)*fw])
		}
		for x := range w {
			first, last := edges[x], max(edges[x]+1, edges[x+1])
			sum, n := 0, (bottom-top)*(last-first)
			for c := first; c < last; c++ {
				sum += int(uint16(columns[c>>2&^1|c&1] >> (c << 3 & 48)))
			}
			to[y*w+x] = byte((sum + n/2) / n)
		}
	}
}

// addRow adds a row to the sums of its columns, four to a word: columns 0, 2, 4 and 6, then those between. Up to 257
// rows fit, many more than a small frame averages.
func addRow(columns []uint64, row []byte) {
	const even = 0x00ff00ff00ff00ff
	for len(row) >= 8 && len(columns) >= 2 {
		v := binary.LittleEndian.Uint64(row)
		columns[0] += v & even
		columns[1] += v >> 8 & even
		row, columns = row[8:], columns[2:]
	}
	for c, v := range row {
		columns[c&1] += uint64(v) << (c << 3 & 48)
	}
}

// Place copies a smaller frame into this one, with its upper left corner at (x, y), both even.
func (f *Frame) Place(s *Frame, x, y int) {
	for r := range s.H {
		copy(f.Y[(y+r)*f.W+x:], s.Y[r*s.W:(r+1)*s.W])
	}
	for r := range s.H / 2 {
		copy(f.U[(y/2+r)*f.W/2+x/2:], s.U[r*s.W/2:(r+1)*s.W/2])
		copy(f.V[(y/2+r)*f.W/2+x/2:], s.V[r*s.W/2:(r+1)*s.W/2])
	}
}
