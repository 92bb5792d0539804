package film

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/image/font"
)

// glyph returns the pixels of one letter in a caption, without empty space around it.
func glyph(r rune, size float64) string {
	s := newTextMask(string(r), Spec{Width: 320, Height: 192}, size, false, 255)
	var rows []string
	for y := range s.white.Rect.Dy() {
		rows = append(rows, string(s.white.Pix[y*s.white.Stride:][:s.white.Rect.Dx()]))
	}
	return strings.Join(rows, "\n")
}

func TestEveryLetterDiffersFromTheOthers(t *testing.T) {
	for _, size := range []float64{minTextSize, 14, 30} {
		seen := map[string]rune{}
		for _, r := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,;:!?'\"()-+&%@äöüßéñçøΩЖщ" {
			shape := glyph(r, size)
			if other, ok := seen[shape]; ok {
				t.Errorf("%g pixels: %c looks like %c", size, r, other)
			}
			seen[shape] = r
			if strings.Trim(shape, "\x00\n") == "" {
				t.Errorf("%g pixels: %c is invisible", size, r)
			}
		}
	}
}

func TestCaptionsContainOnlyLettersOfTheFont(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"a boat", "a boat"}, {"  a \n\t boat ", "a boat"}, {"Ein Schäfer, größer", "Ein Schäfer, größer"}, {"Привет, мир", "Привет, мир"}, {"λόγος", "λόγος"},
		{"中文 a cat 一只猫", "a cat"}, {"一只猫", ""}, {"fire 🔥 and ice", "fire and ice"}, {"", ""}, {"a\x00b\x7f", "ab"}, {"bad \xff byte", "bad byte"},
	} {
		if got := drawableText(c.text); got != c.want {
			t.Errorf("%q is drawn as %q, wanted %q", c.text, got, c.want)
		}
	}
	if all := caption(Spec{Caption: "一只猫", Width: 320, Height: 192}); len(all) != 0 {
		t.Errorf("letters that the font lacks give %d lines", len(all))
	}
}

func TestCaptionLinesFitAndKeepTheText(t *testing.T) {
	for _, size := range [][2]int{{64, 64}, {64, 4096}, {4096, 64}, {320, 192}, {768, 1280}, {1280, 768}} {
		s := Spec{Width: size[0], Height: size[1]}
		letters := min(float64(s.Height)/28, float64(s.Width)/16)
		f := face(letters)
		for _, text := range []string{
			"a", "a boat on a lake", strings.Repeat("word ", 200), strings.Repeat("x", 500), "short " + strings.Repeat("y", 300), strings.Repeat("z", 300) + " short",
			"Ünïcödé wörds thät are löng " + strings.Repeat("ä", 90),
		} {
			text = strings.TrimSpace(text)
			lines := wrap(text, s, letters)
			if len(lines) < 1 || len(lines) > 2 {
				t.Fatalf("%v, %.20q: %d lines", size, text, len(lines))
			}
			for _, line := range lines {
				if wide := font.MeasureString(f, line).Ceil(); wide > s.Width*9/10+1 {
					t.Errorf("%v: %q is %d pixels wide", size, line, wide)
				}
				if line == "" || !utf8.ValidString(line) {
					t.Errorf("%v, %.20q: a line is %q", size, text, line)
				}
			}
			// The lines together are the beginning of the text, and all of it unless they end in dots.
			drawn, whole := strings.Join(lines, ""), strings.ReplaceAll(text, " ", "")
			body, dots := strings.CutSuffix(drawn, " …")
			body = strings.ReplaceAll(body, " ", "")
			if !strings.HasPrefix(whole, body) || dots == (body == whole) {
				t.Errorf("%v: %.30q becomes %q", size, text, lines)
			}
		}
	}
}

func TestTextFitsAnyFrame(t *testing.T) {
	for _, size := range [][2]int{{64, 64}, {64, 4096}, {4096, 64}, {64, 96}, {320, 192}, {192, 320}, {1280, 768}} {
		s := Spec{Caption: "A lighthouse on a cliff above a stormy sea, and a boat", Width: size[0], Height: size[1], Frames: 1, FrameRate: 24, Watermark: true}
		film := newFilm(Spec{Width: s.Width, Height: s.Height, Frames: 1, FrameRate: 24, Caption: s.Caption, Watermark: true, First: testPicture(4, 4)})
		for k, l := range append(slices.Clone(film.caption), *film.watermark) {
			for i, a := range l.white.Pix {
				x, y := l.x+i%l.white.Stride, l.y+i/l.white.Stride
				if a > 0 && (x < 0 || y < 0 || x >= s.Width || y >= s.Height) {
					t.Errorf("%v: text %d has a pixel at %d, %d", size, k, x, y)
					break
				}
			}
		}
		if n := len(film.caption); n == 2 {
			up, low := film.caption[0], film.caption[1]
			if gap := low.y - up.y; gap < 11 || gap > up.white.Rect.Dy()+4 {
				t.Errorf("%v: the second line is %d rows below the first, which is %d rows high", size, gap, up.white.Rect.Dy())
			}
		}
	}
}

func TestTextBeyondTheFrameIsCutOff(t *testing.T) {
	base := newTextMask("HH", Spec{Width: 64, Height: 64}, 12, false, 235)
	for _, at := range [][2]int{{-200, 10}, {200, 10}, {10, -200}, {10, 200}, {-5, -5}, {58, 58}, {-3, 60}} {
		f := evenFrame(64, 64, 100, 60, 200)
		l := base
		l.x, l.y = at[0], at[1]
		l.drawOn(f)
		changed := !bytes.Equal(f.Pix, evenFrame(64, 64, 100, 60, 200).Pix)
		if near := at[0] > -20 && at[0] < 64 && at[1] > -20 && at[1] < 64; changed && !near {
			t.Errorf("text at %v changes the frame", at)
		}
	}
}

func TestTextHasNoColour(t *testing.T) {
	f := evenFrame(64, 64, 100, 40, 220)
	l := newTextMask("HHHH", Spec{Width: 64, Height: 64}, 20, false, 255)
	l.drawOn(f)
	white := 0
	for y := range 64 {
		for x := range 64 {
			if c := y/2*32 + x/2; f.Y[y*64+x] > 228 && y%2 == 0 && x%2 == 0 {
				white++
				if f.U[c] < 118 || f.V[c] > 138 {
					t.Fatalf("white at %d, %d has the colour %d, %d", x, y, f.U[c], f.V[c])
				}
			}
		}
	}
	if white < 10 {
		t.Errorf("only %d pixels are white", white)
	}
}

func TestWatermarkIsFainterThanACaption(t *testing.T) {
	s := Spec{Caption: "HHHH", Width: 320, Height: 192}
	mark := newTextMask("FILMGATE", s, 9, true, 140)
	if a, b := slices.Max(mark.white.Pix), slices.Max(caption(s)[0].white.Pix); a >= b || a < 100 {
		t.Errorf("the watermark's opacity is %d, the caption's %d", a, b)
	}
}
