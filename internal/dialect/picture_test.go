package dialect

import (
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/task"
)

// A picture or a video is a URL with a scheme that can be fetched, or Base64 that can be decoded. Anything else is an error of its
// field.
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
		if v := InputVideo(fields, "video"); v != nil {
			video = v.Source
		}
		for field, got := range map[string]string{"image": picture, "video": video} {
			if (got == "") != (fields.HasErrors(field) || strings.TrimSpace(source) == "") {
				t.Errorf("%s %q: taken as %q, and at fault: %v", field, source, got, fields.HasErrors(field))
			}
			if got != "" && !(names(got) || field == "image" && bare && isBase64(got)) {
				t.Errorf("%s %q was taken as %q", field, source, got)
			}
		}
	})
}

// names reports whether a source is a URL that can be fetched, or a data URI in plain Base64.
func names(source string) bool {
	if strings.HasPrefix(source, "http://") || strings.HasPrefix(source, "https://") {
		return len(source) <= urlLimit
	}
	head, data, _ := strings.Cut(source, ",")
	return strings.HasPrefix(head, "data:") && strings.HasSuffix(head, ";base64") && isBase64(data)
}

func TestAVideoIsNamedAsAPictureIs(t *testing.T) {
	for source, want := range map[string]string{
		"":                             "",
		"https://a.example/a.mp4":      "",
		"HTTP://a.example/a.mp4":       "",
		"data:video/mp4;base64,AAAA":   "",
		"AAAA":                         "must be an http or https URL, or a data URI of a video",
		"https:///a.mp4":               "must be a whole URL with a host, such as https://example.com/video.mp4",
		"data:video/mp4,AAAA":          "must be a data URI in Base64, such as data:video/mp4;base64,…",
		"data:video/mp4;base64,AAAAA":  "is a data URI that does not hold valid Base64",
		"https://" + long(2041) + ".x": "is a URL of more than 2048 bytes",
	} {
		f, err := ParseFields(Marshal(map[string]string{"video": source}))
		if err != nil {
			t.Fatal(err)
		}
		v := InputVideo(f, "video")
		err = f.Err()
		if want == "" && (err != nil || source != "" && (v == nil || v.Field != "video" || !strings.EqualFold(v.Source, source))) {
			t.Errorf("%q: %+v, %v", source, v, err)
		}
		if want != "" && (v != nil || err == nil || !strings.HasSuffix(err.Error(), "video: "+want)) {
			t.Errorf("%q: %+v, %v; want %q", source, v, err, want)
		}
	}
}

// The bytes of a picture or a video say what it is. All usual forms of Base64 are decoded.
func TestBase64IsTakenInEveryWayThatItIsWritten(t *testing.T) {
	const want = "+/+/AAECAw=="
	for name, source := range map[string]string{
		"plain":                    "data:image/png;base64,+/+/AAECAw==",
		"without a media type":     "data:;base64,+/+/AAECAw==",
		"as any bytes":             "data:application/octet-stream;base64,+/+/AAECAw==",
		"as a text":                "data:text/plain;charset=utf-8;base64,+/+/AAECAw==",
		"in capitals":              "DATA:IMAGE/PNG;BASE64,+/+/AAECAw==",
		"a space before base64":    "data:image/png; base64,+/+/AAECAw==",
		"without padding":          "data:image/png;base64,+/+/AAECAw",
		"with one of two paddings": "data:image/png;base64,+/+/AAECAw=",
		"percent-encoded":          "data:image/png;base64,%2B%2F%2b%2FAAECAw%3D%3D",
		"partly percent-encoded":   "data:image/png;base64,%2B/+/AAECAw==",
		"in the alphabet for URLs": "data:image/png;base64,-_-_AAECAw",
		"in lines":                 "data:image/png;base64,+/+/\r\nAAEC\nAw==\n",
		"with spaces":              " data:image/png;base64, +/+/ AAEC\tAw== ",
		"bare":                     "+/+/AAECAw==",
	} {
		t.Run(name, func(t *testing.T) {
			f, err := ParseFields(Marshal(map[string]string{"image": source}))
			if err != nil {
				t.Fatal(err)
			}
			img := Picture(f, "image", true, task.ImageLimits{})
			if err := f.Err(); err != nil || img == nil {
				t.Fatalf("%v", err)
			}
			got := img.Source
			if _, data, ok := strings.Cut(got, ";base64,"); ok {
				got = data
			}
			if got != want {
				t.Errorf("%q, want %q", got, want)
			}
		})
	}
}

func TestBareBase64IsTakenInTheSameWaysButForPaths(t *testing.T) {
	plain := strings.Repeat("+/+/", 20) + "AAECAw=="
	for source, want := range map[string]string{
		plain:                                    plain,
		strings.TrimRight(plain, "="):            plain,
		plain[:40] + "\n" + plain[40:] + "\n":    plain,
		strings.ReplaceAll(plain, "+", "%2B"):    plain,
		"/etc/passwd":                            "",
		"pictures/first/frame":                   "pictures/first/frame",
		"AAECAw":                                 "",
		strings.ReplaceAll(plain, "AAECAw", "."): "",
	} {
		f, err := ParseFields(Marshal(map[string]string{"image": source}))
		if err != nil {
			t.Fatal(err)
		}
		img := Picture(f, "image", true, task.ImageLimits{})
		if got := f.Err() == nil && img != nil; got != (want != "") || got && img.Source != want {
			t.Errorf("%q: %+v, %v", source, img, f.Err())
		}
	}
}

func TestWhatIsNoBase64IsAFault(t *testing.T) {
	for _, source := range []string{
		"data:image/png;base64,", "data:image/png;base64,====", "data:image/png;base64,AAAAA", "data:image/png;base64,AA=A", "data:image/png;base64,%", "data:image/png;base64,%zz",
		"data:image/png;base64,é", "data:image/png,AAAA", "data:image/png;base64;x=y,AAAA", "data:,", "data:base64,AAAA",
	} {
		f, err := ParseFields(Marshal(map[string]string{"image": source}))
		if err != nil {
			t.Fatal(err)
		}
		if img := Picture(f, "image", true, task.ImageLimits{}); img != nil || f.Err() == nil || !strings.Contains(f.Err().Error(), "Base64") {
			t.Errorf("%q: %+v, %v", source, img, f.Err())
		}
	}
}

func long(n int) string { return strings.Repeat("x", n) }

func TestAVideoMayBePlainBase64WhereItIsAllowed(t *testing.T) {
	f := mustParse(t, `{"in": {"data": "AAAA", "url": "https://a.example/v.mp4", "uri": "data:video/mp4;base64,AAAA", "path": "/etc/passwd"}}`).Object("in")
	for field, want := range map[string]string{"data": "data:;base64,AAAA", "url": "https://a.example/v.mp4", "uri": "data:video/mp4;base64,AAAA"} {
		if v := BareVideo(f, field); v == nil || v.Source != want || v.Field != "in/"+field {
			t.Errorf("%s: %+v, want %s", field, v, want)
		}
	}
	if BareVideo(f, "path") != nil || BareVideo(f, "absent") != nil {
		t.Error("a path, or nothing, was taken for a video")
	}
	if got := strings.Join(faultsOf(f.Err()), "|"); got != "in/path: must be an http or https URL, or a video in Base64" {
		t.Errorf("faults %q", got)
	}
}
