package film

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/render/raster"
)

func TestThumbnailsKeepTheAspectRatio(t *testing.T) {
	for _, c := range []struct{ w, h, width, wantW, wantH int }{
		{1280, 768, 192, 192, 114}, {768, 1280, 192, 192, 320}, {64, 64, 320, 64, 64}, {4096, 64, 192, 192, 2}, {320, 192, 320, 320, 192},
	} {
		if w, h := thumbnailSize(Spec{Width: c.w, Height: c.h}, c.width); w != c.wantW || h != c.wantH {
			t.Errorf("%dx%d at %d is %dx%d, wanted %dx%d", c.w, c.h, c.width, w, h, c.wantW, c.wantH)
		}
	}
}

// evenFrame returns a frame of one colour.
func evenFrame(w, h int, y, u, v byte) *raster.Frame {
	f := raster.NewFrame(w, h)
	for i := range f.Y {
		f.Y[i] = y
	}
	for i := range f.U {
		f.U[i], f.V[i] = u, v
	}
	return f
}

func TestTheSpriteShowsTheVideoRowByRow(t *testing.T) {
	spec := Spec{Width: 192, Height: 112, Frames: 49, FrameRate: 24}
	a := newThumbnails(spec)
	for n := range spec.Frames {
		a.collect(evenFrame(192, 112, byte(20+4*n), 128, 128), n)
	}
	for k := range spriteSide * spriteSide {
		x, y := k%spriteSide*192+96, k/spriteSide*112+56
		if got, want := a.sprite.Y[y*a.sprite.W+x], byte(20+4*(2*k)); got != want {
			t.Errorf("picture %d of the sprite has the luma %d, wanted %d", k, got, want)
		}
	}
	if n := len(a.hover) / (192 * 112 * 3 / 2); n != hoverFrames {
		t.Errorf("%d frames are kept for the hover picture", n)
	}
}

func TestTheHoverPictureStopsWithItsContext(t *testing.T) {
	a := newThumbnails(Spec{Width: 64, Height: 64, Frames: 1, FrameRate: 24})
	a.collect(evenFrame(64, 64, 90, 128, 128), 0)
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

func TestCaptionsHaveAtMostTwoLines(t *testing.T) {
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

func TestWatermarkIsInTheCornerAndCaptionInTheMiddle(t *testing.T) {
	for _, size := range [][2]int{{320, 192}, {1280, 768}, {64, 64}, {192, 320}} {
		s := Spec{Prompt: "boat", Width: size[0], Height: size[1], Frames: 1, FrameRate: 24, Watermark: true, Caption: "boat"}
		film := newFilm(s)
		if len(film.caption) != 1 {
			t.Fatalf("%v: %d lines", size, len(film.caption))
		}
		mark, caption := *film.watermark, film.caption[0]
		if right := mark.x + mark.white.Rect.Dx(); right > s.Width || right < s.Width*9/10 {
			t.Errorf("%v: the watermark ends at column %d", size, right)
		}
		if middle := caption.x + caption.white.Rect.Dx()/2; middle < s.Width/2-2 || middle > s.Width/2+2 {
			t.Errorf("%v: the caption's middle is at %d", size, middle)
		}
		for _, l := range []overlayMask{mark, caption} {
			if bottom := l.y + l.white.Rect.Dy(); bottom > s.Height || bottom < s.Height*8/10 {
				t.Errorf("%v: a text ends at row %d", size, bottom)
			}
			if slices.Max(l.white.Pix) < 100 {
				t.Errorf("%v: a text is hardly visible", size)
			}
		}
	}
}

func TestTextIsWhiteOnAnyBackground(t *testing.T) {
	s := Spec{Width: 320, Height: 192, Caption: "HHHH"}
	for _, ground := range []byte{16, 120, 235} {
		f := evenFrame(320, 192, ground, 60, 200)
		l := caption(s)[0]
		l.drawOn(f)
		if high := slices.Max(f.Y); high < 205 {
			t.Errorf("on luma %d the letters have luma %d", ground, high)
		}
		if low := slices.Min(f.Y); ground == 235 && low > 150 {
			t.Errorf("on white there is no shadow: the darkest luma is %d", low)
		}
	}
}
