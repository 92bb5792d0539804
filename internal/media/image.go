package media

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"runtime/debug"
	"slices"
	"time"

	"golang.org/x/image/webp"
)

// The kinds of error for a refused picture. The text of the whole error is public: it says what was found and what is allowed,
// and completes a sentence.
var (
	ErrTooLarge    = errors.New("media: the picture is too large")            // in bytes or pixels
	ErrTooSmall    = errors.New("media: the picture is too small")            // in pixels
	ErrUnsupported = errors.New("media: the picture's format is not allowed") // by its content, not its name
	ErrUnreadable  = errors.New("media: the picture can't be read")           // damaged or cut short
)

// Limits of pictures, and defaults of ImageLimits.
const (
	defaultBytes   = 16 << 20
	defaultMinSide = 16
	maxSide        = 16384
	maxPixels      = 50_000_000
	decodeTime     = time.Minute
	pieceSize      = 1024     // bytes that a decoder gets between two checks of its context
	collectFrom    = 64 << 20 // bytes of memory from which a decode is followed by a garbage collection
)

// ImageLimits limits a picture. Zero fields stand for 16 MiB, 16 pixels, and all types that can be read. No picture may have
// more than 16384 pixels on a side or 50 million in all, and fewer in formats that would take more than 400 MB to decode: 25
// million in a PNG with 16 bits a sample, 26 million in a progressive JPEG without subsampling.
type ImageLimits struct {
	Bytes   int64    // at most
	MinSide int      // pixels
	Types   []string // media types
}

// filled returns the limits with defaults for zero fields.
func (l ImageLimits) filled() ImageLimits {
	if l.Bytes == 0 {
		l.Bytes = defaultBytes
	}
	if l.MinSide == 0 {
		l.MinSide = defaultMinSide
	}
	return l
}

// inputError is an error of one of the kinds above with a public text.
type inputError struct {
	kind error
	text string
}

// Error returns the public text.
func (r *inputError) Error() string { return r.text }

// Unwrap returns the kind, such as ErrTooLarge.
func (r *inputError) Unwrap() error { return r.kind }

// refuse returns an error of a kind with a public text.
func refuse(kind error, format string, a ...any) error {
	return &inputError{kind, fmt.Sprintf(format, a...)}
}

// Inspector checks untrusted pictures. It decodes few at a time, because one may need 512 MiB of memory: decodeBudget, the file
// itself, and the encoded result.
type Inspector struct {
	decodes    *ownerSemaphore
	timeout    time.Duration // for one picture
	converters Converters
}

// NewInspector makes an Inspector that decodes at most the given number of pictures at once; two is right for a small machine.
func NewInspector(decodes int) *Inspector {
	return &Inspector{decodes: newOwnerSemaphore(decodes), timeout: decodeTime}
}

// WithConverters makes the Inspector read AVIF and HEIC if c has the programs. It returns the Inspector.
func (in *Inspector) WithConverters(c Converters) *Inspector {
	in.converters = c
	return in
}

// Inspect checks a picture by its content, cheapest test first: bytes, format, and from its header and segments the pixels,
// memory and work that decoding would take. Then it decodes the picture, one of each owner at a time. The Picture it returns
// is encoded again: rotated by its EXIF orientation, converted from its colour profile to sRGB, and without metadata (place,
// camera, profile, hidden text). JPEG stays JPEG, PNG and WebP become PNG. AVIF and HEIC, which are refused without a
// converter, become JPEG unless they are transparent. Transparency is kept, except that of AVIF; 16 bits a sample become 8,
// gray and CMYK become RGB; of an animated PNG the default image is used. GIF, SVG and animated WebP are ErrUnsupported.
//
// Every error wraps ErrTooLarge, ErrTooSmall, ErrUnsupported or ErrUnreadable, except ctx's own: when ctx ends, decoding
// stops.
func (in *Inspector) Inspect(ctx context.Context, owner int64, data []byte, limits ImageLimits) (Picture, error) {
	limits = limits.filled()
	if len(limits.Types) == 0 {
		limits.Types = in.converters.types()
	}
	if n := int64(len(data)); n > limits.Bytes {
		return Picture{}, refuse(ErrTooLarge, "%d bytes; at most %d", n, limits.Bytes)
	}
	found := sniff(data)
	if !slices.Contains(limits.Types, found.mediaType) || !slices.Contains(in.converters.types(), found.mediaType) {
		return Picture{}, refuse(ErrUnsupported, "%s; allowed: %s", found.name, formatNames(limits.Types))
	}
	o, err := readImageHeader(data, found)
	if err != nil {
		return Picture{}, err
	}
	if err := o.check(limits.MinSide); err != nil {
		return Picture{}, err
	}
	release, err := in.decodes.acquire(ctx, owner)
	if err != nil {
		return Picture{}, err
	}
	defer release()
	return in.reencode(ctx, data, o)
}

// reencode decodes a picture and encodes it again, within the Inspector's time limit.
func (in *Inspector) reencode(ctx context.Context, data []byte, o imageHeader) (Picture, error) {
	limited, cancel := context.WithTimeout(ctx, in.timeout)
	defer cancel()
	defer o.collect()
	m, err := in.decode(limited, data, o)
	var pic Picture
	if err == nil {
		o.collect()
		pic, err = encode(limited, m, storedType(m, o.mediaType))
	}
	switch {
	case err == nil:
		return pic, nil
	case ctx.Err() != nil:
		return Picture{}, ctx.Err()
	case limited.Err() != nil:
		return Picture{}, refuse(ErrTooLarge, "%s that takes too long to decode; at most %v", o.name, in.timeout)
	}
	return Picture{}, err
}

// decode decodes a picture, with a converter if Go's packages can't.
func (in *Inspector) decode(ctx context.Context, data []byte, o imageHeader) (image.Image, error) {
	if slices.Contains(builtIn(), o.mediaType) {
		return decode(ctx, data, o)
	}
	return in.converters.decode(ctx, data, o)
}

// Decode decodes a JPEG, PNG or WebP, rotated and converted to sRGB as by Inspect, within the limits for all pictures. The
// image is an *image.YCbCr or an *image.NRGBA of 8 bits that begins at (0,0). The error wraps ErrTooLarge, ErrUnsupported or
// ErrUnreadable.
func Decode(data []byte) (image.Image, error) {
	found := sniff(data)
	if !slices.Contains(builtIn(), found.mediaType) {
		return nil, refuse(ErrUnsupported, "%s; allowed: %s", found.name, formatNames(builtIn()))
	}
	o, err := readImageHeader(data, found)
	if err != nil {
		return nil, err
	}
	if err := o.check(1); err != nil {
		return nil, err
	}
	return decode(context.Background(), data, o)
}

// unreadable returns the public error for a picture that can't be decoded: it is damaged, or a valid JPEG of a rare kind.
func unreadable(found fileFormat, err error) error {
	var odd jpeg.UnsupportedError
	if errors.As(err, &odd) {
		return refuse(ErrUnsupported, "%s of a kind that is not read here (%s); allowed: baseline and progressive", found.name, string(odd))
	}
	return refuse(ErrUnreadable, "%s that is damaged or cut short", found.name)
}

// codec decodes one format.
type codec struct {
	config func([]byte) (image.Config, error)
	pixels func(io.Reader) (image.Image, error)
	rows   func(image.Image) rowReader // reads the rows of an image that pixels returned
}

// decoder returns the codec of a media type that Go's packages read.
func decoder(mediaType string) codec {
	switch mediaType {
	case typeJPEG:
		return codec{func(b []byte) (image.Config, error) { return jpeg.DecodeConfig(bytes.NewReader(b)) }, jpeg.Decode, rowsOf}
	case typePNG:
		return codec{func(b []byte) (image.Config, error) { return png.DecodeConfig(bytes.NewReader(b)) }, png.Decode, rowsOf}
	default:
		return codec{func(b []byte) (image.Config, error) { return webp.DecodeConfig(bytes.NewReader(b)) }, webp.Decode, webpRows}
	}
}

// contextReader reads data in small pieces and fails when ctx ends, because Go's decoders take no context.
type contextReader struct {
	ctx  context.Context //nolint:containedctx // that is its purpose
	data io.Reader
}

// Read implements io.Reader.
func (w contextReader) Read(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.data.Read(p[:min(len(p), pieceSize)])
}

// decode decodes a picture and rotates it upright. A JPEG that needs no change keeps its planes. It stops with ctx's error.
func decode(ctx context.Context, data []byte, o imageHeader) (image.Image, error) {
	from := decoder(o.mediaType)
	m, err := from.pixels(contextReader{ctx, bytes.NewReader(data)})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, unreadable(o.fileFormat, err)
	}
	o.collect()
	turn := orientation(data, o.mediaType)
	rows, convert := toSRGB(m, profileOf(data, o.mediaType), from.rows(m))
	if planes, ok := m.(*image.YCbCr); ok && o.mediaType == typeJPEG && turn == orientationNormal && convert == nil {
		return planes, nil
	}
	return upright(ctx, m, rows, turn, convert)
}

// collect frees the memory of a large picture before more is allocated. Without it the collector would wait until the heap has
// doubled, and free pages would stay with the process for minutes.
func (o imageHeader) collect() {
	if o.cost() > collectFrom {
		debug.FreeOSMemory()
	}
}
