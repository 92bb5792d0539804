package media_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/media"
)

// sound makes a recording of two and a half seconds in every format, with a title, by one ffmpeg, and returns the files by their
// endings. The M4A has a cover.
func sound(t *testing.T) map[string]string {
	t.Helper()
	dir := t.TempDir()
	args := []string{"-v", "error", "-f", "lavfi", "-i", "sine=frequency=440:duration=2.5"}
	out := map[string]string{}
	for _, ending := range []string{"wav", "mp3", "aac", "m4a", "ogg", "flac"} {
		out[ending] = filepath.Join(dir, "x."+ending)
		args = append(args, "-map", "0:a", "-metadata", "title=a secret title")
		if ending == "ogg" {
			args = append(args, "-c:a", "libvorbis")
		}
		args = append(args, out[ending])
	}
	if b, err := exec.CommandContext(t.Context(), "ffmpeg", args...).CombinedOutput(); err != nil {
		t.Fatalf("make recordings: %v %s", err, b)
	}
	return out
}

func TestRecordingsOfEveryFormatAreReadAndCleaned(t *testing.T) {
	t.Parallel()
	want := map[string]string{"wav": "audio/wav", "mp3": "audio/mpeg", "aac": "audio/aac", "m4a": "audio/mp4", "ogg": "audio/ogg", "flac": "audio/flac"}
	for ending, path := range sound(t) {
		clean := filepath.Join(t.TempDir(), "clean")
		got, err := media.InspectAudio(t.Context(), path, clean, 1<<20)
		if err != nil {
			t.Errorf("%s: %v", ending, err)
			continue
		}
		if got.Type != want[ending] || !slices.Contains(media.AudioTypes(), got.Type) || (got.Duration-2500*time.Millisecond).Abs() > 60*time.Millisecond {
			t.Errorf("%s: %+v", ending, got)
		}
		b, err := os.ReadFile(clean)
		if err != nil || int64(len(b)) != got.Size || bytes.Contains(b, []byte("secret")) {
			t.Errorf("%s: %d bytes of %d, with the title: %v, %v", ending, len(b), got.Size, bytes.Contains(b, []byte("secret")), err)
		}
		if !media.LooksLikeAudio(b[:64]) || media.LooksLikeVideo(b[:64]) && ending != "m4a" {
			t.Errorf("%s is not told from other files by its first bytes", ending)
		}
	}
}

func TestUnusableRecordingsAreRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	wav := wavOf(44100 / 50) // 20 ms
	for name, c := range map[string]struct {
		content []byte
		limit   int64
		kind    error
		says    string
	}{
		"a picture":        {[]byte("\x89PNG\r\n\x1a\n and more"), 100, media.ErrUnsupported, "a PNG; allowed: WAV, MP3, AAC, M4A, Ogg, FLAC"},
		"an MP4 video":     {[]byte("\x00\x00\x00\x20ftypisom\x00\x00\x00\x00"), 100, media.ErrUnsupported, "an MP4 video; allowed"},
		"a text":           {[]byte("hello"), 100, media.ErrUnsupported, "text; allowed"},
		"nothing":          {nil, 100, media.ErrUnsupported, "nothing; allowed"},
		"too many bytes":   {wav, 100, media.ErrTooLarge, "at most 100"},
		"too short":        {wav, 1 << 20, media.ErrTooSmall, "20ms long; at least 100ms"},
		"only a beginning": {[]byte("fLaC\x00\x00\x00\x22"), 100, media.ErrUnreadable, "the sound can't be read"},
		"a header only":    {wavOf(0), 100, media.ErrUnreadable, "the sound"},
	} {
		path := filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
		if err := os.WriteFile(path, c.content, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := media.InspectAudio(t.Context(), path, path+".clean", c.limit)
		if !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %v with %q", name, err, c.kind, c.says)
		}
	}
	ended, stop := context.WithCancel(t.Context())
	stop()
	path := filepath.Join(dir, "whole")
	if err := os.WriteFile(path, wavOf(44100), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := media.InspectAudio(ended, path, path+".clean", 1<<20); !errors.Is(err, context.Canceled) {
		t.Errorf("in a context that has ended: %v", err)
	}
}

// wavOf returns a WAV of that many samples of silence, 44100 a second.
func wavOf(samples int) []byte {
	size := uint32(2 * samples) //nolint:gosec // small
	le := func(n uint32, bytes int) (out []byte) {
		for i := range bytes {
			out = append(out, byte(n>>(8*i)))
		}
		return out
	}
	return slices.Concat([]byte("RIFF"), le(36+size, 4), []byte("WAVEfmt "), le(16, 4), le(1, 2), le(1, 2), le(44100, 4), le(88200, 4), le(2, 2), le(16, 2),
		[]byte("data"), le(size, 4), make([]byte, size))
}
