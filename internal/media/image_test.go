package media_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"testing"

	"github.com/filmgate/filmgate/internal/media"
)

// fill sets all pixels of m and returns it.
// corners returns a picture with red, green, blue and white quarters, from left to right and top to bottom.
// readCorners returns the colours of a picture's quarters in the same order.
// pngHeader returns a PNG that ends after a header for w x h pixels of the given depth.
func inspect(t *testing.T, data []byte) (media.Picture, image.Image) {
	t.Helper()
	p, err := media.NewInspector(2).Inspect(t.Context(), 1, data, media.ImageLimits{})
	if err != nil {
		t.Fatal(err)
	}
	m, kind, err := image.Decode(bytes.NewReader(p.Bytes))
	if err != nil {
		t.Fatal(err)
	}
	if p.Type != "image/"+kind || m.Bounds() != image.Rect(0, 0, p.Width, p.Height) {
		t.Fatalf("the picture says %s %dx%d and is %s %v", p.Type, p.Width, p.Height, kind, m.Bounds())
	}
	return p, m
}

func TestInspectReadsAllFormats(t *testing.T) {
	rect := image.Rect(0, 0, 32, 32)
	solid, half := color.NRGBA{200, 40, 90, 255}, color.NRGBA{200, 40, 90, 128}
	cases := []struct {
		name     string
		data     []byte
		wantType string
		want     color.NRGBA
	}{
		{"JPEG", encodeJPEG(t, fill(image.NewRGBA(rect), solid)), "image/jpeg", solid},
		{"progressive JPEG", readFile(t, "progressive.jpg"), "image/jpeg", solid},
		{"CMYK JPEG", readFile(t, "cmyk.jpg"), "image/jpeg", solid},
		{"gray JPEG", encodeJPEG(t, fill(image.NewGray(rect), color.Gray{77})), "image/jpeg", color.NRGBA{77, 77, 77, 255}},
		{"PNG", encodePNG(t, fill(image.NewNRGBA(rect), solid)), "image/png", solid},
		{"transparent PNG", encodePNG(t, fill(image.NewNRGBA(rect), half)), "image/png", half},
		{"16-bit PNG", encodePNG(t, fill(image.NewRGBA64(rect), solid)), "image/png", solid},
		{"16-bit transparent PNG", encodePNG(t, fill(image.NewNRGBA64(rect), half)), "image/png", half},
		{"gray PNG", encodePNG(t, fill(image.NewGray(rect), color.Gray{77})), "image/png", color.NRGBA{77, 77, 77, 255}},
		{"16-bit gray PNG", encodePNG(t, fill(image.NewGray16(rect), color.Gray16{77 << 8})), "image/png", color.NRGBA{77, 77, 77, 255}},
		{"paletted PNG with transparency", readFile(t, "palette.png"), "image/png", half},
		{"animated PNG, its default image", readFile(t, "animated.png"), "image/png", solid},
		{"lossy WebP", readFile(t, "lossy.webp"), "image/png", solid},
		{"lossy WebP with transparency", readFile(t, "alpha.webp"), "image/png", half},
		{"lossless WebP", readFile(t, "lossless.webp"), "image/png", half},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p, m := inspect(t, c.data)
			got := color.NRGBAModel.Convert(m.At(16, 16)).(color.NRGBA)
			if p.Type != c.wantType || differs(int(got.R), int(c.want.R)) || differs(int(got.G), int(c.want.G)) || differs(int(got.B), int(c.want.B)) || got.A != c.want.A {
				t.Errorf("%s %v, want %s %v", p.Type, got, c.wantType, c.want)
			}
		})
	}
}

func TestInspectRefuses(t *testing.T) {
	small, whole := image.Rect(0, 0, 15, 300), image.Rect(0, 0, 64, 64)
	photo, drawing := encodeJPEG(t, corners(64, 64)), encodePNG(t, corners(64, 64))
	webp := readFile(t, "lossy.webp")
	tenKB := media.ImageLimits{Bytes: 10_000}
	cases := []struct {
		name   string
		data   []byte
		limits media.ImageLimits
		kind   error
		text   string
	}{
		{"too many bytes", make([]byte, 10_001), tenKB, media.ErrTooLarge, "10001 bytes; at most 10000"},
		{"30,000 by 30,000 pixels", pngHeader(30000, 30000, 8), tenKB, media.ErrTooLarge, "30000x30000 pixels; at most 16384 on each side"},
		{"51 million pixels", pngHeader(5100, 10000, 8), tenKB, media.ErrTooLarge, "5100x10000 pixels; at most 50 million in all"},
		{"26 million pixels of 16 bits", pngHeader(2600, 10000, 16), tenKB, media.ErrTooLarge, "2600x10000 pixels; at most 25 million in a PNG of 16 bits a sample"},
		{"one pixel", encodePNG(t, image.NewGray(image.Rect(0, 0, 1, 1))), tenKB, media.ErrTooSmall, "1x1 pixels; at least 16 on each side"},
		{"a side just too short", encodePNG(t, image.NewGray(small)), tenKB, media.ErrTooSmall, "15x300 pixels; at least 16 on each side"},
		{"shorter than the caller allows", encodePNG(t, image.NewGray(whole)), media.ImageLimits{MinSide: 300}, media.ErrTooSmall, "64x64 pixels; at least 300 on each side"},
		{"a type that the caller does not allow", webp, media.ImageLimits{Types: []string{"image/jpeg", "image/png"}}, media.ErrUnsupported, "a WebP; allowed: JPEG, PNG"},
		{"nothing", nil, tenKB, media.ErrUnsupported, "nothing; allowed: JPEG, PNG, WebP"},
		{"GIF", readFile(t, "still.gif"), tenKB, media.ErrUnsupported, "a GIF; allowed: JPEG, PNG, WebP"},
		{"animated WebP", readFile(t, "animated.webp"), tenKB, media.ErrUnsupported, "an animated WebP; allowed: JPEG, PNG, WebP"},
		{"AVIF", []byte("\x00\x00\x00\x20ftypavif\x00\x00\x00\x00"), tenKB, media.ErrUnsupported, "an AVIF; allowed: JPEG, PNG, WebP"},
		{"HEIC", []byte("\x00\x00\x00\x20ftypheic\x00\x00\x00\x00"), tenKB, media.ErrUnsupported, "an HEIC; allowed: JPEG, PNG, WebP"},
		{"a video", []byte("\x00\x00\x00\x20ftypisom\x00\x00\x00\x00"), tenKB, media.ErrUnsupported, "an MP4 video; allowed: JPEG, PNG, WebP"},
		{"HTML", []byte(" \n<!DOCTYPE html><html>"), tenKB, media.ErrUnsupported, "an HTML page; allowed: JPEG, PNG, WebP"},
		{"SVG", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), tenKB, media.ErrUnsupported, "an SVG; allowed: JPEG, PNG, WebP"},
		{"SVG behind an XML declaration", []byte(`<?xml version="1.0"?><svg/>`), tenKB, media.ErrUnsupported, "an SVG; allowed: JPEG, PNG, WebP"},
		{"XML", []byte(`<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>`), tenKB, media.ErrUnsupported, "an XML document; allowed: JPEG, PNG, WebP"},
		{"JSON", []byte(`{"error":"expired"}`), tenKB, media.ErrUnsupported, "JSON; allowed: JPEG, PNG, WebP"},
		{"text", []byte("not found"), tenKB, media.ErrUnsupported, "text; allowed: JPEG, PNG, WebP"},
		{"noise", []byte{1, 2, 3, 200, 201}, tenKB, media.ErrUnsupported, "a file of an unknown format; allowed: JPEG, PNG, WebP"},
		{"half a JPEG", photo[:len(photo)/2], tenKB, media.ErrUnreadable, "a JPEG that is damaged or cut short"},
		{"the first bytes of a JPEG", photo[:4], tenKB, media.ErrUnreadable, "a JPEG that is damaged or cut short"},
		{"half a PNG", drawing[:len(drawing)/2], tenKB, media.ErrUnreadable, "a PNG that is damaged or cut short"},
		{"half a WebP", webp[:len(webp)/2], tenKB, media.ErrUnreadable, "a WebP that is damaged or cut short"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := media.NewInspector(2).Inspect(t.Context(), 1, c.data, c.limits)
			if !errors.Is(err, c.kind) || err.Error() != c.text {
				t.Errorf("got %v; want %q", err, c.text)
			}
		})
	}
}

func TestInspectTakesWhatIsJustInsideTheLimits(t *testing.T) {
	data := encodePNG(t, image.NewGray(image.Rect(0, 0, 16, 300)))
	if _, err := media.NewInspector(1).Inspect(t.Context(), 1, data, media.ImageLimits{Bytes: int64(len(data)), MinSide: 16}); err != nil {
		t.Error(err)
	}
}

// exif returns a TIFF block with one tag, the orientation.
// exifJPEG adds an EXIF block to a JPEG, after another segment.
// exifPNG adds an EXIF block to a PNG, before its pixels.
// exifWebP makes an extended WebP of a lossless one of w x h pixels, with an EXIF block after the pixels.
func TestInspectRotatesByOrientation(t *testing.T) {
	photo, drawing := encodeJPEG(t, corners(64, 32)), encodePNG(t, corners(64, 32))
	source := filepath.Join(t.TempDir(), "corners.png")
	if err := os.WriteFile(source, drawing, 0o600); err != nil {
		t.Fatal(err)
	}
	lossless, err := os.ReadFile(ffmpeg(t, "corners.webp", "-i", source, "-c:v", "libwebp", "-lossless", "1"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[uint16]string{
		0: "red green blue white", // no orientation that EXIF knows
		1: "red green blue white",
		2: "green red white blue",
		3: "white blue green red",
		4: "blue white red green",
		5: "red blue green white",
		6: "blue red white green",
		7: "white green blue red",
		8: "green white red blue",
		9: "red green blue white",
	}
	for orientation, corners := range want {
		for name, data := range map[string][]byte{
			"JPEG, Intel order":    exifJPEG(photo, exif(binary.LittleEndian, orientation)),
			"JPEG, Motorola order": exifJPEG(photo, exif(binary.BigEndian, orientation)),
			"PNG":                  exifPNG(drawing, exif(binary.BigEndian, orientation)),
			"WebP":                 exifWebP(lossless, exif(binary.LittleEndian, orientation), 64, 32),
		} {
			p, m := inspect(t, data)
			if sideways := orientation >= 5 && orientation <= 8; (p.Width < p.Height) != sideways {
				t.Errorf("%s, orientation %d: %dx%d", name, orientation, p.Width, p.Height)
			}
			if got := readCorners(m); got != corners {
				t.Errorf("%s, orientation %d: %s, want %s", name, orientation, got, corners)
			}
		}
	}
}

func TestInspectRemovesMetadata(t *testing.T) {
	photo := exifJPEG(encodeJPEG(t, corners(64, 32)), exif(binary.LittleEndian, 1))
	drawing := exifPNG(encodePNG(t, corners(64, 32)), exif(binary.LittleEndian, 1))
	photo, drawing = append(photo, "<script>"...), append(drawing, "<script>"...)
	for _, data := range [][]byte{photo, drawing} {
		p, _ := inspect(t, data)
		for _, trace := range []string{"Exif", "eXIf", "a secret comment", "<script>"} {
			if bytes.Contains(p.Bytes, []byte(trace)) {
				t.Errorf("%s still holds %q", p.Type, trace)
			}
		}
	}
}

func TestInspectStopsWaitingWithItsContext(t *testing.T) {
	in := media.NewInspector(1)
	ctx, cancel := context.WithCancel(t.Context())
	release := media.AcquireSlot(in, 2)
	cancel()
	drawing := encodePNG(t, corners(64, 32))
	if _, err := in.Inspect(ctx, 1, drawing, media.ImageLimits{}); !errors.Is(err, context.Canceled) {
		t.Errorf("while another picture is decoded: %v, want the context's error", err)
	}
	release()
	if _, err := in.Inspect(t.Context(), 1, drawing, media.ImageLimits{}); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestDecode(t *testing.T) {
	m, err := media.Decode(exifJPEG(encodeJPEG(t, corners(64, 32)), exif(binary.LittleEndian, 6)))
	if err != nil || m.Bounds() != image.Rect(0, 0, 32, 64) || readCorners(m) != "blue red white green" {
		t.Errorf("got %v, %v", m, err)
	}
	if _, err := media.Decode(readFile(t, "still.gif")); !errors.Is(err, media.ErrUnsupported) {
		t.Errorf("a GIF: %v", err)
	}
	if _, err := media.Decode(pngHeader(30000, 30000, 8)); !errors.Is(err, media.ErrTooLarge) {
		t.Errorf("a bomb: %v", err)
	}
}

func FuzzInspect(f *testing.F) {
	seeds, err := filepath.Glob("testdata/image/*")
	if err != nil || len(seeds) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, path := range seeds {
		f.Add(readFile(f, filepath.Base(path)))
	}
	f.Add(exifJPEG(encodeJPEG(f, corners(16, 16)), exif(binary.LittleEndian, 6)))
	f.Add(exifPNG(encodePNG(f, corners(16, 16)), exif(binary.BigEndian, 8)))
	f.Add(exifWebP(readFile(f, "lossless.webp"), exif(binary.BigEndian, 3), 32, 32))
	in := media.NewInspector(2)
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := in.Inspect(t.Context(), 1, data, media.ImageLimits{MinSide: 1})
		if err != nil {
			for _, kind := range []error{media.ErrTooLarge, media.ErrTooSmall, media.ErrUnsupported, media.ErrUnreadable} {
				if errors.Is(err, kind) {
					return
				}
			}
			t.Fatalf("an unexpected kind of error: %v", err)
		}
		m, err := media.Decode(p.Bytes)
		if err != nil || m.Bounds() != image.Rect(0, 0, p.Width, p.Height) {
			t.Fatalf("the result can't be decoded: %v", err)
		}
	})
}
