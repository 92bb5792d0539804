package film

import (
	"context"
	"errors"
	"image"
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/render/fp"
	"github.com/filmgate/filmgate/internal/task"
)

// testPicture returns a picture with enough detail to see any movement.
func testPicture(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := uint8(fp.Hash(uint32(x/9), uint32(y/9), 7))
			img.SetRGBA(x, y, color.RGBA{v, uint8(x * 255 / w), uint8(y * 255 / h), 255})
		}
	}
	return img
}

func smallSpec(prompt string) Spec {
	return Spec{Prompt: prompt, Seed: 1, Width: 320, Height: 192, Frames: 13, FrameRate: 24, First: testPicture(400, 240)}
}

func probe(t *testing.T, path, entries string) string {
	t.Helper()
	out, err := exec.Command("ffprobe", "-v", "error", "-count_frames", "-select_streams", "v:0", "-show_entries", entries, "-of", "default=nw=1", path).Output()
	if err != nil {
		t.Fatalf("ffprobe: %v", err)
	}
	return string(out)
}

func TestRenderWritesTheVideoOfTheSpec(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.mp4")
	var calls []int
	movie, err := Render(context.Background(), smallSpec("camera pull out"), path, func(done, total int) {
		if total != 13 {
			t.Errorf("total is %d", total)
		}
		calls = append(calls, done)
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(calls) != 13 || calls[0] != 1 || calls[12] != 13 {
		t.Errorf("progress was %v", calls)
	}
	if len(movie.Previews) != 5 || movie.Frames != 13 || len(movie.Last) == 0 {
		t.Errorf("movie has %d previews, %d frames", len(movie.Previews), movie.Frames)
	}
	if movie.Understood == nil || len(movie.Understood.Moves) != 1 {
		t.Errorf("it understood %+v", movie.Understood)
	}
	got := probe(t, path, "stream=codec_name,profile,width,height,pix_fmt,color_range,color_space,color_transfer,color_primaries,avg_frame_rate,nb_read_frames")
	for _, want := range []string{"h264", "profile=High", "width=320", "height=192", "yuv420p", "color_range=tv", "color_space=bt709",
		"color_transfer=bt709", "color_primaries=bt709", "avg_frame_rate=24/1", "nb_read_frames=13"} {
		if !strings.Contains(got, want) {
			t.Errorf("ffprobe does not report %s:\n%s", want, got)
		}
	}
}

func TestRenderStopsWithItsContext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.mp4")
	ctx, cancel := context.WithCancel(context.Background())
	spec := smallSpec("zoom in")
	spec.Frames = 2000
	_, err := Render(ctx, spec, path, func(done, _ int) {
		if done == 5 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
}

func TestCheckNamesEveryWrongField(t *testing.T) {
	err := Spec{Width: 63, Height: 5000, Camera: &task.Camera{Roll: 11}, Encoder: Encoder{Preset: "warp", CRF: 70}}.Check()
	for _, field := range []string{"Width", "Height", "FrameRate", "Frames", "Camera.Roll", "Encoder.Preset", "Encoder.CRF"} {
		if err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("the error does not name %s: %v", field, err)
		}
	}
}
