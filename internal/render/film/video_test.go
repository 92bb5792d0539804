package film

import (
	"encoding/json"
	"fmt"
	"math"
	"os/exec"
	"strconv"
	"testing"

	"github.com/filmgate/filmgate/internal/render/raster"
)

// stream is what ffprobe reports about a video.
type stream struct {
	Streams []struct {
		Width, Height int
		Level         int
		RefFrames     int    `json:"refs"`
		Rate          string `json:"r_frame_rate"`
		Frames        string `json:"nb_read_frames"`
		Chroma        string `json:"chroma_location"`
		SampleAspect  string `json:"sample_aspect_ratio"`
	}
	Frames []struct {
		Key  int    `json:"key_frame"`
		Time string `json:"pts_time"`
	}
}

func inspect(t *testing.T, path string) stream {
	t.Helper()
	out, err := exec.Command("ffprobe", "-v", "error", "-count_frames", "-select_streams", "v:0", "-show_streams", "-show_frames", "-of", "json", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	var s stream
	if err := json.Unmarshal(out, &s); err != nil || len(s.Streams) != 1 {
		t.Fatalf("%v: %s", err, out)
	}
	return s
}

func TestVideosHaveTheFramesTimesAndSizeOfTheSpec(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ w, h, rate, frames int }{
		{96, 64, 1, 4}, {64, 96, 12, 40}, {128, 64, 24, 121}, {66, 130, 25, 51}, {256, 144, 30, 61}, {64, 64, 60, 121}, {64, 64, 120, 7}, {1024, 64, 24, 3}, {64, 1024, 24, 3},
	} {
		spec := smallSpec("push in")
		spec.Width, spec.Height, spec.FrameRate, spec.Frames = c.w, c.h, c.rate, c.frames
		_, path := rendered(t, spec)
		got := inspect(t, path)
		v := got.Streams[0]
		if v.Width != c.w || v.Height != c.h || v.Rate != fmt.Sprintf("%d/1", c.rate) || v.Frames != strconv.Itoa(c.frames) || v.Chroma != "left" {
			t.Errorf("%+v: the stream is %+v", c, v)
		}
		last := 0
		for n, f := range got.Frames {
			at, _ := strconv.ParseFloat(f.Time, 64)
			if math.Abs(at-float64(n)/float64(c.rate)) > 0.0001 {
				t.Fatalf("%+v: frame %d is shown at %s", c, n, f.Time)
			}
			if f.Key == 1 {
				last = n
			}
			if n-last >= 2*c.rate {
				t.Errorf("%+v: there is no keyframe in the %d frames after frame %d", c, n-last, last)
				break
			}
		}
	}
}

// blackLines returns how many rows and columns of a frame are black.
func blackLines(f *raster.Frame) int {
	n := 0
	for y := range f.H {
		dark := true
		for x := range f.W {
			dark = dark && f.Y[y*f.W+x] < 24
		}
		if dark {
			n++
		}
	}
	for x := range f.W {
		dark := true
		for y := range f.H {
			dark = dark && f.Y[y*f.W+x] < 24
		}
		if dark {
			n++
		}
	}
	return n
}

func TestAPictureOfAnyShapeFillsTheFrame(t *testing.T) {
	for _, pic := range [][2]int{{400, 240}, {240, 400}, {300, 300}, {900, 120}, {90, 800}, {17, 13}} {
		for _, size := range [][2]int{{160, 96}, {96, 160}, {96, 96}} {
			spec := Spec{Prompt: "static", Width: size[0], Height: size[1], Frames: 1, FrameRate: 24, First: brightCentre(pic[0], pic[1])}
			f := frames(spec, 0)[0]
			if n := blackLines(f); n > 0 {
				t.Errorf("a picture of %v in %v has %d black rows and columns", pic, size, n)
			}
			// A drawing of an extreme shape is shown whole, and its bright centre is then hardly wider than a pixel; round it are 126 at most.
			if v := f.Y[size[1]/2*f.W+size[0]/2]; v < 170 {
				t.Errorf("a picture of %v in %v is not centred (luma %d in the middle)", pic, size, v)
			}
		}
	}
}

func TestFastMovesAreBlurred(t *testing.T) {
	for _, c := range []struct {
		prompt        string
		frames, frame int
		more          int // at least so many exposures
		fewerThan     int // fewer exposures than this
	}{
		{"static", 121, 60, 1, 2}, {"slow zoom in", 121, 60, 1, 2}, {"", 121, 60, 1, 2}, {"hyperspeed push in", 49, 24, 3, 17},
		{"whip pan", 25, 12, 4, 17}, {"whip pan", 25, 0, 1, 2}, {"whip pan", 25, 24, 1, 2},
	} {
		spec := Spec{Prompt: c.prompt, Width: 640, Height: 384, Frames: c.frames, FrameRate: 24, First: brightCentre(1600, 960)}
		times, open := newFilm(spec).exposures(c.frame)
		if times < c.more || times >= c.fewerThan {
			t.Errorf("%q, frame %d: %d exposures", c.prompt, c.frame, times)
		}
		if times > 1 && open <= 0 {
			t.Errorf("%q: the shutter is open for %v frames", c.prompt, open)
		}
	}
}

// The picture is blurred along the camera's move and stays sharp across it.
func TestBlurFollowsTheMove(t *testing.T) {
	maxSlope := func(f *raster.Frame, dx, dy int) int {
		most := 0
		for y := f.H / 4; y < f.H*3/4; y++ {
			for x := f.W / 4; x < f.W*3/4; x++ {
				most = max(most, int(f.Y[(y+dy)*f.W+x+dx])-int(f.Y[y*f.W+x]))
			}
		}
		return most
	}
	spec := Spec{Prompt: "whip pan", Width: 320, Height: 192, Frames: 13, FrameRate: 24, First: testPicture(400, 240)}
	f := frames(spec, 6)[0]
	if across, along := maxSlope(f, 0, 1), maxSlope(f, 1, 0); along > across*2/3 {
		t.Errorf("the steepest edge is %d levels along the move and %d across it", along, across)
	}
}

func TestMotionNeverStopsOrReverses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		prompt string
		part   func(dx, dy, grow, turn float64) float64
	}{
		{"zoom in", func(_, _, grow, _ float64) float64 { return grow }},
		{"zoom out", func(_, _, grow, _ float64) float64 { return -grow }},
		{"pan right", func(dx, _, _, _ float64) float64 { return -dx }},
		{"truck left", func(dx, _, _, _ float64) float64 { return dx }},
		{"tilt up", func(_, dy, _, _ float64) float64 { return dy }},
		{"pedestal down", func(_, dy, _, _ float64) float64 { return -dy }},
	} {
		spec := Spec{Prompt: c.prompt, Width: 240, Height: 144, Frames: 25, FrameRate: 24, First: testPicture(480, 288)}
		all := frames(spec, 3, 7, 11, 15, 19)
		for i := 1; i < len(all); i++ {
			if got := c.part(meanMotion(all[i-1], all[i])); got < 0.002 {
				t.Errorf("%s: from frame %d to %d the picture moves only %.4f in the right direction", c.prompt, 4*i-1, 4*i+3, got)
			}
		}
	}
}
