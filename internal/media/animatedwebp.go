package media

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"io"
	"time"

	"golang.org/x/image/webp"
)

// Limits of an animated WebP, far above those of a model's clip.
const (
	maxWebPPixels = 4096 * 2304       // of the canvas, which is in memory with one frame
	maxWebPFrames = 10_000            // that are in the file
	maxWebPFrame  = 64 << 20          // bytes of one
	minWebPTime   = time.Second / 100 // that a frame is shown: what players make of less
	webpHeader    = 16                // bytes of a frame before its picture
)

// webpFrame is one frame of an animated WebP.
type webpFrame struct {
	at, size int64           // of the picture's chunks in the file
	area     image.Rectangle // on the canvas
	shown    time.Duration
	repeat   int  // how often it is read
	blend    bool // over what is there; false = instead of it
	clear    bool // the area afterwards
}

// webpAnimation reads the frames of an animated WebP as raw RGBA, for ffmpeg, which can't read one before its version 8. Each
// frame comes as often as it is longer than the shortest. The format is developers.google.com/speed/webp/docs/riff_container.
type webpAnimation struct {
	file   io.ReaderAt
	frames []webpFrame
	rate   string // frames that are read a second, as ffmpeg takes it
	canvas *image.RGBA

	next   int    // index of the frame that is drawn next
	repeat int    // how often the canvas is still to be read
	rest   []byte // of the canvas
	err    error  // why reading ended early; nil = it did not
}

// openWebP reads where the frames of an animated WebP are. The error wraps ErrUnreadable or ErrTooLarge, or is the file's.
func openWebP(f io.ReaderAt, size int64) (*webpAnimation, error) {
	a := &webpAnimation{file: f}
	broken := refuse(ErrUnreadable, "the animated WebP is damaged")
	var width, height int
	for at := int64(len("RIFFsizeWEBP")); at+8 <= size; {
		kind, n, err := a.chunk(at)
		if err != nil {
			return nil, err
		}
		body := at + 8
		if body+n > size {
			return nil, broken
		}
		switch kind {
		case "VP8X":
			var b [10]byte
			if _, err := f.ReadAt(b[:], body); err != nil {
				return nil, broken
			}
			width, height = int(uint24(b[4:]))+1, int(uint24(b[7:]))+1
		case "ANMF":
			frame, err := a.frame(body, n)
			if err != nil || !frame.area.In(image.Rect(0, 0, width, height)) {
				return nil, broken
			}
			a.frames = append(a.frames, frame)
		}
		if len(a.frames) > maxWebPFrames || width*height > maxWebPPixels {
			return nil, refuse(ErrTooLarge, "the animated WebP has more than %d frames or %d pixels", maxWebPFrames, maxWebPPixels)
		}
		at = body + n + n%2
	}
	if len(a.frames) == 0 {
		return nil, broken
	}
	a.canvas = image.NewRGBA(image.Rect(0, 0, width, height))
	a.schedule()
	return a, nil
}

// schedule sets how often each frame is read, and the rate by which all of them take as long as the animation.
func (a *webpAnimation) schedule() {
	shortest, total, n := a.frames[0].shown, time.Duration(0), int64(0)
	for _, f := range a.frames {
		shortest, total = min(shortest, f.shown), total+f.shown
	}
	for i, f := range a.frames {
		a.frames[i].repeat = int((f.shown + shortest/2) / shortest)
		n += int64(a.frames[i].repeat)
	}
	a.rate = fmt.Sprintf("%d/%d", n*1000, total.Milliseconds())
}

// chunk reads the head of a chunk: its kind, and the bytes of its body.
func (a *webpAnimation) chunk(at int64) (kind string, size int64, err error) {
	var head [8]byte
	if _, err := a.file.ReadAt(head[:], at); err != nil {
		return "", 0, err
	}
	return string(head[:4]), int64(binary.LittleEndian.Uint32(head[4:])), nil
}

// uint24 reads three bytes.
func uint24(b []byte) uint32 { return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 }

// frame reads the head of a frame whose chunk has its body at an offset.
func (a *webpAnimation) frame(at, size int64) (webpFrame, error) {
	var b [webpHeader]byte
	if size < webpHeader || size > maxWebPFrame {
		return webpFrame{}, errors.New("media: a frame of an impossible size")
	}
	if _, err := a.file.ReadAt(b[:], at); err != nil {
		return webpFrame{}, err
	}
	x, y := int(uint24(b[0:]))*2, int(uint24(b[3:]))*2
	return webpFrame{
		at: at + webpHeader, size: size - webpHeader, area: image.Rect(x, y, x+int(uint24(b[6:]))+1, y+int(uint24(b[9:]))+1),
		shown: max(time.Duration(uint24(b[12:]))*time.Millisecond, minWebPTime), clear: b[15]&1 != 0, blend: b[15]&2 == 0,
	}, nil
}

// input returns ffmpeg's arguments that read the animation from standard input.
func (a *webpAnimation) input() []string {
	size := a.canvas.Bounds().Size()
	return []string{"-f", "rawvideo", "-pix_fmt", "rgba", "-video_size", fmt.Sprintf("%dx%d", size.X, size.Y),
		"-framerate", a.rate, "-i", "pipe:0"}
}

// Read implements io.Reader.
func (a *webpAnimation) Read(p []byte) (int, error) {
	for len(a.rest) == 0 {
		if a.repeat == 0 {
			if a.next == len(a.frames) {
				return 0, io.EOF
			}
			if a.err = a.draw(); a.err != nil {
				return 0, a.err
			}
		}
		a.repeat--
		a.rest = a.canvas.Pix
	}
	n := copy(p, a.rest)
	a.rest = a.rest[n:]
	return n, nil
}

// draw draws the next frame on the canvas.
func (a *webpAnimation) draw() error {
	if a.next > 0 && a.frames[a.next-1].clear {
		draw.Draw(a.canvas, a.frames[a.next-1].area, image.Transparent, image.Point{}, draw.Src)
	}
	frame := a.frames[a.next]
	still, err := a.still(frame)
	if err != nil {
		return err
	}
	header, err := webp.DecodeConfig(bytes.NewReader(still))
	if err != nil {
		return fmt.Errorf("media: frame %d: %w", a.next, err)
	}
	if header.Width != frame.area.Dx() || header.Height != frame.area.Dy() {
		return fmt.Errorf("media: frame %d has another size than its area", a.next)
	}
	decoded, err := webp.Decode(bytes.NewReader(still))
	if err != nil {
		return fmt.Errorf("media: frame %d: %w", a.next, err)
	}
	picture, rows := image.NewNRGBA(image.Rect(0, 0, header.Width, header.Height)), webpRows(decoded)
	for y := range header.Height {
		rows(y, picture.Pix[y*picture.Stride:][:4*header.Width])
	}
	how := draw.Src
	if frame.blend {
		how = draw.Over
	}
	draw.Draw(a.canvas, frame.area, picture, image.Point{}, how)
	a.next++
	a.repeat = frame.repeat
	return nil
}

// still returns a frame as a WebP of its own.
func (a *webpAnimation) still(frame webpFrame) ([]byte, error) {
	body := make([]byte, frame.size)
	if _, err := a.file.ReadAt(body, frame.at); err != nil {
		return nil, err
	}
	out := []byte("RIFFsizeWEBP")
	for len(body) >= 8 {
		n := int64(binary.LittleEndian.Uint32(body[4:])) + 8
		if n += n % 2; n > int64(len(body)) {
			n = int64(len(body))
		}
		switch kind := string(body[:4]); kind {
		case "ALPH": // is only read after the extended header
			out = append(out, "VP8X\x0a\x00\x00\x00\x10\x00\x00\x00"...)
			for _, side := range []int{frame.area.Dx() - 1, frame.area.Dy() - 1} {
				out = append(out, byte(side), byte(side>>8), byte(side>>16))
			}
			out = append(out, body[:n]...)
		case "VP8 ", "VP8L":
			out = append(out, body[:n]...)
		}
		body = body[n:]
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8)) //nolint:gosec // at most maxWebPFrame
	return out, nil
}
