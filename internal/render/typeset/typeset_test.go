package typeset

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
)

// box is large enough for a line of about forty letters at its largest size.
var box = Box{W: 800, H: 200, Largest: 40, Smallest: 12, Lines: 3}

func TestOnlyLettersOfTheFontsAreDrawn(t *testing.T) {
	s := NewSetter()
	for _, c := range []struct {
		text, want string
		lacks      bool
	}{
		{"a boat", "a boat", false}, {"  a \n\t boat ", "a boat", false}, {"Ein Schäfer, größer", "Ein Schäfer, größer", false},
		{"Привет, мир", "Привет, мир", false}, {"λόγος", "λόγος", false}, {"שלום", "שלום", false}, {"مرحبا", "مرحبا", false}, {"नमस्ते", "नमस्ते", false}, {"สวัสดี", "สวัสดี", false},
		{"中文 a cat 一只猫", "中文 a cat 一只猫", false}, {"看板の「営業中」", "看板の「営業中」", false}, {"고양이", "고양이", false}, {"歡迎光臨！", "歡迎光臨！", false},
		{"კატა a cat ქართული", "a cat", true}, {"கதை", "", true}, {"𠀀 rare", "rare", true}, {"fire 🔥 and ice", "fire and ice", false}, {"", "", false}, {"a\x00b\x7f", "ab", false},
		{"bad \xff byte", "bad byte", false}, {"a\u202eb", "ab", false},
	} {
		if got, lacks := s.Drawable(c.text); got != c.want || lacks != c.lacks {
			t.Errorf("%q is drawn as %q (lacks: %v), wanted %q", c.text, got, lacks, c.want)
		}
	}
	if s.Fit("კატა 🔥", box) != nil {
		t.Error("letters that no font has are set")
	}
}

func TestTextIsBrokenBetweenWordsAndStaysInItsBox(t *testing.T) {
	s := NewSetter()
	for _, text := range []string{
		"a", "a boat on a lake", strings.Repeat("word ", 30), strings.Repeat("word ", 1000), strings.Repeat("x", 5000), "short " + strings.Repeat("y", 300),
		"Ünïcödé wörds thät are löng " + strings.Repeat("ä", 90), strings.Repeat("สวัสดี", 60), strings.Repeat("שלום ", 60), strings.Repeat("مرحبا ", 60), strings.Repeat("一只猫在窗台上睡觉，", 30),
	} {
		b := s.Fit(text, box)
		if n := len(b.Text); n < 1 || n > box.Lines {
			t.Fatalf("%.20q: %d lines", text, n)
		}
		r := b.Draw().Rect
		if r.Dx() > int(box.W)+6 || r.Dy() > int(box.H) {
			t.Errorf("%.20q covers %v", text, r)
		}
		drawn, whole := strings.Join(b.Text, ""), strings.ReplaceAll(text, " ", "")
		body, cut := strings.CutSuffix(drawn, "…")
		body = strings.ReplaceAll(body, " ", "")
		if !strings.HasPrefix(whole, body) || cut == (body == whole) {
			t.Errorf("%.30q becomes %.60q", text, b.Text)
		}
	}
}

func TestLinesAreAboutEquallyWide(t *testing.T) {
	b := NewSetter().Fit("a lighthouse on a cliff above the stormy sea and a boat", Box{W: 800, H: 200, Largest: 40, Smallest: 40, Lines: 2})
	if len(b.lines) != 2 {
		t.Fatalf("%q", b.Text)
	}
	if a, z := b.lines[0].width, b.lines[1].width; min(a, z) < 0.7*max(a, z) {
		t.Errorf("%q are %v and %v wide", b.Text, a, z)
	}
}

func TestALargerBoxHasLargerLetters(t *testing.T) {
	s := NewSetter()
	small, large := s.Fit("HELLO THERE", Box{W: 100, H: 40, Largest: 90, Smallest: 5, Lines: 1}), s.Fit("HELLO THERE", Box{W: 500, H: 200, Largest: 90, Smallest: 5, Lines: 1})
	if small.Size() >= large.Size() {
		t.Errorf("%v and %v pixels", small.Size(), large.Size())
	}
}

// The block is drawn round its middle.
func TestTheOriginIsTheMiddle(t *testing.T) {
	for _, text := range []string{"HHHH", "HHHH HHHH HHHH HHHH HHHH HHHH HHHH HHHH HHHH HHHH"} {
		r := NewSetter().Fit(text, Box{W: 300, H: 200, Largest: 40, Smallest: 20, Lines: 4}).Draw().Rect
		for _, v := range []int{r.Min.X + r.Max.X, r.Min.Y + r.Max.Y} {
			if v < -6 || v > 6 {
				t.Errorf("%.8s: its rectangle is %v", text, r)
			}
		}
	}
}

func TestEveryLetterIsVisibleAndDiffersFromTheOthers(t *testing.T) {
	s := NewSetter()
	for _, size := range []float64{9, 30} {
		seen := map[string]rune{}
		for _, r := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,;:!?'\"()-+&%@äöüßéñçøΩЖщ" {
			a := s.Fit(string(r), Box{W: 100, H: 100, Largest: size, Smallest: size, Lines: 1}).Draw()
			if slices.Max(a.Pix) < 100 {
				t.Errorf("%g pixels: %c is invisible", size, r)
			}
			if other, ok := seen[a.Rect.String()+string(a.Pix)]; ok {
				t.Errorf("%g pixels: %c looks like %c", size, r, other)
			}
			seen[a.Rect.String()+string(a.Pix)] = r
		}
	}
}

// Arabic letters join, Hebrew runs from right to left, and letters that are larger than the rasterizer draws exactly are drawn
// in pieces.
func TestScriptsAreShaped(t *testing.T) {
	s := NewSetter()
	width := func(text string) float64 { return s.Fit(text, box).lines[0].width }
	if joined, apart := width("مرحبا"), width("م ر ح ب ا")-4*(width("م م")-2*width("م")); joined >= apart {
		t.Errorf("Arabic letters are as wide joined (%v) as apart (%v)", joined, apart)
	}
	for _, word := range []string{"고", "猫", "ก", "क", "א", "ب"} { // every font has a space
		if gap := width(word+" "+word) - 2*width(word); gap < 150 || gap > 350 {
			t.Errorf("the space beside %s is %v thousandths of an em wide", word, gap)
		}
	}
	l := s.Fit("אב", box).lines[0]
	first, _ := l.glyphs[0].face.NominalGlyph('ב')
	if l.glyphs[0].id != first {
		t.Error("Hebrew runs from left to right")
	}
	if a := s.Fit("W", Box{W: 4000, H: 2000, Largest: 1500, Smallest: 1500, Lines: 1}).Draw(); a.Rect.Dx() < 1000 || a.AlphaAt(-600, -500) == a.AlphaAt(0, 500) {
		t.Errorf("a large W covers %v", a.Rect)
	}
}

// The hash was made on amd64. It would differ on a machine that rounds differently.
func TestTextIsTheSameOnEveryMachine(t *testing.T) {
	s, h := NewSetter(), sha256.New()
	for _, text := range []string{"SALE 50% OFF", "Долгая дорога", "שלום עולם", "مرحبا بالعالم", "नमस्ते दुनिया", "สวัสดีชาวโลก", "一只猫、看板", "고양이", strings.Repeat("many words ", 30)} {
		a := s.Fit(text, box).Draw()
		h.Write([]byte(a.Rect.String()))
		h.Write(a.Pix)
	}
	const want = "5b36ed75c047a5deb7f2842efd0ec7cf2c9ba02b46c377f6662d99ee86b56cad"
	if got := hex.EncodeToString(h.Sum(nil)); got != want {
		t.Errorf("the hash is %s, wanted %s", got, want)
	}
}
