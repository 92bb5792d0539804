package media

import (
	"bytes"
	"encoding/binary"
	"image"
)

// JPEG encodes a picture as a progressive JPEG (ITU-T T.81, spectral selection, with Huffman tables made for it): a
// viewer shows the whole of it, coarsely, from the first tenth of its bytes on. img must be 4:2:0 and not empty, with
// samples in BT.601 at full range, as JPEG has them. quality is 1 to 100, as libjpeg counts. The same picture gives the
// same bytes on every machine.
func JPEG(img *image.YCbCr, quality int) []byte {
	e := jpegEncoder{w: img.Rect.Dx(), h: img.Rect.Dy()}
	e.quantize(quality)
	x, y := img.Rect.Min.X, img.Rect.Min.Y
	cw, ch := (e.w+1)/2, (e.h+1)/2
	e.parts = [3]jpegPart{
		newPart(img.Y[img.YOffset(x, y):], img.YStride, e.w, e.h, 2, &e.divisors[0]),
		newPart(img.Cb[img.COffset(x, y):], img.CStride, cw, ch, 1, &e.divisors[1]),
		newPart(img.Cr[img.COffset(x, y):], img.CStride, cw, ch, 1, &e.divisors[1]),
	}
	e.head()
	e.scanDC()
	// What is seen first: the coarse shapes, then colour, then what is fine.
	e.scanAC(0, 1, 5)
	e.scanAC(1, 1, 63)
	e.scanAC(2, 1, 63)
	e.scanAC(0, 6, 63)
	e.marker(0xd9)
	return e.out.Bytes()
}

// jpegEncoder writes one file.
type jpegEncoder struct {
	w, h     int
	divisors [2][64]int32 // of luma and chroma, in zigzag order
	parts    [3]jpegPart
	symbols  []jpegSymbol // of the scan at hand
	eobs     int          // blocks that ended and are not written yet
	out      bytes.Buffer
	bits     uint64 // not written yet, the last ones lowest
	pending  int    // how many
}

// jpegPart is one component: its coefficients, divided and in zigzag order, 64 to a block.
type jpegPart struct {
	coefficients []int16
	across, down int // blocks that hold samples
	stride       int // blocks in a row, filled up to whole units
	unit         int // blocks of a unit in a row and in a column
}

// jpegSymbol is one symbol of a scan with the bits that follow it.
type jpegSymbol struct {
	table, symbol, length byte
	bits                  uint16
}

// zigzag is where the k-th coefficient lies in a block.
func zigzag() [64]byte {
	return [64]byte{
		0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
		35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
	}
}

// quantize scales the tables of annex K as libjpeg does.
func (e *jpegEncoder) quantize(quality int) {
	base := [2][64]int{
		{16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61, 60, 57, 51,
			56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87, 95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99},
		{17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
			99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99},
	}
	quality = max(1, min(100, quality))
	percent := 200 - 2*quality
	if quality < 50 {
		percent = 5000 / quality
	}
	for t := range base {
		for k, v := range base[t] {
			e.divisors[t][k] = int32(max(1, min(255, (v*percent+50)/100)))
		}
	}
}

// newPart transforms a component of w x h samples.
func newPart(pix []byte, stride, w, h, unit int, divisors *[64]int32) jpegPart {
	units := func(n int) int { return (n + 8*unit - 1) / (8 * unit) * unit }
	p := jpegPart{across: (w + 7) / 8, down: (h + 7) / 8, stride: units(w), unit: unit}
	p.coefficients = make([]int16, 64*p.stride*units(h))
	order := zigzag()
	var block [64]int32
	// Divisions are multiplications by the reciprocal: exact, for a value has 15 bits and a divisor 11.
	var inverse [64]int64
	for k, d := range divisors {
		inverse[k] = (1<<32)/int64(8*d) + 1
	}
	for by := range units(h) {
		for bx := range p.stride {
			for y := range 8 {
				// What lies beyond the edge is the edge, which costs least.
				row := pix[min(8*by+y, h-1)*stride:]
				for x := range 8 {
					block[8*y+x] = int32(row[min(8*bx+x, w-1)]) - 128
				}
			}
			cosines(&block)
			to := p.coefficients[64*(by*p.stride+bx):][:64]
			for k, at := range order {
				// The transform's values are eightfold; the half that rounds is added to the size.
				v, half := block[at], 4*divisors[k]
				sign := v >> 31
				size := int64((v^sign)-sign+half) * inverse[k] >> 32
				to[k] = int16((int32(size) ^ sign) - sign)
			}
		}
	}
	return p
}

// head writes all that comes before the first scan.
func (e *jpegEncoder) head() {
	e.marker(0xd8)
	e.segment(0xe0, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0)
	for t := range e.divisors {
		table := []byte{byte(t)}
		for _, d := range e.divisors[t] {
			table = append(table, byte(d))
		}
		e.segment(0xdb, table...)
	}
	frame := binary.BigEndian.AppendUint16([]byte{8}, uint16(e.h))
	frame = binary.BigEndian.AppendUint16(frame, uint16(e.w))
	e.segment(0xc2, append(frame, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1)...)
}

func (e *jpegEncoder) marker(m byte) { e.out.Write([]byte{0xff, m}) }

func (e *jpegEncoder) segment(m byte, body ...byte) {
	e.marker(m)
	e.out.Write(binary.BigEndian.AppendUint16(nil, uint16(len(body)+2)))
	e.out.Write(body)
}

// scanDC writes the mean of every block, the components interleaved: four blocks of luma, one of either chroma.
func (e *jpegEncoder) scanDC() {
	var last [3]int16
	luma := &e.parts[0]
	for my := range len(luma.coefficients) / 64 / luma.stride / 2 {
		for mx := range luma.stride / 2 {
			for c := range e.parts {
				p := &e.parts[c]
				for n := range p.unit * p.unit {
					v := p.coefficients[64*((my*p.unit+n/p.unit)*p.stride+mx*p.unit+n%p.unit)]
					e.value(byte(min(c, 1)), 0, v-last[c])
					last[c] = v
				}
			}
		}
	}
	e.scan([]byte{3, 1, 0x00, 2, 0x10, 3, 0x10, 0, 0, 0}, 2, 0x00)
}

// scanAC writes the coefficients from first to last of one component. Blocks that end one after the other are counted.
func (e *jpegEncoder) scanAC(component, first, last int) {
	p := &e.parts[component]
	for by := range p.down {
		for bx := range p.across {
			block := p.coefficients[64*(by*p.stride+bx):][:64]
			zeros := 0
			for _, v := range block[first : last+1] {
				if v == 0 {
					zeros++
					continue
				}
				e.endBlocks()
				for ; zeros > 15; zeros -= 16 {
					e.symbols = append(e.symbols, jpegSymbol{symbol: 0xf0})
				}
				e.value(0, byte(zeros), v)
				zeros = 0
			}
			if zeros > 0 {
				if e.eobs++; e.eobs == 1<<15-1 {
					e.endBlocks()
				}
			}
		}
	}
	e.endBlocks()
	e.scan([]byte{1, byte(component + 1), 0, byte(first), byte(last), 0}, 1, 0x10)
}

// endBlocks tells of the blocks that have ended.
func (e *jpegEncoder) endBlocks() {
	if e.eobs == 0 {
		return
	}
	n := bitLength(e.eobs) - 1
	e.symbols = append(e.symbols, jpegSymbol{symbol: n << 4, length: n, bits: uint16(e.eobs - 1<<n)})
	e.eobs = 0
}

// value tells of a coefficient after a number of zeros: how long it is, and its bits, of which a negative one has those of
// the value below it.
func (e *jpegEncoder) value(table, zeros byte, v int16) {
	bits, size := int(v), int(v)
	if v < 0 {
		bits, size = int(v)-1, -int(v)
	}
	n := bitLength(size)
	e.symbols = append(e.symbols, jpegSymbol{table: table, symbol: zeros<<4 | n, length: n, bits: uint16(bits & (1<<n - 1))})
}

func bitLength(v int) (n byte) {
	for ; v > 0; v >>= 1 {
		n++
	}
	return n
}

// scan writes the symbols that were gathered, their tables before them. class is 0x00 for DC and 0x10 for AC.
func (e *jpegEncoder) scan(head []byte, tables int, class byte) {
	var codes [2]huffman
	for t := range tables {
		var counts [257]int
		for _, s := range e.symbols {
			if int(s.table) == t {
				counts[s.symbol]++
			}
		}
		codes[t] = newHuffman(&counts)
		e.segment(0xc4, append([]byte{class | byte(t)}, codes[t].table()...)...)
	}
	e.segment(0xda, head...)
	for _, s := range e.symbols {
		c := &codes[s.table]
		e.put(uint64(c.codes[s.symbol]), c.lengths[s.symbol])
		e.put(uint64(s.bits), s.length)
	}
	e.put(1<<7-1, 7) // the last byte is filled up with ones
	e.bits, e.pending = 0, 0
	e.symbols = e.symbols[:0]
}

// put writes bits. A byte of ones is followed by a zero, so that nobody takes it for a marker.
func (e *jpegEncoder) put(bits uint64, n byte) {
	e.bits, e.pending = e.bits<<n|bits, e.pending+int(n)
	for e.pending >= 8 {
		e.pending -= 8
		b := byte(e.bits >> e.pending)
		e.out.WriteByte(b)
		if b == 0xff {
			e.out.WriteByte(0)
		}
	}
}
