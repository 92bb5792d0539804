package gateway

import (
	"fmt"
	"math"

	"github.com/filmgate/filmgate/internal/task"
)

// A video with the shape of its picture has about a million pixels. One of a named resolution, or without any shape, has as many
// pixels as one of 16:9 has. Sides are such that every encoder takes them.
const (
	fittedPixels  = 1 << 20
	fittedStep    = 16
	namedStep     = 8    // of a named resolution, so that 1080 lines are 1080
	minSide       = 64   // pixels
	maxSide       = 4096 // pixels
	defaultRate   = 24   // frames per second
	defaultHeight = 720  // lines of a video without a shape
)

// fillFormat returns the request's format with what the request leaves open: the size from the aspect ratio, else from the
// picture's or the input video's shape, else 16:9; the number of frames from the length.
func fillFormat(r task.Request) task.Format {
	f := r.Format
	if f.FrameRate == 0 {
		f.FrameRate = defaultRate
	}
	if f.Frames == 0 {
		f.Frames = r.Seconds * f.FrameRate
	}
	if f.Width > 0 && f.Height > 0 {
		return f
	}
	width, height, fromInput := shapeOf(r)
	pixels, step, round := float64(fittedPixels), fittedStep, math.Floor
	if lines := linesOf(r.Resolution); lines > 0 || !fromInput {
		if lines == 0 {
			lines = defaultHeight
		}
		pixels, step, round = float64(lines*lines)*16/9, namedStep, math.Round
	}
	scale := math.Sqrt(pixels / (width * height))
	side := func(s float64) int { return min(max(int(round(s*scale/float64(step)))*step, minSide), maxSide) }
	f.Width, f.Height = side(width), side(height)
	return f
}

// shapeOf returns the shape of the video to be made, in any unit. fromInput is true if it is an input's shape.
func shapeOf(r task.Request) (width, height float64, fromInput bool) {
	var w, h int
	if n, err := fmt.Sscanf(r.AspectRatio, "%d:%d", &w, &h); n == 2 && err == nil && w > 0 && h > 0 {
		return float64(w), float64(h), false
	}
	for _, img := range []*task.Image{r.First, r.Last} {
		if img != nil && img.Width > 0 && img.Height > 0 {
			return float64(img.Width), float64(img.Height), true
		}
	}
	if v := r.Video; v != nil && v.Width > 0 && v.Height > 0 {
		return float64(v.Width), float64(v.Height), true
	}
	return 16, 9, false
}

// linesOf returns the lines of a resolution such as "720p", "2k" or "4k"; 0 for any other.
func linesOf(resolution string) int {
	var lines int
	switch resolution {
	case "2k":
		return 1440
	case "4k":
		return 2160
	}
	if n, err := fmt.Sscanf(resolution, "%dp", &lines); n != 1 || err != nil {
		return 0
	}
	return lines
}
