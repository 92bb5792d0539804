package typeset

import (
	"slices"
	"unicode"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"

	"github.com/filmgate/filmgate/internal/render/fp"
)

// Box says into what a text must fit, in pixels.
type Box struct {
	W, H              float64
	Largest, Smallest float64 // size of the letters
	Lines             int     // at most
}

// Block is a text in lines, at a size. Draw draws it.
type Block struct {
	size  float64 // pixels to an em
	lines []line
	Text  []string // what each line says, in reading order
}

// line is a line of shaped text, in thousandths of an em.
type line struct {
	glyphs []glyph
	width  float64
}

// glyph is a shape of a font and its place on the line: to the right, and up.
type glyph struct {
	face *font.Face
	id   font.GID
	x, y float64
}

const (
	em      = 1000 // the unit of shaped text
	leading = 1.3  // from line to line, in ems
)

// paragraph is shaped text that is not yet broken into lines.
type paragraph struct {
	text []rune
	runs []shaping.Output
	dir  di.Direction
}

// Fit sets a text as large as the box allows without breaking a word, in lines of about the same width. If it is too long at
// the smallest size, words are broken, and what is left over becomes an ellipsis. Fit returns nil if nothing of the text can
// be drawn.
func (s *Setter) Fit(text string, box Box) *Block {
	drawn, _ := s.Drawable(text)
	if drawn == "" {
		return nil
	}
	p := s.shape([]rune(drawn), directionOf(drawn))
	size := box.Largest
	for ; size > box.Smallest; size = float64(size * 0.95) {
		if lines := s.wrap(p, float64(box.W/size*em), 0, shaping.Never); fits(lines, box, size) {
			return p.block(s.balance(p, lines, float64(box.W/size*em)), size)
		}
	}
	size = box.Smallest
	room := float64(box.W / size * em)
	if lines := s.wrap(p, room, 0, shaping.Never); fits(lines, box, size) {
		return p.block(s.balance(p, lines, room), size)
	}
	most := max(1, min(box.Lines, int(box.H/float64(leading*size))))
	return p.block(s.wrap(p, room, most, shaping.WhenNecessary), size)
}

// fits reports whether lines at a size are in the box.
func fits(lines []shaping.Line, box Box, size float64) bool {
	for _, l := range lines {
		if widthOf(l) > float64(box.W/size*em) {
			return false
		}
	}
	return len(lines) <= box.Lines && float64(float64(len(lines))*float64(leading*size)) <= box.H
}

// balance breaks a text again into the same number of lines, as narrow as possible.
func (s *Setter) balance(p paragraph, lines []shaping.Line, room float64) []shaping.Line {
	if len(lines) < 2 {
		return lines
	}
	for width := room; width > room/2; width = float64(width * 0.95) {
		next := s.wrap(p, width, 0, shaping.Never)
		if len(next) != len(lines) || slices.ContainsFunc(next, func(l shaping.Line) bool { return widthOf(l) > width }) {
			break
		}
		lines = next
	}
	return lines
}

// shape shapes a text on one line.
func (s *Setter) shape(text []rune, dir di.Direction) paragraph {
	in := shaping.Input{Text: text, RunEnd: len(text), Direction: dir, Size: fixed.I(em), Language: language.NewLanguage("en")}
	p := paragraph{text: text, dir: dir}
	for _, run := range s.split.Split(in, s) {
		p.runs = append(p.runs, s.shaper.Shape(run))
	}
	return p
}

// wrap breaks a text into lines of a width, at most so many (0: as many as it takes), with an ellipsis for what is left over.
// The lines are the wrapper's until the next call, so they are copied.
func (s *Setter) wrap(p paragraph, width float64, most int, policy shaping.LineBreakPolicy) []shaping.Line {
	runs := make([]shaping.Output, len(p.runs))
	for i, r := range p.runs { // wrapping changes the glyphs
		r.Glyphs = slices.Clone(r.Glyphs)
		runs[i] = r
	}
	config := shaping.WrapConfig{Direction: p.dir, TruncateAfterLines: most, BreakPolicy: policy}
	if most > 0 {
		if s.ellipsis == nil {
			s.ellipsis = &s.shape([]rune("…"), di.DirectionLTR).runs[0]
		}
		config.Truncator = *s.ellipsis
	}
	lines, _ := s.wrapper.WrapParagraphF(config, fixed.Int26_6(float64(width*64)), p.text, shaping.NewSliceIterator(runs))
	out := make([]shaping.Line, len(lines))
	for i, l := range lines {
		out[i] = slices.Clone(l)
	}
	return out
}

// widthOf returns the width of a line.
func widthOf(l shaping.Line) float64 {
	sum := fixed.Int26_6(0)
	for _, run := range l {
		sum += run.Advance
	}
	return float64(sum) / 64
}

// block places the glyphs of lines.
func (p paragraph) block(lines []shaping.Line, size float64) *Block {
	b := &Block{size: size}
	for _, l := range lines {
		b.Text = append(b.Text, p.textOf(l))
		slices.SortStableFunc(l, func(a, b shaping.Output) int { return int(a.VisualIndex - b.VisualIndex) })
		out, dot := line{}, fixed.Int26_6(0)
		for _, run := range l {
			for _, g := range run.Glyphs {
				out.glyphs = append(out.glyphs, glyph{run.Face, g.GlyphID, float64(dot+g.XOffset) / 64, float64(g.YOffset) / 64})
				dot += g.Advance
			}
		}
		out.width = float64(dot) / 64
		b.lines = append(b.lines, out)
	}
	return b
}

// textOf returns the characters of a line.
func (p paragraph) textOf(l shaping.Line) string {
	var out []rune
	for _, run := range l {
		if from := run.Runes.Offset; len(run.Glyphs) == 1 && from+run.Runes.Count == len(p.text) && run.Runes.Count > 1 {
			out = append(out, '…')
			continue
		}
		out = append(out, p.text[run.Runes.Offset:run.Runes.Offset+run.Runes.Count]...)
	}
	return string(out)
}

// directionOf returns the direction of the first letter that has one.
func directionOf(text string) di.Direction {
	for _, r := range text {
		if unicode.In(r, unicode.Hebrew, unicode.Arabic) {
			return di.DirectionRTL
		}
		if unicode.IsLetter(r) {
			break
		}
	}
	return di.DirectionLTR
}

// Size returns the size of the letters in pixels.
func (b *Block) Size() float64 { return b.size }

// baseline returns the height of line i's baseline below the middle of the block.
func (b *Block) baseline(i int) float64 {
	middle := float64(float64(len(b.lines)-1) / 2)
	// Capitals are 0.714 em high: the middle of a line is half of that above its baseline.
	return float64(fp.MulAdd(float64(i)-middle, leading, 0.357) * b.size)
}
