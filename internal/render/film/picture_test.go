package film

import (
	"context"
	"image"
	"image/color"
	"image/draw"
	"path/filepath"
	"testing"

	"github.com/filmgate/filmgate/internal/render/fp"
	"github.com/filmgate/filmgate/internal/render/raster"
)

// lumaOf returns the luma of a picture, scaled to a frame of w by h.
func lumaOf(img image.Image, w, h int) []byte {
	// A static camera shows a picture unchanged.
	return onScreen(img, w, h).Y
}

// gravel returns a picture full of detail a few pixels wide, which is the hardest to encode.
func gravel(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := func(seed uint32) uint8 { return uint8(fp.FractalNoise(float64(x)/4, float64(y)/4, 3, seed) * 255) }
			img.SetRGBA(x, y, color.RGBA{v(1), v(7), v(13), 255})
		}
	}
	return img
}

// onScreen returns a picture as a static camera shows it.
func onScreen(img image.Image, w, h int) *raster.Frame {
	spec := Spec{Prompt: "static", Width: w, Height: h, Frames: 1, FrameRate: 24, First: img}
	return frames(spec, 0)[0]
}

func TestVideoBeginsAndEndsOnThePictures(t *testing.T) {
	t.Parallel()
	a, b, busy := landscape(400, 240), dusk(400, 240), gravel(400, 240)
	for _, c := range []struct {
		name        string
		first, last image.Image
		prompt      string
		frames      int
	}{
		{"first", a, nil, "camera pull out", 25},
		{"first", a, nil, "orbit left, handheld", 25},
		{"last", nil, a, "push in", 25},
		{"last", nil, b, "pan right", 25},
		{"both", a, b, "zoom in", 25},
		{"both", b, a, "", 25},
		{"both, busy", testPicture(400, 240), busy, "push in", 25},
		{"both, busy, the last a keyframe", busy, testPicture(400, 240), "pan left", 49},
		{"last, busy, few frames", nil, busy, "zoom out", 4},
	} {
		spec := Spec{Prompt: c.prompt, Seed: 5, Width: 320, Height: 192, Frames: c.frames, FrameRate: 24, First: c.first, Last: c.last}
		path := filepath.Join(t.TempDir(), "out.mp4")
		if _, err := Render(context.Background(), spec, path, nil); err != nil {
			t.Fatal(err)
		}
		got := decode(t, path, 320, 192)
		if len(got) != c.frames {
			t.Fatalf("%d frames", len(got))
		}
		for _, end := range []struct {
			picture image.Image
			frame   *raster.Frame
		}{{c.first, got[0]}, {c.last, got[c.frames-1]}} {
			if end.picture == nil {
				continue
			}
			if s := ssim(lumaOf(end.picture, 320, 192), end.frame.Y, 320, 192); s < 0.98 {
				t.Errorf("%s, %q: SSIM to the picture is %.4f", c.name, c.prompt, s)
			}
		}
	}
}

// The tests above compare with onScreen. This one compares onScreen with the given picture.
func TestAStaticCameraShowsThePictureUnchanged(t *testing.T) {
	img := landscape(320, 192)
	got := onScreen(img, 320, 192)
	want := raster.NewFrame(320, 192)
	for y := range 192 {
		for x := range 320 {
			r, g, b, _ := img.At(x, y).RGBA()
			want.Y[y*320+x] = byte(16.5 + (0.2126*float64(r)+0.7152*float64(g)+0.0722*float64(b))/257*219/255)
		}
	}
	if s := ssim(want.Y, got.Y, 320, 192); s < 0.99 {
		t.Errorf("SSIM is %.4f", s)
	}
}

// stars returns a night sky: points of light one or two pixels wide, which a reduced picture loses first.
func stars(w, h int) image.Image {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		x, y := uint32(i%w), uint32(i/w)
		if n := fp.Hash(x/2, y/2, 7); n%23 == 0 {
			img.Pix[i] = uint8(60 + n>>8%190)
		} else {
			img.Pix[i] = uint8(10 + fp.Hash(x, y, 9)%12)
		}
	}
	return img
}

// A move that brings a picture nearer needs more of its samples than the first frame shows, and the first frame is as sharp all the same.
func TestTheFirstFrameOfAPushIsSharp(t *testing.T) {
	img := stars(1000, 600)
	for _, prompt := range []string{"push in", "zoom in", "slow push in"} {
		first := frames(Spec{Prompt: prompt, Width: 640, Height: 384, Frames: 25, FrameRate: 24, First: img}, 0)[0]
		if s := ssim(lumaOf(img, 640, 384), first.Y, 640, 384); s < 0.985 {
			t.Errorf("%s: SSIM to the picture is %.4f", prompt, s)
		} else {
			t.Logf("%s: SSIM to the picture is %.4f", prompt, s)
		}
	}
}

func TestNoMoveShowsAnEdge(t *testing.T) {
	t.Parallel()
	white := image.NewUniform(color.White)
	img := image.NewRGBA(image.Rect(0, 0, 200, 140))
	draw.Draw(img, img.Rect, white, image.Point{}, draw.Src)
	for _, move := range moveNames(t) {
		prompt := "camera " + move
		for _, spec := range []Spec{{First: img}, {Last: img}} {
			spec.Prompt, spec.Seed, spec.Width, spec.Height, spec.Frames, spec.FrameRate = prompt, 2, 96, 64, 9, 24
			for n, f := range frames(spec, 2, 5, 8) {
				for i, v := range f.Y {
					if v < 233 {
						t.Fatalf("%s: frame %d has a dark pixel %d at %d,%d", prompt, 3*n+2, v, i%96, i/96)
					}
				}
			}
		}
	}
}

func TestPicturesOfEveryKind(t *testing.T) {
	deep := image.NewRGBA64(image.Rect(0, 0, 90, 60))
	gray := image.NewGray(image.Rect(0, 0, 90, 60))
	cmyk := image.NewCMYK(image.Rect(0, 0, 90, 60))
	cleared := image.NewNRGBA(image.Rect(10, 20, 100, 80))
	for y := range 60 {
		for x := range 90 {
			deep.SetRGBA64(x, y, color.RGBA64{0xffff, 0x8000, 0, 0xffff})
			gray.SetGray(x, y, color.Gray{128})
			cmyk.SetCMYK(x, y, color.CMYK{0, 127, 255, 0})
		}
	}
	for _, c := range []struct {
		name    string
		img     image.Image
		y, u, v int
	}{
		{"16 bits", deep, 141, 59, 189},
		{"gray", gray, 126, 128, 128},
		{"CMYK", cmyk, 141, 59, 189},
		{"transparent, shown on white", cleared, 235, 128, 128},
		{"one pixel", gray.SubImage(image.Rect(3, 3, 4, 4)), 126, 128, 128},
		{"a thin strip", gray.SubImage(image.Rect(0, 0, 90, 1)), 126, 128, 128},
	} {
		f := onScreen(c.img, 160, 96)
		i, k := 48*160+80, 24*80+40
		for _, v := range [][2]int{{int(f.Y[i]), c.y}, {int(f.U[k]), c.u}, {int(f.V[k]), c.v}} {
			if v[0]-v[1] > 2 || v[1]-v[0] > 2 {
				t.Errorf("%s: the middle is %d %d %d, wanted %d %d %d", c.name, f.Y[i], f.U[k], f.V[k], c.y, c.u, c.v)
				break
			}
		}
	}
}

// A morph between two views of a thing moves it: half way it is visible once, and not twice at half strength.
func TestAMorphMovesWhatBothPicturesShow(t *testing.T) {
	disc := func(cx int) image.Image {
		img := image.NewGray(image.Rect(0, 0, 320, 192))
		for y := range 192 {
			for x := range 320 {
				v := 60 + 40*fp.Noise(float64(x)/25, float64(y)/25, 3)
				if (x-cx)*(x-cx)+(y-96)*(y-96) < 30*30 {
					v = 230
				}
				img.SetGray(x, y, color.Gray{uint8(v)})
			}
		}
		return img
	}
	f := frames(Spec{Prompt: "static", Width: 320, Height: 192, Frames: 25, FrameRate: 24, First: disc(150), Last: disc(170)}, 12)[0]
	solid := 0
	for _, v := range f.Y[96*320+100 : 96*320+220] {
		if v > 190 {
			solid++
		}
	}
	// A plain dissolve would leave 40 pixels at full strength, and 20 at half strength on each side.
	if solid < 50 {
		t.Errorf("%d pixels of the disc's middle row are solid", solid)
	}
}
