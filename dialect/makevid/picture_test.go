package makevid

import (
	"strings"
	"testing"

	"github.com/filmgate/filmgate/dialect"
	"github.com/filmgate/filmgate/task"
)

// What names a picture is taken with a scheme that is fetched, or with Base64 that can be decoded, or is a fault of its
// field.
func FuzzPicture(f *testing.F) {
	f.Fuzz(func(t *testing.T, source string, bare bool) {
		fields, err := dialect.ParseFields(dialect.Marshal(map[string]string{"image": source}))
		if err != nil {
			wantInvalid(t, err)
			return
		}
		img := picture(fields, "image", bare, task.ImageLimits{})
		if err := fields.Err(); err != nil || source == "" {
			if img != nil || source != "" && !fields.Faulty("image") {
				t.Errorf("%q: %v, and yet %+v", source, err, img)
			}
			return
		}
		http := strings.HasPrefix(img.Source, "http://") || strings.HasPrefix(img.Source, "https://")
		_, data, _ := strings.Cut(img.Source, ",")
		if !http && !(strings.HasPrefix(img.Source, "data:") && isBase64(data)) && !(bare && isBase64(img.Source)) {
			t.Errorf("%q was taken as %q", source, img.Source)
		}
		if http && len(img.Source) > urlLimit {
			t.Errorf("a URL of %d bytes was taken", len(img.Source))
		}
	})
}
