package media

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
)

// How pictures are encoded again.
const (
	jpegQuality    = 92
	maxStoredBytes = 64 << 20 // at most
)

// storedType returns the media type in which a picture is stored: JPEG for photographs, PNG for pictures that may be
// transparent or drawings.
func storedType(m image.Image, from string) string {
	photo, ok := m.(*image.NRGBA)
	if from == typeJPEG || (from == typeAVIF || from == typeHEIC) && ok && photo.Opaque() {
		return typeJPEG
	}
	return typePNG
}

// encode encodes the pixels of m, without metadata, as JPEG or PNG.
func encode(ctx context.Context, m image.Image, as string) (Picture, error) {
	p := Picture{Type: typePNG, Width: m.Bounds().Dx(), Height: m.Bounds().Dy()}
	out := &chunkBuffer{ctx: ctx}
	var err error
	if as == typeJPEG {
		p.Type = typeJPEG
		if flat, ok := m.(*image.NRGBA); ok { // a JPEG has no transparency, and RGBA has a fast path
			m = &image.RGBA{Pix: flat.Pix, Stride: flat.Stride, Rect: flat.Rect}
		}
		err = jpeg.Encode(out, m, &jpeg.Options{Quality: jpegQuality})
	} else {
		err = png.Encode(out, m)
	}
	switch {
	case out.err != nil:
		return Picture{}, out.err
	case err != nil:
		return Picture{}, fmt.Errorf("media: encode the picture: %w", err)
	}
	p.Bytes = out.join()
	return p, nil
}

// chunkBuffer is a writer that collects bytes without copying them as it grows. It fails when ctx ends or at maxStoredBytes.
type chunkBuffer struct {
	ctx  context.Context //nolint:containedctx // that is its purpose
	full [][]byte
	size int
	err  error
}

// Write implements io.Writer.
func (p *chunkBuffer) Write(b []byte) (int, error) {
	if p.err == nil && p.ctx.Err() != nil {
		p.err = p.ctx.Err()
	}
	if p.err == nil && p.size+len(b) > maxStoredBytes {
		p.err = refuse(ErrTooLarge, "the picture takes more than %d bytes when it is written without losses; at most so many are stored", maxStoredBytes)
	}
	if p.err != nil {
		return 0, p.err
	}
	p.full = append(p.full, bytes.Clone(b))
	p.size += len(b)
	return len(b), nil
}

// join returns all that was written.
func (p *chunkBuffer) join() []byte {
	all := make([]byte, 0, p.size)
	for _, b := range p.full {
		all = append(all, b...)
	}
	return all
}
