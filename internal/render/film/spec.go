package film

import (
	"errors"
	"fmt"
	"image"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// Limits of what Render draws.
const (
	minSide      = 64
	maxSide      = 4096
	maxFrameRate = 120
	maxSeconds   = 120
)

// Spec says what to render. The zero values of the optional fields mean "none" or the default named.
type Spec struct {
	Prompt        string       // drives the camera, and the scene if there is no picture
	Without       string       // words for what a scene must not show; pictures are not changed
	Camera        *task.Camera // optional: the caller's camera values; they override the prompt's camera words
	Seed          uint32       // chooses everything that the prompt leaves open
	Width, Height int          // pixels, even, 64 to 4096
	Frames        int          // number of frames, 1 to 120 seconds' worth
	FrameRate     int          // frames per second, 1 to 120
	First         image.Image  // the picture the video begins on; nil: none
	Last          image.Image  // the picture the video ends on; nil: none
	Loop          bool         // the camera goes back the way it came, so that the video ends on its first frame; not with Last
	Watermark     bool         // put Filmgate's mark into the lower right corner
	RawPath       string       // with Watermark: path for a second video without the mark; "" = none
	Caption       string       // text along the lower edge, in two lines at most; only Latin, Greek and Cyrillic letters are drawn; "" = none
	Audio         bool         // add the sound bed of the scene, or of what the prompt names if there is a picture
	Thumbnails    bool         // also make the sprite sheet and the hover picture (see Result), which takes a little longer
	Encoder       Encoder      // how the frames are compressed

	soundtrack string // path of the sound, as stereo samples of 16 bits; "" = none
}

// Encoder says how the frames are compressed. The zero value is the default.
type Encoder struct {
	Codec   string // an encoder of ffmpeg's: "libx264" (also ""), or in hardware "h264_nvenc" or "h264_qsv"
	Preset  string // x264 preset; "" means "veryfast"; hardware has its own and takes none
	CRF     int    // constant rate factor, 1 (best) to 51; 0 means 18. Hardware encoders use it on their own, similar scale
	Threads int    // encoder threads; 0 means DefaultThreads

	// Patience is how long the encoder may accept no data, or may need to finish the file, before it is killed; 0 means a
	// minute.
	Patience time.Duration
}

// DefaultThreads is how many threads an encoder has if it names no number. It is the same on every machine, because
// x264's output depends on it.
const DefaultThreads = 8

// presets are the x264 presets that an Encoder may name.
const presets = "ultrafast superfast veryfast faster fast medium slow slower veryslow"

// Check returns all errors of the Spec, each with the field's name, joined into one; nil if the Spec can be rendered.
func (s Spec) Check() error {
	var faults []error
	fault := func(ok bool, format string, args ...any) {
		if !ok {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	side := func(n int) bool { return n >= minSide && n <= maxSide && n%2 == 0 }
	fault(side(s.Width), "Width is %d: it must be even and from %d to %d pixels", s.Width, minSide, maxSide)
	fault(side(s.Height), "Height is %d: it must be even and from %d to %d pixels", s.Height, minSide, maxSide)
	fault(s.FrameRate >= 1 && s.FrameRate <= maxFrameRate, "FrameRate is %d: it must be from 1 to %d", s.FrameRate, maxFrameRate)
	fault(s.Frames >= 1 && s.Frames <= maxSeconds*max(s.FrameRate, 1), "Frames is %d: it must be from 1 to %d seconds' worth", s.Frames, maxSeconds)
	fault(s.First == nil || !s.First.Bounds().Empty(), "First is an empty picture")
	fault(s.Last == nil || !s.Last.Bounds().Empty(), "Last is an empty picture")
	fault(!s.Loop || s.Last == nil, "Loop is given with Last: a video can't end on both its first frame and another picture")
	fault(s.RawPath == "" || s.Watermark, "RawPath is given without Watermark: it is only for a second video without the mark")
	faults = append(faults, checkCamera(s.Camera), s.Encoder.Check())
	return errors.Join(faults...)
}

func checkCamera(c *task.Camera) error {
	if c == nil {
		return nil
	}
	var faults []error
	switch c.Preset {
	case "":
	case "down_back", "forward_up", "right_turn_forward", "left_turn_forward":
		if *c != (task.Camera{Preset: c.Preset}) {
			faults = append(faults, errors.New("Camera.Preset and the six axes are both given: give one of them"))
		}
	default:
		faults = append(faults, fmt.Errorf("Camera.Preset is %q: it must be down_back, forward_up, right_turn_forward or left_turn_forward", c.Preset))
	}
	for _, v := range []struct {
		name  string
		value float64
	}{{"Horizontal", c.Horizontal}, {"Vertical", c.Vertical}, {"Pan", c.Pan}, {"Tilt", c.Tilt}, {"Roll", c.Roll}, {"Zoom", c.Zoom}} {
		if !(v.value >= -10 && v.value <= 10) {
			faults = append(faults, fmt.Errorf("%s is %g: it must be from -10 to 10", "Camera."+v.name, v.value))
		}
	}
	return errors.Join(faults...)
}
