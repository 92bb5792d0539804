package media

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"
)

// maxConvertTime limits the conversion of a finished video to MP4: a minute of 1080p takes about a quarter of it on two cores.
const maxConvertTime = 5 * time.Minute

// maxConvertPixels is the size of the largest frame that is converted: 8K.
const maxConvertPixels = 8192 * 4320

// convertMargin is how many bytes below its size limit ffmpeg may end a file: a packet, and the index.
const convertMargin = 1 << 20

// ToMP4 converts the video at path to an MP4 file at to if it is WebM, Matroska, AVI, QuickTime or an animated WebP, and
// returns the media type that it had. It returns "" and writes nothing for an MP4 and for anything else. Frames are copied if
// players can show them in an MP4, else encoded as H.264 with 4:2:0; sound becomes AAC.
//
// Every error wraps ErrTooLarge (more than limit bytes) or ErrUnreadable with a public text, except ctx's own and those of
// this machine. A file that ends before its header says it does is not converted: ffmpeg would make a shorter video of it in silence.
func ToMP4(ctx context.Context, path, to string, limit int64) (from string, err error) {
	c, err := conversionOf(path)
	if err != nil || c.from == "" {
		return "", err
	}
	if c.cut {
		return "", refuse(ErrUnreadable, "the video ends before its header says it does")
	}
	args := []string{"-v", "error", "-nostdin", "-y", "-protocol_whitelist", "file,pipe", "-max_pixels", strconv.Itoa(maxConvertPixels)}
	child := Child{Name: "ffmpeg", Time: maxConvertTime, Writes: to, Bytes: limit}
	if c.from == typeWebP {
		f, err := os.Open(path) //nolint:gosec // the caller's own file
		if err != nil {
			return "", err
		}
		defer func() { _ = f.Close() }()
		info, err := f.Stat()
		if err != nil {
			return "", err
		}
		if c.animation, err = openWebP(f, info.Size()); err != nil {
			return "", err
		}
		child.Stdin, args = c.animation, append(args, c.animation.input()...)
	} else {
		args = append(args, "-f", c.demuxer, "-i", "file:"+path)
	}
	args = append(args, "-map", "0:v:0", "-map", "0:a:0?", "-map_metadata", "-1", "-map_chapters", "-1")
	args = append(args, c.frames...)
	child.Args = append(args, "-c:a", "aac", "-fflags", "+bitexact", "-movflags", "+faststart", "-fs", strconv.FormatInt(limit+1, 10), "-f", "mp4", "file:"+to)
	return c.from, c.run(ctx, child, limit)
}

// conversion is how a file becomes an MP4.
type conversion struct {
	from      string   // its media type; "" = it stays as it is
	demuxer   string   // ffmpeg's, unless it is a WebP
	frames    []string // ffmpeg's arguments that copy or encode the frames
	cut       bool     // it ends before its header says it does
	animation *webpAnimation
}

// run runs ffmpeg, and returns the error as ToMP4 does.
func (c conversion) run(ctx context.Context, child Child, limit int64) error {
	_, stderr, err := child.Run(ctx)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case c.animation != nil && c.animation.err != nil:
		return refuse(ErrUnreadable, "the animated WebP is damaged")
	case errors.Is(err, ErrTooMuch):
		return refuse(ErrTooLarge, "the video has more than %d bytes as MP4", limit)
	case errors.Is(err, ErrTooSlow):
		return refuse(ErrUnreadable, "the video takes more than %v to convert to MP4", maxConvertTime)
	case err != nil && stderr == "":
		return fmt.Errorf("media: run ffmpeg: %w", err)
	case err != nil:
		return refuse(ErrUnreadable, "the video can't be converted to MP4")
	}
	// At its size limit ffmpeg stops below the limit and reports no error.
	info, err := os.Stat(child.Writes)
	if err == nil && info.Size() > limit-min(convertMargin, limit/2) {
		err = refuse(ErrTooLarge, "the video has more than %d bytes as MP4", limit)
	}
	return err
}

// Convertible reports whether ToMP4 would convert the video at path.
func Convertible(path string) (bool, error) {
	c, err := conversionOf(path)
	return c.from != "", err
}

// conversionOf returns how the file at path becomes an MP4. It stays as it is if it is an MP4 or no known video.
func conversionOf(path string) (conversion, error) {
	f, head, size, err := openHead(path, 64)
	if err != nil {
		return conversion{}, err
	}
	defer func() { _ = f.Close() }()
	cut := claimedSize(head) > size+1 // some writers leave out the last byte, which only makes the size even
	encoded := []string{"-c:v", "libx264", "-preset", "veryfast", "-crf", "17", "-pix_fmt", "yuv420p", "-vf", "scale=trunc(iw/2)*2:trunc(ih/2)*2"}
	switch {
	case startsWith(head, "\x1aE\xdf\xa3") && bytes.Contains(head, []byte("webm")):
		return conversion{from: "video/webm", demuxer: "matroska", frames: encoded, cut: cut}, nil
	case startsWith(head, "\x1aE\xdf\xa3"):
		return conversion{from: "video/x-matroska", demuxer: "matroska", frames: encoded, cut: cut}, nil
	case startsWith(head, "RIFF????AVI "):
		return conversion{from: "video/x-msvideo", demuxer: "avi", frames: encoded, cut: cut}, nil
	case animated(head):
		return conversion{from: typeWebP, frames: append(encoded[:len(encoded)-1:len(encoded)-1], encoded[len(encoded)-1]+":out_color_matrix=bt709",
			"-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709")}, nil // it comes as RGB
	case !LooksLikeVideo(head) || inputVideoType(head) == typeMP4:
		return conversion{}, nil
	}
	_, movie, err := inspect(f, size)
	if err != nil {
		return conversion{}, nil // Facts reports the error to the caller later
	}
	c := conversion{from: "video/quicktime", demuxer: "mov", frames: encoded}
	if movie.video().plays() {
		c.frames = []string{"-c:v", "copy"}
	}
	return c, nil
}
