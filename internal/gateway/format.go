package gateway

import (
	"fmt"
	"math"

	"github.com/filmgate/filmgate/internal/task"
)

// A video that takes its picture's shape has about a million pixels and sides that every encoder takes. One of a named
// resolution, or of no shape at all, has as many pixels as one of 16:9 has in it.
const (
	fittedPixels  = 1 << 20
	fittedStep    = 16
	namedStep     = 8 // of a named resolution, so that 1080 lines are 1080
	minSide       = 64
	maxSide       = 4096
	defaultRate   = 24  // frames per second
	defaultHeight = 720 // of a video without a shape
)

// fillFormat is the request's format, with what the caller's model leaves open filled in: the size by the aspect ratio, else by
// the picture's or the input video's own shape, else 16:9; the frames by the length.
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
	width, height, own := shapeOf(r)
	pixels, step, round := float64(fittedPixels), fittedStep, math.Floor
	if lines := linesOf(r.Resolution); lines > 0 || !own {
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

// shapeOf is the shape that the video is to have, in any measure; own is true where it is that of a picture or a video.
func shapeOf(r task.Request) (width, height float64, own bool) {
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

// linesOf is how many lines a resolution has; 0 where it is not named, or not in lines.
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
