package media

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

const (
	audioTime        = 30 * time.Second       // limit on rewriting a recording; it is not decoded
	maxInputAudio    = 15 * time.Minute       // longest recording
	leastInputAudio  = 100 * time.Millisecond // shortest
	audioHeadersRoom = 64 << 10               // bytes that rewriting may add, for headers
)

// InputAudio is a recording and its facts.
type InputAudio struct {
	Type     string // one of AudioTypes, by its content
	Size     int64  // bytes
	Duration time.Duration
}

// audioFormat is a format of recordings.
type audioFormat struct {
	mediaType string
	demuxer   string // ffmpeg's name of it, to read
	muxer     string // and to write
}

// AudioTypes lists the media types of recordings.
func AudioTypes() []string {
	return []string{"audio/wav", "audio/mpeg", "audio/aac", "audio/mp4", "audio/ogg", "audio/flac"}
}

// AudioFormats are the common names of AudioTypes.
const AudioFormats = "WAV, MP3, AAC, M4A, Ogg, FLAC"

// LooksLikeAudio reports whether a file that begins with head should be checked by InspectAudio and not by an Inspector.
func LooksLikeAudio(head []byte) bool { return sniffAudio(head).mediaType != "" }

// sniffAudio returns the format of a recording by its first bytes; the zero format if it is none.
func sniffAudio(head []byte) audioFormat {
	mp3, m4a := audioFormat{"audio/mpeg", "mp3", "mp3"}, audioFormat{"audio/mp4", "mov", "ipod"}
	for _, s := range []struct {
		magic string
		audioFormat
	}{
		{"RIFF????WAVE", audioFormat{"audio/wav", "wav", "wav"}}, {"OggS", audioFormat{"audio/ogg", "ogg", "ogg"}}, {"fLaC", audioFormat{"audio/flac", "flac", "flac"}},
		{"ID3", mp3}, {"????ftypM4A", m4a}, {"????ftypM4B", m4a},
	} {
		if startsWith(head, s.magic) {
			return s.audioFormat
		}
	}
	// MPEG audio begins with 11 bits that are set; the two bits of the layer are 0 in AAC only, and 1 in MP3.
	if len(head) > 1 && head[0] == 0xff && head[1]&0xe0 == 0xe0 {
		switch layer := head[1] >> 1 & 3; {
		case layer == 0 && head[1]&0xf0 == 0xf0:
			return audioFormat{"audio/aac", "aac", "adts"}
		case layer == 1:
			return mp3
		}
	}
	return audioFormat{}
}

// InspectAudio checks the untrusted recording at path by its content and rewrites it to clean: the first sound track, unchanged, and no
// pictures, metadata or other tracks. It returns the facts of what it wrote.
//
// Every error wraps ErrTooLarge, ErrTooSmall, ErrUnsupported or ErrUnreadable with a public text, except ctx's own and those of this machine.
func InspectAudio(ctx context.Context, path, clean string, limit int64) (InputAudio, error) {
	format, size, err := readAudioHead(path)
	switch {
	case err != nil:
		return InputAudio{}, err
	case size > limit:
		return InputAudio{}, refuse(ErrTooLarge, "%d bytes; at most %d", size, limit)
	}
	if err := copySound(ctx, path, clean, format, size); err != nil {
		return InputAudio{}, err
	}
	length, err := soundLength(ctx, clean, format)
	if err != nil {
		return InputAudio{}, err
	}
	switch {
	case length > maxInputAudio:
		return InputAudio{}, refuse(ErrTooLarge, "%v long; at most %v", length.Round(time.Second), maxInputAudio)
	case length < leastInputAudio:
		return InputAudio{}, refuse(ErrTooSmall, "%v long; at least %v", length.Round(time.Millisecond), leastInputAudio)
	}
	info, err := os.Stat(clean)
	if err != nil {
		return InputAudio{}, err
	}
	return InputAudio{Type: format.mediaType, Size: info.Size(), Duration: length}, nil
}

// readAudioHead returns the format and the size of the file at path.
func readAudioHead(path string) (format audioFormat, size int64, err error) {
	f, head, size, err := openHead(path, 1024)
	if err != nil {
		return format, 0, err
	}
	_ = f.Close()
	if format = sniffAudio(head); format.mediaType == "" {
		return format, 0, refuse(ErrUnsupported, "%s; allowed: %s", sniff(head).name, AudioFormats)
	}
	return format, size, nil
}

// copySound copies the first sound track with ffmpeg, which may read no other file.
func copySound(ctx context.Context, from, to string, format audioFormat, size int64) error {
	most := size + size/4 + audioHeadersRoom
	child := Child{Name: "ffmpeg", Time: audioTime, Writes: to, Bytes: most, Args: []string{
		"-v", "error", "-nostdin", "-y", "-protocol_whitelist", "file", "-f", format.demuxer, "-i", "file:" + from,
		"-map", "0:a:0", "-c", "copy", "-map_metadata", "-1", "-map_metadata:s:a", "-1", "-map_chapters", "-1",
		"-fflags", "+bitexact", "-flags:a", "+bitexact", "-fs", strconv.FormatInt(most+1, 10), "-f", format.muxer, "file:" + to}}
	_, stderr, err := child.Run(ctx)
	if errors.Is(err, ErrTooMuch) {
		return refuse(ErrTooLarge, "the sound has more than %d bytes when it is read, and the file has %d", most, size)
	}
	return soundError(ctx, stderr, err)
}

// soundLength returns the length of a file that copySound wrote. Its header is ffmpeg's own, so the length is right; a plain AAC stream
// has none, and ffprobe computes it from the size.
func soundLength(ctx context.Context, path string, format audioFormat) (time.Duration, error) {
	child := Child{Name: "ffprobe", Time: audioTime, Bytes: 64 << 10, Args: []string{
		"-v", "error", "-protocol_whitelist", "file", "-f", format.demuxer, "-show_entries", "format=duration", "-of", "csv=p=0", "file:" + path}}
	printed, stderr, err := child.Run(ctx)
	if err = soundError(ctx, stderr, err); err != nil {
		return 0, err
	}
	seconds, err := strconv.ParseFloat(strings.TrimSpace(string(printed)), 64)
	if err != nil || seconds < 0 || seconds > maxDuration.Seconds() { // "N/A": it holds nothing
		return 0, refuse(ErrUnreadable, "the sound has no length")
	}
	return time.Duration(seconds * float64(time.Second)).Round(time.Millisecond), nil
}

// soundError returns the public error of a program that read a recording.
func soundError(ctx context.Context, stderr string, err error) error {
	return readError(ctx, stderr, err, fmt.Sprintf("the sound takes more than %v to read", audioTime), "the sound can't be read")
}
