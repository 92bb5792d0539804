package media

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"slices"

	"golang.org/x/image/webp"
)

// The kinds of error that a picture is refused with. The whole error's text is a sentence's end that a caller may see:
// what was found and what is allowed.
var (
	ErrTooLarge    = errors.New("media: the picture is too large")            // in bytes or pixels
	ErrTooSmall    = errors.New("media: the picture is too small")            // in pixels
	ErrUnsupported = errors.New("media: the picture's format is not allowed") // by content, whatever its name
	ErrUnreadable  = errors.New("media: the picture can't be read")           // damaged or cut short
)

// What pictures may be where ImageLimits says nothing.
const (
	defaultBytes   = 16 << 20
	defaultMinSide = 16
	maxSide        = 16384
	maxPixels      = 50_000_000
	jpegQuality    = 92
)

// ImageLimits is what is allowed of a picture. Zero fields stand for 16 MiB, 16 pixels, and JPEG, PNG and WebP. No picture
// may have more than 16384 pixels on a side or 50 million in all, 25 million where it has 16 bits a sample.
type ImageLimits struct {
	Bytes   int64    // at most
	MinSide int      // pixels
	Types   []string // media types
}

// filled gives the zero fields their meaning.
func (l ImageLimits) filled() ImageLimits {
	if l.Bytes == 0 {
		l.Bytes = defaultBytes
	}
	if l.MinSide == 0 {
		l.MinSide = defaultMinSide
	}
	if len(l.Types) == 0 {
		l.Types = []string{typeJPEG, typePNG, typeWebP}
	}
	return l
}

// refusal is an error of one kind with a public text.
type refusal struct {
	kind error
	text string
}

func (r *refusal) Error() string { return r.text }
func (r *refusal) Unwrap() error { return r.kind }

func refuse(kind error, format string, a ...any) error {
	return &refusal{kind, fmt.Sprintf(format, a...)}
}

// Inspector checks pictures that strangers send. It decodes few at a time, because a picture of 50 million pixels takes
// 200 MB of memory, twice that while it is turned.
type Inspector struct{ decodes chan struct{} }

// NewInspector makes an Inspector that decodes at most so many pictures at once; two is right for a small machine.
func NewInspector(decodes int) *Inspector {
	return &Inspector{decodes: make(chan struct{}, max(1, decodes))}
}

// Inspect checks a picture by its content, cheapest test first: bytes, format, pixels by its header, then all of it is
// decoded. The Picture it returns is encoded anew, turned as its EXIF orientation says, and carries none of what came
// along (place, camera, profile, hidden text): JPEG stays JPEG, PNG and WebP become PNG. Transparency is kept; 16 bits a
// sample become 8, gray and CMYK become RGB; of an animated PNG the still that viewers show is taken. GIF, AVIF, HEIC,
// SVG and animated WebP are ErrUnsupported.
//
// Every error wraps ErrTooLarge, ErrTooSmall, ErrUnsupported or ErrUnreadable, except ctx's own while it waits.
func (in *Inspector) Inspect(ctx context.Context, data []byte, limits ImageLimits) (Picture, error) {
	limits = limits.filled()
	if n := int64(len(data)); n > limits.Bytes {
		return Picture{}, refuse(ErrTooLarge, "%d bytes; at most %d", n, limits.Bytes)
	}
	found := sniff(data)
	if found.mediaType == "" || !slices.Contains(limits.Types, found.mediaType) {
		return Picture{}, refuse(ErrUnsupported, "%s; allowed: %s", found.words, formatNames(limits.Types))
	}
	if err := checkPixels(data, found, limits.MinSide); err != nil {
		return Picture{}, err
	}
	select {
	case in.decodes <- struct{}{}:
		defer func() { <-in.decodes }()
	case <-ctx.Done():
		return Picture{}, ctx.Err()
	}
	m, err := decode(data, found)
	if err != nil {
		return Picture{}, err
	}
	return encode(m, found.mediaType)
}

// Decode reads a JPEG, PNG or WebP, turned as its EXIF orientation says, within the limits that no picture may pass. The
// image is an *image.YCbCr or an *image.NRGBA of 8 bits that begins at (0,0). The error wraps ErrTooLarge,
// ErrUnsupported or ErrUnreadable.
func Decode(data []byte) (image.Image, error) {
	found := sniff(data)
	if found.mediaType == "" {
		return nil, refuse(ErrUnsupported, "%s; allowed: %s", found.words, formatNames(ImageLimits{}.filled().Types))
	}
	if err := checkPixels(data, found, 1); err != nil {
		return nil, err
	}
	return decode(data, found)
}

// checkPixels reads the picture's header alone, so that a small file that unpacks to gigabytes is refused before it can.
func checkPixels(data []byte, found sniffed, minSide int) error {
	c, err := decoder(found.mediaType).config(data)
	if err != nil {
		return unreadable(found, err)
	}
	most := maxPixels
	if deep(c.ColorModel) {
		most /= 2
	}
	switch {
	case max(c.Width, c.Height) > maxSide:
		return refuse(ErrTooLarge, "%dx%d pixels; at most %d on each side", c.Width, c.Height, maxSide)
	case c.Width*c.Height > most:
		return refuse(ErrTooLarge, "%dx%d pixels; at most %d million in all", c.Width, c.Height, most/1_000_000)
	case min(c.Width, c.Height) < minSide:
		return refuse(ErrTooSmall, "%dx%d pixels; at least %d on each side", c.Width, c.Height, minSide)
	}
	return nil
}

// deep tells whether a picture has 16 bits a sample.
func deep(m color.Model) bool {
	return m == color.NRGBA64Model || m == color.RGBA64Model || m == color.Gray16Model
}

// unreadable says why a picture can't be decoded: it may be whole, and of a kind that few programs write.
func unreadable(found sniffed, err error) error {
	var odd jpeg.UnsupportedError
	if errors.As(err, &odd) {
		return refuse(ErrUnsupported, "%s of a kind that is not read here (%s); allowed: baseline and progressive", found.words, string(odd))
	}
	return refuse(ErrUnreadable, "%s that is damaged or cut short", found.words)
}

// codec reads one format.
type codec struct {
	config func([]byte) (image.Config, error)
	pixels func([]byte) (image.Image, error)
}

// decoder is the codec of a readable media type.
func decoder(mediaType string) codec {
	switch mediaType {
	case typeJPEG:
		return codec{
			func(b []byte) (image.Config, error) { return jpeg.DecodeConfig(bytes.NewReader(b)) },
			func(b []byte) (image.Image, error) { return jpeg.Decode(bytes.NewReader(b)) },
		}
	case typePNG:
		return codec{
			func(b []byte) (image.Config, error) { return png.DecodeConfig(bytes.NewReader(b)) },
			func(b []byte) (image.Image, error) { return png.Decode(bytes.NewReader(b)) },
		}
	default:
		return codec{
			func(b []byte) (image.Config, error) { return webp.DecodeConfig(bytes.NewReader(b)) },
			func(b []byte) (image.Image, error) {
				m, err := webp.Decode(bytes.NewReader(b))
				if err != nil {
					return nil, err
				}
				return opened(m), nil
			},
		}
	}
}

// decode reads all of a picture and turns it upright. A JPEG that needs no turning keeps its planes.
func decode(data []byte, found sniffed) (image.Image, error) {
	m, err := decoder(found.mediaType).pixels(data)
	if err != nil {
		return nil, unreadable(found, err)
	}
	o := orientation(data, found.mediaType)
	if planes, ok := m.(*image.YCbCr); ok && o == upright {
		return planes, nil
	}
	return turn(plain(m), o), nil
}

// encode writes m without anything but its pixels, as JPEG where it came as one, else as PNG.
func encode(m image.Image, from string) (Picture, error) {
	p := Picture{Type: typePNG, Width: m.Bounds().Dx(), Height: m.Bounds().Dy()}
	var b bytes.Buffer
	var err error
	if from == typeJPEG {
		p.Type = typeJPEG
		if flat, ok := m.(*image.NRGBA); ok { // a JPEG has no transparency, and RGBA has a fast path
			m = &image.RGBA{Pix: flat.Pix, Stride: flat.Stride, Rect: flat.Rect}
		}
		err = jpeg.Encode(&b, m, &jpeg.Options{Quality: jpegQuality})
	} else {
		err = png.Encode(&b, m)
	}
	if err != nil {
		return Picture{}, fmt.Errorf("media: encode the picture: %w", err)
	}
	p.Bytes = b.Bytes()
	return p, nil
}
