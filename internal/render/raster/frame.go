package raster

import "encoding/binary"

// Frame is one picture of the video as the encoder takes it: planar YUV 4:2:0, chroma sited left.
type Frame struct {
	W, H    int
	Pix     []byte // all of Y, then U, then V
	Y, U, V []byte
}

// NewFrame returns a frame of w x h pixels, both even.
func NewFrame(w, h int) *Frame {
	f := &Frame{W: w, H: h, Pix: make([]byte, w*h*3/2)}
	n := w * h
	f.Y, f.U, f.V = f.Pix[:n], f.Pix[n:n+n/4], f.Pix[n+n/4:]
	return f
}

const (
	tileSize = 16 // pixels; positions are exact at the corners of tiles and linear within
	tileBits = 4
)

// samplePos is a position in a plane of luma, in samples with fractionBits fraction bits.
type samplePos struct{ x, y int }

// patch is the part of a mipmap level that a tile shows.
type patch struct {
	corners        [4]samplePos
	x0, y0, nx, ny int // the tile's upper left pixel and its size in pixels
}

// row returns where the patch's row at eighths/8 pixels from its top begins, and the distance between its pixels.
func (p *patch) row(eighths int) (x, y, dx, dy int) {
	const bits = tileBits + 3
	x, y = p.corners[0].x+(p.corners[2].x-p.corners[0].x)*eighths>>bits, p.corners[0].y+(p.corners[2].y-p.corners[0].y)*eighths>>bits
	rx, ry := p.corners[1].x+(p.corners[3].x-p.corners[1].x)*eighths>>bits, p.corners[1].y+(p.corners[3].y-p.corners[1].y)*eighths>>bits
	return x, y, (rx - x) >> tileBits, (ry - y) >> tileBits
}

// fill draws one tile from an opaque level, or as if the level were opaque.
func (l *level) fill(f *Frame, p *patch, k *splineWeights) {
	for i := range p.ny {
		x, y, dx, dy := p.row(8 * i)
		o := (p.y0+i)*f.W + p.x0
		l.y.span(f.Y[o:o+p.nx], x, y, dx, dy, k)
	}
	for i := range p.ny / 2 {
		x, y, dx, dy := p.chroma(i)
		o := (p.y0/2+i)*f.W/2 + p.x0/2
		l.u.span(f.U[o:o+p.nx/2], x, y, dx, dy, k)
		l.v.span(f.V[o:o+p.nx/2], x, y, dx, dy, k)
	}
}

// chroma is row for row i of the patch's chroma. A sample of chroma is between two rows of luma of the frame, in the
// column of the left one, and in the middle of four samples of luma of the level.
func (p *patch) chroma(i int) (x, y, dx, dy int) {
	x, y, dx, dy = p.row(16*i + 4)
	return chroma(x), chroma(y), dx, dy
}

// chroma converts a position in a plane of luma to one in a plane of chroma.
func chroma(at int) int { return (at - 1<<(fractionBits-1)) >> 1 }

// overlay blends one tile of a level over a frame.
func (l *level) overlay(f *Frame, p *patch, k *splineWeights) {
	var alpha, colour [tileSize]byte
	for i := range p.ny {
		x, y, dx, dy := p.row(8 * i)
		a, c := alpha[:p.nx], colour[:p.nx]
		l.a.span(a, x, y, dx, dy, k)
		if !visible(a) {
			continue
		}
		l.y.span(c, x, y, dx, dy, k)
		o := (p.y0+i)*f.W + p.x0
		blendBytes(f.Y[o:o+p.nx], c, a)
	}
	for i := range p.ny / 2 {
		x, y, dx, dy := p.row(16*i + 4)
		a, c := alpha[:p.nx/2], colour[:p.nx/2]
		l.a.span(a, x, y, 2*dx, 2*dy, k)
		if !visible(a) {
			continue
		}
		x, y = (x-1<<(fractionBits-1))>>1, (y-1<<(fractionBits-1))>>1
		o := (p.y0/2+i)*f.W/2 + p.x0/2
		l.u.span(c, x, y, dx, dy, k)
		blendBytes(f.U[o:o+p.nx/2], c, a)
		l.v.span(c, x, y, dx, dy, k)
		blendBytes(f.V[o:o+p.nx/2], c, a)
	}
}

// visible reports whether any of the pixels is not transparent.
func visible(alpha []byte) bool {
	for ; len(alpha) >= 8; alpha = alpha[8:] {
		if binary.LittleEndian.Uint64(alpha) != 0 {
			return true
		}
	}
	for _, a := range alpha {
		if a > 0 {
			return true
		}
	}
	return false
}

// blendBytes blends colour over to by alpha.
func blendBytes(to, colour, alpha []byte) {
	colour, alpha = colour[:len(to)], alpha[:len(to)]
	for i, v := range to {
		a := int(alpha[i])
		to[i] = byte(int(v) + ((int(colour[i])-int(v))*(a+a>>7)+128)>>8)
	}
}
