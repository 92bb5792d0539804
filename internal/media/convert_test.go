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

func TestOtherContainersAreConverted(t *testing.T) {
	sound := []string{"-f", "lavfi", "-i", "sine=d=2"}
	for _, c := range []struct {
		name, file string
		args       []string
		codec      string
		sound      bool
		from       string
	}{
		{"WebM", "a.webm", []string{"-c:v", "libvpx", "-deadline", "realtime"}, "avc1", false, "video/webm"},
		{"WebM with sound", "a.webm", append(sound, "-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus"), "avc1", true, "video/webm"},
		{"Matroska", "a.mkv", []string{"-c:v", "mpeg4"}, "avc1", false, "video/x-matroska"},
		{"AVI", "a.avi", []string{"-c:v", "mjpeg", "-pix_fmt", "yuvj420p"}, "avc1", false, "video/x-msvideo"},
		{"QuickTime with H.264, which is copied", "a.mov", []string{"-c:v", "libx264", "-preset", "ultrafast"}, "avc1", false, "video/quicktime"},
		{"QuickTime with ProRes", "a.mov", []string{"-c:v", "prores_ks"}, "avc1", false, "video/quicktime"},
		{"animated WebP", "a.webp", []string{"-c:v", "libwebp_anim", "-compression_level", "0"}, "avc1", false, "image/webp"},
	} {
		t.Run(c.name, func(t *testing.T) {
			from := ffmpeg(t, c.file, append([]string{"-f", "lavfi", "-i", pattern}, c.args...)...)
			to := filepath.Join(t.TempDir(), "b.mp4")
			was, err := media.ToMP4(t.Context(), from, to, 64<<20)
			if err != nil || was != c.from {
				t.Fatalf("converted from %q, %v", was, err)
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

// Players show H.264 of 4:2:0 with 8 bits only. The codec of all of these is "avc1".
func TestFramesAreCopiedIfTheyPlay(t *testing.T) {
	const copied, encoded = "Constrained Baseline,yuv420p", "High,yuv420p"
	for pixels, want := range map[string]string{"yuv420p": copied, "yuv422p": encoded, "yuv444p": encoded, "yuv420p10le": encoded} {
		from := ffmpeg(t, "a.mov", "-f", "lavfi", "-i", pattern, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", pixels)
		to := filepath.Join(t.TempDir(), "b.mp4")
		if _, err := media.ToMP4(t.Context(), from, to, 64<<20); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), "ffprobe", "-v", "error", "-show_entries", "stream=profile,pix_fmt", "-of", "csv=p=0", to).Output()
		if got := strings.TrimSpace(string(out)); err != nil || got != want {
			t.Errorf("%s became %q, want %q; %v", pixels, got, want, err)
		}
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
		from, err := media.ToMP4(t.Context(), path, to, 64<<20)
		if _, there := os.Stat(to); from != "" || err != nil || there == nil {
			t.Errorf("%s: converted from %q, %v, written %v", name, from, err, there)
		}
	}
}

// ffmpeg makes a short MP4 of a file that was cut off, and reports no error.
func TestAVideoThatIsCutOffIsNotConverted(t *testing.T) {
	for name, args := range map[string][]string{
		"a.webm": {"-c:v", "libvpx", "-deadline", "realtime"}, "a.mkv": {"-c:v", "mpeg4"}, "a.avi": {"-c:v", "mjpeg", "-pix_fmt", "yuvj420p"},
	} {
		whole, err := os.ReadFile(ffmpeg(t, name, append([]string{"-f", "lavfi", "-i", pattern}, args...)...))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			bytes int
			want  error
		}{{len(whole), nil}, {len(whole) - 1, nil}, {len(whole) - 2, media.ErrUnreadable}, {len(whole) / 2, media.ErrUnreadable}} {
			path := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(path, whole[:c.bytes], 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := media.ToMP4(t.Context(), path, filepath.Join(t.TempDir(), "b.mp4"), 64<<20); !errors.Is(err, c.want) {
				t.Errorf("%s, %d of %d bytes: %v", name, c.bytes, len(whole), err)
			}
		}
	}
}

func TestUnconvertibleVideoIsRefused(t *testing.T) {
	webm := ffmpeg(t, "a.webm", "-f", "lavfi", "-i", pattern, "-c:v", "libvpx", "-deadline", "realtime")
	broken := filepath.Join(t.TempDir(), "broken.webm")
	if err := os.WriteFile(broken, append([]byte("\x1aE\xdf\xa3"), make([]byte, 4000)...), 0o600); err != nil {
		t.Fatal(err)
	}
	animation := ffmpeg(t, "a.webp", "-f", "lavfi", "-i", pattern, "-c:v", "libwebp_anim", "-compression_level", "0")
	whole, err := os.ReadFile(animation)
	if err != nil {
		t.Fatal(err)
	}
	cut, garbled := filepath.Join(t.TempDir(), "cut.webp"), filepath.Join(t.TempDir(), "garbled.webp")
	noise := bytes.Clone(whole)
	for i := len(noise) / 2; i < len(noise)/2+2000; i++ {
		noise[i] ^= 0xff
	}
	for path, b := range map[string][]byte{cut: whole[:len(whole)/2], garbled: noise} {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name, path string
		limit      int64
		want       error
	}{
		{"a damaged file", broken, 64 << 20, media.ErrUnreadable},
		{"an animated WebP that is cut off", cut, 64 << 20, media.ErrUnreadable},
		{"an animated WebP with noise", garbled, 64 << 20, media.ErrUnreadable},
		{"larger than the limit as MP4", webm, 20_000, media.ErrTooLarge},
	} {
		if _, err := media.ToMP4(t.Context(), c.path, filepath.Join(t.TempDir(), "b.mp4"), c.limit); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// An animation holds only what changes from frame to frame, and how long each is shown.
func TestAnimatedWebPKeepsItsPictures(t *testing.T) {
	source := []string{"-f", "lavfi", "-i", "testsrc=s=320x240:r=10:d=1"}
	last := []string{"-vf", "select=eq(n\\,9)", "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb24"}
	want, err := os.ReadFile(ffmpeg(t, "want.rgb", append(source, last...)...))
	if err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{"lossless": {"-lossless", "1"}, "lossy": {"-quality", "95"}} {
		animation := ffmpeg(t, "a.webp", append(append(source, "-c:v", "libwebp_anim"), args...)...)
		to := filepath.Join(t.TempDir(), "b.mp4")
		if _, err := media.ToMP4(t.Context(), animation, to, 64<<20); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(ffmpeg(t, "got.rgb", append([]string{"-i", to}, last...)...))
		if err != nil || len(got) != len(want) {
			t.Fatalf("%s: %d bytes, want %d, %v", name, len(got), len(want), err)
		}
		off := 0
		for i := range want {
			off += max(int(want[i]), int(got[i])) - min(int(want[i]), int(got[i]))
		}
		if mean := float64(off) / float64(len(want)); mean > 3 {
			t.Errorf("%s: the last frame is off by %.1f of 255 in the mean", name, mean)
		}
	}
}
