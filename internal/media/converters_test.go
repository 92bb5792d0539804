package media_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/media"
)

// avifOf encodes a picture as AVIF with ffmpeg. It skips the test if ffmpeg lacks the encoder.
func avifOf(t *testing.T, m image.Image) []byte {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), "ffmpeg", "-hide_banner", "-encoders").Output(); err != nil || !bytes.Contains(out, []byte("libaom-av1")) {
		t.Skip("ffmpeg has no encoder for AVIF")
	}
	source := filepath.Join(t.TempDir(), "given.png")
	if err := os.WriteFile(source, encodePNG(t, m), 0o600); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(ffmpeg(t, "made.avif", "-i", source, "-c:v", "libaom-av1", "-cpu-used", "8", "-crf", "5", "-still-picture", "1", "-pix_fmt", "yuv420p"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// heicOf encodes a picture as HEIC with libheif. It skips the test if libheif is not installed.
func heicOf(t *testing.T, m image.Image) []byte {
	t.Helper()
	if _, err := exec.LookPath("heif-enc"); err != nil {
		t.Skip("libheif's tools are not installed")
	}
	source, made := filepath.Join(t.TempDir(), "given.png"), filepath.Join(t.TempDir(), "made.heic")
	if err := os.WriteFile(source, encodePNG(t, m), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "heif-enc", "-q", "95", "-o", made, source).CombinedOutput(); err != nil { //nolint:gosec // the test's own files
		t.Fatalf("%v\n%s", err, out)
	}
	data, err := os.ReadFile(made) //nolint:gosec // the test's own file
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func newConvertingInspector(t *testing.T) (*media.Inspector, string) {
	t.Helper()
	temp := t.TempDir()
	return media.NewInspector(2).WithConverters(media.FindConverters(temp)), temp
}

// inspectConverted inspects a picture with converters and checks that the temporary folder is empty afterwards.
func inspectConverted(t *testing.T, data []byte) (media.Picture, image.Image, error) {
	t.Helper()
	in, temp := newConvertingInspector(t)
	p, err := in.Inspect(t.Context(), 1, data, media.ImageLimits{})
	if left, readErr := os.ReadDir(temp); readErr != nil || len(left) != 0 {
		t.Errorf("left in the temporary folder: %v, %v", left, readErr)
	}
	if err != nil {
		return p, nil, err
	}
	m, kind, err := image.Decode(bytes.NewReader(p.Bytes))
	if err != nil || p.Type != "image/"+kind || m.Bounds() != image.Rect(0, 0, p.Width, p.Height) {
		t.Fatalf("%s %dx%d is %s: %v", p.Type, p.Width, p.Height, kind, err)
	}
	return p, m, nil
}

func TestAVIFAndHEICAreConverted(t *testing.T) {
	for name, encode := range map[string]func(*testing.T, image.Image) []byte{"AVIF": avifOf, "HEIC": heicOf} {
		t.Run(name, func(t *testing.T) {
			red := color.NRGBA{200, 58, 40, 255}
			p, m, err := inspectConverted(t, encode(t, fill(image.NewNRGBA(image.Rect(0, 0, 96, 64)), red)))
			if err != nil || p.Type != "image/jpeg" || p.Width != 96 || p.Height != 64 {
				t.Fatalf("%s %dx%d, %v", p.Type, p.Width, p.Height, err)
			}
			if got := color.NRGBAModel.Convert(m.At(48, 32)).(color.NRGBA); !near(got, red) {
				t.Errorf("%v, want %v", got, red)
			}
		})
	}
}

func TestTemporaryFolderMayBeRelative(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("temp", 0o700); err != nil {
		t.Fatal(err)
	}
	data := avifOf(t, corners(96, 64))
	if _, err := media.NewInspector(1).WithConverters(media.FindConverters("temp")).Inspect(t.Context(), 1, data, media.ImageLimits{}); err != nil {
		t.Error(err)
	}
}

// replaceBox replaces the first box of one type by a box of another type with a body of at most the same size.
func replaceBox(t *testing.T, data []byte, box, kind string, body []byte) []byte {
	t.Helper()
	at := bytes.Index(data, []byte(box))
	size := int(binary.BigEndian.Uint32(data[max(0, at-4):])) - 8
	if at < 0 || size < len(body) {
		t.Fatalf("no box %s of %d bytes", box, len(body))
	}
	out := bytes.Clone(data)
	copy(out[at:], kind)
	copy(out[at+4:at+4+size], append(bytes.Clone(body), make([]byte, size-len(body))...))
	return out
}

func TestAVIFIsRotatedByItsBoxes(t *testing.T) {
	data := avifOf(t, corners(96, 64))
	for name, c := range map[string]struct {
		kind string
		body byte
		want string
	}{
		"upright":                    {"free", 0, "red green blue white"},
		"a quarter counterclockwise": {"irot", 1, "green white red blue"},
		"half":                       {"irot", 2, "white blue green red"},
		"a quarter clockwise":        {"irot", 3, "blue red white green"},
		"top and bottom swapped":     {"imir", 0, "blue white red green"},
		"left and right swapped":     {"imir", 1, "green red white blue"},
	} {
		p, m, err := inspectConverted(t, replaceBox(t, data, "pixi", c.kind, []byte{c.body}))
		if err != nil {
			t.Fatal(err)
		}
		if sideways := c.kind == "irot" && c.body%2 == 1; (p.Width < p.Height) != sideways {
			t.Errorf("%s: %dx%d", name, p.Width, p.Height)
		}
		if got := readCorners(m); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestInvalidAVIFAndHEICAreRefused(t *testing.T) {
	small := fill(image.NewNRGBA(image.Rect(0, 0, 96, 64)), color.NRGBA{200, 58, 40, 255})
	for name, encode := range map[string]func(*testing.T, image.Image) []byte{"AVIF": avifOf, "HEIC": heicOf} {
		t.Run(name, func(t *testing.T) {
			data := encode(t, small)
			size := bytes.Index(data, []byte("ispe")) + 8
			for _, c := range []struct {
				name string
				data []byte
				kind error
				text string
			}{
				{"a size of 30,000 by 30,000", patched(data, size, words(30000, 30000)...), media.ErrTooLarge, "30000x30000 pixels; at most 16384 on each side"},
				{"51 million pixels", patched(data, size, words(5100, 10000)...), media.ErrTooLarge, "5100x10000 pixels; at most 50 million in all"},
				{"8 pixels", patched(data, size, words(8, 64)...), media.ErrTooSmall, "8x64 pixels; at least 16 on each side"},
				{"no size", patched(data, size-4-4, []byte("free")...), media.ErrUnreadable, "an " + name + " that is damaged or cut short"},
				{"its first bytes", data[:40], media.ErrUnreadable, "an " + name + " that is damaged or cut short"},
				{"cut short", data[:len(data)-len(data)/3], media.ErrUnreadable, "an " + name + " that is damaged or cut short"},
			} {
				if _, _, err := inspectConverted(t, c.data); !errors.Is(err, c.kind) || err.Error() != c.text {
					t.Errorf("%s: %v, want %q", c.name, err, c.text)
				}
			}
		})
	}
}

// The header's size must be that of the pixels.
func TestAVIFWithAWrongSizeIsRefused(t *testing.T) {
	data := avifOf(t, corners(96, 64))
	size := bytes.Index(data, []byte("ispe")) + 8
	for _, other := range [][]byte{words(64, 64), words(96, 128)} {
		if _, _, err := inspectConverted(t, patched(data, size, other...)); !errors.Is(err, media.ErrUnreadable) && !errors.Is(err, media.ErrTooLarge) {
			t.Errorf("%v", err)
		}
	}
}

func TestNoConverterNoAVIFOrHEIC(t *testing.T) {
	onPath(t, nil)
	in, _ := newConvertingInspector(t)
	for head, want := range map[string]string{
		"\x00\x00\x00\x20ftypavif\x00\x00\x00\x00":         "an AVIF; allowed: JPEG, PNG, WebP",
		"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00":         "an HEIC; allowed: JPEG, PNG, WebP",
		"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic": "an HEIC; allowed: JPEG, PNG, WebP",
		"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1avif": "an AVIF; allowed: JPEG, PNG, WebP",
		"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1jpeg": "an HEIF; allowed: JPEG, PNG, WebP",
	} {
		if _, err := in.Inspect(t.Context(), 1, []byte(head), media.ImageLimits{}); !errors.Is(err, media.ErrUnsupported) || err.Error() != want {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// A converter that writes without end is killed, and the picture refused.
func TestConverterIsLimited(t *testing.T) {
	data := avifOf(t, corners(96, 64))
	for name, c := range map[string]struct{ script, want string }{
		"writes without end": {`for last; do :; done; exec /usr/bin/head -c 100M /dev/zero > "${last#file:}"`, "an AVIF"},
		"fails":              {"echo no >&2; exit 1", "an AVIF that is damaged or cut short"},
		"writes nothing":     {"exit 0", "an AVIF that is damaged or cut short"},
	} {
		t.Run(name, func(t *testing.T) {
			onPath(t, map[string]string{"ffmpeg": c.script})
			if _, _, err := inspectConverted(t, data); err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

func TestConverterHasAMemoryLimit(t *testing.T) {
	data := avifOf(t, corners(96, 64))
	onPath(t, map[string]string{"ffmpeg": `[ "$(ulimit -v)" = 2097152 ] && for last; do :; done; exec /usr/bin/head -c 24576 /dev/zero > "${last#file:}"`})
	if _, _, err := inspectConverted(t, data); err != nil {
		t.Error(err)
	}
}

func FuzzHEIF(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x18ftypavif\x00\x00\x00\x00"))
	f.Add([]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00\x00\x00\x00\x0cmeta\x00\x00\x00\x00"))
	f.Fuzz(func(_ *testing.T, data []byte) { media.HEIF(data) })
}
