package film

import (
	"image"

	"github.com/filmgate/filmgate/internal/render/typeset"
)

// noLetters is what a card says if no font has the letters of what it should say.
const noLetters = "(in letters that the renderer can't show)"

// cardMask sets a storyboard card: words in the middle of a thin frame.
func cardMask(text string, s Spec, set *typeset.Setter) *overlayMask {
	w, h := float64(s.Width), float64(s.Height)
	small := min(h, w)
	box := typeset.Box{W: w * 0.76, H: h * 0.56, Largest: max(minTextSize, small*0.11), Smallest: max(minTextSize, small/26), Lines: 5}
	b := set.Fit(text, box)
	if b == nil {
		box.Largest = max(minTextSize, small/20)
		b = set.Fit(noLetters, box)
	}
	out := newTextMask(framed(b.Draw(), s), b.Size()/12, 240)
	out.x += s.Width / 2
	out.y += s.Height / 2
	return out
}

// framed returns letters round the middle of a frame with a thin line near the frame's edges.
func framed(letters *image.Alpha, s Spec) *image.Alpha {
	inset, thick := min(s.Width, s.Height)/18, max(1, min(s.Width, s.Height)/360)
	return outlined(letters, image.Rect(inset-s.Width/2, inset-s.Height/2, s.Width/2-inset, s.Height/2-inset), thick, 90)
}

// boxed returns letters of a size in pixels with a line round them, as on a board.
func boxed(letters *image.Alpha, size float64) *image.Alpha {
	return outlined(letters, letters.Rect.Inset(-int(float64(size*0.45))), max(2, int(size/18)), 220)
}

// outlined returns letters with the outline of a rectangle: its thickness in pixels and its opacity.
func outlined(letters *image.Alpha, r image.Rectangle, thick int, opacity byte) *image.Alpha {
	out := image.NewAlpha(r.Union(letters.Rect))
	inner := r.Inset(thick)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if !(image.Point{X: x, Y: y}).In(inner) {
				out.Pix[out.PixOffset(x, y)] = opacity
			}
		}
	}
	for y := letters.Rect.Min.Y; y < letters.Rect.Max.Y; y++ {
		copy(out.Pix[out.PixOffset(letters.Rect.Min.X, y):], letters.Pix[letters.PixOffset(letters.Rect.Min.X, y):][:letters.Rect.Dx()])
	}
	return out
}
