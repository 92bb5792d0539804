package media

import (
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// webpPart is a frame of a hand-made animation on a canvas of 64x32: a picture of 32x32 at x, with the flags of its header.
type webpPart struct {
	picture         string // chunks of a still
	x, shown, flags byte
}

const (
	clearAfter = 1
	noBlend    = 2
)

// chunksOf returns the chunks of the picture in a file of testdata, from an offset on.
func chunksOf(t *testing.T, name string, from int) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "image", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b[from:])
}

func animation(parts ...webpPart) []byte {
	chunk := func(kind, body string) string {
		return kind + string(binary.LittleEndian.AppendUint32(nil, uint32(len(body)))) + body //nolint:gosec // small
	}
	body := "WEBP" + chunk("VP8X", "\x12\x00\x00\x00\x3f\x00\x00\x1f\x00\x00") + chunk("ANIM", "\x00\x00\x00\x00\x00\x00")
	for _, p := range parts {
		head := []byte{p.x / 2, 0, 0, 0, 0, 0, 31, 0, 0, 31, 0, 0, p.shown, 0, 0, p.flags}
		body += chunk("ANMF", string(head)+p.picture)
	}
	return []byte(chunk("RIFF", body))
}

func TestFramesOfAnAnimatedWebP(t *testing.T) {
	solid, half := chunksOf(t, "lossy.webp", 12), chunksOf(t, "alpha.webp", 30) // 200, 40, 90; the same, half transparent
	const left, right = 0, 32
	for _, c := range []struct {
		name  string
		parts []webpPart
		rate  string
		count int
		alpha [2]byte // of the last frame, left and right
	}{
		{"a part over another", []webpPart{{solid, left, 100, 0}, {half, left, 100, 0}}, "2000/200", 2, [2]byte{255, 0}},
		{"a part instead of another", []webpPart{{solid, left, 100, 0}, {half, left, 100, noBlend}}, "2000/200", 2, [2]byte{128, 0}},
		{"a part that is cleared", []webpPart{{solid, left, 100, clearAfter}, {half, right, 100, 0}}, "2000/200", 2, [2]byte{0, 128}},
		{"a part that stays", []webpPart{{solid, left, 100, 0}, {half, right, 100, 0}}, "2000/200", 2, [2]byte{255, 128}},
		{"frames of several lengths", []webpPart{{solid, left, 50, 0}, {half, right, 100, 0}}, "3000/150", 3, [2]byte{255, 128}},
	} {
		file := animation(c.parts...)
		a, err := openWebP(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		raw, err := io.ReadAll(a)
		const frame = 64 * 32 * 4
		if err != nil || a.rate != c.rate || len(raw) != c.count*frame {
			t.Errorf("%s: %d bytes at %s, %v", c.name, len(raw), a.rate, err)
			continue
		}
		last := raw[len(raw)-frame:]
		for i, x := range []int{left, right} {
			pixel := last[(16*64+x+16)*4:][:4]
			if d := int(pixel[3]) - int(c.alpha[i]); d < -2 || d > 2 {
				t.Errorf("%s: at %d %v, want alpha %d", c.name, x, pixel, c.alpha[i])
			}
		}
	}
}

func TestImpossibleAnimatedWebPIsRefused(t *testing.T) {
	solid := chunksOf(t, "lossy.webp", 12)
	good := animation(webpPart{solid, 0, 100, 0})
	for name, file := range map[string][]byte{
		"no frames":              animation(),
		"a part beyond the edge": animation(webpPart{solid, 34, 100, 0}),
		"a frame without a head": good[:len(good)-len(solid)-1],
	} {
		if _, err := openWebP(bytes.NewReader(file), int64(len(file))); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
	huge := bytes.Replace(good, []byte("\x3f\x00\x00\x1f\x00\x00"), []byte("\xff\xff\xff\xff\xff\xff"), 1)
	if _, err := openWebP(bytes.NewReader(huge), int64(len(huge))); err == nil {
		t.Error("a canvas of 2^48 pixels: opened")
	}
	other := animation(webpPart{chunksOf(t, "lossless.webp", 12), 0, 100, 0})
	other[bytes.Index(other, []byte("ANMF"))+8+6] = 15 // the area is 16x32, the picture 32x32
	a, err := openWebP(bytes.NewReader(other), int64(len(other)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(a); err == nil {
		t.Error("a picture larger than its area: read")
	}
}
