package media_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
	"strings"
	"testing"
)

type jpegSpec struct {
	w, h        int
	sampling    []byte // of each colour: horizontal, vertical in 4 bits each
	progressive bool
	scans       int  // scans after the first, of a progressive JPEG
	adobe       int  // transform in Adobe's segment; -1 = no such segment
	turned      bool // has an orientation of 6
}

func bits(code string, times int) []byte {
	all := len(code) * times
	out := make([]byte, 0, all/8+2)
	if !strings.Contains(code, "1") {
		out, all = out[:all/8], all%8
	}
	word := byte(0)
	for i := range (all + 7) / 8 * 8 {
		word <<= 1
		if i >= all || code[i%len(code)] == '1' {
			word |= 1
		}
		if i%8 == 7 {
			out = append(out, word)
		}
	}
	return bytes.ReplaceAll(out, []byte{0xff}, []byte{0xff, 0})
}

func jpegSegment(kind byte, body ...byte) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xff, kind}, uint16(2+len(body))), body...)
}

func (s jpegSpec) encode() []byte {
	size := binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16([]byte{8}, uint16(s.h)), uint16(s.w))
	frame, first := append(size, byte(len(s.sampling))), []byte{byte(len(s.sampling))}
	blocks := 0
	for i, hv := range s.sampling {
		frame = append(frame, byte(i+1), hv, 0)
		first = append(first, byte(i+1), 0)
		blocks += int(hv>>4) * int(hv&15)
	}
	wide, high := 8*int(s.sampling[0]>>4), 8*int(s.sampling[0]&15)
	units := ((s.w + wide - 1) / wide) * ((s.h + high - 1) / high)
	one := append([]byte{1}, make([]byte, 15)...) // a table of one code, "0"
	out := append([]byte{0xff, 0xd8}, jpegSegment(0xdb, append([]byte{0}, bytes.Repeat([]byte{1}, 64)...)...)...)
	if s.adobe >= 0 {
		out = append(out, jpegSegment(0xee, append([]byte("Adobe\x00\x64\x00\x00\x00\x00"), byte(s.adobe))...)...)
	}
	if s.turned {
		out = append(out, jpegSegment(0xe1, append([]byte("Exif\x00\x00"), exif(binary.BigEndian, 6)...)...)...)
	}
	start, end := append(first, 0, 63, 0), byte(0) // baseline: AC's one code is the end of a block
	kind, code := byte(0xc0), "00"
	if s.progressive {
		kind, code, end, start = 0xc2, "0", 0xe0, append(first, 0, 0, 0)
	}
	out = append(out, jpegSegment(kind, frame...)...)
	out = append(out, jpegSegment(0xc4, append(append([]byte{0}, one...), 0)...)...)
	out = append(out, jpegSegment(0xc4, append(append([]byte{0x10}, one...), end)...)...)
	out = append(append(out, jpegSegment(0xda, start...)...), bits(code, units*blocks)...)
	runs := bits("0"+strings.Repeat("1", 14), ((s.w+7)/8)*((s.h+7)/8)/32767+1)
	for i := range s.scans {
		out = append(append(out, jpegSegment(0xda, 1, byte(i%len(s.sampling)+1), 0, 1, 63, 0)...), runs...)
	}
	return append(out, 0xff, 0xd9)
}

func plainPNG(t testing.TB, w, h int, depth byte, interlaced bool) []byte {
	t.Helper()
	ihdr := append(words(uint32(w), uint32(h)), depth, 6, 0, 0, 0)
	raw := (1 + 4*w*int(depth)/8) * h
	if interlaced {
		ihdr[12], raw = 1, 0
		for _, p := range [][4]int{{8, 8, 0, 0}, {8, 8, 4, 0}, {4, 8, 0, 4}, {4, 4, 2, 0}, {2, 4, 0, 2}, {2, 2, 1, 0}, {1, 2, 0, 1}} {
			pw, ph := (w-p[2]+p[0]-1)/p[0], (h-p[3]+p[1]-1)/p[1]
			raw += (1 + 4*pw*int(depth)/8) * ph
		}
	}
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	if _, err := io.CopyN(z, zeros{}, int64(raw)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	out := append([]byte("\x89PNG\r\n\x1a\n"), pngChunk("IHDR", ihdr)...)
	return append(append(out, pngChunk("IDAT", b.Bytes())...), pngChunk("IEND", nil)...)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func plainWebP(w, h uint64) []byte {
	const tree = 0b0_0_0_1 // one symbol, of one bit, which is 0
	stream := (w - 1) | (h-1)<<14
	for i := range 5 {
		stream |= tree << (28 + 4 + 3 + 4*i)
	}
	body := append([]byte{0x2f}, binary.LittleEndian.AppendUint64(nil, stream)...)
	body = append(body, make([]byte, 7)...)
	chunk := append(binary.LittleEndian.AppendUint32([]byte("WEBPVP8L"), uint32(len(body))), body...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(chunk))), chunk...)
}

func sub420() []byte { return []byte{0x22, 0x11, 0x11} }
func sub444() []byte { return []byte{0x11, 0x11, 0x11} }
func cmyk444() []byte {
	return []byte{0x11, 0x11, 0x11, 0x11}
}
