package media

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Picture is an encoded picture, its type and its size.
type Picture struct {
	Type          string // media type
	Bytes         []byte
	Width, Height int // pixels
}

// highDefinition is the height in pixels from which a video without colour information is read as BT.709, as players do; below
// it, as BT.601.
const highDefinition = 720

// previewQuality is the JPEG quality of previews.
const previewQuality = 90

// maxPreviewBytes limits what ffmpeg may write for the previews of one video.
const maxPreviewBytes = 128 << 20

// Previews returns n frames of the video at path as baseline JPEGs, evenly spaced: each is the middle frame of one of n equal
// parts. A video of fewer than n frames repeats some. The error wraps ErrTruncated if frames that facts count can't be decoded,
// and ErrTooSlow or ErrTooMuch if ffmpeg exceeded a limit. Files are made in a folder inside temp, which is removed at the end.
//
// It runs ffmpeg once, decoding from the start. On two cores, for videos up to about half a minute, that is as fast as n seeks
// in one process, needs half the memory and is exact to the frame.
func Previews(ctx context.Context, temp, path string, facts VideoFacts, n int) ([]Picture, error) {
	var at []int // the distinct frames
	which := make([]int, n)
	for i := range n {
		frame := facts.Frames * (2*i + 1) / (2 * n)
		if len(at) == 0 || frame != at[len(at)-1] {
			at = append(at, frame)
		}
		which[i] = len(at) - 1
	}
	if len(at) == 0 {
		return nil, nil
	}
	terms := make([]string, len(at))
	for i, frame := range at {
		terms[i] = fmt.Sprintf(`eq(n,%d)`, frame)
	}
	previews, err := extractFrames(ctx, temp, path, facts, "select='"+strings.Join(terms, "+")+"',", len(at))
	if err != nil {
		return nil, err
	}
	if len(previews) < len(at) {
		return nil, fmt.Errorf("%w: %d of %d previews could be decoded", ErrTruncated, len(previews), len(at))
	}
	out := make([]Picture, n)
	for i, w := range which {
		out[i] = previews[w]
	}
	return out, nil
}

// extractFrames runs ffmpeg once over the file and returns the frames it wrote, in order, at most n. pick is a filter that
// selects frames.
func extractFrames(ctx context.Context, temp, path string, facts VideoFacts, pick string, n int) ([]Picture, error) {
	dir, err := os.MkdirTemp(temp, "previews-*")
	if err != nil {
		return nil, fmt.Errorf("media: make a folder for previews: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	// ffmpeg runs in that folder: a % in the folder's name would be read as a pattern.
	path, err = filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("media: find the video: %w", err)
	}

	// A file that claims to be a video may be a playlist that names other files or hosts, so it is only read as MP4.
	args := []string{"-nostdin", "-v", "error", "-protocol_whitelist", "file", "-f", "mov"}
	if facts.Height >= highDefinition {
		// The video's own colour information has precedence.
		args = append(args, "-colorspace", "bt709")
	}
	args = append(args, "-i", "file:"+path, "-map", "0:v:0")
	// JPEG files are always BT.601 of full range.
	args = append(args, "-vf", pick+"scale=out_color_matrix=bt601:out_range=pc,format=yuvj420p")
	args = append(args, "-fps_mode", "passthrough", "-frames:v", fmt.Sprint(n), "-c:v", "mjpeg", "-q:v", "2", "-bitexact", "-f", "image2")
	child := Child{Name: "ffmpeg", Args: append(args, "%06d.jpg"), Dir: dir, Time: extractTimeout(facts), Writes: dir, Bytes: maxPreviewBytes}
	if _, stderr, err := child.Run(ctx); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if undecodable(err, stderr) {
			err = fmt.Errorf("%w: no frame could be decoded: %w", ErrTruncated, err)
		}
		return nil, fmt.Errorf("media: ffmpeg could not cut previews: %w: %s", err, logTail(stderr))
	}
	return readPreviews(dir)
}

// extractTimeout returns the time limit for the previews of a video: it is decoded from its start, with at least ten million
// pixels a second even on a busy machine.
func extractTimeout(f VideoFacts) time.Duration {
	const least, most, pixelsPerSecond = 15 * time.Second, 5 * time.Minute, 10e6
	decoding := float64(f.Width) * float64(f.Height) * float64(f.Frames) / pixelsPerSecond
	return least + time.Duration(min(decoding, (most-least).Seconds())*float64(time.Second))
}

// undecodable reports whether ffmpeg failed because of the video, and not for lack of a file, memory or disk space. ffmpeg
// exits with an error only if it can decode no frame at all.
func undecodable(err error, stderr string) bool {
	var exit *exec.ExitError
	return errors.As(err, &exit) && exit.Exited() && !strings.Contains(stderr, "No space left on device") &&
		(strings.Contains(stderr, "Invalid data found when processing input") || strings.Contains(stderr, "partial file") || strings.HasSuffix(strings.TrimSpace(stderr), ": End of file"))
}

// readPreviews reads the JPEG files in dir in the order of their names.
func readPreviews(dir string) ([]Picture, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.jpg"))
	if err != nil {
		return nil, fmt.Errorf("media: list the previews: %w", err)
	}
	var out []Picture
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("media: read a preview: %w", err)
		}
		img, err := jpeg.Decode(bytes.NewReader(b))
		if err != nil {
			return nil, fmt.Errorf("media: read a preview: %w", err)
		}
		// ffmpeg's files are large and of high quality, so encoding them again makes no visible difference.
		var preview bytes.Buffer
		if err := jpeg.Encode(&preview, img, &jpeg.Options{Quality: previewQuality}); err != nil {
			return nil, fmt.Errorf("media: encode a preview: %w", err)
		}
		out = append(out, Picture{Type: "image/jpeg", Bytes: preview.Bytes(), Width: img.Bounds().Dx(), Height: img.Bounds().Dy()})
	}
	return out, nil
}

// logTail returns the end of a child's standard error, short enough for a log line.
func logTail(s string) string {
	const most = 500
	s = strings.TrimSpace(s)
	return s[max(0, len(s)-most):]
}
