package media_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/media"
)

// jpegSpec describes a JPEG of one colour, which encode writes in as few bytes as possible.
type jpegSpec struct {
	w, h        int
	sampling    []byte // of each colour: horizontal, vertical in 4 bits each
	progressive bool
	scans       int  // scans after the first, of a progressive JPEG
	adobe       int  // transform in Adobe's segment; -1 = no such segment
	turned      bool // has an orientation of 6
}

// bits returns a code of zeros and ones, repeated the given number of times and padded with ones, as a scan's data.
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

// encode returns the JPEG.
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

// plainPNG returns a PNG of w x h pixels of the given depth with red, green, blue and alpha of 0.
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

// zeros is an endless reader of zeros.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// plainWebP returns a lossless WebP of one colour, in which pixels take no bits.
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

func TestDecodingCostIsLimited(t *testing.T) {
	gray := []byte{0x11}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"500 scans of 49 million pixels": {jpegSpec{7000, 7000, gray, true, 499, -1, false}.encode(), "a JPEG of 500 scans; at most 20 for 7000x7000 pixels"},
		"21 scans of 49 million pixels":  {jpegSpec{7000, 7000, gray, true, 20, -1, false}.encode(), "a JPEG of 21 scans; at most 20 for 7000x7000 pixels"},
		"101 scans of few pixels":        {jpegSpec{64, 64, sub444(), true, 100, -1, false}.encode(), "a JPEG of 101 scans; at most 100 for 64x64 pixels"},
		"progressive without subsampling": {jpegSpec{5200, 5200, sub444(), true, 0, -1, false}.encode(),
			"5200x5200 pixels; at most 26 million in a progressive JPEG of this sampling"},
		"progressive in four colours": {jpegSpec{4100, 4100, cmyk444(), true, 0, 0, false}.encode(),
			"4100x4100 pixels; at most 16 million in a progressive JPEG of this sampling"},
		"a lossless WebP": {plainWebP(6000, 6000), "6000x6000 pixels; at most 32 million in a lossless WebP"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := media.NewInspector(1).Inspect(t.Context(), 1, c.data, media.ImageLimits{})
			if !errors.Is(err, media.ErrTooLarge) || err.Error() != c.want {
				t.Errorf("%v, want %q", err, c.want)
			}
			if _, err := media.Decode(c.data); !errors.Is(err, media.ErrTooLarge) {
				t.Errorf("Decode: %v", err)
			}
		})
	}
}

func TestManyScansOfASmallPicture(t *testing.T) {
	p, _ := inspect(t, jpegSpec{64, 48, sub420(), true, 99, -1, false}.encode())
	if p.Width != 64 || p.Height != 48 {
		t.Errorf("%dx%d", p.Width, p.Height)
	}
}

// Scan markers are found wherever image/jpeg finds them.
func TestScansAfterJunkAreCounted(t *testing.T) {
	data := jpegSpec{64, 64, sub444(), true, 100, -1, false}.encode()
	for name, junk := range map[string]string{"fill bytes": "\xff\xff", "stray bytes": "ab\xff\x00c", "a late restart": "\xff\xd3"} {
		at := bytes.Index(data, []byte{0xff, 0xda})
		scan := strings.ReplaceAll(string(data[at:]), "\xff\xda", junk+"\xff\xda")
		_, err := media.NewInspector(1).Inspect(t.Context(), 1, append(bytes.Clone(data[:at]), scan...), media.ImageLimits{})
		if !errors.Is(err, media.ErrTooLarge) || !strings.Contains(fmt.Sprint(err), "101 scans") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// countdownContext is a context that ends after a number of calls of Err.
type countdownContext struct {
	context.Context
	left int
}

func (l *countdownContext) Err() error {
	if l.left--; l.left < 0 {
		return context.Canceled
	}
	return nil
}

func TestDecodingStopsWithItsContext(t *testing.T) {
	noise := image.NewNRGBA(image.Rect(0, 0, 300, 300))
	for i := range noise.Pix {
		noise.Pix[i] = byte(i * i >> 3)
	}
	for name, data := range map[string][]byte{
		"JPEG": encodeJPEG(t, noise), "PNG": encodePNG(t, noise), "WebP": plainWebP(300, 300),
		"turned": exifJPEG(encodeJPEG(t, noise), exif(binary.BigEndian, 6)),
	} {
		whole := &countdownContext{t.Context(), 1 << 20}
		if err := media.Reencode(whole, data); err != nil {
			t.Fatal(err)
		}
		looks := 1<<20 - whole.left
		for _, n := range []int{0, 1, looks / 2, looks - 1} {
			ctx := &countdownContext{t.Context(), n}
			if err := media.Reencode(ctx, data); !errors.Is(err, context.Canceled) {
				t.Errorf("%s, ended at check %d of %d: %v", name, n, looks, err)
			}
			if ctx.left < -4 {
				t.Errorf("%s, ended at check %d of %d: it checked %d times more", name, n, looks, -ctx.left)
			}
		}
	}
}

func TestSlowPictureIsRefused(t *testing.T) {
	in := media.NewInspector(1)
	media.SetTimeout(in, time.Nanosecond)
	photo := encodeJPEG(t, corners(64, 64))
	_, err := in.Inspect(t.Context(), 1, photo, media.ImageLimits{})
	if want := "a JPEG that takes too long to decode; at most 1ns"; !errors.Is(err, media.ErrTooLarge) || err.Error() != want {
		t.Errorf("%v, want %q", err, want)
	}
	media.SetTimeout(in, time.Hour)
	if _, err := in.Inspect(t.Context(), 1, photo, media.ImageLimits{}); err != nil {
		t.Errorf("the next: %v", err)
	}
}

func TestOneOwnerHasOnePlace(t *testing.T) {
	in := media.NewInspector(2)
	photo := encodeJPEG(t, corners(64, 64))
	release := media.AcquireSlot(in, 1)
	ctx, cancel := context.WithCancel(t.Context())
	second := make(chan error)
	go func() {
		_, err := in.Inspect(ctx, 1, photo, media.ImageLimits{})
		second <- err
	}()
	if _, err := in.Inspect(t.Context(), 2, photo, media.ImageLimits{}); err != nil {
		t.Errorf("another owner: %v", err)
	}
	cancel()
	if err := <-second; !errors.Is(err, context.Canceled) {
		t.Errorf("the same owner's second: %v, want it to wait", err)
	}
	release()
	if _, err := in.Inspect(t.Context(), 1, photo, media.ImageLimits{}); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// decodedFile is the environment variable with the picture that a child of this test decodes.
const decodedFile = "MEDIA_TEST_DECODED_FILE"

// TestMemoryOfOneDecodeStaysBelowItsCeiling decodes the largest allowed picture of each format, each in its own
// process, and reads the peak resident memory of the process. So the pictures do not affect each other.
func TestMemoryOfOneDecodeStaysBelowItsCeiling(t *testing.T) {
	if path := os.Getenv(decodedFile); path != "" {
		inspectFile(t, path, strings.Count(filepath.Base(path), "again")+1)
		return
	}
	if raceEnabled || testing.Short() {
		t.Skip("the race detector needs memory of its own, and each picture takes seconds")
	}
	const ceiling = 512 << 20
	for name, data := range map[string][]byte{
		"progressive JPEG, 4:4:4, again":         jpegSpec{5160, 5160, sub444(), true, 3, -1, true}.encode(),
		"progressive JPEG, 4:2:0":                jpegSpec{7070, 7070, sub420(), true, 3, -1, true}.encode(),
		"baseline JPEG, four colours":            jpegSpec{7070, 7070, cmyk444(), false, 0, 0, true}.encode(),
		"PNG of 16 bits a sample and interlaced": exifPNG(plainPNG(t, 4990, 4990, 16, true), exif(binary.BigEndian, 6)),
		"lossless WebP":                          exifWebP(plainWebP(5700, 5700), exif(binary.BigEndian, 6), 5700, 5700),
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), filepath.Base(t.Name()))
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := media.Command(t.Context(), os.Args[0], "-test.run=^TestMemoryOfOneDecodeStaysBelowItsCeiling$")
			cmd.Env = append(os.Environ(), decodedFile+"="+path)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			peak := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
			t.Logf("%d MiB", peak>>20)
			if peak > ceiling {
				t.Errorf("%d MiB of memory; at most %d", peak>>20, ceiling>>20)
			}
		})
	}
}

func inspectFile(t *testing.T, path string, times int) {
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	in := media.NewInspector(1)
	media.SetTimeout(in, time.Hour)
	for range times {
		if _, err := in.Inspect(t.Context(), 1, data, media.ImageLimits{}); err != nil {
			t.Fatal(err)
		}
	}
}
