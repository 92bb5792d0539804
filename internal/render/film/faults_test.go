package film

import (
	"context"
	"errors"
	"image"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/task"
)

func TestCheckNamesTheWrongField(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(s *Spec)
		want   string // the error; "": none
	}{
		{"nothing", func(*Spec) {}, ""},
		{"smallest", func(s *Spec) { s.Width, s.Height = 64, 64 }, ""},
		{"largest", func(s *Spec) { s.Width, s.Height = 4096, 4096 }, ""},
		{"one frame", func(s *Spec) { s.Frames = 1 }, ""},
		{"two minutes", func(s *Spec) { s.Frames = 120 * 24 }, ""},
		{"odd width", func(s *Spec) { s.Width = 321 }, "Width is 321"},
		{"narrow", func(s *Spec) { s.Width = 62 }, "Width is 62"},
		{"wide", func(s *Spec) { s.Width = 4098 }, "Width is 4098"},
		{"odd height", func(s *Spec) { s.Height = 191 }, "Height is 191"},
		{"negative height", func(s *Spec) { s.Height = -192 }, "Height is -192"},
		{"no rate", func(s *Spec) { s.FrameRate, s.Frames = 0, 1 }, "FrameRate is 0"},
		{"high rate", func(s *Spec) { s.FrameRate = 121 }, "FrameRate is 121"},
		{"no frames", func(s *Spec) { s.Frames = 0 }, "Frames is 0"},
		{"too long", func(s *Spec) { s.Frames = 120*24 + 1 }, "Frames is 2881"},
		{"empty first picture", func(s *Spec) { s.First = image.NewGray(image.Rectangle{}) }, "First is an empty picture"},
		{"empty last picture", func(s *Spec) { s.Last = image.NewGray(image.Rect(5, 5, 5, 9)) }, "Last is an empty picture"},
		{"axes in range", func(s *Spec) { s.Camera = &task.Camera{Pan: -10, Zoom: 10} }, ""},
		{"horizontal", func(s *Spec) { s.Camera = &task.Camera{Horizontal: 10.1} }, "Camera.Horizontal is 10.1"},
		{"not a number", func(s *Spec) { s.Camera = &task.Camera{Tilt: nan()} }, "Camera.Tilt is NaN"},
		{"preset", func(s *Spec) { s.Camera = &task.Camera{Preset: "down_back"} }, ""},
		{"unknown preset", func(s *Spec) { s.Camera = &task.Camera{Preset: "up"} }, `Camera.Preset is "up"`},
		{"preset and axis", func(s *Spec) { s.Camera = &task.Camera{Preset: "down_back", Pan: 1} }, "give one of them"},
		{"codec", func(s *Spec) { s.Encoder.Codec = "h264_nvenc" }, ""},
		{"unknown codec", func(s *Spec) { s.Encoder.Codec = "mpeg2" }, `Encoder.Codec is "mpeg2"`},
		{"unknown preset of x264", func(s *Spec) { s.Encoder.Preset = "warp" }, `Encoder.Preset is "warp"`},
		{"two presets of x264", func(s *Spec) { s.Encoder.Preset = "fast medium" }, `Encoder.Preset is "fast medium"`},
		{"quality", func(s *Spec) { s.Encoder.CRF = 52 }, "Encoder.CRF is 52"},
		{"threads", func(s *Spec) { s.Encoder.Threads = -1 }, "Encoder.Threads is -1"},
	} {
		spec := smallSpec("zoom in")
		c.change(&spec)
		err := spec.Check()
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n")):
			t.Errorf("%s: the error is %v, wanted only %q", c.name, err, c.want)
		}
	}
}

func nan() float64 { v, _ := strconv.ParseFloat("NaN", 64); return v }

func TestFfmpegGetsTheRightArguments(t *testing.T) {
	for _, c := range []struct {
		name  string
		set   func(s *Spec)
		want  string
		never string
	}{
		{"the defaults", func(*Spec) {}, "-c:v libx264 -preset veryfast -crf 18", "-c:a"},
		{"preset and quality", func(s *Spec) { s.Encoder = Encoder{Preset: "slow", CRF: 30} }, "-preset slow -crf 30", "veryfast"},
		{"threads", func(s *Spec) { s.Encoder.Threads = 3 }, "-threads 3", ""},
		{"the same number of threads on every machine", func(*Spec) {}, "-threads 8 ", "-threads 0"},
		{"the same timescale for the file and its track", func(*Spec) {}, "-movie_timescale 12288 -video_track_timescale 12288 ", ""},
		{"a timescale that is a multiple of the rate", func(s *Spec) { s.FrameRate = 30 }, "-movie_timescale 15360 -video_track_timescale 15360 ", ""},
		{"hardware of NVIDIA", func(s *Spec) { s.Encoder.Codec = "h264_nvenc" }, "-c:v h264_nvenc -rc vbr -cq 18", "-preset"},
		{"hardware of Intel", func(s *Spec) { s.Encoder.Codec = "h264_qsv" }, "-c:v h264_qsv -global_quality 18", "-preset"},
		{"sound", func(s *Spec) { s.soundtrack = "s" }, "-f s16le -ar 48000 -ac 2 -i file:s -c:a aac -b:a 160k", ""},
		{"shape and rate", func(s *Spec) { s.FrameRate = 30 }, "-pix_fmt yuv420p -video_size 320x192 -framerate 30 -i in", ""},
		{"keyframes every two seconds", func(s *Spec) { s.FrameRate = 30 }, "-g 60 -r 30 -fps_mode cfr", ""},
		{"the frame of the first picture with high quality", func(*Spec) {}, "-x264-params qpstep=51:zones=0,0,q=10 ", ""},
		{"the frames of both pictures", func(s *Spec) { s.Last = s.First }, "zones=0,0,q=10/8,12,q=10 ", ""},
		{"the frame of the last picture", func(s *Spec) { s.First, s.Last = nil, s.First }, "zones=8,12,q=10 ", "zones=0"},
		{"no zones for a scene", func(s *Spec) { s.First = nil }, "-crf 18", "zones"},
		{"no zones for other encoders than x264", func(s *Spec) { s.Encoder.Codec = "h264_qsv" }, "h264_qsv", "zones"},
		{"no metadata", func(*Spec) {}, "-map_metadata -1", ""},
	} {
		spec := smallSpec("zoom in")
		c.set(&spec)
		got := strings.Join(spec.args("in", "out"), " ")
		if !strings.Contains(got, c.want) || c.never != "" && strings.Contains(got, c.never) || !strings.HasSuffix(got, "-f mp4 out") {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}

// filesBeside returns the names of the files in the folder of a path.
func filesBeside(t *testing.T, path string) []string {
	t.Helper()
	all, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range all {
		out = append(out, e.Name())
	}
	return out
}

func TestACancelledRenderLeavesNoFile(t *testing.T) {
	t.Parallel()
	for _, after := range []int{0, 1, 7, 12} {
		for _, extras := range []bool{false, true} {
			ctx, cancel := context.WithCancel(context.Background())
			path := filepath.Join(t.TempDir(), "out.mp4")
			spec := smallSpec("pan right")
			spec.Thumbnails = extras
			if after == 0 {
				cancel()
			}
			movie, err := Render(ctx, spec, path, func(done, _ int) {
				if done == after {
					cancel()
				}
			})
			cancel()
			if !errors.Is(err, context.Canceled) || movie.Path != "" {
				t.Errorf("cancelled after %d frames: %+v, %v", after, movie.Path, err)
			}
			if names := filesBeside(t, path); len(names) > 0 {
				t.Errorf("cancelled after %d frames, %v is left", after, names)
			}
		}
	}
}

func TestErrorsContainFfmpegsMessage(t *testing.T) {
	spec := smallSpec("zoom in")
	path := filepath.Join(t.TempDir(), "no such folder", "out.mp4")
	if _, err := Render(context.Background(), spec, path, nil); err == nil || !strings.Contains(err.Error(), "No such file or directory") || !strings.Contains(err.Error(), "ffmpeg") {
		t.Errorf("a folder that does not exist: %v", err)
	}
	path = filepath.Join(t.TempDir(), "out.mp4")
	bad := spec
	bad.Width = 62
	if _, err := Render(context.Background(), bad, path, nil); err == nil || !strings.Contains(err.Error(), "Width is 62") {
		t.Errorf("a bad spec: %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := Render(context.Background(), spec, path, nil); !errors.Is(err, fs.ErrNotExist) && (err == nil || !strings.Contains(err.Error(), "ffmpeg")) {
		t.Errorf("without ffmpeg: %v", err)
	}
	if names := filesBeside(t, path); len(names) > 0 {
		t.Errorf("%v is left", names)
	}
}

// This ffmpeg reads some frames and then fails.
func TestAnErrorInTheMiddleContainsFfmpegsMessage(t *testing.T) {
	bin := t.TempDir()
	script := "#!/bin/sh\nhead -c 300000 >/dev/null\nfor out; do :; done\necho half > \"$out\"\necho 'disk is full of frames' >&2\nexit 7\n"
	if err := os.WriteFile(filepath.Join(bin, "ffmpeg"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	path := filepath.Join(t.TempDir(), "out.mp4")
	spec := smallSpec("zoom in")
	spec.Frames = 200
	_, err := Render(context.Background(), spec, path, nil)
	if err == nil || !strings.Contains(err.Error(), "disk is full of frames") || !strings.Contains(err.Error(), "exit status 7") {
		t.Errorf("the error is %v", err)
	}
	if names := filesBeside(t, path); len(names) > 0 {
		t.Errorf("%v is left", names)
	}
}

func TestPreviewsAreEvenlySpaced(t *testing.T) {
	for _, c := range []struct {
		frames int
		want   []int
	}{
		{1, []int{0, 0, 0, 0, 0}}, {2, []int{0, 0, 0, 0, 1}}, {3, []int{0, 0, 1, 1, 2}}, {5, []int{0, 1, 2, 3, 4}}, {9, []int{0, 2, 4, 6, 8}},
		{13, []int{0, 3, 6, 9, 12}}, {121, []int{0, 30, 60, 90, 120}}, {253, []int{0, 63, 126, 189, 252}},
	} {
		var got []int
		for n := range c.frames {
			for range (Spec{Frames: c.frames}).previewCount(n) {
				got = append(got, n)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("of %d frames the previews are %v, wanted %v", c.frames, got, c.want)
		}
	}
}
