package storyboard_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"testing"

	"github.com/filmgate/filmgate/internal/task"
)

func TestAContactSheetShowsEveryShotWhateverBecameOfIt(t *testing.T) {
	b := open(t)
	board := create(t, b, 1, 20, 21, 23) // a video, one that failed, one that was deleted, one that is not made yet
	raw, err := b.ContactSheet(t.Context(), owner, board.ID, "jpeg")
	if err != nil {
		t.Fatal(err)
	}
	m, err := jpeg.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	red, _, _, _ := m.At(100, 200).RGBA()
	if _, green, _, _ := m.At(100, 200).RGBA(); red>>8 < 200 || green>>8 > 60 {
		t.Errorf("the first still is %v", m.At(100, 200))
	}
	if r, g, _, _ := m.At(540, 140).RGBA(); r != g || r>>8 < 200 {
		t.Errorf("the place of the second is %v", m.At(540, 140))
	}
	pdf, err := b.ContactSheet(t.Context(), owner, board.ID, "pdf")
	if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Errorf("%.20q, %v", pdf, err)
	}
	if _, err := b.ContactSheet(t.Context(), other, board.ID, "pdf"); task.CodeOf(err) != task.NotFound || err == nil {
		t.Errorf("another account: %v", err)
	}
}

// redStill is a red JPEG.
func redStill() []byte {
	m := image.NewRGBA(image.Rect(0, 0, 32, 18))
	for i := 0; i < len(m.Pix); i += 4 {
		m.Pix[i], m.Pix[i+3] = 230, 255
	}
	var b bytes.Buffer
	_ = jpeg.Encode(&b, m, nil) // to memory
	return b.Bytes()
}
