package media_test

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/media"
)

func TestOtherContainersAreConverted(t *testing.T) {
	sound := []string{"-f", "lavfi", "-i", "sine=d=2"}
	for _, c := range []struct {
		name, file string
		args       []string
		codec      string
		sound      bool
	}{
		{"WebM", "a.webm", []string{"-c:v", "libvpx", "-deadline", "realtime"}, "avc1", false},
		{"WebM with sound", "a.webm", append(sound, "-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus"), "avc1", true},
		{"Matroska", "a.mkv", []string{"-c:v", "mpeg4"}, "avc1", false},
		{"AVI", "a.avi", []string{"-c:v", "mjpeg", "-pix_fmt", "yuvj420p"}, "avc1", false},
		{"QuickTime with H.264, which is copied", "a.mov", []string{"-c:v", "libx264", "-preset", "ultrafast"}, "avc1", false},
		{"QuickTime with ProRes", "a.mov", []string{"-c:v", "prores_ks"}, "avc1", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			from := ffmpeg(t, c.file, append([]string{"-f", "lavfi", "-i", pattern}, c.args...)...)
			to := filepath.Join(t.TempDir(), "b.mp4")
			done, err := media.ToMP4(t.Context(), from, to, 64<<20)
			if err != nil || !done {
				t.Fatalf("converted: %v, %v", done, err)
			}
			got, err := factsOf(t, to)
			if err != nil || got.Codec != c.codec || got.Width != 160 || got.Height != 96 || got.HasAudio != c.sound ||
				math.Abs(got.FrameRate-24) > 0.1 || (got.Duration-2*time.Second).Abs() > 50*time.Millisecond {
				t.Errorf("%+v, %v", got, err)
			}
			if other, err := media.Convertible(to); other || err != nil {
				t.Errorf("it would be converted again: %v", err)
			}
		})
	}
}

func TestMP4IsNotConverted(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page")
	for name, path := range map[string]string{
		"an MP4":            ffmpeg(t, "a.mp4", "-f", "lavfi", "-i", pattern),
		"a page":            page,
		"an animated image": ffmpeg(t, "a.gif", "-f", "lavfi", "-i", pattern),
	} {
		if path == page {
			if err := os.WriteFile(page, []byte("<html>"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		to := filepath.Join(t.TempDir(), "b.mp4")
		done, err := media.ToMP4(t.Context(), path, to, 64<<20)
		if _, there := os.Stat(to); done || err != nil || there == nil {
			t.Errorf("%s: converted %v, %v, written %v", name, done, err, there)
		}
	}
}

func TestUnconvertibleVideoIsRefused(t *testing.T) {
	webm := ffmpeg(t, "a.webm", "-f", "lavfi", "-i", pattern, "-c:v", "libvpx", "-deadline", "realtime")
	broken := filepath.Join(t.TempDir(), "broken.webm")
	if err := os.WriteFile(broken, append([]byte("\x1aE\xdf\xa3"), make([]byte, 4000)...), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, path string
		limit      int64
		want       error
	}{
		{"a damaged file", broken, 64 << 20, media.ErrUnreadable},
		{"larger than the limit as MP4", webm, 20_000, media.ErrTooLarge},
	} {
		if done, err := media.ToMP4(t.Context(), c.path, filepath.Join(t.TempDir(), "b.mp4"), c.limit); done || !errors.Is(err, c.want) {
			t.Errorf("%s: %v, %v", c.name, done, err)
		}
	}
}
