package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"time"
)

// maxConvertTime limits the conversion of a finished video to MP4: a minute of 1080p takes about a quarter of it on two cores.
const maxConvertTime = 5 * time.Minute

// maxConvertPixels is the size of the largest frame that is converted: 8K.
const maxConvertPixels = 8192 * 4320

// convertMargin is how many bytes below its size limit ffmpeg may end a file: a packet, and the index.
const convertMargin = 1 << 20

// ToMP4 converts the video at path to an MP4 file at to if it is WebM, Matroska, AVI or QuickTime. It returns false and
// writes nothing for an MP4 and for anything else. Frames are copied if an MP4 may hold them, else encoded as H.264; sound
// becomes AAC.
//
// Every error wraps ErrTooLarge (more than limit bytes) or ErrUnreadable with a public text, except ctx's own and those of
// this machine.
func ToMP4(ctx context.Context, path, to string, limit int64) (bool, error) {
	demuxer, frames, err := demuxerFor(path)
	if err != nil || demuxer == "" {
		return false, err
	}
	args := []string{"-v", "error", "-nostdin", "-y", "-protocol_whitelist", "file", "-max_pixels", strconv.Itoa(maxConvertPixels), "-f", demuxer,
		"-i", "file:" + path, "-map", "0:v:0", "-map", "0:a:0?", "-map_metadata", "-1", "-map_chapters", "-1"}
	args = append(args, frames...)
	args = append(args, "-c:a", "aac", "-fflags", "+bitexact", "-movflags", "+faststart", "-fs", strconv.FormatInt(limit+1, 10), "-f", "mp4", "file:"+to)
	_, stderr, err := Child{Name: "ffmpeg", Args: args, Time: maxConvertTime, Writes: to, Bytes: limit}.Run(ctx)
	switch {
	case ctx.Err() != nil:
		return false, ctx.Err()
	case errors.Is(err, ErrTooMuch):
		return false, refuse(ErrTooLarge, "the video has more than %d bytes as MP4", limit)
	case errors.Is(err, ErrTooSlow):
		return false, refuse(ErrUnreadable, "the video takes more than %v to convert to MP4", maxConvertTime)
	case err != nil && stderr == "":
		return false, fmt.Errorf("media: run ffmpeg: %w", err)
	case err != nil:
		return false, refuse(ErrUnreadable, "the video can't be converted to MP4")
	}
	// At its size limit ffmpeg stops below the limit and reports no error.
	info, err := os.Stat(to)
	if err == nil && info.Size() > limit-min(convertMargin, limit/2) {
		err = refuse(ErrTooLarge, "the video has more than %d bytes as MP4", limit)
	}
	return err == nil, err
}

// Convertible reports whether ToMP4 would convert the video at path.
func Convertible(path string) (bool, error) {
	demuxer, _, err := demuxerFor(path)
	return demuxer != "", err
}

// demuxerFor returns the ffmpeg demuxer for the file at path and the arguments that copy or encode its frames. demuxer is ""
// if the file is an MP4 or no known video.
func demuxerFor(path string) (demuxer string, frames []string, err error) {
	f, err := os.Open(path) //nolint:gosec // the caller's own file
	if err != nil {
		return "", nil, err
	}
	defer func() { _ = f.Close() }()
	head := make([]byte, 16)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return "", nil, err
	}
	head = head[:n]
	encoded := []string{"-c:v", "libx264", "-preset", "veryfast", "-crf", "17", "-pix_fmt", "yuv420p", "-vf", "scale=trunc(iw/2)*2:trunc(ih/2)*2"}
	switch {
	case startsWith(head, "\x1aE\xdf\xa3"):
		return "matroska", encoded, nil
	case startsWith(head, "RIFF????AVI "):
		return "avi", encoded, nil
	case !LooksLikeVideo(head) || inputVideoType(head) == typeMP4:
		return "", nil, nil
	}
	info, err := f.Stat()
	if err != nil {
		return "", nil, err
	}
	facts, err := Facts(f, info.Size())
	if err != nil {
		return "", nil, nil // Facts reports the error to the caller later
	}
	if slices.Contains([]string{"avc1", "avc3", "hvc1", "hev1", "av01"}, facts.Codec) {
		return "mov", []string{"-c:v", "copy"}, nil
	}
	return "mov", encoded, nil
}
