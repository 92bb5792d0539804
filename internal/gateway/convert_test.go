package gateway_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/engine/fake"
	"github.com/filmgate/filmgate/internal/media"
	"github.com/filmgate/filmgate/internal/task"
)

// encode returns a second of video in the container of the name's ending.
func encode(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	args = append(append([]string{"-v", "error", "-f", "lavfi", "-i", "testsrc2=size=322x193:rate=24:d=1"}, args...), path)
	if out, err := exec.CommandContext(t.Context(), "ffmpeg", args...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v: %s", err, out)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestOtherContainersBecomeMP4(t *testing.T) {
	for _, c := range []struct {
		name, file string
		args       []string
		from       string
	}{
		{"WebM", "a.webm", []string{"-c:v", "libvpx", "-deadline", "realtime"}, "video/webm"},
		{"Matroska", "a.mkv", []string{"-c:v", "mpeg4"}, "video/x-matroska"},
		{"AVI", "a.avi", []string{"-c:v", "mjpeg", "-pix_fmt", "yuvj420p"}, "video/x-msvideo"},
		{"QuickTime with sound", "a.mov", []string{"-f", "lavfi", "-i", "sine=d=1", "-c:v", "prores_ks"}, "video/quicktime"},
		{"animated WebP", "a.webp", []string{"-c:v", "libwebp_anim", "-compression_level", "0"}, "image/webp"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHarness(t)
			h.fake = fake.New(encode(t, c.file, c.args...), h.now)
			h.use(h.fake)
			got := h.run(t, h.submit(t, "a lake").ID)
			if got.State != task.Succeeded {
				t.Fatalf("ended %s, %+v", got.State, got.Failure)
			}
			a := got.Artifacts[0]
			video, _ := a.FirstFile(task.Video)
			path := filepath.Join(t.TempDir(), "stored.mp4")
			if err := os.WriteFile(path, h.stored(t, video.Key), 0o600); err != nil {
				t.Fatal(err)
			}
			other, err := media.Convertible(path)
			if err != nil || other || video.Type != "video/mp4" || a.ConvertedFrom != c.from || a.Width < 320 || a.Duration.Seconds() < 0.9 || len(a.Files) != 6 || a.HasAudio != strings.Contains(c.name, "sound") {
				t.Errorf("stored %+v, still another container: %v, %v", a, other, err)
			}
			left, err := os.ReadDir(h.config.Temp)
			if err != nil || len(left) > 0 {
				t.Errorf("left in the temp folder: %v, %v", left, err)
			}
		})
	}
}

func TestAResultThatIsNoVideoFailsInWords(t *testing.T) {
	webm := encode(t, "a.webm", "-c:v", "libvpx", "-deadline", "realtime")
	mp4 := encode(t, "a.mp4", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-vf", "scale=320:192")
	for _, c := range []struct {
		name  string
		video []byte
		what  string
	}{
		{"a damaged WebM", append([]byte("\x1aE\xdf\xa3"), make([]byte, 4000)...), "the video can't be converted to MP4"},
		{"a WebM that is cut off", webm[:len(webm)/2], "the video ends before its header says it does"},
		{"an MP4 that is cut off", mp4[:len(mp4)/2], "it is cut short, or its frames can't be decoded"},
		{"an animated GIF", encode(t, "a.gif"), "a GIF"},
		{"a still WebP", encode(t, "b.webp", "-frames:v", "1", "-c:v", "libwebp"), "a WebP"},
		{"a transport stream", encode(t, "a.ts", "-c:v", "mpeg2video"), "a file of an unknown format"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHarness(t)
			h.fake = fake.New(c.video, h.now)
			h.use(h.fake)
			got := h.run(t, h.submit(t, "a lake").ID)
			if want := "The engine fake gave no playable video. Its file is refused: " + c.what + ". Try again."; got.State != task.Failed || got.Failure.Reason != task.BadOutput || got.Failure.Text != want {
				t.Errorf("ended %s, %+v", got.State, got.Failure)
			}
		})
	}
}
