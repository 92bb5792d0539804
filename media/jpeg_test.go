package media

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"os/exec"
	"testing"
)

// hills is a picture of soft shapes and some grain.
func hills(w, h int) *image.YCbCr {
	img := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	r := rand.New(rand.NewPCG(1, 2))
	for y := range h {
		for x := range w {
			img.Y[y*img.YStride+x] = byte(128 + 80*math.Sin(float64(x)/13)*math.Cos(float64(y)/17) + 12*r.Float64())
		}
	}
	for i := range img.Cb {
		x, y := i%img.CStride, i/img.CStride
		img.Cb[i], img.Cr[i] = byte(128+50*math.Sin(float64(x)/19)), byte(128+50*math.Cos(float64(y)/23))
	}
	return img
}

// noise is the worst there is for a JPEG.
func noise(w, h int) *image.YCbCr {
	img := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	r := rand.New(rand.NewPCG(3, 4))
	for _, p := range [][]byte{img.Y, img.Cb, img.Cr} {
		for i := range p {
			p[i] = byte(255 * r.IntN(2))
		}
	}
	return img
}

func decoded(t *testing.T, b []byte) *image.YCbCr {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return img.(*image.YCbCr)
}

// off is the root of the mean square error of one plane.
func off(a, b []byte, sa, sb, w, h int) float64 {
	sum := 0.0
	for y := range h {
		for x := range w {
			d := float64(a[y*sa+x]) - float64(b[y*sb+x])
			sum += d * d
		}
	}
	return math.Sqrt(sum / float64(w*h))
}

func TestJPEGIsProgressiveAndTrueToThePicture(t *testing.T) {
	for _, c := range []struct {
		w, h int
		made func(w, h int) *image.YCbCr
		most float64 // luma levels off in the mean
	}{
		{320, 192, hills, 3}, {1, 1, hills, 2}, {8, 8, hills, 3}, {16, 16, hills, 3}, {17, 9, hills, 3}, {15, 33, hills, 3}, {640, 2, hills, 3},
		{64, 48, noise, 12},
	} {
		img := c.made(c.w, c.h)
		b := JPEG(img, 90)
		if !bytes.Contains(b, []byte{0xff, 0xc2}) || bytes.Contains(b, []byte{0xff, 0xc0}) {
			t.Errorf("%dx%d: no progressive JPEG", c.w, c.h)
		}
		got := decoded(t, b)
		if got.Rect != img.Rect {
			t.Fatalf("%dx%d came out as %v", c.w, c.h, got.Rect)
		}
		if d := off(img.Y, got.Y, img.YStride, got.YStride, c.w, c.h); d > c.most {
			t.Errorf("%dx%d: luma is %.2f off", c.w, c.h, d)
		}
		cw, ch := (c.w+1)/2, (c.h+1)/2
		for name, p := range map[string][2][]byte{"Cb": {img.Cb, got.Cb}, "Cr": {img.Cr, got.Cr}} {
			if d := off(p[0], p[1], img.CStride, got.CStride, cw, ch); d > 2*c.most {
				t.Errorf("%dx%d: %s is %.2f off", c.w, c.h, name, d)
			}
		}
	}
}

func TestAllQualitiesOfAllPicturesCanBeRead(t *testing.T) {
	for _, quality := range []int{-3, 1, 10, 50, 75, 99, 100, 200} {
		for _, img := range []*image.YCbCr{hills(50, 40), noise(50, 40)} {
			if got := decoded(t, JPEG(img, quality)); got.Rect != img.Rect {
				t.Errorf("quality %d came out as %v", quality, got.Rect)
			}
		}
	}
}

func TestBetterQualityIsNearerAndLarger(t *testing.T) {
	img := hills(160, 96)
	size, far := 0, math.Inf(1)
	for _, quality := range []int{20, 50, 80, 95} {
		b := JPEG(img, quality)
		got := decoded(t, b)
		d := off(img.Y, got.Y, img.YStride, got.YStride, 160, 96)
		if len(b) <= size || d >= far {
			t.Errorf("quality %d: %d bytes after %d, %.2f off after %.2f", quality, len(b), size, d, far)
		}
		size, far = len(b), d
	}
}

func TestJPEGIsSmallerThanTheStandardLibrarys(t *testing.T) {
	img := hills(640, 384)
	var theirs bytes.Buffer
	if err := jpeg.Encode(&theirs, img, &jpeg.Options{Quality: 88}); err != nil {
		t.Fatal(err)
	}
	if ours := len(JPEG(img, 88)); ours >= theirs.Len() {
		t.Errorf("%d bytes, baseline has %d", ours, theirs.Len())
	}
}

// Long runs of blocks without detail are counted together, up to 32767 of them.
func TestPlainPictureIsAFewBytes(t *testing.T) {
	img := image.NewYCbCr(image.Rect(0, 0, 2048, 2048), image.YCbCrSubsampleRatio420)
	for i := range img.Y {
		img.Y[i] = 200
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = 90, 160
	}
	b := JPEG(img, 88)
	if len(b) > 14000 {
		t.Errorf("%d bytes", len(b))
	}
	if got := decoded(t, b); got.Y[5000] != 200 {
		t.Errorf("luma is %d", got.Y[5000])
	}
}

// A view into a larger picture is encoded as if it stood alone.
func TestPartOfAPicture(t *testing.T) {
	img := hills(100, 80)
	part := img.SubImage(image.Rect(20, 10, 70, 60)).(*image.YCbCr)
	alone := image.NewYCbCr(image.Rect(0, 0, 50, 50), image.YCbCrSubsampleRatio420)
	for y := range 50 {
		for x := range 50 {
			alone.Y[alone.YOffset(x, y)] = part.Y[part.YOffset(20+x, 10+y)]
			alone.Cb[alone.COffset(x, y)], alone.Cr[alone.COffset(x, y)] = part.Cb[part.COffset(20+x, 10+y)], part.Cr[part.COffset(20+x, 10+y)]
		}
	}
	if !bytes.Equal(JPEG(part, 80), JPEG(alone, 80)) {
		t.Error("the part is encoded otherwise")
	}
}

// What ffmpeg reads of it is what Go reads of it: neither of the decoders is ours.
func TestTwoDecodersAgree(t *testing.T) {
	for _, img := range []*image.YCbCr{hills(123, 77), noise(64, 40)} {
		b := JPEG(img, 85)
		cmd := exec.Command("ffmpeg", "-v", "error", "-xerror", "-f", "jpeg_pipe", "-i", "pipe:0", "-f", "rawvideo", "-pix_fmt", "yuvj420p", "pipe:1")
		cmd.Stdin = bytes.NewReader(b)
		raw, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		got := decoded(t, b)
		w, h := img.Rect.Dx(), img.Rect.Dy()
		if want := w*h + 2*((w+1)/2)*((h+1)/2); len(raw) != want {
			t.Fatalf("ffmpeg gave %d bytes, wanted %d", len(raw), want)
		}
		if d := off(got.Y, raw, got.YStride, w, w, h); d > 0.7 {
			t.Errorf("%dx%d: the decoders differ by %.2f", w, h, d)
		}
	}
}

func TestCosinesAreThoseOfTheStandard(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 50 {
		var b, in [64]int32
		for i := range b {
			b[i] = r.Int32N(256) - 128
		}
		in = b
		cosines(&b)
		for v := range 8 {
			for u := range 8 {
				sum := 0.0
				for y := range 8 {
					for x := range 8 {
						sum += float64(in[8*y+x]) * math.Cos(float64(2*x+1)*float64(u)*math.Pi/16) * math.Cos(float64(2*y+1)*float64(v)*math.Pi/16)
					}
				}
				for _, k := range []int{u, v} {
					if k == 0 {
						sum /= math.Sqrt2
					}
				}
				if d := float64(b[8*v+u]) - 2*sum; math.Abs(d) > 2 {
					t.Fatalf("coefficient %d,%d is %.2f eighths off", u, v, d)
				}
			}
		}
	}
}

func TestCodesAreWithinWhatJPEGAllows(t *testing.T) {
	skewed := [257]int{}
	for i, n := 0, 1; i < 40; i, n = i+1, min(n*2, 1<<40) {
		skewed[i] = n // would make codes of 40 bits
	}
	even := [257]int{}
	for i := range 256 {
		even[i] = 1
	}
	one := [257]int{7: 3}
	for name, counts := range map[string]*[257]int{"skewed": &skewed, "even": &even, "one symbol": &one} {
		h := newHuffman(counts)
		room, coded := 1<<16, 0
		for s, n := range h.lengths {
			if n == 0 {
				if counts[s] > 0 {
					t.Errorf("%s: symbol %d has no code", name, s)
				}
				continue
			}
			coded++
			if n > 16 || int(h.codes[s]) == 1<<n-1 {
				t.Errorf("%s: symbol %d has the code %b of %d bits", name, s, h.codes[s], n)
			}
			room -= 1 << (16 - n)
		}
		if room < 1 {
			t.Errorf("%s: the codes overlap", name)
		}
		if table := h.table(); len(table) != 16+coded {
			t.Errorf("%s: %d bytes of table for %d symbols", name, len(table), coded)
		}
	}
}

func FuzzJPEG(f *testing.F) {
	f.Add(uint8(9), uint8(17), 88, []byte{0, 255, 3})
	f.Fuzz(func(t *testing.T, w, h uint8, quality int, samples []byte) {
		img := image.NewYCbCr(image.Rect(0, 0, int(w)%70+1, int(h)%70+1), image.YCbCrSubsampleRatio420)
		for _, p := range [][]byte{img.Y, img.Cb, img.Cr} {
			for i := range p {
				if len(samples) > 0 {
					p[i] = samples[i*7%len(samples)]
				}
			}
		}
		if got := decoded(t, JPEG(img, quality)); got.Rect != img.Rect {
			t.Errorf("%v came out as %v", img.Rect, got.Rect)
		}
	})
}

func BenchmarkJPEG(b *testing.B) {
	img := hills(1280, 768)
	for _, c := range []struct {
		name   string
		encode func() int
	}{
		{"progressive", func() int { return len(JPEG(img, 88)) }},
		{"standard library", func() int {
			var out bytes.Buffer
			_ = jpeg.Encode(&out, img, &jpeg.Options{Quality: 88})
			return out.Len()
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			size := 0
			for b.Loop() {
				size = c.encode()
			}
			b.ReportMetric(float64(size), "bytes")
		})
	}
}

func ExampleJPEG() {
	img := image.NewYCbCr(image.Rect(0, 0, 64, 64), image.YCbCrSubsampleRatio420)
	b := JPEG(img, 88)
	config, _ := jpeg.DecodeConfig(bytes.NewReader(b))
	fmt.Println(config.Width, config.Height)
	// Output: 64 64
}
