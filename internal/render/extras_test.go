package render

import (
	"bytes"
	"context"
	"errors"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestSmallPicturesKeepTheShape(t *testing.T) {
	for _, c := range []struct{ w, h, width, wantW, wantH int }{
		{1280, 768, 192, 192, 114}, {768, 1280, 192, 192, 320}, {64, 64, 320, 64, 64}, {4096, 64, 192, 192, 2}, {320, 192, 320, 320, 192},
	} {
		if w, h := fitted(Spec{Width: c.w, Height: c.h}, c.width); w != c.wantW || h != c.wantH {
			t.Errorf("%dx%d at %d is %dx%d, wanted %dx%d", c.w, c.h, c.width, w, h, c.wantW, c.wantH)
		}
	}
}

// plain is a frame of one colour.
func plain(w, h int, y, u, v byte) *frame {
	f := newFrame(w, h)
	for i := range f.y {
		f.y[i] = y
	}
	for i := range f.u {
		f.u[i], f.v[i] = u, v
	}
	return f
}

func TestShrinkAverages(t *testing.T) {
	f := plain(64, 32, 100, 50, 200)
	for i := 0; i < len(f.y); i += 2 {
		f.y[i] = 200
	}
	got := f.shrink(16, 8)
	if want := plain(16, 8, 150, 50, 200); !bytes.Equal(got.pix, want.pix) {
		t.Errorf("the mean is %v", got.pix[:4])
	}
	if same := f.shrink(64, 32); !bytes.Equal(same.pix, f.pix) {
		t.Error("at its own size the frame is another")
	}
}

func TestSpriteShowsTheVideoRowByRow(t *testing.T) {
	spec := Spec{Width: 192, Height: 112, Frames: 49, FrameRate: 24}
	a := newThumbnails(spec)
	for n := range spec.Frames {
		a.add(plain(192, 112, byte(20+4*n), 128, 128), n)
	}
	for k := range spriteSide * spriteSide {
		x, y := k%spriteSide*192+96, k/spriteSide*112+56
		if got, want := a.sprite.y[y*a.sprite.w+x], byte(20+4*(2*k)); got != want {
			t.Errorf("picture %d of the sprite has %d, wanted %d", k, got, want)
		}
	}
	if n := len(a.hover) / (192 * 112 * 3 / 2); n != hoverFrames {
		t.Errorf("%d frames are kept for hovering", n)
	}
}

func TestHoverStopsWithItsContext(t *testing.T) {
	a := newThumbnails(Spec{Width: 64, Height: 64, Frames: 1, FrameRate: 24})
	a.add(plain(64, 64, 90, 128, 128), 0)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if b, err := a.webp(ctx); !errors.Is(err, context.Canceled) || b != nil {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	a.hover = nil
	if _, err := a.webp(context.Background()); err == nil || !strings.Contains(err.Error(), "animated WebP") {
		t.Errorf("without frames: %v", err)
	}
}

func TestJPEGHasTheFramesGreys(t *testing.T) {
	for _, c := range []struct {
		y    byte
		grey int
	}{{16, 0}, {235, 255}, {126, 128}, {0, 0}, {255, 255}} {
		img, err := jpeg.Decode(bytes.NewReader(plain(64, 64, c.y, 128, 128).jpeg(95)))
		if err != nil {
			t.Fatal(err)
		}
		r, g, b, _ := img.At(30, 30).RGBA()
		for _, v := range []uint32{r, g, b} {
			if d := int(v>>8) - c.grey; d < -2 || d > 2 {
				t.Errorf("luma %d is grey %d, wanted %d", c.y, v>>8, c.grey)
			}
		}
	}
}

func TestCaptionIsBrokenIntoTwoLinesAtMost(t *testing.T) {
	s := Spec{Width: 320, Height: 192}
	for _, c := range []struct {
		name, text string
		lines      int
		dots       bool
	}{
		{"nothing", "", 0, false}, {"short", "a boat", 1, false}, {"two lines", strings.Repeat("words ", 11) + "end", 2, false},
		{"more", strings.Repeat("many words ", 60), 2, true}, {"one long word", strings.Repeat("x", 400), 2, true},
	} {
		got := wrap(c.text, s, 9)
		if len(got) != c.lines || c.lines > 0 && strings.HasSuffix(got[len(got)-1], "…") != c.dots {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}

func TestMarkStandsInItsCornerAndCaptionInTheMiddle(t *testing.T) {
	for _, size := range [][2]int{{320, 192}, {1280, 768}, {64, 64}, {192, 320}} {
		s := Spec{Prompt: "boat", Width: size[0], Height: size[1], Frames: 1, FrameRate: 24, Watermark: true, Caption: "boat"}
		film := newFilm(s)
		if len(film.caption) != 1 {
			t.Fatalf("%v: %d lines", size, len(film.caption))
		}
		mark, caption := *film.watermark, film.caption[0]
		if right := mark.x + mark.white.Rect.Dx(); right > s.Width || right < s.Width*9/10 {
			t.Errorf("%v: the mark ends at %d", size, right)
		}
		if middle := caption.x + caption.white.Rect.Dx()/2; middle < s.Width/2-2 || middle > s.Width/2+2 {
			t.Errorf("%v: the caption's middle is at %d", size, middle)
		}
		for _, l := range []overlayMask{mark, caption} {
			if bottom := l.y + l.white.Rect.Dy(); bottom > s.Height || bottom < s.Height*8/10 {
				t.Errorf("%v: a lettering ends at row %d", size, bottom)
			}
			if slices.Max(l.white.Pix) < 100 {
				t.Errorf("%v: a lettering is hardly seen", size)
			}
		}
	}
}

func TestLetteringIsWhiteOnAnyGround(t *testing.T) {
	s := Spec{Width: 320, Height: 192, Caption: "HHHH"}
	for _, ground := range []byte{16, 120, 235} {
		f := plain(320, 192, ground, 60, 200)
		l := caption(s)[0]
		l.drawOn(f)
		if high := slices.Max(f.y); high < 205 {
			t.Errorf("on %d the letters have %d", ground, high)
		}
		if low := slices.Min(f.y); ground == 235 && low > 150 {
			t.Errorf("on white no shadow is seen: %d", low)
		}
	}
}

// shifted is a soft pattern, moved by parts of a frame height.
func shifted(dx, dy float64, seed uint32) *frame {
	f := newFrame(160, 96)
	for y := range 96 {
		for x := range 160 {
			f.y[y*160+x] = byte(30 + 190*fractalNoise(float64(x)/22-dx*96/22, float64(y)/22-dy*96/22, 2, seed))
		}
	}
	for i := range f.u {
		f.u[i], f.v[i] = 128, 128
	}
	return f
}

func TestFlowFindsTheShift(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]float64{{0, 0}, {0.05, 0}, {-0.08, 0.03}, {0, -0.06}, {0.1, 0.1}} {
		f := findFlow(shifted(0, 0, 3), shifted(c[0], c[1], 3))
		sx, sy, n := 0.0, 0.0, 0.0
		for _, x := range []float64{-0.4, 0, 0.4} {
			for _, y := range []float64{-0.2, 0, 0.2} {
				sx, sy, n = sx+f.x.at(x, y), sy+f.y.at(x, y), n+1
			}
		}
		if d := math.Hypot(sx/n-c[0], sy/n-c[1]); d > 0.015 {
			t.Errorf("a shift of %v is found as %.3f, %.3f", c, sx/n, sy/n)
		}
	}
}

func TestFlowOfStrangersIsSmall(t *testing.T) {
	same := findFlow(shifted(0, 0, 3), shifted(0.08, 0, 3))
	blocks := func(seed uint32) *frame {
		f := plain(160, 96, 0, 128, 128)
		for i := range f.y {
			f.y[i] = byte(16 + hash(uint32(i%160/4), uint32(i/160/4), seed)%220)
		}
		return f
	}
	strangers := findFlow(blocks(1), blocks(2))
	size := func(f *flow) float64 {
		sum := 0.0
		for i := range f.x.values {
			sum += math.Hypot(f.x.values[i], f.y.values[i])
		}
		return sum / float64(len(f.x.values))
	}
	if size(strangers) > size(same)*0.5 {
		t.Errorf("two pictures that share nothing flow by %.4f, one that is moved by %.4f", size(strangers), size(same))
	}
}

func TestFlowCanBeRunBack(t *testing.T) {
	f := findFlow(shifted(0, 0, 3), shifted(0.08, 0.04, 3))
	for _, k := range []float64{0, 0.5, 1} {
		for _, at := range [][2]float64{{0, 0}, {-0.3, 0.2}, {0.5, -0.3}} {
			x, y := f.source(at[0], at[1], k)
			if d := math.Hypot(x+k*f.x.at(x, y)-at[0], y+k*f.y.at(x, y)-at[1]); d > 0.002 {
				t.Errorf("%v of the way to %v comes out %.4f beside it", k, at, d)
			}
		}
	}
}

func TestSmallFramesAreMeansOfTheirParts(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, size := range [][4]int{{320, 192, 1280, 768}, {5, 30, 64, 4096}, {192, 2, 4096, 66}, {7, 5, 13, 11}, {9, 9, 9, 9}, {12, 8, 6, 4}} {
		w, h, fw, fh := size[0], size[1], size[2], size[3]
		from, to := make([]byte, fw*fh), make([]byte, w*h)
		for i := range from {
			from[i] = byte(255 - r.IntN(200)*r.IntN(2))
		}
		average(to, from, w, h, fw, fh)
		for y := range h {
			for x := range w {
				sum, n := 0, 0
				for v := y * fh / h; v < max(y*fh/h+1, (y+1)*fh/h); v++ {
					for u := x * fw / w; u < max(x*fw/w+1, (x+1)*fw/w); u++ {
						sum, n = sum+int(from[v*fw+u]), n+1
					}
				}
				if want := (sum + n/2) / n; int(to[y*w+x]) != want {
					t.Fatalf("%v: the place %d, %d has %d, and its part the mean %d", size, x, y, to[y*w+x], want)
				}
			}
		}
	}
}
