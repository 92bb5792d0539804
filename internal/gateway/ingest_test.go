package gateway_test

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/jpeg"
	"image/png"
	"testing"
	"time"

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

func dataURI(kind string, b []byte) string {
	return "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(b)
}

func (h *harness) submitPicture(t *testing.T, source string, limits task.ImageLimits) (task.Task, error) {
	t.Helper()
	r := request("camera pull out")
	r.First = &task.Image{Source: source, Field: "init_image", Limits: limits}
	return h.Submit(t.Context(), h.who, r)
}

// signed is one of our own dataset URLs, in force for an hour.
func (h *harness) signed(key string) string {
	return "https://any.host/" + key + "?_jwt=" + h.signer.Sign(key, h.now().Add(time.Hour))
}
