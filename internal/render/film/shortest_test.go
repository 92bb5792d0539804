package film

import (
	"bytes"
	"image"
	"image/jpeg"
	"slices"
	"testing"

	"github.com/filmgate/filmgate/internal/render/raster"
)

func TestUnusualAspectRatiosAreDrawn(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{64, 4096}, {4096, 64}, {64, 64}, {66, 126}, {1024, 66}} {
		for k, c := range []Spec{
			{Prompt: "zoom out, rain over a castle and a house by a lake, mist"},
			{Prompt: "orbit left, handheld", First: testPicture(90, 50)},
			{Prompt: "pan right", First: testPicture(50, 900), Last: testPicture(300, 20)},
		} {
			if k > 0 && size[0]*size[1] > 1<<17 {
				continue
			}
			c.Width, c.Height, c.Frames, c.FrameRate, c.Caption, c.Watermark = size[0], size[1], 3, 24, c.Prompt, true
			for n, f := range frames(c, 0, 2) {
				low, high := slices.Min(f.Y), slices.Max(f.Y)
				if high-low < 60 {
					t.Errorf("%v, %q: the luma of frame %d ranges only from %d to %d", size, c.Prompt, 2*n, low, high)
				}
			}
		}
	}
}

func TestShortestVideosAreDrawn(t *testing.T) {
	for _, count := range []int{1, 2, 3} {
		for _, rate := range []int{1, 24, 120} {
			for _, prompt := range []string{"whip pan over a lake in the snow", "hyperspeed", "timelapse of clouds"} {
				spec := Spec{Prompt: prompt, Seed: 2, Width: 96, Height: 64, Frames: count, FrameRate: rate, Thumbnails: true}
				film := newFilm(spec)
				p := newFrameRenderer(film)
				j := &frameJob{frame: raster.NewFrame(96, 64)}
				jpegs := 0
				for j.n = range count {
					p.render(j)
					if j.jpeg != nil {
						jpegs++
					}
				}
				if jpegs != count {
					t.Errorf("%d frames of %q: %d have a preview", count, prompt, jpegs)
				}
				// Each picture of the sprite has been filled.
				if at := slices.Index(film.thumbnails.sprite.Y, 0); at >= 0 {
					t.Errorf("%d frames of %q: the sprite is empty at %d", count, prompt, at)
				}
			}
		}
	}
}

// Previews have the colours of the input picture.
func TestPreviewsHaveThePicturesColours(t *testing.T) {
	for _, c := range [][3]uint8{{220, 30, 40}, {20, 160, 60}, {40, 60, 200}, {128, 128, 128}, {250, 240, 30}} {
		img := image.NewRGBA(image.Rect(0, 0, 64, 64))
		for i := range img.Pix {
			img.Pix[i] = append(c[:], 255)[i%4]
		}
		back, err := jpeg.Decode(bytes.NewReader(onScreen(img, 64, 64).JPEG(92)))
		if err != nil {
			t.Fatal(err)
		}
		r, g, b, _ := back.At(32, 32).RGBA()
		for k, v := range []uint32{r, g, b} {
			if d := int(v>>8) - int(c[k]); d < -4 || d > 4 {
				t.Errorf("%v comes out as %d, %d, %d", c, r>>8, g>>8, b>>8)
				break
			}
		}
	}
}
