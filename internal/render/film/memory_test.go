package film

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// heavyScenes returns the scenes whose memory and set-up are measured. They have many layers, and moves that show much of
// them.
func heavyScenes() []Spec {
	var out []Spec
	for _, prompt := range []string{
		"ice tea, block of ice, in lava, steam, sparks, push in",
		"a lighthouse on a cliff above a stormy sea, lightning, clouds, crane up",
		"misty pine forest with a river at dawn, clouds, an oak tree and a house, camera pulls out",
	} {
		out = append(out, Spec{Prompt: prompt, Seed: 1, Width: 1280, Height: 768, Frames: 240, FrameRate: 24})
	}
	return out
}

// BenchmarkRenderMemory renders a second of a still picture and of each scene, and reports the peak memory of the process
// so far ("peak-MB", Linux's VmHWM). For the figure of one scene run it by name: -bench RenderMemory/scene0
func BenchmarkRenderMemory(b *testing.B) {
	still := func() Spec { return tenSecondsOf(testPicture(1600, 1000)) }
	for i, take := range []func() Spec{still, func() Spec { return heavyScenes()[0] }, func() Spec { return heavyScenes()[1] }, func() Spec { return heavyScenes()[2] }} {
		b.Run([]string{"still", "scene0", "scene1", "scene2"}[i], func(b *testing.B) {
			spec := take()
			spec.Frames, spec.Thumbnails = 30, true
			for b.Loop() {
				if _, err := Render(context.Background(), spec, filepath.Join(b.TempDir(), "out.mp4"), nil); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(peak(b), "peak-MB")
		})
	}
}

// peak returns the peak memory of this process in megabytes.
func peak(b *testing.B) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Skip("this system has no /proc/self/status")
	}
	_, rest, _ := bytes.Cut(status, []byte("VmHWM:"))
	kb, err := strconv.ParseFloat(string(bytes.Fields(rest)[0]), 64)
	if err != nil {
		b.Fatal(err)
	}
	return kb / 1024
}

// BenchmarkSetup measures what happens before the first frame of a scene.
func BenchmarkSetup(b *testing.B) {
	for i, spec := range heavyScenes() {
		b.Run(fmt.Sprintf("scene%d", i), func(b *testing.B) {
			start := time.Now()
			for b.Loop() {
				newFilm(spec)
			}
			b.ReportMetric(time.Since(start).Seconds()/float64(b.N), "s/scene")
		})
	}
}
