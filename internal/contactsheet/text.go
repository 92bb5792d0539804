package contactsheet

import (
	"image"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// maxPrompt is how many characters of a text are read: more than its lines hold.
const maxPrompt = 400

// parsed returns one of the fonts. They are part of the program and always parse.
func parsed(bold bool) *opentype.Font {
	ttf := goregular.TTF
	if bold {
		ttf = gobold.TTF
	}
	f, _ := opentype.Parse(ttf)
	return f
}

// face returns a font at a size in pixels.
func face(size float64, bold bool) font.Face {
	out, _ := opentype.NewFace(parsed(bold), &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull}) // a positive size can't fail
	return out
}

// drawable returns a text on one line, without the characters that the font lacks. If nothing is left of a text, it says so.
func drawable(s string) string {
	runes := []rune(s)
	f, buffer := parsed(false), sfnt.Buffer{}
	out := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if n, err := f.GlyphIndex(&buffer, r); n == 0 || err != nil || unicode.IsControl(r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, string(runes[:min(len(runes), maxPrompt)]))
	out = strings.Join(strings.Fields(out), " ")
	if out == "" && strings.TrimSpace(s) != "" {
		return "(in letters that this sheet can't show)"
	}
	return out
}

// width returns how wide a text is, in pixels.
func width(s string, size float64, bold bool) int {
	return font.MeasureString(face(size, bold), drawable(s)).Ceil()
}

// text draws one line with its baseline at y, cut to a width.
func text(page *image.RGBA, s string, size float64, bold bool, ink image.Image, x, y, room int) {
	f := face(size, bold)
	line := fit(drawable(s), f, room)
	d := font.Drawer{Dst: page, Src: ink, Face: f, Dot: fixed.P(x, y)}
	d.DrawString(line)
}

// fit cuts a text to a width. If something is cut off, it ends in dots.
func fit(s string, f font.Face, room int) string {
	if font.MeasureString(f, s).Ceil() <= room {
		return s
	}
	runes := []rune(s)
	for len(runes) > 0 && font.MeasureString(f, string(runes)+"…").Ceil() > room {
		runes = runes[:len(runes)-1]
	}
	return strings.TrimRight(string(runes), " ") + "…"
}

// wrap breaks a text into at most so many lines of a width, between words if possible. What is left over is cut off.
func wrap(s string, size float64, room, most int) []string {
	f := face(size, false)
	words := strings.Fields(drawable(s))
	var lines []string
	for len(words) > 0 && len(lines) < most-1 {
		n := 1
		for n < len(words) && font.MeasureString(f, strings.Join(words[:n+1], " ")).Ceil() <= room {
			n++
		}
		lines = append(lines, fit(strings.Join(words[:n], " "), f, room))
		words = words[n:]
	}
	if len(words) > 0 {
		lines = append(lines, fit(strings.Join(words, " "), f, room))
	}
	return lines
}
