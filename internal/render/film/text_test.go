package film

import (
	"bytes"
	"image"
	"slices"
	"testing"

	"github.com/filmgate/filmgate/internal/render/typeset"
)

// captionMask returns a caption in a frame of w x h pixels.
func captionMask(text string, w, h int) *overlayMask {
	return caption(Spec{Caption: text, Width: w, Height: h}, typeset.NewSetter())
}

func TestWatermarkIsInTheCornerAndCaptionInTheMiddle(t *testing.T) {
	for _, size := range [][2]int{{320, 192}, {1280, 768}, {64, 64}, {192, 320}} {
		s := Spec{Prompt: "boat", Width: size[0], Height: size[1], Frames: 1, FrameRate: 24, Watermark: true, Caption: "boat"}
		film := newFilm(s)
		mark, caption := film.watermark, film.caption
		if right := mark.x + mark.white.Rect.Dx(); right > s.Width || right < s.Width*9/10 {
			t.Errorf("%v: the watermark ends at column %d", size, right)
		}
		if middle := caption.x + caption.white.Rect.Dx()/2; middle < s.Width/2-2 || middle > s.Width/2+2 {
			t.Errorf("%v: the caption's middle is at %d", size, middle)
		}
		for _, l := range []*overlayMask{mark, caption} {
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
	l := captionMask("HHHH", 320, 192)
	for _, ground := range []byte{16, 120, 235} {
		f := evenFrame(320, 192, ground, 60, 200)
		l.drawOn(f, seen())
		if high := slices.Max(f.Y); high < 205 {
			t.Errorf("on luma %d the letters have luma %d", ground, high)
		}
		if low := slices.Min(f.Y); ground == 235 && low > 170 {
			t.Errorf("on white there is no shadow: the darkest luma is %d", low)
		}
	}
}

func TestACaptionWithoutLettersOfAFontIsNotDrawn(t *testing.T) {
	for _, text := range []string{"", " \n", "კატა", "🔥🎬", "\xff\x00"} {
		if l := captionMask(text, 320, 192); l != nil {
			t.Errorf("%q is drawn", text)
		}
	}
}

func TestTextFitsAnyFrame(t *testing.T) {
	for _, size := range [][2]int{{64, 64}, {64, 512}, {512, 64}, {320, 192}, {192, 320}, {1280, 768}} {
		s := Spec{Prompt: `title "A lighthouse on a cliff above a stormy sea, and a boat"`, Caption: "A lighthouse on a cliff above a stormy sea, and a boat", Width: size[0], Height: size[1], Frames: 1, FrameRate: 24, Watermark: true}
		film := newFilm(s)
		for k, l := range []*overlayMask{film.caption, film.watermark, film.letterings[0].mask} {
			for i, a := range l.white.Pix {
				x, y := l.x+i%l.white.Stride, l.y+i/l.white.Stride
				if a > 0 && (x < 0 || y < 0 || x >= s.Width || y >= s.Height) {
					t.Errorf("%v: text %d has a pixel at %d, %d", size, k, x, y)
					break
				}
			}
		}
	}
}

func TestTextBeyondTheFrameIsCutOff(t *testing.T) {
	base := captionMask("HH", 64, 64)
	for _, at := range [][2]int{{-200, 10}, {200, 10}, {10, -200}, {10, 200}, {-5, -5}, {58, 58}, {-3, 60}} {
		f := evenFrame(64, 64, 100, 60, 200)
		l := *base
		l.x, l.y = at[0], at[1]
		l.drawOn(f, seen())
		l.drawOn(f, visibility{opacity: 100, down: 21, edge: 40, soft: 7})
		changed := !bytes.Equal(f.Pix, evenFrame(64, 64, 100, 60, 200).Pix)
		if near := at[0] > -20 && at[0] < 64 && at[1] > -20 && at[1] < 64; changed && !near {
			t.Errorf("text at %v changes the frame", at)
		}
	}
}

func TestTextHasNoColour(t *testing.T) {
	f := evenFrame(64, 64, 100, 40, 220)
	letters := image.NewAlpha(image.Rect(0, 0, 20, 20))
	for i := range letters.Pix {
		letters.Pix[i] = 255
	}
	newTextMask(letters, 2, 255).drawOn(f, seen())
	for i, c := range []byte{f.Y[10*64+10], f.U[5*32+5], f.V[5*32+5]} {
		if want := []byte{235, 128, 128}[i]; max(c, want)-min(c, want) > 2 {
			t.Errorf("channel %d of a letter is %d", i, c)
		}
	}
}

func TestWatermarkIsFainterThanACaption(t *testing.T) {
	mark := watermark(Spec{Width: 320, Height: 192}, typeset.NewSetter())
	if a, b := slices.Max(mark.white.Pix), slices.Max(captionMask("HHHH", 320, 192).white.Pix); a >= b || a < 100 {
		t.Errorf("the watermark's opacity is %d, the caption's %d", a, b)
	}
}
