package media

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
)

// withMemoryLimit is a shell script that runs a program with a memory limit, because image libraries allocate as much as an
// untrusted file asks for.
const withMemoryLimit = `ulimit -v 2097152 && exec "$0" "$@"` // 2 GiB of address space, in KiB

// Converters are the programs that decode AVIF and HEIC, which phones send. If one is missing, its format is refused.
type Converters struct {
	Temp string // folder for their files
	AVIF string // ffmpeg; "" = none
	HEIC string // libheif's heif-dec, or heif-convert as it was called before; "" = none
}

// FindConverters looks for the programs on PATH.
func FindConverters(temp string) Converters {
	c := Converters{Temp: temp}
	c.AVIF, _ = exec.LookPath("ffmpeg")
	c.HEIC = heifDecoder()
	return c
}

// heifDecoder returns the path of libheif's decoder; "" if there is none.
func heifDecoder() string {
	for _, name := range []string{"heif-dec", "heif-convert"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// types returns the media types that Go's packages and the converters read.
func (c Converters) types() []string {
	types := slices.Clone(builtIn())
	if c.AVIF != "" {
		types = append(types, typeAVIF)
	}
	if c.HEIC != "" {
		types = append(types, typeHEIC)
	}
	return types
}

// addHEIF sets the size and the cost from the largest picture in an AVIF or HEIC, because any of them may be decoded.
func (o *imageHeader) addHEIF(data []byte) error {
	h, ok := readHEIF(data)
	if !ok {
		return refuse(ErrUnreadable, "%s that is damaged or cut short", o.name)
	}
	o.width, o.height, o.perPixel = h.primary.X, h.primary.Y, 2*outputBytes
	if h.largest.X*h.largest.Y > h.primary.X*h.primary.Y {
		o.width, o.height = h.largest.X, h.largest.Y
	}
	return nil
}

// decode writes data to a temporary folder, runs the converter there and reads the result.
func (c Converters) decode(ctx context.Context, data []byte, o imageHeader) (m image.Image, err error) {
	dir, err := os.MkdirTemp(c.Temp, "picture-*")
	if err != nil {
		return nil, fmt.Errorf("media: write a temporary picture: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	given, err := filepath.Abs(filepath.Join(dir, "given")) // absolute, because the program runs in the folder
	if err != nil {
		return nil, fmt.Errorf("media: write a temporary picture: %w", err)
	}
	if err := os.WriteFile(given, data, 0o600); err != nil {
		return nil, fmt.Errorf("media: write a temporary picture: %w", err)
	}
	if o.mediaType == typeAVIF {
		return c.decodeAVIF(ctx, data, o, given)
	}
	return c.decodeHEIC(ctx, o, given)
}

// run runs a converter that writes a file of at most the given bytes at path. If the converter fails, the error blames the
// picture.
func (c Converters) run(ctx context.Context, o imageHeader, path string, bytes int64, program string, args ...string) error {
	_, stderr, err := Child{Name: "/bin/sh", Args: append([]string{"-c", withMemoryLimit, program}, args...), Dir: filepath.Dir(path),
		Time: decodeTime, Writes: path, Bytes: bytes}.Run(ctx)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, ErrTooSlow), errors.Is(err, ErrTooMuch):
		return refuse(ErrTooLarge, "%s that takes too much to decode", o.name)
	case err != nil && stderr == "":
		return fmt.Errorf("media: run %s: %w", program, err)
	case err != nil:
		return unreadable(o.fileFormat, err)
	}
	return nil
}

// decodeAVIF runs ffmpeg to write plain pixels, then rotates and converts them as the boxes say, most of which ffmpeg ignores.
func (c Converters) decodeAVIF(ctx context.Context, data []byte, o imageHeader, given string) (image.Image, error) {
	h, _ := readHEIF(data)
	w, height := h.primary.X, h.primary.Y
	size, plain := int64(w)*int64(height)*4, given+".rgba"
	if err := c.run(ctx, o, plain, size, c.AVIF, "-v", "error", "-nostdin", "-y", "-protocol_whitelist", "file", "-noautorotate",
		"-max_pixels", strconv.Itoa(maxPixels), "-threads", "1", "-f", "mov", "-i", "file:"+given,
		"-map", "0:v:0", "-frames:v", "1", "-pix_fmt", "rgba", "-f", "rawvideo", "-fs", strconv.FormatInt(size, 10), "file:"+plain); err != nil {
		return nil, err
	}
	f, err := os.Open(plain) //nolint:gosec // a file of our own folder
	if errors.Is(err, os.ErrNotExist) {
		return nil, unreadable(o.fileFormat, err)
	}
	if err != nil {
		return nil, fmt.Errorf("media: read a converted picture: %w", err)
	}
	defer func() { _ = f.Close() }()
	m := image.NewNRGBA(image.Rect(0, 0, w, height))
	if info, err := f.Stat(); err != nil || info.Size() != size {
		return nil, unreadable(o.fileFormat, errors.New("it has other pixels than its header says"))
	}
	if _, err := io.ReadFull(f, m.Pix); err != nil {
		return nil, fmt.Errorf("media: read a converted picture: %w", err)
	}
	rows, convert := toSRGB(m, h.profile, rowsOf(m))
	return upright(ctx, m, rows, h.orientation, convert)
}

// decodeHEIC runs libheif to write a PNG, which is upright and has the colour profile.
func (c Converters) decodeHEIC(ctx context.Context, o imageHeader, given string) (image.Image, error) {
	const perPixel, extra = 8 + 1, maxProfile + 1<<16 // 16 bits of each of four samples
	drawn := given + ".png"
	if err := c.run(ctx, o, drawn, int64(perPixel*o.pixels()+extra), c.HEIC, given, drawn); err != nil {
		return nil, err
	}
	f, err := os.Open(drawn) //nolint:gosec // a file of our own folder
	if errors.Is(err, os.ErrNotExist) {
		return nil, unreadable(o.fileFormat, err)
	}
	if err != nil {
		return nil, fmt.Errorf("media: read a converted picture: %w", err)
	}
	defer func() { _ = f.Close() }()
	head, err := io.ReadAll(io.LimitReader(f, extra))
	if err != nil {
		return nil, fmt.Errorf("media: read a converted picture: %w", err)
	}
	out, err := readImageHeader(head, fileFormat{typePNG, o.name})
	if err != nil {
		return nil, err
	}
	if err := out.check(1); err != nil {
		return nil, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("media: read a converted picture: %w", err)
	}
	m, err := png.Decode(contextReader{ctx, bufio.NewReader(f)})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, unreadable(o.fileFormat, err)
	}
	rows, convert := toSRGB(m, profileOf(head, typePNG), rowsOf(m))
	return upright(ctx, m, rows, orientationNormal, convert)
}
