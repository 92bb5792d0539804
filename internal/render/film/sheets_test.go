package film

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"testing"
)

// brightCentre returns a picture with a bright spot in its middle and no dark parts.
func brightCentre(w, h int) image.Image {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := uint8(70 + 40*(x*8/w%2) + 20*(y*8/h%2))
			if dx, dy := 2*x-w, 2*y-h; 8*max(dx, -dx) < w && 8*max(dy, -dy) < h {
				v = 240
			}
			img.SetGray(x, y, color.Gray{v})
		}
	}
	return img
}

// chunks counts the chunks of a WebP by their names.
func chunks(t *testing.T, webp []byte) map[string]int {
	t.Helper()
	if len(webp) < 12 || string(webp[:4]) != "RIFF" || string(webp[8:12]) != "WEBP" || int(binary.LittleEndian.Uint32(webp[4:]))+8 != len(webp) {
		t.Fatalf("%d bytes are not a WebP", len(webp))
	}
	out := map[string]int{}
	for rest := webp[12:]; len(rest) >= 8; {
		size := int(binary.LittleEndian.Uint32(rest[4:]))
		out[string(rest[:4])]++
		rest = rest[min(len(rest), 8+size+size&1):]
	}
	return out
}

func TestTheHoverPictureIsAShortLoopOfTheWholeVideo(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{640, 384}, {384, 640}, {96, 64}} {
		spec := smallSpec("push in")
		spec.Width, spec.Height, spec.Frames, spec.Thumbnails = size[0], size[1], 49, true
		movie, _ := rendered(t, spec)
		h := movie.Hover
		found := chunks(t, h.Bytes)
		if found["VP8X"] != 1 || found["ANIM"] != 1 || found["ANMF"] < hoverFrames/2 || found["ANMF"] > hoverFrames {
			t.Errorf("%v: the chunks are %v", size, found)
		}
		// VP8X holds the width and the height less one, in 24 bits each. ANIM holds how often it plays; 0 is without end.
		at := bytes.Index(h.Bytes, []byte("VP8X"))
		w, tall := int(h.Bytes[at+12])|int(h.Bytes[at+13])<<8, int(h.Bytes[at+15])|int(h.Bytes[at+16])<<8
		if w+1 != h.Width || tall+1 != h.Height || h.Width > hoverWidth {
			t.Errorf("%v: the canvas is %dx%d, but the result says %dx%d", size, w+1, tall+1, h.Width, h.Height)
		}
		anim := bytes.Index(h.Bytes, []byte("ANIM"))
		if loops := binary.LittleEndian.Uint16(h.Bytes[anim+12:]); loops != 0 {
			t.Errorf("%v: it plays %d times", size, loops)
		}
	}
}

func TestTheSpriteShowsFramesOfTheVideo(t *testing.T) {
	t.Parallel()
	spec := smallSpec("pan right")
	spec.Frames, spec.Thumbnails = 49, true
	movie, _ := rendered(t, spec)
	img, err := jpeg.Decode(bytes.NewReader(movie.Sprite.Bytes))
	if err != nil {
		t.Fatal(err)
	}
	w, h := movie.Sprite.Width/spriteSide, movie.Sprite.Height/spriteSide
	numbers := []int{0, 12, 24, 36, 48}
	for i, f := range frames(spec, numbers...) {
		k := numbers[i] * 24 / 48
		got := img.(*image.YCbCr).SubImage(image.Rect(k%spriteSide*w, k/spriteSide*h, (k%spriteSide+1)*w, (k/spriteSide+1)*h)).(*image.YCbCr)
		want, err := jpeg.Decode(bytes.NewReader(f.Shrink(w, h).JPEG(90)))
		if err != nil {
			t.Fatal(err)
		}
		off := 0
		for y := range h {
			for x := range w {
				d := int(got.YCbCrAt(got.Rect.Min.X+x, got.Rect.Min.Y+y).Y) - int(want.(*image.YCbCr).YCbCrAt(x, y).Y)
				off += d * d
			}
		}
		if mean := float64(off) / float64(w*h); mean > 120 {
			t.Errorf("picture %d of the sprite is not frame %d: the mean square error is %.0f", k, numbers[i], mean)
		}
	}
}

func TestThumbnailsAreOnlyMadeIfAskedFor(t *testing.T) {
	spec := smallSpec("push in")
	spec.Frames = 3
	movie, _ := rendered(t, spec)
	if movie.Sprite.Bytes != nil || movie.Hover.Bytes != nil || movie.Raw != "" {
		t.Errorf("%d bytes of sprite, %d of hover, raw %q", len(movie.Sprite.Bytes), len(movie.Hover.Bytes), movie.Raw)
	}
	if len(movie.Poster) == 0 || len(movie.Last) == 0 {
		t.Error("poster or last frame is missing")
	}
}

func TestPosterAndLastAreTheMiddleAndTheLastFrame(t *testing.T) {
	t.Parallel()
	spec := smallSpec("pan right")
	spec.Frames = 41
	movie, _ := rendered(t, spec)
	for name, c := range map[string]struct {
		jpeg  []byte
		frame int
	}{"poster": {movie.Poster, 20}, "last": {movie.Last, 40}, "first preview": {movie.Previews[0], 0}, "second preview": {movie.Previews[1], 10}} {
		if want := frames(spec, c.frame)[0].JPEG(stillQuality); !bytes.Equal(c.jpeg, want) {
			t.Errorf("%s is not frame %d", name, c.frame)
		}
	}
}
