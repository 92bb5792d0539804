package film

import (
	"encoding/binary"
	"image"

	"github.com/filmgate/filmgate/internal/render/raster"
	"github.com/filmgate/filmgate/internal/render/typeset"
)

// overlayMask is text to draw over frames: the opacity of its white letters and of the shadow round them.
type overlayMask struct {
	x, y          int
	white, shadow *image.Alpha
}

// minTextSize is the smallest legible text size in pixels.
const minTextSize = 9

// maxCaption is how many characters of a caption are read: more than two lines of any frame hold.
const maxCaption = 1000

// caption returns the spec's caption at the lower edge; nil if it has no letters that a font has.
func caption(s Spec, set *typeset.Setter) *overlayMask {
	text := []rune(s.Caption)
	return subtitle(string(text[:min(len(text), maxCaption)]), s, set)
}

// subtitle returns a text in at most two lines at the lower edge; nil if it has no letters that a font has.
func subtitle(text string, s Spec, set *typeset.Setter) *overlayMask {
	size := max(minTextSize, min(float64(s.Height)/28, float64(s.Width)/16))
	b := set.Fit(text, typeset.Box{W: float64(s.Width) * 0.9, H: 2.7 * size, Largest: size, Smallest: size, Lines: 2})
	if b == nil {
		return nil
	}
	out := newTextMask(b.Draw(), size/10, 235)
	out.x += s.Width / 2
	out.y = s.Height - out.white.Rect.Dy() - s.Height/40
	return out
}

// watermark returns the mark in the lower right corner.
func watermark(s Spec, set *typeset.Setter) *overlayMask {
	size := max(minTextSize, min(float64(s.Height)/36, float64(s.Width)/20))
	b := set.Fit("FILMGATE", typeset.Box{W: float64(s.Width), H: 2 * size, Largest: size, Smallest: size, Lines: 1})
	out := newTextMask(b.Draw(), size/10, 140)
	out.x = s.Width - out.white.Rect.Dx() - min(s.Width, s.Height)/40
	out.y = s.Height - out.white.Rect.Dy() - s.Height/60
	return out
}

// newTextMask returns letters as a mask at the place of their rectangle, with a shadow that is soft over a radius in pixels.
// strength is the letters' opacity, 0 to 255.
func newTextMask(letters *image.Alpha, radius float64, strength int) *overlayMask {
	r := max(1, int(radius+0.5))
	all := letters.Rect.Inset(-3 * r)
	out := &overlayMask{x: all.Min.X, y: all.Min.Y, white: image.NewAlpha(image.Rect(0, 0, all.Dx(), all.Dy()))}
	for y := range letters.Rect.Dy() {
		copy(out.white.Pix[(y+3*r)*out.white.Stride+3*r:], letters.Pix[y*letters.Stride:][:letters.Rect.Dx()])
	}
	out.shadow = shadowOf(out.white, r)
	for i, a := range out.white.Pix {
		out.white.Pix[i] = byte(int(a) * strength / 255)
		out.shadow.Pix[i] = byte(int(out.shadow.Pix[i]) * strength * 5 / 8 / 255)
	}
	return out
}

// shadowOf returns letters blurred over 2r pixels and made heavier, so that a thin stroke has a shadow too.
func shadowOf(letters *image.Alpha, r int) *image.Alpha {
	w, h := letters.Rect.Dx(), letters.Rect.Dy()
	out := image.NewAlpha(letters.Rect)
	copy(out.Pix, letters.Pix)
	line := make([]byte, max(w, h))
	for range 2 {
		for y := range h {
			boxBlur(out.Pix[y*out.Stride:], 1, w, r, line)
		}
		for x := range w {
			boxBlur(out.Pix[x:], out.Stride, h, r, line)
		}
	}
	for i, a := range out.Pix {
		out.Pix[i] = byte(min(255, 2*int(a)))
	}
	return out
}

// boxBlur replaces each of n values, which are a step apart, by the mean of those at most r away. line is memory for n.
func boxBlur(pix []byte, step, n, r int, line []byte) {
	sum := 0
	for i := range min(r, n) {
		sum += int(pix[i*step])
	}
	for i := range n {
		if i+r < n {
			sum += int(pix[(i+r)*step])
		}
		if i > r {
			sum -= int(pix[(i-r-1)*step])
		}
		line[i] = byte(sum / (2*r + 1))
	}
	for i := range n {
		pix[i*step] = line[i]
	}
}

// visibility says how much of a text is seen.
type visibility struct {
	opacity    int // of 256
	down       int // how far below its place it is, in sixteenths of a pixel
	edge, soft int // only columns left of edge are shown, and within soft before it they fade; soft 0: all are shown
}

// seen is a text that is seen whole.
func seen() visibility { return visibility{opacity: 256} }

// drawOn draws the text over a frame.
func (s *overlayMask) drawOn(f *raster.Frame, v visibility) {
	top, b := s.y+v.down>>4, s.white.Rect
	last := b.Dx() - 1
	if v.soft > 0 {
		last = min(last, v.edge)
	}
	for y := max(0, -top); y < min(b.Dy(), f.H-top); y++ {
		for x := max(0, -s.x); x <= min(last, f.W-s.x-1); x++ {
			i := y*s.white.Stride + x
			if v.down&15 == 0 && s.empty(i, last-x) {
				x += 7
				continue
			}
			ink, shadow := int(s.white.Pix[i]), int(s.shadow.Pix[i])
			if v.down&15 > 0 {
				ink, shadow = between(s.white, i, v.down&15), between(s.shadow, i, v.down&15)
			}
			if shadow|ink == 0 {
				continue
			}
			if k := v.at(x); k < 256 {
				ink, shadow = ink*k>>8, shadow*k>>8
			}
			blendText(f, s.x+x, top+y, ink, shadow)
		}
	}
}

// empty reports whether value i and the seven after it are all transparent. left is how many more values of the row are drawn.
func (s *overlayMask) empty(i, left int) bool {
	return left >= 8 && binary.NativeEndian.Uint64(s.shadow.Pix[i:])|binary.NativeEndian.Uint64(s.white.Pix[i:]) == 0
}

// at returns the opacity of column x, of 256.
func (v visibility) at(x int) int {
	if v.soft == 0 {
		return v.opacity
	}
	return v.opacity * max(0, min(256, (v.edge-x)<<8/v.soft)) >> 8
}

// between returns the value sixteenths of a row above value i of a mask.
func between(mask *image.Alpha, i, sixteenths int) int {
	above := 0
	if i >= mask.Stride {
		above = int(mask.Pix[i-mask.Stride])
	}
	return (int(mask.Pix[i])*(16-sixteenths) + above*sixteenths) >> 4
}

// blendText draws one pixel of a text.
func blendText(f *raster.Frame, x, y, ink, shadow int) {
	o := y*f.W + x
	v := int(f.Y[o])
	v += (16 - v) * shadow >> 8
	f.Y[o] = byte(v + (235-v)*ink>>8)
	if (x|y)&1 == 0 {
		c := y/2*(f.W/2) + x/2
		f.U[c] += byte((128 - int(f.U[c])) * max(ink, shadow) >> 8)
		f.V[c] += byte((128 - int(f.V[c])) * max(ink, shadow) >> 8)
	}
}
