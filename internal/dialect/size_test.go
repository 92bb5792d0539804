package dialect_test

import (
	"testing"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

func TestSizesAreReadInEveryVendorsForm(t *testing.T) {
	for _, text := range []string{"1280x720", "1280:720", "1280*720"} {
		if w, h, ok := dialect.ParseSize(text); !ok || w != 1280 || h != 720 {
			t.Errorf("%q is %d by %d, %v", text, w, h, ok)
		}
	}
	for _, text := range []string{"", "1280", "1280x", "x720", "1280 x 720", "-1x720", "63x720", "1280x4097", "99999999x1", "16:9"} {
		if w, h, ok := dialect.ParseSize(text); ok {
			t.Errorf("%q is read as %d by %d", text, w, h)
		}
	}
}

func TestSizeHasTheNearestShapeAndResolution(t *testing.T) {
	for _, c := range []struct {
		width, height     int
		ratio, resolution string
	}{
		{1280, 720, "16:9", "720p"}, {720, 1280, "9:16", "720p"}, {1792, 1024, "16:9", "1080p"}, {960, 960, "1:1", "1080p"}, {1584, 672, "21:9", "720p"},
		{1104, 832, "4:3", "720p"}, {640, 360, "16:9", "480p"}, {3840, 2160, "16:9", "4k"}, {1280, 768, "5:3", "720p"},
	} {
		var r task.Request
		dialect.SetSize(&r, c.width, c.height)
		if r.Format.Width != c.width || r.Format.Height != c.height || r.AspectRatio != c.ratio || r.Resolution != c.resolution {
			t.Errorf("%dx%d: %+v %s %s", c.width, c.height, r.Format, r.AspectRatio, r.Resolution)
		}
	}
}
