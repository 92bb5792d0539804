package contactsheet_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/contactsheet"
)

// still returns a JPEG of one colour.
func still(t *testing.T, w, h int, c color.Color) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		m.Set(i%w, i/w, c)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sheet returns a sheet of n shots: the first is red and wide, the second tall, the third has no still.
func sheet(t *testing.T, n int) contactsheet.Sheet {
	t.Helper()
	shots := []contactsheet.Shot{
		{Facts: "4.0 s", Prompt: "slow zoom over a harbour at dawn, fishing boats come in and the gulls follow them over the quay, one after another, until the whole sky is full of them", Still: still(t, 160, 90, color.RGBA{200, 0, 0, 255})},
		{Facts: "2.5 s  dissolve 0.5 s", Prompt: "Медленный наезд на гавань, ένα λιμάνι", Still: still(t, 90, 160, color.RGBA{0, 160, 0, 255})},
		{Facts: "RUNNING", Prompt: "港の夜明け", Note: "not made yet"},
		{Facts: "1.0 s", Prompt: "Averylongwordwithoutanyspacesinitthatdoesnotfitintoonelineofthesheetatall and more", Still: still(t, 160, 90, color.RGBA{0, 0, 200, 255})},
	}
	s := contactsheet.Sheet{Title: "Harbour"}
	for i := range n {
		s.Shots = append(s.Shots, shots[i%len(shots)])
	}
	return s
}

func drawn(t *testing.T, s contactsheet.Sheet) image.Image {
	t.Helper()
	var b bytes.Buffer
	if err := s.JPEG(&b); err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("CONTACTSHEET_DIR"); dir != "" {
		if err := os.WriteFile(dir+"/sheet.jpg", b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	m, err := jpeg.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// near reports whether a point has about that colour.
func near(m image.Image, x, y int, want color.RGBA) bool {
	r, g, b, _ := m.At(x, y).RGBA()
	off := func(a uint32, b uint8) bool { return max(int(a>>8), int(b))-min(int(a>>8), int(b)) > 12 }
	return !off(r, want.R) && !off(g, want.G) && !off(b, want.B)
}

func TestASheetShowsTheStillsInTheirOrder(t *testing.T) {
	m := drawn(t, sheet(t, 6))
	for name, c := range map[string]struct {
		x, y int
		want color.RGBA
	}{
		"the first, which fills its box": {60, 140, color.RGBA{200, 0, 0, 255}},
		"the second, which is tall":      {756, 250, color.RGBA{0, 160, 0, 255}},
		"the bars beside it":             {540, 250, color.RGBA{0, 0, 0, 255}},
		"the third, which has none":      {1015, 140, color.RGBA{0xe4, 0xe4, 0xe4, 255}},
		"the fourth":                     {1500, 140, color.RGBA{0, 0, 200, 255}},
		"the fifth, in the second row":   {60, 540, color.RGBA{200, 0, 0, 255}},
		"the place of a seventh":         {1015, 540, color.RGBA{255, 255, 255, 255}},
	} {
		if !near(m, c.x, c.y, c.want) {
			t.Errorf("%s is %v", name, m.At(c.x, c.y))
		}
	}
}

func TestASheetGrowsWithItsShotsAndAnEmptyOneIsAPictureToo(t *testing.T) {
	height := 0
	for _, n := range []int{0, 5, 9} {
		h := drawn(t, sheet(t, n)).Bounds().Dy()
		if h <= height {
			t.Errorf("%d shots have %d pixels, and fewer had %d", n, h, height)
		}
		height = h
	}
}

func TestAPDFHasAPageForTwelveShots(t *testing.T) {
	for shots, pages := range map[int]int{0: 1, 12: 1, 13: 2} {
		var b bytes.Buffer
		if err := sheet(t, shots).PDF(&b); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(b.String(), "/Type /Page\n"); !strings.HasPrefix(b.String(), "%PDF-") || n != pages {
			t.Errorf("%d shots are on %d pages, want %d", shots, n, pages)
		}
	}
}

func TestAStillThatIsNoPictureIsAnError(t *testing.T) {
	s := contactsheet.Sheet{Shots: []contactsheet.Shot{{Still: []byte("no picture")}}}
	if err := s.JPEG(&bytes.Buffer{}); err == nil {
		t.Error("it is drawn")
	}
	if err := s.PDF(&bytes.Buffer{}); err == nil {
		t.Error("it is on a page")
	}
}
