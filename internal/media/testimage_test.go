package media_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func encodePNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func encodeJPEG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func fill[M interface {
	image.Image
	Set(x, y int, c color.Color)
}](m M, c color.Color) M {
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			m.Set(x, y, c)
		}
	}
	return m
}

func corners(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	colours := []color.NRGBA{{255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 255}, {255, 255, 255, 255}}
	for y := range h {
		for x := range w {
			m.SetNRGBA(x, y, colours[2*y/h*2+2*x/w])
		}
	}
	return m
}

func readCorners(m image.Image) string {
	b := m.Bounds()
	name := func(x, y int) string {
		r, g, bl := rgbAt(m, x, y)
		switch {
		case r > 200 && g > 200 && bl > 200:
			return "white"
		case r > 200:
			return "red"
		case g > 200:
			return "green"
		default:
			return "blue"
		}
	}
	l, r, top, bottom := b.Dx()/4, b.Dx()*3/4, b.Dy()/4, b.Dy()*3/4
	return strings.Join([]string{name(l, top), name(r, top), name(l, bottom), name(r, bottom)}, " ")
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "image", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func pngHeader(w, h uint32, depth byte) []byte {
	ihdr := append(words(w, h), depth, 2, 0, 0, 0)
	return append([]byte("\x89PNG\r\n\x1a\n"), pngChunk("IHDR", ihdr)...)
}

func pngChunk(kind string, body []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, kind...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

func exif(order binary.AppendByteOrder, orientation uint16) []byte {
	b := []byte("II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		b = []byte("MM\x00*")
	}
	b = order.AppendUint16(order.AppendUint32(b, 8), 1)
	b = order.AppendUint32(order.AppendUint16(order.AppendUint16(b, 0x0112), 3), 1)
	b = order.AppendUint16(order.AppendUint16(b, orientation), 0)
	return order.AppendUint32(b, 0)
}

func exifJPEG(photo, block []byte) []byte {
	segment := func(kind byte, body []byte) []byte {
		return append(binary.BigEndian.AppendUint16([]byte{0xff, kind}, uint16(2+len(body))), body...)
	}
	head := append([]byte{0xff, 0xd8}, segment(0xfe, []byte("a secret comment"))...)
	head = append(head, segment(0xe1, append([]byte("Exif\x00\x00"), block...))...)
	return append(head, photo[2:]...)
}

func exifPNG(drawing, block []byte) []byte {
	const header = 8 + 25 // signature and IHDR
	out := append(bytes.Clone(drawing[:header]), pngChunk("eXIf", block)...)
	return append(out, drawing[header:]...)
}

func exifWebP(simple, block []byte, w, h uint32) []byte {
	chunk := func(kind string, body []byte) []byte {
		b := append(binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(body))), body...)
		return append(b, make([]byte, len(body)%2)...)
	}
	size := binary.LittleEndian.AppendUint32(nil, w-1)[:3]
	size = append(size, binary.LittleEndian.AppendUint32(nil, h-1)[:3]...)
	body := append([]byte("WEBP"), chunk("VP8X", append([]byte{0x08, 0, 0, 0}, size...))...)
	body = append(append(body, simple[12:]...), chunk("EXIF", block)...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}
