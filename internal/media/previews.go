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

// Picture is an encoded still and its facts.
type Picture struct {
	Type          string // media type
	Bytes         []byte
	Width, Height int // pixels
}

// highDefinition is the height in pixels from which a video that names no colours is taken for BT.709, as players do;
// below it is BT.601.
const highDefinition = 720

// previewQuality is the JPEG quality of stills that are cut from a video.
const previewQuality = 90

// maxPreviewBytes bounds what ffmpeg may write for the stills of one video.
const maxPreviewBytes = 128 << 20

// Previews returns n baseline JPEG stills of the video at path, evenly spaced: the video is cut into n equal parts and each still
// is the frame in the middle of its part. A video of fewer frames than n repeats some. The error wraps ErrTruncated where
// frames that facts tell of can't be decoded, and ErrTooSlow or ErrTooMuch where ffmpeg was ended for a limit. What is in the
// making lies in a folder inside temp and is gone afterwards.
//
// It is one run of ffmpeg that decodes from the start: on two cores as fast as n seeks in one process up to about half a
// minute, with half the memory, and exact to the frame.
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

// extractFrames runs ffmpeg once over the file and returns the stills it wrote, in order, n at most. pick is a filter that chooses
// frames.
func extractFrames(ctx context.Context, temp, path string, facts VideoFacts, pick string, n int) ([]Picture, error) {
	dir, err := os.MkdirTemp(temp, "stills-*")
	if err != nil {
		return nil, fmt.Errorf("media: make a folder for stills: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	// ffmpeg runs in that folder, whose own name may hold a % that is no pattern.
	path, err = filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("media: find the video: %w", err)
	}

	// A file that calls itself a video may be a playlist that names other files or hosts: it is read as MP4 or not at all.
	args := []string{"-nostdin", "-v", "error", "-protocol_whitelist", "file", "-f", "mov"}
	if facts.Height >= highDefinition {
		// What the video itself says of its colours goes before this.
		args = append(args, "-colorspace", "bt709")
	}
	args = append(args, "-i", "file:"+path, "-map", "0:v:0")
	// JPEG files are BT.601 at full range, whatever the video is.
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
		return nil, fmt.Errorf("media: ffmpeg could not cut stills: %w: %s", err, logTail(stderr))
	}
	return readPreviews(dir)
}

// extractTimeout is how long the stills of a video may take: it is decoded from its start, at ten million pixels a second even on a
// machine that is busy.
func extractTimeout(f VideoFacts) time.Duration {
	const least, most, pixelsPerSecond = 15 * time.Second, 5 * time.Minute, 10e6
	decoding := float64(f.Width) * float64(f.Height) * float64(f.Frames) / pixelsPerSecond
	return least + time.Duration(min(decoding, (most-least).Seconds())*float64(time.Second))
}

// undecodable tells whether ffmpeg ended for what it read, rather than for want of a file, memory or room: where it can
// decode no frame at all, it says so by its exit.
func undecodable(err error, stderr string) bool {
	var exit *exec.ExitError
	return errors.As(err, &exit) && exit.Exited() && !strings.Contains(stderr, "No space left on device") &&
		(strings.Contains(stderr, "Invalid data found when processing input") || strings.Contains(stderr, "partial file") || strings.HasSuffix(strings.TrimSpace(stderr), ": End of file"))
}

// readPreviews reads the JPEG files in dir in the order of their names.
func readPreviews(dir string) ([]Picture, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.jpg"))
	if err != nil {
		return nil, fmt.Errorf("media: list the stills: %w", err)
	}
	var out []Picture
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("media: read a still: %w", err)
		}
		img, err := jpeg.Decode(bytes.NewReader(b))
		if err != nil {
			return nil, fmt.Errorf("media: read a still: %w", err)
		}
		// ffmpeg's own files are large: so fine that encoding them again is not seen.
		var preview bytes.Buffer
		if err := jpeg.Encode(&preview, img, &jpeg.Options{Quality: previewQuality}); err != nil {
			return nil, fmt.Errorf("media: encode a still: %w", err)
		}
		out = append(out, Picture{Type: "image/jpeg", Bytes: preview.Bytes(), Width: img.Bounds().Dx(), Height: img.Bounds().Dy()})
	}
	return out, nil
}

// logTail is the end of what a child said, short enough for a log line.
func logTail(s string) string {
	const most = 500
	s = strings.TrimSpace(s)
	return s[max(0, len(s)-most):]
}
