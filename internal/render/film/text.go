package film

import (
	"image"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomedium"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"github.com/filmgate/filmgate/internal/render/raster"
)

// overlayMask is a line of text to draw over frames: the opacity of its white letters and of the shadow below them.
type overlayMask struct {
	x, y          int
	white, shadow *image.Alpha
}

// maxCaption is how many characters of a caption are read: more than two lines of any frame hold.
const maxCaption = 1000

// caption returns the spec's caption in lines.
func caption(s Spec) []overlayMask {
	var out []overlayMask
	size := min(float64(s.Height)/28, float64(s.Width)/16)
	text := []rune(s.Caption)
	lines := wrap(drawableText(string(text[:min(len(text), maxCaption)])), s, size)
	for i, l := range lines {
		t := newTextMask(l, s, size, false, 235)
		t.y -= (len(lines) - 1 - i) * int(float64(1.4*max(minTextSize, size)))
		out = append(out, t)
	}
	return out
}

// minTextSize is the smallest legible text size in pixels.
const minTextSize = 9

// captionFont returns the font for captions. It is part of the program and always parses.
func captionFont() *opentype.Font {
	f, _ := opentype.Parse(gomedium.TTF)
	return f
}

// face returns the font at a size in pixels.
func face(size float64) font.Face {
	out, _ := opentype.NewFace(captionFont(), &opentype.FaceOptions{Size: max(minTextSize, size), DPI: 72, Hinting: font.HintingFull}) // a positive size can't fail
	return out
}

// drawableText returns a text on one line, without the characters that the font lacks. It has Latin, Greek and Cyrillic
// letters.
func drawableText(text string) string {
	f, buffer := captionFont(), sfnt.Buffer{}
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if n, err := f.GlyphIndex(&buffer, r); n == 0 || err != nil || unicode.IsControl(r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

// wrap breaks text into at most two lines that fit the frame, between words if possible. If text is left over, the last
// line ends in dots.
func wrap(text string, s Spec, size float64) []string {
	f := face(size)
	room := fixed.I(s.Width * 9 / 10)
	fits := func(line string) bool { return font.MeasureString(f, line) <= room }
	var lines []string
	for len(lines) < 2 && text != "" {
		dots := ""
		if len(lines) == 1 && !fits(text) {
			dots = " …"
		}
		cut := text
		for !fits(cut+dots) && strings.Contains(cut, " ") {
			cut = cut[:strings.LastIndex(cut, " ")]
		}
		for runes := []rune(cut); !fits(cut+dots) && len(runes) > 1; cut = string(runes) {
			runes = runes[:len(runes)-1]
		}
		lines, text = append(lines, cut+dots), strings.TrimPrefix(text[len(cut):], " ")
	}
	return lines
}

// newTextMask draws one line of text for the lower edge: for the right corner, or for the middle. strength is its
// opacity, 0 to 255.
func newTextMask(text string, s Spec, size float64, corner bool, strength int) overlayMask {
	f := face(size)
	w, h := font.MeasureString(f, text).Ceil()+8, f.Metrics().Height.Ceil()+8
	out := overlayMask{white: image.NewAlpha(image.Rect(0, 0, w, h)), shadow: image.NewAlpha(image.Rect(0, 0, w, h))}
	d := font.Drawer{Dst: out.white, Src: image.White, Face: f, Dot: fixed.P(4, 4+f.Metrics().Ascent.Ceil())}
	d.DrawString(text)
	for y := 1; y < h-1; y++ {
		for x := 1; x < w-1; x++ {
			sum := 0
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					sum += int(out.white.AlphaAt(x+dx, y+dy).A)
				}
			}
			out.shadow.Pix[y*out.shadow.Stride+x] = byte(min(255, sum/5) * strength / 400)
		}
	}
	for i, a := range out.white.Pix {
		out.white.Pix[i] = byte(int(a) * strength / 255)
	}
	out.y = s.Height - h - s.Height/40
	out.x = (s.Width - w) / 2 &^ 1
	if corner {
		out.x, out.y = (s.Width-w-min(s.Width, s.Height)/40)&^1, s.Height-h-s.Height/60
	}
	return out
}

// drawOn draws the text over a frame.
func (s *overlayMask) drawOn(f *raster.Frame) {
	b := s.white.Rect
	for y := max(0, -s.y); y < min(b.Dy(), f.H-s.y); y++ {
		for x := max(0, -s.x); x < min(b.Dx(), f.W-s.x); x++ {
			i := y*s.white.Stride + x
			ink, shadow := int(s.white.Pix[i]), int(s.shadow.Pix[i])
			if ink == 0 && shadow == 0 {
				continue
			}
			o := (s.y+y)*f.W + s.x + x
			v := int(f.Y[o])
			v += (16 - v) * shadow >> 8
			f.Y[o] = byte(v + (235-v)*ink>>8)
			if c := (s.y+y)/2*(f.W/2) + (s.x+x)/2; (s.x+x)&1 == 0 && (s.y+y)&1 == 0 {
				f.U[c] += byte((128 - int(f.U[c])) * max(ink, shadow) >> 8)
				f.V[c] += byte((128 - int(f.V[c])) * max(ink, shadow) >> 8)
			}
		}
	}
}
