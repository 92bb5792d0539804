package main

import (
	"bytes"
	"encoding/base64"
	numbers "encoding/binary"
	"encoding/json"
	"hash/crc32"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"
)

// pngOf returns a picture of that size. A chunk that readers ignore makes it size bytes long; 0 = without one.
func pngOf(t *testing.T, width, height, size int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	const end = 12 // bytes of the last chunk, and of any chunk without data
	whole := b.Bytes()
	if size == 0 {
		return whole
	}
	data := size - len(whole) - end
	if data < 0 {
		t.Fatalf("a picture of %dx%d has %d bytes already", width, height, len(whole))
	}
	chunk := append([]byte("prVt"), make([]byte, data)...)
	head := len(whole) - end
	out := numbers.BigEndian.AppendUint32(bytes.Clone(whole[:head]), uint32(data))
	out = numbers.BigEndian.AppendUint32(append(out, chunk...), crc32.ChecksumIEEE(chunk))
	return append(out, whole[head:]...)
}

// claiming returns the head of a picture that claims a size. It ends where its pixels should begin.
func claiming(t *testing.T, width, height uint32) []byte {
	t.Helper()
	const head = 16 // bytes of the signature and of the first chunk's length and name
	b := pngOf(t, 1, 1, 0)[:head+17]
	numbers.BigEndian.PutUint32(b[head:], width)
	numbers.BigEndian.PutUint32(b[head+4:], height)
	numbers.BigEndian.PutUint32(b[head+13:], crc32.ChecksumIEEE(b[head-4:head+13]))
	return b
}

// declaredAs returns a picture as a data URI with the media type that the caller declares.
func declaredAs(kind string, b []byte) string {
	return "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(b)
}

// Every limit on pictures depends on the content, and not on what the caller declares.
func TestEveryLimitOfAPicture(t *testing.T) {
	t.Parallel()
	p := run(t, t.TempDir())
	bodies := map[string]func(picture string) string{
		"/api/v1/create_runway":                  func(s string) string { return `{"seconds":5,"init_image":"` + s + `"}` },
		"/api/v1/create_luma":                    func(s string) string { return `{"user_prompt":"","expand_prompt":false,"image_url":"` + s + `"}` },
		"/api/v1/kling/image2video/create_kling": func(s string) string { return `{"image":"` + s + `"}` },
		"/api/v1/kling/image2video/create_kling?": func(s string) string {
			return `{"image":"` + declaredAs("image/png", pngOf(t, 300, 300, 0)) + `","image_tail":"` + s + `"}`
		},
	}
	const runway, luma = "/api/v1/create_runway", "/api/v1/create_luma"
	const kling, tail = "/api/v1/kling/image2video/create_kling", "/api/v1/kling/image2video/create_kling?"
	webp := "UklGRiQAAABXRUJQVlA4IBgAAAAwAQCdASoBAAEAAgA0JaQAA3AA/vuUAAA="
	gif := "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
	const mb = 1 << 20
	full, over := declaredAs("image/png", pngOf(t, 64, 64, 16*mb)), declaredAs("image/png", pngOf(t, 64, 64, 16*mb+1))
	overKling := base64.StdEncoding.EncodeToString(pngOf(t, 300, 300, 10*mb+1))
	for _, c := range []struct {
		name, path, source string
		status             int
		says               string
	}{
		{"Runway: 16 MB", runway, full, 200, ""},
		{"Runway: a byte more", runway, over, 413, `"#/init_image"`},
		{"Runway: 16 pixels", runway, declaredAs("image/png", pngOf(t, 16, 40, 0)), 200, ""},
		{"Runway: 15 pixels", runway, declaredAs("image/png", pngOf(t, 15, 40, 0)), 422, "15x40 pixels; at least 16 on each side"},
		{"Runway: 16384 pixels", runway, declaredAs("image/png", pngOf(t, 16384, 16, 0)), 200, ""},
		{"Runway: a pixel more", runway, declaredAs("image/png", pngOf(t, 16385, 16, 0)), 413, "16385x16 pixels; at most 16384 on each side"},
		{"Runway: 50 million pixels", runway, declaredAs("image/png", claiming(t, 10000, 5001)), 413, "10000x5001 pixels; at most 50 million in all"},
		{"Runway: a PNG that is called a JPEG", runway, declaredAs("image/jpeg", pngOf(t, 64, 64, 0)), 200, ""},
		{"Runway: a GIF that is called a PNG", runway, "data:image/png;base64," + gif, 415, "allowed: JPEG, PNG, WebP"},
		{"Luma: 16 MB", luma, full, 200, ""},
		{"Luma: a byte more", luma, over, 413, `"#/image_url"`},
		{"Kling: 10 MB", kling, base64.StdEncoding.EncodeToString(pngOf(t, 300, 300, 10*mb)), 200, `"code":0`},
		{"Kling: a byte more", kling, overKling, 413, `{"code":1201,"message":"image: `},
		{"Kling: 300 pixels", kling, declaredAs("image/png", pngOf(t, 750, 300, 0)), 200, ""},
		{"Kling: 299 pixels", kling, declaredAs("image/png", pngOf(t, 300, 299, 0)), 422, "image: 300x299 pixels; at least 300 on each side"},
		{"Kling: longer than 2.5:1", kling, declaredAs("image/png", pngOf(t, 751, 300, 0)), 422, "image: 751x300 pixels; the longer side may be at most 2.5 times the shorter"},
		{"Kling: higher than 1:2.5", kling, declaredAs("image/png", pngOf(t, 300, 751, 0)), 422, "image: 300x751 pixels; the longer side may be at most 2.5 times the shorter"},
		{"Kling: a WebP", kling, webp, 415, "image: a WebP; allowed: JPEG, PNG"},
		{"Kling: a tail of 299 pixels", tail, declaredAs("image/png", pngOf(t, 299, 300, 0)), 422, "image_tail: 299x300 pixels"},
		{"Kling: a tail of 10 MB and a byte", tail, "data:image/png;base64," + overKling, 413, "image_tail: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, b := p.call(t, http.MethodPost, strings.TrimSuffix(c.path, "?"), bodies[c.path](c.source))
			if code != c.status || !strings.Contains(string(b), c.says) {
				t.Errorf("%d %s, want %d with %s", code, b, c.status, c.says)
			}
			p.cancelAll(t)
		})
	}
}

// A picture that was uploaded before can be used in every field that names a picture, within the limits of its API family.
func TestADatasetIsGoodForEveryFamily(t *testing.T) {
	t.Parallel()
	p := run(t, t.TempDir())
	dataset := func(width, height int) string {
		_, b := p.call(t, http.MethodPost, "/api/v1/datasets", string(pngOf(t, width, height, 0)))
		var d struct {
			URL string `json:"url"`
		}
		if err := json.Unmarshal(b, &d); err != nil || d.URL == "" {
			t.Fatalf("%s", b)
		}
		return d.URL
	}
	good, small, long := dataset(300, 400), dataset(299, 400), dataset(300, 760)
	const kling = "/api/v1/kling/image2video/create_kling"
	for _, c := range []struct {
		path, body string
		status     int
		says       string
	}{
		{"/api/v1/create_runway", `{"seconds":5,"init_image":"` + small + `"}`, 200, "/datasets/"},
		{"/api/v1/create_runway", `{"seconds":5,"init_image":"` + long + `","image_as_end_frame":true}`, 200, "/datasets/"},
		{"/api/v1/create_luma", `{"user_prompt":"","expand_prompt":false,"image_url":"` + small + `","image_end_url":"` + long + `"}`, 200, "pending"},
		{kling, `{"image":"` + good + `","image_tail":"` + good + `"}`, 200, "submitted"},
		{kling, `{"image":"` + small + `"}`, 422, "image: 299x400 pixels; each side must have at least 300"},
		{kling, `{"image":"` + good + `","image_tail":"` + long + `"}`, 422, "image_tail: 300x760 pixels; the longer side may be at most 2.5 times the shorter"},
	} {
		p.wantCall(t, http.MethodPost, c.path, c.body, c.status, c.says)
	}
	p.cancelAll(t)
}

// cancelAll cancels the tasks that a test has begun and does not wait for.
func (p *process) cancelAll(t *testing.T) {
	t.Helper()
	_, b := p.call(t, http.MethodGet, "/api/v1/tasks?status=QUEUED,PENDING,RUNNING", "")
	for part := range strings.SplitSeq(string(b), `{"id":"`) {
		if id, _, ok := strings.Cut(part, `","status"`); ok && len(id) == 36 {
			p.call(t, http.MethodPost, "/api/v1/tasks/"+id+"/cancel", "")
		}
	}
}
