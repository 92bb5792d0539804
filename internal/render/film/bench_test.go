package film

import (
	"context"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/render/raster"
)

// tenSeconds returns the spec that the renderer's speed is measured with: a still picture, 1280x768, 253 frames at 24 a
// second.
func tenSeconds() Spec { return tenSecondsOf(landscape(1600, 1000)) }

func tenSecondsOf(first image.Image) Spec {
	return Spec{Prompt: "camera push in", Seed: 1, Width: 1280, Height: 768, Frames: 253, FrameRate: 24, First: first}
}

// landscape returns a picture like a photograph: a frame of a scene.
func landscape(w, h int) image.Image {
	f := newFilm(Spec{Prompt: "sunset over a lake with mountains and pines, static", Seed: 4, Width: w, Height: h, Frames: 2, FrameRate: 24})
	frame := raster.NewFrame(w, h)
	newFrameRenderer(f).draw(frame, nil, 0)
	return imageOf(frame)
}

// dusk returns another such picture.
func dusk(w, h int) image.Image {
	f := newFilm(Spec{Prompt: "an oak tree and a house on a meadow at dusk, static", Seed: 3, Width: w, Height: h, Frames: 2, FrameRate: 24})
	frame := raster.NewFrame(w, h)
	newFrameRenderer(f).draw(frame, nil, 0)
	return imageOf(frame)
}

// cost is the time that a piece of work took.
type cost struct{ wall, cpu float64 } // seconds

// measure returns what f costs: its wall time, and the processor time of this process and of the children that it waited for.
func measure(f func()) cost {
	cpu := func() (sum float64) {
		for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
			var u syscall.Rusage
			_ = syscall.Getrusage(who, &u) // can't fail for these two
			sum += time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
		}
		return sum
	}
	start, before := time.Now(), cpu()
	f()
	return cost{time.Since(start).Seconds(), cpu() - before}
}

// median returns the median of some costs divided by the median of others.
func median(of, over []cost, what func(cost) float64) float64 {
	middle := func(all []cost) float64 {
		var values []float64
		for _, c := range all {
			values = append(values, what(c))
		}
		slices.Sort(values)
		return values[len(values)/2]
	}
	return middle(of) / middle(over)
}

// BenchmarkRender10s measures a whole render, with previews and thumbnails, and reports how its wall time and its
// processor time compare with those of x264 alone at the same settings, on the video's decoded frames ("/x264") and on the
// frames as they were drawn ("/x264-drawn"), which have lost nothing yet and so cost more. They run in turns, so that other
// load on the machine slows all of them alike, and the ratios are of medians. On a shared machine the ratio of processor
// times is more reliable.
func BenchmarkRender10s(b *testing.B) {
	spec, dir := tenSeconds(), b.TempDir()
	spec.Thumbnails = true
	path, decoded, drawn := filepath.Join(dir, "out.mp4"), filepath.Join(dir, "decoded.yuv"), filepath.Join(dir, "drawn.yuv")
	render := func() {
		if _, err := Render(context.Background(), spec, path, nil); err != nil {
			b.Fatal(err)
		}
	}
	render()
	ffmpeg(b, "-i", path, "-f", "rawvideo", decoded)
	record(b, spec, drawn)
	encode := func(frames string) func() {
		args := spec.args(frames, filepath.Join(dir, "alone.mp4"))
		return func() { ffmpeg(b, args...) }
	}
	var ours, x264, x264Drawn []cost
	for b.Loop() {
		for range 5 {
			ours = append(ours, measure(render))
			x264 = append(x264, measure(encode(decoded)))
			x264Drawn = append(x264Drawn, measure(encode(drawn)))
		}
	}
	wall, cpu := func(c cost) float64 { return c.wall }, func(c cost) float64 { return c.cpu }
	b.ReportMetric(median(ours, x264, wall), "wall/x264")
	b.ReportMetric(median(ours, x264Drawn, wall), "wall/x264-drawn")
	b.ReportMetric(median(ours, x264, cpu), "cpu/x264")
	b.ReportMetric(median(ours, x264Drawn, cpu), "cpu/x264-drawn")
	one := []cost{{1, 1}}
	b.ReportMetric(median(ours, one, wall), "s")
	b.ReportMetric(median(ours, one, cpu), "cpu-s")
}

// record writes the frames of a spec to a file, before any encoder.
func record(b *testing.B, spec Spec, path string) {
	b.Helper()
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	err = newFilm(spec).drawAll(context.Background(), func(p *frameJob) error {
		_, err := file.Write(p.frame.Pix)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkZoompan compares a render with ffmpeg's zoompan, with the same picture, move and encoder settings. zoompan
// trembles less with a larger input. It gets one eight times as large as the frame, and, as recipes for it say, one eight
// times as large as the picture.
func BenchmarkZoompan(b *testing.B) {
	spec, dir := tenSeconds(), b.TempDir()
	still := filepath.Join(dir, "still.jpg")
	picture := onScreen(spec.First, 1600, 1000)
	if err := os.WriteFile(still, picture.JPEG(95), 0o600); err != nil {
		b.Fatal(err)
	}
	for name, width := range map[string]int{"frame": 8 * spec.Width, "picture": 8 * 1600} {
		b.Run("8x-"+name, func(b *testing.B) {
			args := append([]string{"-i", still, "-vf",
				fmt.Sprintf("scale=%d:-2,crop=iw:iw*%d/%d,zoompan=z='1+0.2*on/%d':x='iw/2-iw/zoom/2':y='ih/2-ih/zoom/2':d=%d:s=%dx%d:fps=24",
					width, spec.Height, spec.Width, spec.Frames-1, spec.Frames, spec.Width, spec.Height),
				"-frames:v", strconv.Itoa(spec.Frames)}, spec.Encoder.args(24)...)
			var ours, theirs []cost
			for b.Loop() {
				ours = append(ours, measure(func() {
					if _, err := Render(context.Background(), spec, filepath.Join(dir, "out.mp4"), nil); err != nil {
						b.Fatal(err)
					}
				}))
				theirs = append(theirs, measure(func() { ffmpeg(b, append(args, filepath.Join(dir, "zoompan.mp4"))...) }))
			}
			b.ReportMetric(median(theirs, ours, func(c cost) float64 { return c.wall }), "zoompan/ours")
			b.ReportMetric(median(theirs, ours, func(c cost) float64 { return c.cpu }), "cpu-zoompan/ours")
		})
	}
}

// BenchmarkQuality encodes two seconds of a push-in on a still picture and of a scene with weather at several constant rate
// factors. It reports the structural similarity of the decoded frames to the frames as drawn (ffmpeg's ssim), and the bitrate.
func BenchmarkQuality(b *testing.B) {
	scene := heavyScenes()[1]
	for name, spec := range map[string]Spec{"still": tenSeconds(), "scene": scene} {
		spec.Frames = 48
		drawn := filepath.Join(b.TempDir(), "drawn.yuv")
		record(b, spec, drawn)
		for _, crf := range []int{14, 16, 18, 20, 23, 28} {
			b.Run(fmt.Sprintf("%s/crf%d", name, crf), func(b *testing.B) {
				spec.Encoder.CRF = crf
				path := filepath.Join(b.TempDir(), "out.mp4")
				for b.Loop() {
					ffmpeg(b, spec.args(drawn, path)...)
				}
				info, err := os.Stat(path)
				if err != nil {
					b.Fatal(err)
				}
				out, err := exec.Command("ffmpeg", "-hide_banner", "-i", path, "-f", "rawvideo", "-pix_fmt", "yuv420p",
					"-video_size", "1280x768", "-framerate", "24", "-i", drawn, "-lavfi", "ssim", "-f", "null", "-").CombinedOutput()
				found := regexp.MustCompile(`SSIM Y:([0-9.]+)`).FindSubmatch(out)
				if err != nil || found == nil {
					b.Fatalf("%v: %s", err, out)
				}
				similar, _ := strconv.ParseFloat(string(found[1]), 64)
				b.ReportMetric(similar, "SSIM")
				b.ReportMetric(float64(info.Size())*8/1000/2, "kbit/s")
			})
		}
	}
}

func ffmpeg(tb testing.TB, args ...string) {
	tb.Helper()
	if out, err := exec.Command("ffmpeg", append([]string{"-v", "error", "-y"}, args...)...).CombinedOutput(); err != nil {
		tb.Fatalf("ffmpeg: %v: %s", err, out)
	}
}

// BenchmarkFrame measures only the drawing of one frame on one core: of a still picture, for a move that can be drawn by
// rows and for others, and of scenes with many layers and many particles.
func BenchmarkFrame(b *testing.B) {
	still := landscape(1600, 1000)
	for _, c := range []struct {
		prompt string
		first  image.Image
	}{
		{"camera push in", still}, {"pan right", still}, {"orbit left", still}, {"camera rolls right", still},
		{"dunes and the Milky Way", nil}, {"misty pine forest with a river at dawn", nil}, {"neon city skyline at night in the rain", nil}, {"hyperspeed", nil},
		{"a cat in a living room with a fireplace", nil}, {"a chef in a kitchen", nil}, {"a farmer at a market", nil},
	} {
		b.Run(c.prompt, func(b *testing.B) {
			spec := tenSecondsOf(c.first)
			spec.Prompt = c.prompt
			p, f := newFrameRenderer(newFilm(spec)), raster.NewFrame(spec.Width, spec.Height)
			n := 0
			b.ReportAllocs()
			for b.Loop() {
				p.draw(f, nil, 100+n%50)
				n++
			}
		})
	}
}
