package dialect

import (
	"strings"
	"testing"

	"github.com/filmgate/filmgate/task"
)

// What names a picture, or a video, is taken with a scheme that is fetched, or with Base64 that can be decoded, or is a
// fault of its field.
func FuzzPicture(f *testing.F) {
	f.Fuzz(func(t *testing.T, source string, bare bool) {
		body := Marshal(map[string]string{"image": source, "video": source})
		fields, err := ParseFields(body)
		if err != nil {
			if got := task.CodeOf(err); got != task.Invalid {
				t.Errorf("%v has code %s", err, got)
			}
			return
		}
		var picture, video string
		if img := Picture(fields, "image", bare, task.ImageLimits{}); img != nil {
			picture = img.Source
		}
		if v := Footage(fields, "video"); v != nil {
			video = v.Source
		}
		for field, got := range map[string]string{"image": picture, "video": video} {
			if (got == "") != (fields.Faulty(field) || strings.TrimSpace(source) == "") {
				t.Errorf("%s %q: taken as %q, and at fault: %v", field, source, got, fields.Faulty(field))
			}
			if got != "" && !(names(got, field) || field == "image" && bare && isBase64(got)) {
				t.Errorf("%s %q was taken as %q", field, source, got)
			}
		}
	})
}

// names reports whether a source is a URL that can be fetched, or a data URI of the kind.
func names(source, kind string) bool {
	if strings.HasPrefix(source, "http://") || strings.HasPrefix(source, "https://") {
		return len(source) <= urlLimit
	}
	media, data, _ := strings.Cut(source, ",")
	return strings.HasPrefix(strings.ToLower(media), "data:"+kind+"/") && isBase64(data)
}

func TestAVideoIsNamedAsAPictureIs(t *testing.T) {
	for source, want := range map[string]string{
		"":                             "",
		"https://a.example/a.mp4":      "",
		"HTTP://a.example/a.mp4":       "",
		"data:video/mp4;base64,AAAA":   "",
		"AAAA":                         "must be an http or https URL, or a data URI of a video",
		"https:///a.mp4":               "must be a whole URL with a host, such as https://example.com/video.mp4",
		"data:image/png;base64,AAAA":   "must be a data URI of a video: its media type must begin with video/",
		"data:video/mp4,AAAA":          "must be a data URI in Base64, such as data:video/mp4;base64,…",
		"data:video/mp4;base64,AAA":    "is a data URI that does not hold valid Base64",
		"https://" + long(2041) + ".x": "is a URL of more than 2048 bytes",
	} {
		f, err := ParseFields(Marshal(map[string]string{"video": source}))
		if err != nil {
			t.Fatal(err)
		}
		v := Footage(f, "video")
		err = f.Err()
		if want == "" && (err != nil || source != "" && (v == nil || v.Field != "video" || !strings.EqualFold(v.Source, source))) {
			t.Errorf("%q: %+v, %v", source, v, err)
		}
		if want != "" && (v != nil || err == nil || !strings.HasSuffix(err.Error(), "video: "+want)) {
			t.Errorf("%q: %+v, %v; want %q", source, v, err, want)
		}
	}
}

func long(n int) string { return strings.Repeat("x", n) }
