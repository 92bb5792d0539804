package film

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/filmgate/filmgate/internal/media"
	"github.com/filmgate/filmgate/internal/render/raster"
)

const (
	spriteSide  = 5   // frames in a row and in a column of the sprite sheet
	spriteWidth = 192 // pixels of one frame
	hoverFrames = 18  // of the hover picture
	hoverWidth  = 320 // pixels
	hoverRate   = 8   // frames a second

	hoverTime     = time.Minute // limit for encoding the hover picture
	maxHoverBytes = 16 << 20    // limit of its size
)

// thumbnails collects small frames for the sprite sheet and the hover picture while the video is made. Several workers
// may call collect at once: each frame has its own places.
type thumbnails struct {
	spec   Spec
	sprite *raster.Frame
	hover  []byte // frames, one after another
}

func newThumbnails(s Spec) *thumbnails {
	w, h := thumbnailSize(s, spriteWidth)
	hw, hh := thumbnailSize(s, hoverWidth)
	return &thumbnails{spec: s, sprite: raster.NewFrame(w*spriteSide, h*spriteSide), hover: make([]byte, hoverFrames*hw*hh*3/2)}
}

// finish adds the sprite sheet and the hover picture to the result. Without an ffmpeg that writes WebP the hover picture is
// missing, which is no error.
func (a *thumbnails) finish(ctx context.Context, m *Result) error {
	m.Sprite = media.Picture{Type: "image/jpeg", Bytes: a.sprite.JPEG(75), Width: a.sprite.W, Height: a.sprite.H}
	w, h := thumbnailSize(a.spec, hoverWidth)
	b, err := a.webp(ctx)
	if err == nil {
		m.Hover = media.Picture{Type: "image/webp", Bytes: b, Width: w, Height: h}
	}
	return ctx.Err()
}

// thumbnailSize returns a size with the spec's shape and the width given, both even.
func thumbnailSize(s Spec, width int) (w, h int) {
	w = min(width, s.Width)
	return w, max(2, s.Height*w/s.Width&^1)
}

// collect copies what it needs of frame n.
func (a *thumbnails) collect(f *raster.Frame, n int) {
	const all = spriteSide * spriteSide
	w, h := thumbnailSize(a.spec, spriteWidth)
	var small *raster.Frame
	for k := range all {
		if k*(a.spec.Frames-1)/(all-1) != n {
			continue
		}
		if small == nil {
			small = f.Shrink(w, h)
		}
		a.sprite.Place(small, k%spriteSide*w, k/spriteSide*h)
	}
	for k := range hoverFrames {
		if k*(a.spec.Frames-1)/(hoverFrames-1) == n {
			small := f.Shrink(thumbnailSize(a.spec, hoverWidth)).Pix
			copy(a.hover[k*len(small):], small)
		}
	}
}

// webp encodes the hover picture.
func (a *thumbnails) webp(ctx context.Context) ([]byte, error) {
	w, h := thumbnailSize(a.spec, hoverWidth)
	child := media.Child{Name: "ffmpeg", Time: hoverTime, Bytes: maxHoverBytes, Stdin: bytes.NewReader(a.hover), Args: []string{
		"-hide_banner", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "yuv420p",
		"-video_size", fmt.Sprintf("%dx%d", w, h), "-framerate", strconv.Itoa(hoverRate), "-i", "pipe:0",
		"-filter_threads", "1", // with more threads the picture is cut into slices, one for each core, and colours depend on the cut
		"-vf", "scale=in_color_matrix=bt709:out_color_matrix=bt601:in_range=tv:out_range=tv", "-c:v", "libwebp_anim",
		"-quality", "60", "-compression_level", "2", "-loop", "0", "-f", "webp", "pipe:1"}}
	out, words, err := child.Run(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("render: ffmpeg, animated WebP: %w: %s", err, words)
	}
	return out, nil
}
