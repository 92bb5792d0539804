package media

import (
	"bytes"
	"image"
	"image/color"
)

// Limits on decoding one picture. A progressive JPEG is decoded once for each scan, and a file may hold any number of scans.
const (
	decodeBudget   = 400_000_000   // bytes of memory, besides the file and the encoded result
	maxScans       = 100           // of a JPEG
	maxScanPixels  = 1_000_000_000 // pixels times scans of a JPEG
	losslessTables = 140_000_000   // bytes of Huffman tables in a lossless WebP, at most
)

// imageHeader is what a picture's header says of the size and the cost of decoding.
type imageHeader struct {
	fileFormat
	width, height int
	perPixel      float64 // peak memory of decoding in bytes, for each pixel
	fixed         int     // memory of decoding in bytes that does not depend on the number of pixels
	scans         int     // of a JPEG
}

// pixels returns the number of pixels.
func (o imageHeader) pixels() int { return o.width * o.height }

// cost returns the bytes of memory that decoding takes.
func (o imageHeader) cost() int { return int(o.perPixel*float64(o.pixels())) + o.fixed }

// check returns an error if the picture is too large or too small, or would take too much memory or time to decode. It is
// called before anything is decoded.
func (o imageHeader) check(minSide int) error {
	most := min(maxPixels, int(float64(decodeBudget-o.fixed)/o.perPixel))
	switch {
	case max(o.width, o.height) > maxSide:
		return refuse(ErrTooLarge, "%dx%d pixels; at most %d on each side", o.width, o.height, maxSide)
	case o.pixels() > maxPixels:
		return refuse(ErrTooLarge, "%dx%d pixels; at most %d million in all", o.width, o.height, maxPixels/1_000_000)
	case o.pixels() > most:
		return refuse(ErrTooLarge, "%dx%d pixels; at most %d million in %s", o.width, o.height, most/1_000_000, o.name)
	case min(o.width, o.height) < minSide:
		return refuse(ErrTooSmall, "%dx%d pixels; at least %d on each side", o.width, o.height, minSide)
	}
	if most := min(maxScans, maxScanPixels/max(1, o.pixels())); o.scans > most {
		return refuse(ErrTooLarge, "a JPEG of %d scans; at most %d for %dx%d pixels", o.scans, most, o.width, o.height)
	}
	return nil
}

// readImageHeader reads the header of a picture, and counts the scans of a JPEG without decoding it.
func readImageHeader(data []byte, found fileFormat) (imageHeader, error) {
	if found.mediaType == typeAVIF || found.mediaType == typeHEIC {
		o := imageHeader{fileFormat: found}
		return o, o.addHEIF(data)
	}
	c, err := decoder(found.mediaType).config(data)
	if err != nil {
		return imageHeader{}, unreadable(found, err)
	}
	o := imageHeader{fileFormat: found, width: c.Width, height: c.Height}
	switch found.mediaType {
	case typeJPEG:
		o.addJPEG(data)
	case typePNG:
		o.addPNG(c.ColorModel)
	default:
		o.addWebP(data)
	}
	return o, nil
}

// outputBytes is how many bytes upright writes for a pixel.
const outputBytes = 4

// addPNG counts the decoded picture twice: in memory there are also the passes of an interlaced picture, and later the
// converted picture.
func (o *imageHeader) addPNG(m color.Model) {
	o.perPixel = 2 * 4
	if m == color.NRGBA64Model || m == color.RGBA64Model || m == color.Gray16Model {
		o.perPixel, o.name = 2*8, "a PNG of 16 bits a sample"
	}
}

// addWebP counts the planes of a lossy WebP and its alpha, which is a lossless picture of its own, or a lossless WebP.
func (o *imageHeader) addWebP(data []byte) {
	const alpha = 4 + 1 // decoded, and kept
	o.perPixel = 1.5 + outputBytes
	for kind := range webpChunks(data) {
		switch kind {
		case "ALPH":
			o.perPixel, o.fixed, o.name = 1.5+alpha+outputBytes, losslessTables, "a WebP with transparency"
		case "VP8L":
			o.perPixel, o.fixed, o.name = 2*4, losslessTables, "a lossless WebP"
		}
	}
}

// jpegFrame is what a JPEG's frame header and Adobe segment say.
type jpegFrame struct {
	progressive bool
	colours     []jpegComponent
	plain       bool // the three colours are red, green and blue
}

// jpegComponent is a colour's id and its sampling factors.
type jpegComponent struct {
	id   byte
	h, v int
}

// addJPEG counts the scans, and the memory that image/jpeg takes: the planes, four bytes for each coefficient of a progressive
// picture, and a second picture if the colours are interleaved.
func (o *imageHeader) addJPEG(data []byte) {
	frame := jpegFrame{}
	for kind, body := range jpegSegments(data) {
		switch {
		case kind == jpegSOS:
			o.scans++
		case kind >= 0xc0 && kind <= 0xc2:
			frame.read(kind, body)
		case kind == jpegAPP14 && len(body) >= 12 && bytes.HasPrefix(body, []byte("Adobe")):
			frame.plain = frame.plain || body[11] == 0
		}
	}
	samples := frame.samples(image.Pt(o.width, o.height)) / float64(max(1, o.pixels()))
	decoding, interleaved := samples, 0.0
	if frame.progressive {
		decoding *= 1 + 4
		o.name = "a progressive JPEG of this sampling"
	}
	if n := len(frame.colours); n == 4 || n == 3 && frame.plain {
		interleaved = 4
	}
	o.perPixel = max(decoding+interleaved, max(samples, interleaved)+outputBytes)
}

// read reads a frame header. A damaged one leaves no components; image/jpeg refuses it later.
func (f *jpegFrame) read(kind byte, body []byte) {
	const fixed, each = 6, 3
	f.progressive, f.colours = kind == 0xc2, nil
	if len(body) < fixed {
		return
	}
	ids := ""
	for b := body[fixed:]; len(b) >= each && len(f.colours) < int(body[fixed-1]); b = b[each:] {
		f.colours = append(f.colours, jpegComponent{b[0], int(b[1] >> 4), int(b[1] & 15)})
		ids += string(b[:1])
	}
	if len(f.colours) == 1 {
		f.colours[0].h, f.colours[0].v = 1, 1 // sampling is relative, so a single colour has factor 1
	}
	f.plain = f.plain || ids == "RGB"
}

// samples returns the number of samples in the planes of a picture, which are made of whole units of 8x8 samples a colour.
func (f *jpegFrame) samples(size image.Point) float64 {
	if len(f.colours) == 0 || f.colours[0].h == 0 || f.colours[0].v == 0 {
		return float64(size.X * size.Y)
	}
	wide, high := 8*f.colours[0].h, 8*f.colours[0].v
	units := ((size.X + wide - 1) / wide) * ((size.Y + high - 1) / high)
	all := 0
	for _, c := range f.colours {
		all += 64 * c.h * c.v
	}
	return float64(units * all)
}
