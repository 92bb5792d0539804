package gateway_test

import (
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/task"
)

// Whatever a caller names as a picture, it is used or refused in words; nothing of it is our fault.
func FuzzPictureSource(f *testing.F) {
	h := newHouse(f)
	f.Fuzz(func(t *testing.T, source string) {
		if strings.HasPrefix(source, "http://") || strings.HasPrefix(source, "https://") {
			if _, token, ours := strings.Cut(source, "/datasets/"); !ours || !strings.Contains(token, "_jwt=") {
				return // it would be asked for
			}
			source = "http://127.0.0.1:9/" + source[strings.Index(source, "/datasets/")+1:]
		}
		_, err := h.submitPicture(t, source, task.ImageLimits{})
		if err != nil && task.CodeOf(err) == task.InternalError {
			t.Errorf("%q: %v", source, err)
		}
	})
}
