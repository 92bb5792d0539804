package film

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/render/raster"
)

func TestThumbnailsKeepTheAspectRatio(t *testing.T) {
	for _, c := range []struct{ w, h, width, wantW, wantH int }{
		{1280, 768, 192, 192, 114}, {768, 1280, 192, 192, 320}, {64, 64, 320, 64, 64}, {4096, 64, 192, 192, 2}, {320, 192, 320, 320, 192},
	} {
		if w, h := thumbnailSize(Spec{Width: c.w, Height: c.h}, c.width); w != c.wantW || h != c.wantH {
			t.Errorf("%dx%d at %d is %dx%d, wanted %dx%d", c.w, c.h, c.width, w, h, c.wantW, c.wantH)
		}
	}
}

// evenFrame returns a frame of one colour.
func evenFrame(w, h int, y, u, v byte) *raster.Frame {
	f := raster.NewFrame(w, h)
	for i := range f.Y {
		f.Y[i] = y
	}
	for i := range f.U {
		f.U[i], f.V[i] = u, v
	}
	return f
}

func TestTheSpriteShowsTheVideoRowByRow(t *testing.T) {
	spec := Spec{Width: 192, Height: 112, Frames: 49, FrameRate: 24}
	a := newThumbnails(spec)
	for n := range spec.Frames {
		a.collect(evenFrame(192, 112, byte(20+4*n), 128, 128), n)
	}
	for k := range spriteSide * spriteSide {
		x, y := k%spriteSide*192+96, k/spriteSide*112+56
		if got, want := a.sprite.Y[y*a.sprite.W+x], byte(20+4*(2*k)); got != want {
			t.Errorf("picture %d of the sprite has the luma %d, wanted %d", k, got, want)
		}
	}
	if n := len(a.hover) / (192 * 112 * 3 / 2); n != hoverFrames {
		t.Errorf("%d frames are kept for the hover picture", n)
	}
}

func TestTheHoverPictureStopsWithItsContext(t *testing.T) {
	a := newThumbnails(Spec{Width: 64, Height: 64, Frames: 1, FrameRate: 24})
	a.collect(evenFrame(64, 64, 90, 128, 128), 0)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if b, err := a.webp(ctx); !errors.Is(err, context.Canceled) || b != nil {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	a.hover = nil
	if _, err := a.webp(context.Background()); err == nil || !strings.Contains(err.Error(), "animated WebP") {
		t.Errorf("without frames: %v", err)
	}
}
