package media

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The media types of input videos.
const (
	typeMP4       = "video/mp4"
	typeQuickTime = "video/quicktime"
)

const (
	cleanTime     = 30 * time.Second // limit on rewriting an input video; its frames are not decoded
	maxInputVideo = 6 * time.Hour    // longest input video
	rewriteMargin = 1 << 20          // bytes that rewriting may add, for headers of another layout
)

// ErrTool is returned (wrapped) if ffmpeg could not be run, or failed without a message: the file is not to blame.
var ErrTool = errors.New("media: ffmpeg does not work")

// InputVideo is an input video and its facts.
type InputVideo struct {
	Type string // "video/mp4" or "video/quicktime", by its content
	Size int64  // bytes
	VideoFacts
}

// LooksLikeVideo reports whether a file that begins with head should be checked by InspectVideo and not by an Inspector.
func LooksLikeVideo(head []byte) bool {
	switch sniff(head).name {
	case "an MP4 video", "a WebM or Matroska video":
		return true
	}
	if len(head) < boxHeader {
		return false
	}
	switch string(head[4:boxHeader]) { // old QuickTime files have no ftyp
	case "moov", "mdat", "wide", "free", "skip", "pnot":
		return true
	}
	return false
}

// InspectVideo checks the untrusted video at path by its content and rewrites it to clean: the first picture track and the
// first sound track, with the frames unchanged, and no metadata or other tracks (place, device, names). It returns the facts
// of what it wrote.
//
// Every error wraps ErrTooLarge, ErrTooSmall, ErrUnsupported or ErrUnreadable with a public text, except ctx's own and those of this machine.
func InspectVideo(ctx context.Context, path, clean string, limit int64) (InputVideo, error) {
	given, err := readInputVideo(path)
	if err != nil {
		return InputVideo{}, err
	}
	switch short, long := min(given.Width, given.Height), max(given.Width, given.Height); {
	case given.Size > limit:
		return InputVideo{}, refuse(ErrTooLarge, "%d bytes; at most %d", given.Size, limit)
	case short < defaultMinSide:
		return InputVideo{}, refuse(ErrTooSmall, "%dx%d pixels; each side must have at least %d", given.Width, given.Height, defaultMinSide)
	case long > maxSide:
		return InputVideo{}, refuse(ErrTooLarge, "%dx%d pixels; each side may have at most %d", given.Width, given.Height, maxSide)
	case given.Duration > maxInputVideo:
		return InputVideo{}, refuse(ErrTooLarge, "%v long; at most %v", given.Duration.Round(time.Second), maxInputVideo)
	}
	if err := copyTracks(ctx, path, clean, given); err != nil {
		return InputVideo{}, err
	}
	out, err := readInputVideo(clean)
	out.Type = given.Type
	return out, err
}

// readInputVideo reads the facts of the file at path and checks its tables.
func readInputVideo(path string) (InputVideo, error) {
	f, head, size, err := openHead(path, 1024)
	if err != nil {
		return InputVideo{}, err
	}
	defer func() { _ = f.Close() }()
	out := InputVideo{Type: inputVideoType(head), Size: size}
	facts, m, err := inspect(f, size)
	if err != nil {
		return out, inputVideoError(head, err)
	}
	out.VideoFacts = facts
	return out, m.checkTables(size)
}

// inputVideoType returns the media type, QuickTime or MP4, by the major brand. A file without a brand is an old QuickTime.
func inputVideoType(head []byte) string {
	if len(head) >= 12 && string(head[4:8]) == "ftyp" && string(head[8:12]) != "qt  " {
		return typeMP4
	}
	return typeQuickTime
}

// inputVideoError returns the public error for a file that is no usable video.
func inputVideoError(head []byte, err error) error {
	found := sniff(head).name
	switch {
	case errors.Is(err, ErrTruncated):
		return refuse(ErrUnreadable, "the video is cut short: it ends before its own header says")
	case errors.Is(err, ErrNotVideo) && LooksLikeVideo(head) && !strings.Contains(found, "Matroska"):
		return refuse(ErrUnreadable, "the video can't be read: %s", strings.TrimPrefix(err.Error(), ErrNotVideo.Error()+": "))
	case errors.Is(err, ErrNotVideo):
		return refuse(ErrUnsupported, "%s; allowed: MP4, QuickTime", found)
	default:
		return err
	}
}

// copyTracks copies the picture track and the sound track with ffmpeg, which may read no other file. The copy can't be much
// larger than the file, whatever the file's tables say: ffmpeg stops at that size by itself, and is killed if it does not.
func copyTracks(ctx context.Context, from, to string, given InputVideo) error {
	muxer := map[string]string{typeMP4: "mp4", typeQuickTime: "mov"}[given.Type]
	most := given.Size + given.Size/4 + rewriteMargin
	child := Child{Name: "ffmpeg", Time: cleanTime, Writes: to, Bytes: most, Args: []string{
		"-v", "error", "-nostdin", "-y", "-protocol_whitelist", "file", "-f", "mov", "-i", "file:" + from,
		"-map", "0:v:0", "-map", "0:a:0?", "-c", "copy", "-map_metadata", "-1", "-map_metadata:s:v", "-1", "-map_chapters", "-1",
		"-write_tmcd", "0", "-fflags", "+bitexact", "-movflags", "+faststart", "-fs", strconv.FormatInt(most+1, 10), "-f", muxer, "file:" + to}}
	_, stderr, err := child.Run(ctx)
	if ctx.Err() == nil && errors.Is(err, ErrTooMuch) {
		return refuse(ErrTooLarge, "the video's tracks have more than %d bytes when they are read, and the file has %d; at most a quarter and %d bytes more",
			most, given.Size, rewriteMargin)
	}
	return readError(ctx, stderr, err, fmt.Sprintf("the video's tracks take more than %v to read", cleanTime), "the video's tracks can't be read")
}

// readError returns the error of a program that read an input video or a recording, nil if it had none: slow and broken are the public
// texts of one that took too long, and of one that could not read it.
func readError(ctx context.Context, stderr string, err error, slow, broken string) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, ErrTooSlow):
		return refuse(fmt.Errorf("%w: %w", ErrUnreadable, ErrTooSlow), "%s", slow)
	case err != nil && stderr == "": // ffmpeg prints a message if the file is to blame
		return fmt.Errorf("%w: %w", ErrTool, err)
	case err != nil:
		return refuse(ErrUnreadable, "%s", broken)
	}
	return nil
}
