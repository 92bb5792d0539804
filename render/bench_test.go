package render

import (
	"context"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// tenSeconds is the video that the project's speed is measured by: a still, 1280x768, 253 frames at 24 a second.
func tenSeconds() Spec { return tenSecondsOf(landscape(1600, 1000)) }

func tenSecondsOf(first image.Image) Spec {
	return Spec{Prompt: "camera push in", Seed: 1, Width: 1280, Height: 768, Frames: 253, FrameRate: 24, First: first}
}

// landscape is a picture like a photograph: one of our own scenes.
func landscape(w, h int) image.Image {
	f := newFilm(Spec{Prompt: "sunset over a lake with mountains and pines, static", Seed: 4, Width: w, Height: h, Frames: 2, FrameRate: 24})
	frame := newFrame(w, h)
	newPainter(f).draw(frame, 0)
	return frame.image()
}

// dusk is another picture of the kind.
func dusk(w, h int) image.Image {
	f := newFilm(Spec{Prompt: "an oak tree and a house on a meadow at dusk, static", Seed: 3, Width: w, Height: h, Frames: 2, FrameRate: 24})
	frame := newFrame(w, h)
	newPainter(f).draw(frame, 0)
	return frame.image()
}

// BenchmarkRender10s measures a whole render, and reports how its wall time compares with that of x264 alone on the same
// decoded frames at the same settings ("x264"), and with ffmpeg's zoompan at eight times the size ("zoompan/ours").
func BenchmarkRender10s(b *testing.B) {
	spec, dir := tenSeconds(), b.TempDir()
	path, raw := filepath.Join(dir, "out.mp4"), filepath.Join(dir, "raw.yuv")
	render := func() {
		if _, err := Render(context.Background(), spec, path, nil); err != nil {
			b.Fatal(err)
		}
	}
	render()
	ffmpeg(b, "-i", path, "-f", "rawvideo", raw)
	alone := spec.args(raw, filepath.Join(dir, "alone.mp4"))
	var ours, theirs time.Duration
	// The two take turns, so that what else the machine does slows both alike.
	for b.Loop() {
		start := time.Now()
		render()
		ours += time.Since(start)
		start = time.Now()
		if out, err := exec.Command("ffmpeg", alone...).CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, out)
		}
		theirs += time.Since(start)
	}
	b.ReportMetric(float64(ours)/float64(theirs), "ratio-to-x264")
	b.ReportMetric(theirs.Seconds()/float64(b.N), "x264-s")
	if os.Getenv("ZOOMPAN") == "" {
		return
	}
	still := filepath.Join(dir, "still.jpg")
	if err := os.WriteFile(still, landscapeFrame(spec).jpeg(95), 0o600); err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	ffmpeg(b, "-i", still, "-vf", fmt.Sprintf("scale=%d:-2,zoompan=z='1+0.2*on/252':x='iw/2-iw/zoom/2':y='ih/2-ih/zoom/2':d=253:s=1280x768:fps=24", 8*spec.Width),
		"-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p", filepath.Join(dir, "zoompan.mp4"))
	b.ReportMetric(float64(time.Since(start))/(float64(ours)/float64(b.N)), "zoompan/ours")
}

func landscapeFrame(spec Spec) *frame {
	f := newFrame(spec.Width, spec.Height)
	newPainter(newFilm(spec)).draw(f, 0)
	return f
}

func ffmpeg(tb testing.TB, args ...string) {
	tb.Helper()
	if out, err := exec.Command("ffmpeg", append([]string{"-v", "error", "-y"}, args...)...).CombinedOutput(); err != nil {
		tb.Fatalf("ffmpeg: %v: %s", err, out)
	}
}

// BenchmarkFrame measures drawing alone, one frame on one core, for a move that stays in rows and for one that does not.
func BenchmarkFrame(b *testing.B) {
	for _, prompt := range []string{"camera push in", "camera rolls right", "pan right"} {
		b.Run(prompt, func(b *testing.B) {
			spec := tenSeconds()
			spec.Prompt = prompt
			p, f := newPainter(newFilm(spec)), newFrame(spec.Width, spec.Height)
			n := 0
			b.ReportAllocs()
			for b.Loop() {
				p.draw(f, 100+n%50)
				n++
			}
		})
	}
}
