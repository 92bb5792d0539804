package dialect

import (
	"fmt"
	"math"
	"regexp"
	"strconv"

	"github.com/filmgate/filmgate/internal/task"
)

// The sides of a video that a caller may ask for, in pixels.
const (
	minSide = 64
	maxSide = 4096
)

var sizeForm = regexp.MustCompile(`^([0-9]{1,5})[x:*]([0-9]{1,5})$`)

// ParseSize reads "1280x720", "1280:720" or "1280*720", in pixels. ok is false for any other text, and for a side of less than
// 64 or more than 4096 pixels.
func ParseSize(text string) (width, height int, ok bool) {
	m := sizeForm.FindStringSubmatch(text)
	if m == nil {
		return 0, 0, false
	}
	width, _ = strconv.Atoi(m[1])
	height, _ = strconv.Atoi(m[2])
	return width, height, min(width, height) >= minSide && max(width, height) <= maxSide
}

// SetSize asks for a video of exactly that many pixels: it sets the format's size, and for engines that only know shapes and
// resolutions the nearest usual shape ("16:9") and the resolution ("720p").
func SetSize(r *task.Request, width, height int) {
	r.Format.Width, r.Format.Height = width, height
	r.AspectRatio, r.Resolution = nearestRatio(width, height), resolutionOf(min(width, height))
}

// nearestRatio returns the usual shape that is nearest to that of the size, by the ratio of the two ratios.
func nearestRatio(width, height int) string {
	best, least := "", math.Inf(1)
	for _, r := range [][2]int{{16, 9}, {9, 16}, {1, 1}, {4, 3}, {3, 4}, {3, 2}, {2, 3}, {5, 3}, {3, 5}, {21, 9}, {9, 21}} {
		off := math.Abs(math.Log(float64(width) / float64(height) * float64(r[1]) / float64(r[0])))
		if off < least {
			best, least = fmt.Sprintf("%d:%d", r[0], r[1]), off
		}
	}
	return best
}

// resolutionOf returns the usual resolution whose number of lines is nearest.
func resolutionOf(lines int) string {
	best, least := "", math.MaxInt
	for _, r := range []struct {
		name  string
		lines int
	}{{"480p", 480}, {"540p", 540}, {"720p", 720}, {"1080p", 1080}, {"2k", 1440}, {"4k", 2160}} {
		if off := max(r.lines-lines, lines-r.lines); off < least {
			best, least = r.name, off
		}
	}
	return best
}
