package render

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/filmgate/filmgate/media"
)

const (
	spriteSide  = 5   // frames in a row and in a column of the sprite sheet
	spriteWidth = 192 // pixels of one of them
	hoverFrames = 18  // of the picture for hovering
	hoverWidth  = 320 // pixels
	hoverRate   = 8   // frames a second
)

// album collects small frames for the sprite sheet and the picture for hovering while the video is made.
type album struct {
	spec   Spec
	sprite *frame
	hover  []byte // frames one behind the other
}

func newAlbum(s Spec) *album {
	w, h := fitted(s, spriteWidth)
	return &album{spec: s, sprite: newFrame(w*spriteSide, h*spriteSide)}
}

// fitted is a size of the spec's shape with the width given, both even.
func fitted(s Spec, width int) (w, h int) {
	w = min(width, s.Width)
	return w, max(2, s.Height*w/s.Width&^1)
}

// add takes what it needs of frame n.
func (a *album) add(f *frame, n int) {
	const all = spriteSide * spriteSide
	w, h := fitted(a.spec, spriteWidth)
	var small *frame
	for k := range all {
		if k*(a.spec.Frames-1)/(all-1) != n {
			continue
		}
		if small == nil {
			small = f.shrink(w, h)
		}
		a.sprite.place(small, k%spriteSide*w, k/spriteSide*h)
	}
	for k := range hoverFrames {
		if k*(a.spec.Frames-1)/(hoverFrames-1) == n {
			a.hover = append(a.hover, f.shrink(fitted(a.spec, hoverWidth)).pix...)
		}
	}
}

// webp makes the animated picture for hovering.
func (a *album) webp(ctx context.Context) ([]byte, error) {
	w, h := fitted(a.spec, hoverWidth)
	cmd := media.Command(ctx, "ffmpeg", "-hide_banner", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "yuv420p",
		"-video_size", fmt.Sprintf("%dx%d", w, h), "-framerate", strconv.Itoa(hoverRate), "-i", "pipe:0",
		"-vf", "scale=in_color_matrix=bt709:out_color_matrix=bt601:in_range=tv:out_range=tv", "-c:v", "libwebp_anim",
		"-quality", "60", "-compression_level", "2", "-loop", "0", "-f", "webp", "pipe:1")
	var out, words bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(a.hover), &out, &words
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("render: ffmpeg, animated WebP: %w: %s", err, strings.TrimSpace(words.String()))
	}
	return out.Bytes(), nil
}

// shrink averages the frame down to w x h.
func (f *frame) shrink(w, h int) *frame {
	out := newFrame(w, h)
	mean := func(to, from []byte, w, h, fw, fh int) {
		for y := range h {
			for x := range w {
				y0, y1, x0, x1 := y*fh/h, max(y*fh/h+1, (y+1)*fh/h), x*fw/w, max(x*fw/w+1, (x+1)*fw/w)
				sum := 0
				for v := y0; v < y1; v++ {
					for _, p := range from[v*fw+x0 : v*fw+x1] {
						sum += int(p)
					}
				}
				n := (y1 - y0) * (x1 - x0)
				to[y*w+x] = byte((sum + n/2) / n)
			}
		}
	}
	mean(out.y, f.y, w, h, f.w, f.h)
	mean(out.u, f.u, w/2, h/2, f.w/2, f.h/2)
	mean(out.v, f.v, w/2, h/2, f.w/2, f.h/2)
	return out
}

// place copies a smaller frame into this one with its upper left corner at (x, y), both even.
func (f *frame) place(s *frame, x, y int) {
	for r := range s.h {
		copy(f.y[(y+r)*f.w+x:], s.y[r*s.w:(r+1)*s.w])
	}
	for r := range s.h / 2 {
		copy(f.u[(y/2+r)*f.w/2+x/2:], s.u[r*s.w/2:(r+1)*s.w/2])
		copy(f.v[(y/2+r)*f.w/2+x/2:], s.v[r*s.w/2:(r+1)*s.w/2])
	}
}
