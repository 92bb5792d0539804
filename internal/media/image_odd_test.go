package media_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"slices"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/media"
)

// frameHeader returns the offset of a JPEG's frame header: 0xFFC0, length, precision, height, width, components.
func frameHeader(t *testing.T, photo []byte) int {
	t.Helper()
	at := bytes.Index(photo, []byte{0xff, 0xc0})
	if at < 0 {
		t.Fatal("no frame")
	}
	return at
}

// A valid JPEG of a rare kind is not called damaged.
func TestRareJPEGsAreUnsupported(t *testing.T) {
	photo := encodeJPEG(t, corners(64, 64))
	at := frameHeader(t, photo)
	for name, change := range map[string]func([]byte){
		"12 bits a sample":  func(b []byte) { b[at+4] = 12 },
		"lossless":          func(b []byte) { b[at+1] = 0xc3 },
		"arithmetic coding": func(b []byte) { b[at+1] = 0xc9 },
		"two components":    func(b []byte) { b[at+9] = 2 },
	} {
		t.Run(name, func(t *testing.T) {
			b := bytes.Clone(photo)
			change(b)
			_, err := media.NewInspector(1).Inspect(t.Context(), 1, b, media.ImageLimits{})
			if !errors.Is(err, media.ErrUnsupported) && !errors.Is(err, media.ErrUnreadable) {
				t.Fatalf("%v", err)
			}
			if name != "two components" && !strings.Contains(err.Error(), "a JPEG of a kind that is not read here") {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestPicturesWithoutSizeAreRefused(t *testing.T) {
	photo := encodeJPEG(t, corners(64, 64))
	at := frameHeader(t, photo)
	flat := bytes.Clone(photo)
	flat[at+5], flat[at+6] = 0, 0
	for name, b := range map[string][]byte{
		"a PNG without width": pngHeader(0, 64, 8), "a PNG without height": pngHeader(64, 0, 8), "a PNG of 2^31 by 2^31": pngHeader(1<<31, 1<<31, 8),
		"a JPEG without height": flat, "the end of a JPEG": {0xff, 0xd8, 0xff, 0xd9}, "a PNG's name": []byte("\x89PNG\r\n\x1a\n"), "a WebP's name": []byte("RIFF\x04\x00\x00\x00WEBPVP8 "),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := media.NewInspector(1).Inspect(t.Context(), 1, b, media.ImageLimits{})
			if !errors.Is(err, media.ErrUnreadable) && !errors.Is(err, media.ErrTooSmall) {
				t.Errorf("%v", err)
			}
			if m, err := media.Decode(b); err == nil {
				t.Errorf("decoded to %v", m.Bounds())
			}
		})
	}
}

// The canvas of a WebP must have the size of its pixels: the limits are checked for the canvas, and memory is allocated for
// the pixels.
func TestWebPCanvasMatchesItsPixels(t *testing.T) {
	simple := readFile(t, "lossless.webp")
	for side, ok := range map[uint32]bool{32: true, 16: false, 31: false, 33: false, 16384: false} {
		_, err := media.NewInspector(1).Inspect(t.Context(), 1, exifWebP(simple, nil, side, side), media.ImageLimits{})
		if (err == nil) != ok || err != nil && !errors.Is(err, media.ErrUnreadable) && !errors.Is(err, media.ErrTooLarge) {
			t.Errorf("a canvas of %d for 32 pixels: %v", side, err)
		}
	}
}

func TestTrailingBytesAreIgnored(t *testing.T) {
	junk := []byte("<script>alert(1)</script>\x00\xff\xd8\xff")
	for name, b := range map[string][]byte{
		"JPEG": encodeJPEG(t, corners(64, 32)), "PNG": encodePNG(t, corners(64, 32)), "WebP": readFile(t, "lossy.webp"), "progressive": readFile(t, "progressive.jpg"),
	} {
		p, m := inspect(t, append(bytes.Clone(b), junk...))
		q, _ := inspect(t, b)
		if !bytes.Equal(p.Bytes, q.Bytes) || m.Bounds().Dx() != p.Width {
			t.Errorf("%s: trailing bytes change the result", name)
		}
	}
}

// tiffBlock returns a little-endian TIFF block; entries are tag, type, count, value.
func tiffBlock(offset uint32, entries ...[4]uint32) []byte {
	order := binary.LittleEndian
	b := order.AppendUint32([]byte("II*\x00"), offset)
	b = append(b, make([]byte, max(0, int(min(offset, 4096))-8))...)
	b = order.AppendUint16(b, uint16(len(entries)))
	for _, e := range entries {
		b = order.AppendUint16(order.AppendUint16(b, uint16(e[0])), uint16(e[1]))
		b = order.AppendUint32(order.AppendUint32(b, e[2]), e[3])
	}
	return order.AppendUint32(b, 0)
}

func TestOrientationTag(t *testing.T) {
	photo := encodeJPEG(t, corners(64, 32))
	const upright, turned = "red green blue white", "blue red white green"
	six := [4]uint32{0x0112, 3, 1, 6}
	endless := tiffBlock(8, six)
	binary.LittleEndian.PutUint16(endless[8:], 0xffff)
	for name, c := range map[string]struct {
		block []byte
		want  string
	}{
		"the only tag":                   {tiffBlock(8, six), turned},
		"after other tags":               {tiffBlock(8, [4]uint32{0x010f, 2, 4, 0}, [4]uint32{0x0110, 2, 4, 0}, six), turned},
		"far into the block":             {tiffBlock(1000, six), turned},
		"twice, the first invalid":       {tiffBlock(8, [4]uint32{0x0112, 3, 1, 0}, six), turned},
		"twice, the first counts":        {tiffBlock(8, six, [4]uint32{0x0112, 3, 1, 3}), turned},
		"fewer tags than the count":      {endless, turned},
		"no tag":                         {tiffBlock(8), upright},
		"another tag":                    {tiffBlock(8, [4]uint32{0x0113, 3, 1, 6}), upright},
		"an invalid number":              {tiffBlock(8, [4]uint32{0x0112, 3, 1, 65535}), upright},
		"an offset past the end":         {tiffBlock(1<<32 - 1), upright},
		"an offset at the end":           {tiffBlock(8)[:8], upright},
		"a truncated directory":          {tiffBlock(8, six)[:14], upright},
		"an unknown byte order":          {append([]byte("XX*\x00"), tiffBlock(8, six)[4:]...), upright},
		"a block of four bytes":          {[]byte("II*\x00"), upright},
		"an empty block":                 {nil, upright},
		"an offset before the directory": {append(binary.LittleEndian.AppendUint32([]byte("II*\x00"), 0), tiffBlock(8, six)[8:]...), upright},
	} {
		t.Run(name, func(t *testing.T) {
			if _, m := inspect(t, exifJPEG(photo, c.block)); readCorners(m) != c.want {
				t.Errorf("%s, want %s", readCorners(m), c.want)
			}
		})
	}
}

func TestOrientationAfterOtherSegments(t *testing.T) {
	photo := encodeJPEG(t, corners(64, 32))
	with := func(before ...byte) []byte {
		turned := exifJPEG(photo, exif(binary.BigEndian, 6))
		return slices.Concat(turned[:2], before, turned[2:])
	}
	for name, b := range map[string][]byte{
		"fill bytes":           with(0xff, 0xff, 0xff),
		"another APP1":         with(0xff, 0xe1, 0, 8, 'h', 't', 't', 'p', ':', '/'),
		"a comment of nothing": with(0xff, 0xfe, 0, 2),
	} {
		if _, m := inspect(t, b); readCorners(m) != "blue red white green" {
			t.Errorf("%s: %s", name, readCorners(m))
		}
	}
}

func TestDeepPNGsBecomeEightBits(t *testing.T) {
	rect := image.Rect(0, 0, 32, 32)
	deep := image.NewNRGBA64(rect)
	gray := image.NewGray16(rect)
	for i := range 32 * 32 {
		deep.SetNRGBA64(i%32, i/32, color.NRGBA64{0x12ff, 0x3400, 0x56ff, 0x80ff})
		gray.SetGray16(i%32, i/32, color.Gray16{0xabff})
	}
	for name, c := range map[string]struct {
		m    image.Image
		want color.NRGBA
	}{
		"of colour": {deep, color.NRGBA{0x12, 0x34, 0x56, 0x80}}, "of gray": {gray, color.NRGBA{0xab, 0xab, 0xab, 0xff}},
	} {
		m, err := media.Decode(encodePNG(t, c.m))
		if err != nil {
			t.Fatal(err)
		}
		if got := color.NRGBAModel.Convert(m.At(7, 9)).(color.NRGBA); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestFormatsAreNamed(t *testing.T) {
	long := strings.Repeat("a", 1023) + "é and more"
	for want, data := range map[string]string{
		"a WebM or Matroska video": "\x1aE\xdf\xa3....", "a TIFF": "MM\x00*....", "a BMP": "BM\x36\x00\x00\x00\x00\x00\x00\x00", "an ICO": "\x00\x00\x01\x00\x01\x00",
		"a PDF": "%PDF-1.7", "a ZIP archive": "PK\x03\x04....", "a gzip archive": "\x1f\x8b\x08", "a JPEG XL": "\xff\x0a....", "a JPEG 2000": "\x00\x00\x00\x0cjP  \r\n",
		"a Photoshop file": "8BPS\x00\x01", "an HEIF": "\x00\x00\x00\x18ftypmif1....", "an HTML page": "\ufeff\n<HTML><body>", "an SVG": "<?xml version='1.0'?>\n<!-- x --><SVG/>",
		"text": long, "JSON": "[1]", "an XML document": "<?xml version='1.0'?><rss/>", "a file of an unknown format": "BM and so on, \x01", "an MP4 video": "\x00\x00\x00\x18ftypqt  ",
	} {
		_, err := media.NewInspector(1).Inspect(t.Context(), 1, []byte(data), media.ImageLimits{})
		if !errors.Is(err, media.ErrUnsupported) || err.Error() != want+"; allowed: JPEG, PNG, WebP" {
			t.Errorf("%.20q: %v, want %s", data, err, want)
		}
	}
}
