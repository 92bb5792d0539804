package gateway

import (
	"math"

	"github.com/filmgate/filmgate/task"
)

// A video that takes its picture's shape has about a million pixels and sides that every encoder takes.
const (
	fittedPixels = 1 << 20
	fittedStep   = 16
	leastSide    = 64
	mostSide     = 4096
)

// fitted is the request's format, with the size filled where the caller's model leaves it to the picture's own shape.
func fitted(r task.Request) task.Format {
	f := r.Format
	img := r.First
	if img == nil {
		img = r.Last
	}
	if f.Width > 0 && f.Height > 0 || img == nil || img.Width <= 0 || img.Height <= 0 {
		return f
	}
	scale := math.Sqrt(fittedPixels / (float64(img.Width) * float64(img.Height)))
	f.Width, f.Height = fittedSide(float64(img.Width)*scale), fittedSide(float64(img.Height)*scale)
	return f
}

func fittedSide(side float64) int {
	return min(max(int(side)/fittedStep*fittedStep, leastSide), mostSide)
}
