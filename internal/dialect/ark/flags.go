package ark

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// flagForm matches a setting within a text, as older models take it: "a lake --dur 5 --ratio 16:9".
var flagForm = regexp.MustCompile(`(?:^|\s)--(resolution|rs|ratio|rt|duration|dur|frames|framespersecond|fps|seed|watermark|wm|camerafixed|cf)[ \t]+(\S+)`)

// settings are what a request says of the video, by flags or by fields.
type settings struct {
	resolution, ratio    string
	seconds, frames, fps int
	seed                 *uint32
	watermark            bool
}

// decodeFlags reads the settings within a text and returns the text without them. path is the text's.
func decodeFlags(f *dialect.Fields, path, text string, s *settings) string {
	for _, m := range flagForm.FindAllStringSubmatch(text, -1) {
		if allowed := s.set(m[1], m[2]); allowed != "" {
			f.AddError(path, "--%s %s is not possible; allowed: %s", m[1], task.Excerpt(m[2]), allowed)
		}
	}
	return strings.TrimSpace(flagForm.ReplaceAllString(text, ""))
}

// set sets what a flag names. It returns what is allowed if the value is not.
func (s *settings) set(name, value string) (allowed string) {
	switch name {
	case "resolution", "rs":
		if !sizeForm.MatchString(value) {
			return sizes
		}
		s.resolution = value
	case "ratio", "rt":
		if !ratioForm.MatchString(value) {
			return ratios
		}
		s.ratio = value
	case "duration", "dur":
		return number(value, &s.seconds, 1, longest)
	case "frames":
		return number(value, &s.frames, leastFrames, mostFrames)
	case "framespersecond", "fps":
		return number(value, &s.fps, 1, fastest)
	case "seed":
		return s.setSeed(value)
	case "watermark", "wm":
		yes, err := strconv.ParseBool(value)
		if err != nil {
			return "true or false"
		}
		s.watermark = yes
	}
	return ""
}

// setSeed reads a seed; -1 is any.
func (s *settings) setSeed(value string) (allowed string) {
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n < -1 || n > math.MaxUint32 {
		return fmt.Sprintf("a whole number from -1 to %d", int64(math.MaxUint32))
	}
	s.seed = seedOf(n)
	return ""
}

// seedOf returns a seed of the wire; nil for -1, which is any.
func seedOf(n int64) *uint32 {
	if n < 0 {
		return nil
	}
	seed := uint32(n) //nolint:gosec // callers keep it within the range
	return &seed
}

// number reads a whole number from least to most.
func number(value string, to *int, least, most int) (allowed string) {
	n, err := strconv.Atoi(value)
	if err != nil || n < least || n > most {
		return fmt.Sprintf("a whole number from %d to %d", least, most)
	}
	*to = n
	return ""
}
