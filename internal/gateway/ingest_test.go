package gateway_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

func picture(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = byte(i * 7)
	}
	return img
}

func jpegOf(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture(w, h), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, picture(w, h)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// bomb is the head of a PNG that says it has 30,000 x 30,000 pixels.
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

func dataURI(kind string, b []byte) string {
	return "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(b)
}

func (h *house) submitPicture(t *testing.T, source string, limits task.ImageLimits) (task.Task, error) {
	t.Helper()
	r := request("camera pull out")
	r.First = &task.Image{Source: source, Field: "init_image", Limits: limits}
	return h.Submit(t.Context(), h.who, r)
}

// signed is one of our own dataset URLs, in force for an hour.
func (h *house) signed(key string) string {
	return "https://any.host/" + key + "?_jwt=" + h.signer.Sign(key, h.now().Add(time.Hour))
}

func TestPicturesAreCopiedWhateverWayTheyCome(t *testing.T) {
	h := newHouse(t, "127.0.0.0/8")
	pic := jpegOf(t, 400, 300)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(pic) }))
	t.Cleanup(srv.Close)
	stored, err := h.submitPicture(t, dataURI("image/jpeg", pic), task.ImageLimits{})
	if err != nil {
		t.Fatal(err)
	}
	own := h.signed(stored.Request.First.Key)
	for name, source := range map[string]string{
		"data URI": dataURI("image/jpeg", pic), "bare Base64": base64.StdEncoding.EncodeToString(pic),
		"URL": srv.URL + "/a.jpg", "our own dataset": own,
		"PNG under a wrong name": dataURI("image/jpeg", pngOf(t, 400, 300)),
	} {
		t.Run(name, func(t *testing.T) {
			made, err := h.submitPicture(t, source, task.ImageLimits{})
			if err != nil {
				t.Fatal(err)
			}
			img := h.read(t, made.ID).Request.First
			if img.Width != 400 || img.Height != 300 || img.Source != "" || !strings.HasPrefix(img.Key, "datasets/") {
				t.Errorf("kept %+v", img)
			}
			if len(h.stored(t, img.Key)) == 0 {
				t.Error("the copy is empty")
			}
			if same := img.Dataset == stored.Request.First.Dataset; same != (name == "our own dataset") {
				t.Errorf("a copy of its own: %v", !same)
			}
		})
	}
}

func TestPicturesThatCantBeUsedAreRefusedByField(t *testing.T) {
	h := newHouse(t)
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
			_, err := h.submitPicture(t, c.source, c.limits)
			var e *task.Error
			if !errors.As(err, &e) || e.Code != c.code {
				t.Fatalf("%v, want %s", err, c.code)
			}
			if len(e.Fields) != 1 || e.Fields[0].Field != "init_image" || !strings.Contains(e.Fields[0].Detail, c.says) {
				t.Errorf("faults %+v, want init_image with %q", e.Fields, c.says)
			}
		})
	}
	if len(h.wakes) != 0 {
		t.Errorf("%d tasks were made of refused requests", len(h.wakes))
	}
}

func TestBothPicturesAreNamedAtOnce(t *testing.T) {
	h := newHouse(t)
	r := request("a cat")
	r.First = &task.Image{Source: dataURI("image/png", gifOf(t)), Field: "image"}
	r.Last = &task.Image{Source: dataURI("image/png", pngOf(t, 2, 2)), Field: "image_tail"}
	_, err := h.Submit(t.Context(), h.who, r)
	var e *task.Error
	if !errors.As(err, &e) || len(e.Fields) != 2 {
		t.Fatalf("%v, want faults of both pictures", err)
	}
}

func TestAPictureByURLThatGivesNone(t *testing.T) {
	h := newHouse(t, "127.0.0.0/8")
	srv := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(srv.Close)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for name, source := range map[string]string{"404": srv.URL + "/none.jpg", "nobody answers": gone.URL + "/a.jpg"} {
		t.Run(name, func(t *testing.T) {
			if _, err := h.submitPicture(t, source, task.ImageLimits{}); task.CodeOf(err) != task.Unreadable {
				t.Errorf("%v, want %s", err, task.Unreadable)
			}
		})
	}
}

func TestOwnDatasetsNeedTheirTokenAndTheirAccount(t *testing.T) {
	h := newHouse(t)
	stored, err := h.submitPicture(t, dataURI("image/jpeg", jpegOf(t, 64, 64)), task.ImageLimits{})
	if err != nil {
		t.Fatal(err)
	}
	key := stored.Request.First.Key
	token := h.signer.Sign(key, h.now().Add(time.Hour))
	other := apikey.Key{Account: 8}
	for _, c := range []struct {
		name, source string
		who          apikey.Key
		pass         time.Duration
		ok           bool
	}{
		{"in force", "https://x/" + key + "?_jwt=" + token, h.who, 0, true},
		{"altered", "https://x/" + key + "?_jwt=" + token[:len(token)-2] + "AA", h.who, 0, false},
		{"another account's", "http://127.0.0.1:9/" + key + "?_jwt=" + token, other, 0, false},
		{"expired", "https://x/" + key + "?_jwt=" + token, h.who, 2 * time.Hour, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			h.pass(c.pass)
			r := request("a cat")
			r.First = &task.Image{Source: c.source, Field: "init_image"}
			_, err := h.Submit(t.Context(), c.who, r)
			if ok := err == nil; ok != c.ok {
				t.Errorf("%v, want ok %v", err, c.ok)
			}
			if err != nil && task.CodeOf(err) == task.InternalError {
				t.Errorf("an internal error: %v", err)
			}
		})
	}
}
