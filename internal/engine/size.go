package engine

import (
	"fmt"

	"github.com/filmgate/filmgate/internal/task"
)

// FrameSize returns the frame size, in pixels, that a request's aspect ratio and resolution ask for, 720p if it names no
// resolution. Without an aspect ratio it is 16:9 or 9:16, as the request's format lies or stands. Both are 0 if it has neither.
func FrameSize(r task.Request) (width, height int) {
	var across, down int
	if _, err := fmt.Sscanf(r.AspectRatio, "%d:%d", &across, &down); err != nil || across <= 0 || down <= 0 {
		switch {
		case r.Format.Height > r.Format.Width:
			across, down = 9, 16
		case r.Format.Width > 0:
			across, down = 16, 9
		default:
			return 0, 0
		}
	}
	var short int
	if _, err := fmt.Sscanf(r.Resolution, "%dp", &short); err != nil || short <= 0 {
		short = 720
	}
	// Codecs and models need sides that are multiples of 16.
	long := func(a, b int) int { return (short*a/b + 8) / 16 * 16 }
	if down > across {
		return short, long(down, across)
	}
	return long(across, down), short
}

// ExactSize returns the frame size of the request's format, or else FrameSize.
func ExactSize(r task.Request) (width, height int) {
	if w, h := r.Format.Width, r.Format.Height; w > 0 && h > 0 {
		return w, h
	}
	return FrameSize(r)
}
