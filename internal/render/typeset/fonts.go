package typeset

import (
	"bytes"
	"compress/gzip"
	"embed"
	"io"
	"strings"
	"unicode"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/shaping"
)

//go:embed fonts/*.gz
var fontFiles embed.FS

// Setter sets text. It loads a font when the first of its characters is set. It is for one goroutine.
type Setter struct {
	faces    map[string]*font.Face
	split    shaping.Segmenter
	shaper   shaping.HarfbuzzShaper
	wrapper  shaping.LineWrapper
	ellipsis *shaping.Output
}

// NewSetter returns a Setter with the fonts of the program.
func NewSetter() *Setter { return &Setter{faces: map[string]*font.Face{}} }

// face returns a font of the program, which always parses.
func (s *Setter) face(name string) *font.Face {
	if f := s.faces[name]; f != nil {
		return f
	}
	packed, _ := fontFiles.ReadFile("fonts/" + name + ".ttf.gz")
	unpack, _ := gzip.NewReader(bytes.NewReader(packed))
	file, _ := io.ReadAll(unpack)
	s.faces[name], _ = font.ParseTTF(bytes.NewReader(file))
	return s.faces[name]
}

// fontOf returns the name of the font for a character that the Latin one lacks.
func fontOf(r rune) string {
	for _, block := range []struct {
		first, last rune
		font        string
	}{
		{0x590, 0x5ff, "hebrew"}, {0x600, 0x6ff, "arabic"}, {0x900, 0x97f, "devanagari"}, {0xe00, 0xe7f, "thai"},
		{0x2e80, 0x9fff, "han"}, {0xff00, 0xffef, "han"}, {0xac00, 0xd7a3, "korean"},
	} {
		if r >= block.first && r <= block.last {
			return block.font
		}
	}
	return "latin"
}

// ResolveFace returns the font for a character: the Latin one if no font has it.
func (s *Setter) ResolveFace(r rune) *font.Face {
	if _, ok := s.face("latin").NominalGlyph(r); ok {
		return s.face("latin")
	}
	return s.face(fontOf(r))
}

// has reports whether a font has a character.
func (s *Setter) has(r rune) bool {
	_, ok := s.ResolveFace(r).NominalGlyph(r)
	return ok
}

// Drawable returns a text on one line without the characters that no font has, and whether any letter or digit was among
// those.
func (s *Setter) Drawable(text string) (drawn string, lacks bool) {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == zeroWidthNonJoiner || r == zeroWidthJoiner:
			return r
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar:
			return -1
		case !s.has(r):
			lacks = lacks || unicode.IsLetter(r) || unicode.IsDigit(r)
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " "), lacks
}

// Characters without a shape that say how their neighbours join.
const (
	zeroWidthNonJoiner = '\u200c'
	zeroWidthJoiner    = '\u200d'
)
