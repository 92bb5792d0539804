package dataset_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

// bomb returns the head of a PNG that says it has 30,000 x 30,000 pixels.
func bomb() []byte {
	chunk := func(kind string, data []byte) []byte {
		out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
		body := append([]byte(kind), data...)
		return binary.BigEndian.AppendUint32(append(out, body...), crc32.ChecksumIEEE(body))
	}
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 30000), 30000)
	out := append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(head, 1, 0, 0, 0, 0))...)
	return append(out, chunk("IEND", nil)...)
}

func gifOf(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	img := image.NewPaletted(image.Rect(0, 0, 64, 64), color.Palette{color.Black, color.White})
	if err := gif.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestImageSources(t *testing.T) {
	h := newHarness(t, "127.0.0.0/8")
	pic := jpegOf(t, 400, 300)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(pic) }))
	t.Cleanup(srv.Close)
	stored, err := h.copyImage(t, dataURI("image/jpeg", pic), task.ImageLimits{})
	if err != nil {
		t.Fatal(err)
	}
	own := h.signed(stored.Key)
	for name, source := range map[string]string{
		"data URI": dataURI("image/jpeg", pic), "bare Base64": base64.StdEncoding.EncodeToString(pic),
		"URL": srv.URL + "/a.jpg", "our own dataset": own,
		"PNG under a wrong name": dataURI("image/jpeg", pngOf(t, 400, 300)),
	} {
		t.Run(name, func(t *testing.T) {
			img, err := h.copyImage(t, source, task.ImageLimits{})
			if err != nil {
				t.Fatal(err)
			}
			if img.Width != 400 || img.Height != 300 || img.Source != "" || !strings.HasPrefix(img.Key, "datasets/") {
				t.Errorf("copied to %+v", img)
			}
			if len(h.stored(t, img.Key)) == 0 {
				t.Error("the copy is empty")
			}
			if same := img.Dataset == stored.Dataset; same != (name == "our own dataset") {
				t.Errorf("a new dataset: %v", !same)
			}
		})
	}
}

func TestBadImagesAreRefused(t *testing.T) {
	h := newHarness(t)
	good := jpegOf(t, 400, 300)
	for _, c := range []struct {
		name, source string
		limits       task.ImageLimits
		code         task.Code
		says         string
	}{
		{"truncated", dataURI("image/jpeg", good[:len(good)/2]), task.ImageLimits{}, task.Unreadable, ""},
		{"one pixel", dataURI("image/png", pngOf(t, 1, 1)), task.ImageLimits{}, task.Unreadable, "16"},
		{"a decompression bomb", dataURI("image/png", bomb()), task.ImageLimits{}, task.TooLarge, "30000"},
		{"a GIF", dataURI("image/png", gifOf(t)), task.ImageLimits{}, task.Unsupported, "GIF"},
		{"HTML", dataURI("image/png", []byte("<!doctype html><p>hello")), task.ImageLimits{}, task.Unsupported, "HTML"},
		{"nothing", "data:image/png;base64,", task.ImageLimits{}, task.Unsupported, ""},
		{"not Base64", "data:image/png;base64,%%%", task.ImageLimits{}, task.Invalid, "Base64"},
		{"more bytes than the caller's API takes", dataURI("image/jpeg", good), task.ImageLimits{Bytes: 100}, task.TooLarge, "100"},
		{"fewer pixels than the caller's API takes", dataURI("image/jpeg", good), task.ImageLimits{MinSide: 301}, task.Unreadable, "301"},
		{"a type that the caller's API does not take", dataURI("image/jpeg", good), task.ImageLimits{Types: []string{"image/png"}}, task.Unsupported, "allowed: PNG"},
		{"a private address", "http://127.0.0.1:9/a.jpg", task.ImageLimits{}, task.Unreadable, ""},
		{"a private name", "http://localhost:9/a.jpg", task.ImageLimits{}, task.Unreadable, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := h.copyImage(t, c.source, c.limits)
			var e *task.Error
			if !errors.As(err, &e) || e.Code != c.code {
				t.Fatalf("%v, want %s", err, c.code)
			}
			if len(e.Fields) != 1 || e.Fields[0].Field != "init_image" || !strings.Contains(e.Fields[0].Detail, c.says) {
				t.Errorf("field errors %+v, want init_image with %q", e.Fields, c.says)
			}
		})
	}
}

func TestBothImagesAreNamedAtOnce(t *testing.T) {
	h := newHarness(t)
	var r task.Request
	r.First = &task.Image{Source: dataURI("image/png", gifOf(t)), Field: "image"}
	r.Last = &task.Image{Source: dataURI("image/png", pngOf(t, 2, 2)), Field: "image_tail"}
	err := h.Copy(t.Context(), h.who.Account, &r)
	var e *task.Error
	if !errors.As(err, &e) || len(e.Fields) != 2 {
		t.Fatalf("%v, want field errors of both pictures", err)
	}
}

func TestURLWithoutAnImageIsRefused(t *testing.T) {
	h := newHarness(t, "127.0.0.0/8")
	srv := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(srv.Close)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for name, source := range map[string]string{"404": srv.URL + "/none.jpg", "no server": gone.URL + "/a.jpg"} {
		t.Run(name, func(t *testing.T) {
			if _, err := h.copyImage(t, source, task.ImageLimits{}); task.CodeOf(err) != task.Unreadable {
				t.Errorf("%v, want %s", err, task.Unreadable)
			}
		})
	}
}

func TestDatasetURLNeedsItsTokenAndAccount(t *testing.T) {
	h := newHarness(t)
	stored, err := h.copyImage(t, dataURI("image/jpeg", jpegOf(t, 64, 64)), task.ImageLimits{})
	if err != nil {
		t.Fatal(err)
	}
	key := stored.Key
	token := h.signer.Sign(key, h.now().Add(time.Hour))
	other := apikey.Key{Account: 8}
	for _, c := range []struct {
		name, source string
		who          apikey.Key
		pass         time.Duration
		ok           bool
	}{
		{"in force", "https://x/" + key + "?_jwt=" + token, h.who, 0, true},
		{"in force, in capitals", "https://x/" + "datasets/" + strings.ToUpper(strings.TrimPrefix(key, "datasets/")) + "?_jwt=" + token, h.who, 0, true},
		{"altered", "https://x/" + key + "?_jwt=" + token[:len(token)-2] + "AA", h.who, 0, false},
		{"another account's", "http://127.0.0.1:9/" + key + "?_jwt=" + token, other, 0, false},
		{"expired", "https://x/" + key + "?_jwt=" + token, h.who, 2 * time.Hour, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			h.pass(c.pass)
			_, err := h.copyImageOf(t, c.who, c.source, task.ImageLimits{})
			if ok := err == nil; ok != c.ok {
				t.Errorf("%v, want ok %v", err, c.ok)
			}
			if err != nil && task.CodeOf(err) == task.InternalError {
				t.Errorf("an internal error: %v", err)
			}
		})
	}
}

func TestDatasetURLKeepsTheCallersLimits(t *testing.T) {
	h := newHarness(t)
	stored, err := h.copyImage(t, dataURI("image/jpeg", jpegOf(t, 200, 400)), task.ImageLimits{})
	if err != nil {
		t.Fatal(err)
	}
	own := h.signed(stored.Key)
	for name, c := range map[string]struct {
		limits task.ImageLimits
		want   task.Code
	}{
		"inside":       {task.ImageLimits{MinSide: 200, Types: []string{"image/jpeg"}}, ""},
		"too few":      {task.ImageLimits{MinSide: 201}, task.Unreadable},
		"too large":    {task.ImageLimits{Bytes: 10}, task.TooLarge},
		"another type": {task.ImageLimits{Types: []string{"image/png"}}, task.Unsupported},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := h.copyImage(t, own, c.limits)
			if c.want == "" && err != nil || c.want != "" && task.CodeOf(err) != c.want {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

// FuzzImageSource checks that whatever a caller names as a picture is used, or refused with a public error.
func FuzzImageSource(f *testing.F) {
	h := newHarness(f)
	f.Fuzz(func(t *testing.T, source string) {
		if strings.HasPrefix(source, "http://") || strings.HasPrefix(source, "https://") {
			if _, token, ours := strings.Cut(source, "/datasets/"); !ours || !strings.Contains(token, "_jwt=") {
				return // it would be fetched
			}
			source = "http://127.0.0.1:9/" + source[strings.Index(source, "/datasets/")+1:]
		}
		_, err := h.copyImage(t, source, task.ImageLimits{})
		if err != nil && task.CodeOf(err) == task.InternalError {
			t.Errorf("%q: %v", source, err)
		}
	})
}
