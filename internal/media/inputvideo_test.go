package media_test

import (
	"bytes"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/media"
)

// inspectVideo calls InspectVideo and also returns the rewritten file.
func inspectVideo(t *testing.T, path string, limit int64) (media.InputVideo, []byte, error) {
	t.Helper()
	clean := filepath.Join(t.TempDir(), "clean")
	got, err := media.InspectVideo(t.Context(), path, clean, limit)
	b, _ := os.ReadFile(clean) // empty if the video was refused
	return got, b, err
}

func TestInputVideoIsRewritten(t *testing.T) {
	sound := []string{"-f", "lavfi", "-i", pattern, "-f", "lavfi", "-i", "sine=d=2", "-c:a", "aac"}
	plain := []string{"-f", "lavfi", "-i", pattern}
	for _, c := range []struct {
		name, file string
		args       []string
		kind       string
		sound      bool
	}{
		{"MP4", "a.mp4", plain, "video/mp4", false},
		{"MP4 with sound", "a.mp4", sound, "video/mp4", true},
		{"MP4 in fragments", "a.mp4", append(plain, "-movflags", "frag_keyframe+empty_moov"), "video/mp4", false},
		{"QuickTime", "a.mov", plain, "video/quicktime", false},
		{"QuickTime under another name", "a.mp4", append(plain, "-f", "mov"), "video/quicktime", false},
		{"QuickTime with a timecode and ProRes", "a.mov", append(plain, "-c:v", "prores_ks", "-timecode", "01:00:00:00"), "video/quicktime", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := ffmpeg(t, c.file, c.args...)
			got, clean, err := inspectVideo(t, path, 64<<20)
			if err != nil {
				t.Fatal(err)
			}
			if got.Type != c.kind || got.Size != int64(len(clean)) || got.Width != 160 || got.Height != 96 || got.Frames != 48 ||
				math.Abs(got.FrameRate-24) > 0.01 || (got.Duration-2*time.Second).Abs() > 50*time.Millisecond || got.HasAudio != c.sound {
				t.Errorf("%+v, %d bytes", got, len(clean))
			}
			if bytes.Contains(clean, []byte("tmcd")) {
				t.Error("the timecode is still in it")
			}
		})
	}
}

func TestInputVideoLosesMetadata(t *testing.T) {
	path := ffmpeg(t, "a.mov", "-f", "lavfi", "-i", pattern, "-metadata", "location=+48.2082+016.3738/", "-metadata", "comment=at home",
		"-metadata:s:v", "title=my street", "-movflags", "use_metadata_tags")
	before, err := os.ReadFile(path)
	if err != nil || !bytes.Contains(before, []byte("at home")) {
		t.Fatalf("the test's own video says nothing: %v", err)
	}
	_, clean, err := inspectVideo(t, path, 64<<20)
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"48.2082", "at home", "my street", "Lavf"} {
		if bytes.Contains(clean, []byte(words)) {
			t.Errorf("it still holds %q", words)
		}
	}
}

func TestInputVideoKeepsItsRotation(t *testing.T) {
	upright := ffmpeg(t, "a.mp4", "-f", "lavfi", "-i", pattern)
	turned := filepath.Join(t.TempDir(), "turned.mp4")
	turn := func(args ...string) ([]byte, error) {
		return exec.CommandContext(t.Context(), "ffmpeg", append([]string{"-v", "error", "-y"}, args...)...).CombinedOutput()
	}
	out, err := turn("-display_rotation", "90", "-i", upright, "-c", "copy", turned)
	if err != nil { // before ffmpeg 6
		out, err = turn("-i", upright, "-c", "copy", "-metadata:s:v", "rotate=90", turned)
	}
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got, _, err := inspectVideo(t, turned, 64<<20); err != nil || got.Width != 96 || got.Height != 160 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestInvalidInputVideosAreRefused(t *testing.T) {
	video, err := os.ReadFile(ffmpeg(t, "a.mp4", "-f", "lavfi", "-i", pattern))
	if err != nil {
		t.Fatal(err)
	}
	sound, err := os.ReadFile(ffmpeg(t, "a.m4a", "-f", "lavfi", "-i", "sine=d=1", "-c:a", "aac"))
	if err != nil {
		t.Fatal(err)
	}
	webm, err := os.ReadFile(ffmpeg(t, "a.mkv", "-f", "lavfi", "-i", pattern))
	if err != nil {
		t.Fatal(err)
	}
	tiny, err := os.ReadFile(ffmpeg(t, "a.mp4", "-f", "lavfi", "-i", "testsrc2=s=8x8:r=24:d=1", "-c:v", "mpeg4"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		data  []byte
		limit int64
		kind  error
		says  string
	}{
		{"cut short", video[:len(video)/2], 0, media.ErrUnreadable, "the video is cut short: it ends before its own header says"},
		{"an HTML page", []byte("<!doctype html><p>hello"), 0, media.ErrUnsupported, "an HTML page; allowed: MP4, QuickTime"},
		{"nothing", nil, 0, media.ErrUnsupported, "nothing; allowed: MP4, QuickTime"},
		{"a picture", []byte("\xff\xd8\xff\xe0 and so on"), 0, media.ErrUnsupported, "a JPEG; allowed: MP4, QuickTime"},
		{"Matroska", webm, 0, media.ErrUnsupported, "a WebM or Matroska video; allowed: MP4, QuickTime"},
		{"only sound", sound, 0, media.ErrUnreadable, "the video can't be read: the file has no picture track"},
		{"a byte too many", video, int64(len(video)) - 1, media.ErrTooLarge, "bytes; at most "},
		{"too small", tiny, 0, media.ErrTooSmall, "8x8 pixels; each side must have at least 16"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "given")
			if err := os.WriteFile(path, c.data, 0o600); err != nil {
				t.Fatal(err)
			}
			if c.limit == 0 {
				c.limit = 64 << 20
			}
			if _, _, err := inspectVideo(t, path, c.limit); !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want %v with %q", err, c.kind, c.says)
			}
		})
	}
}

func TestLooksLikeVideo(t *testing.T) {
	for head, want := range map[string]bool{
		"\x00\x00\x00\x20ftypisom": true, "\x00\x00\x00\x14ftypqt  ": true, "\x00\x00\x00\x08wide": true, "\x00\x00\x10\x00moov": true,
		"\x1aE\xdf\xa3": true, "\x00\x00\x00\x20ftypavif": false, "\x00\x00\x00\x20ftypheic": false, "\xff\xd8\xff": false, "<html>": false, "": false,
	} {
		if got := media.LooksLikeVideo([]byte(head)); got != want {
			t.Errorf("%q: %v", head, got)
		}
	}
}

// FuzzInspectVideo checks that any bytes are accepted or refused with an error of a known kind.
func FuzzInspectVideo(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "given")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		got, _, err := inspectVideo(t, path, 1<<20)
		known := errors.Is(err, media.ErrTooLarge) || errors.Is(err, media.ErrTooSmall) || errors.Is(err, media.ErrUnsupported) || errors.Is(err, media.ErrUnreadable)
		if err != nil && !known || err == nil && (got.Width < 16 || got.Duration <= 0) {
			t.Errorf("%q: %+v, %v", data, got, err)
		}
	})
}
