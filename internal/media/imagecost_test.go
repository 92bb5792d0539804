package media_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/media"
)

// jpegSpec describes a JPEG of one colour, which encode writes in as few bytes as possible.
// bits returns a code of zeros and ones, repeated the given number of times and padded with ones, as a scan's data.
// encode returns the JPEG.
// plainPNG returns a PNG of w x h pixels of the given depth with red, green, blue and alpha of 0.
// zeros is an endless reader of zeros.
// plainWebP returns a lossless WebP of one colour, in which pixels take no bits.
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
			// With a limit the collector runs before the process grows: what is measured is what a decode needs, not how late
			// garbage was freed. The limit is soft, so a decode that needs more than the ceiling still shows.
			cmd.Env = append(os.Environ(), decodedFile+"="+path, "GOMEMLIMIT=448MiB")
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
