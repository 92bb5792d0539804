package vision

import (
	"image"
	"image/color"
	"image/draw"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"

	"github.com/filmgate/filmgate/internal/render/fp"
	"github.com/filmgate/filmgate/internal/render/vision/visiontest"
)

func TestAFaceIsFoundWhereItIs(t *testing.T) {
	img, want := visiontest.Portrait(t), image.Rect(111, 51, 170, 108)
	moved := image.NewRGBA(image.Rect(-40, 70, 280, 390))
	draw.Draw(moved, moved.Rect, img, image.Point{}, draw.Src)
	for _, c := range []struct {
		name string
		img  image.Image
		want image.Rectangle
	}{
		{"the portrait", img, want},
		{"a picture whose corner is not the origin", moved, want.Add(image.Pt(-40, 70))},
		{"aside in a wide picture", visiontest.OnShades(img, 800, 330, 460, 5), want.Add(image.Pt(460, 5))},
		{"at the foot of a tall picture, too small for one look", visiontest.OnShades(img, 640, 1300, 10, 960), want.Add(image.Pt(10, 960))},
	} {
		faces := NewPicture(c.img).Faces()
		if len(faces) != 1 || overlap(faces[0].Box, c.want) < 0.75 || faces[0].Box.Dx() > 2*c.want.Dx() {
			t.Errorf("%s: %v, wanted one face at %v", c.name, faces, c.want)
		}
	}
}

func TestTheHeadIsRoundTheFace(t *testing.T) {
	head := NewPicture(visiontest.Portrait(t)).Faces()[0].Head()
	// The hair reaches from 14 to 77 down, the chin is at 111.
	if head.Min.Y > 20 || head.Max.Y < 111 || head.Min.X > 100 || head.Max.X < 185 {
		t.Errorf("the head is at %v", head)
	}
}

func TestTwoFacesAreTwo(t *testing.T) {
	img := visiontest.Portrait(t)
	both := visiontest.OnShades(img, 700, 330, 0, 5)
	draw.Draw(both, image.Rect(370, 5, 690, 325), img, image.Point{}, draw.Src)
	if faces := NewPicture(both).Faces(); len(faces) != 2 {
		t.Errorf("%v", faces)
	}
}

func TestNoFaceIsFoundWhereThereIsNone(t *testing.T) {
	for seed := range 6 {
		img := image.NewRGBA(image.Rect(0, 0, 500, 380))
		for y := range 380 {
			for x := range 500 {
				v := func(k int) uint8 {
					return uint8(255 * fp.FractalNoise(float64(x)/60, float64(y)/60, 5, uint32(3*seed+k)))
				}
				img.SetRGBA(x, y, color.RGBA{v(0), v(1), v(2), 255})
			}
		}
		if faces := NewPicture(img).Faces(); len(faces) > 0 {
			t.Errorf("seed %d: %v", seed, faces)
		}
	}
	if faces := NewPicture(image.NewGray(image.Rect(0, 0, 1, 1))).Faces(); len(faces) > 0 {
		t.Errorf("one pixel: %v", faces)
	}
}

func TestAPersonIsInFront(t *testing.T) {
	img := visiontest.Portrait(t)
	m, ok := NewPicture(img).Foreground()
	if !ok {
		t.Fatal("no person is found")
	}
	at := func(x, y int) float32 { return m.Parts[y*m.H/320*m.W+x*m.W/320] }
	for _, p := range [][2]int{{140, 30}, {140, 80}, {140, 200}, {140, 318}} { // hair, face, chest, the lower edge
		if at(p[0], p[1]) != 1 {
			t.Errorf("%v is %.2f in front", p, at(p[0], p[1]))
		}
	}
	for _, p := range [][2]int{{60, 30}, {225, 60}, {300, 100}} { // beside the head
		if at(p[0], p[1]) != 0 {
			t.Errorf("%v is %.2f in front", p, at(p[0], p[1]))
		}
	}
}

func TestNobodyIsInFrontWhereNobodyIs(t *testing.T) {
	head := visiontest.Portrait(t).(*image.YCbCr).SubImage(image.Rect(90, 0, 200, 120))
	for name, img := range map[string]image.Image{
		"shades": visiontest.OnShades(image.NewGray(image.Rectangle{}), 400, 300, 0, 0), "a logo": logo(300, 300), "a page": page(0),
		"a head that ends above the lower edge": visiontest.OnShades(head, 300, 300, 60, 40), "one pixel": image.NewGray(image.Rect(0, 0, 1, 1)),
	} {
		if _, ok := NewPicture(img).Foreground(); ok {
			t.Errorf("%s: somebody is in front", name)
		}
	}
}

func TestSpecksOfAMaskAreRemoved(t *testing.T) {
	m := Mask{W: 20, H: 20, Parts: make([]float32, 400)}
	for y := 8; y < 20; y++ {
		for x := 5; x < 15; x++ {
			m.Parts[y*20+x] = 0.9
		}
	}
	m.Parts[12*20+10], m.Parts[2*20+2] = 0.1, 0.9 // a hole, and a part aside
	m.solid()
	for i, v := range m.Parts {
		x, y := i%20, i/20
		if want := x >= 5 && x < 15 && y >= 8; (v == 1) != want || v != 0 && v != 1 {
			t.Fatalf("part %d, %d is %g", x, y, v)
		}
	}
}

// page returns lines of text on paper, whose grey falls off to one side by shade levels.
func page(shade int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, 600, 400))
	d := font.Drawer{Dst: img, Src: image.NewUniform(color.Gray{30}), Face: basicfont.Face7x13}
	for y := range 400 {
		for x := range 600 {
			img.Set(x, y, color.Gray{uint8(240 - shade*x/600 - int(fp.Hash(uint32(x), uint32(y), 1)%6)*min(1, shade))})
		}
	}
	for y := 20; y < 390; y += 15 {
		d.Dot = fixed.P(20, y)
		d.DrawString("The quick brown fox jumps over the lazy dog, and the dog sleeps on, and on, and on")
	}
	return img
}

// logo returns a disc with a bar on one colour.
func logo(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Rect, image.NewUniform(color.RGBA{250, 240, 230, 255}), image.Point{}, draw.Src)
	for y := range h {
		for x := range w {
			if r := (x-w/2)*(x-w/2) + (y-h/2)*(y-h/2); r < h*h/9 && (y < h/2-20 || y > h/2+20) {
				img.Set(x, y, color.RGBA{200, 30, 40, 255})
			}
		}
	}
	return img
}

func TestGraphics(t *testing.T) {
	flat := image.NewGray(image.Rect(0, 0, 300, 200))
	for _, c := range []struct {
		name string
		img  image.Image
		want bool
	}{
		{"a logo", logo(300, 300), true},
		{"a page", page(0), true},
		{"a page that was photographed", page(110), true},
		{"a portrait", visiontest.Portrait(t), false},
		{"shades", visiontest.OnShades(image.NewRGBA(image.Rectangle{}), 400, 300, 0, 0), false},
		{"one colour", flat, false},
		{"one pixel", image.NewGray(image.Rect(0, 0, 1, 1)), false},
		{"transparent", image.NewNRGBA(image.Rect(0, 0, 90, 60)), false},
	} {
		if got := NewPicture(c.img).IsGraphic(); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
