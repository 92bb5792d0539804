package main

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"strings"
	"syscall"
	"testing"
)

// wireAsset is the part of an asset that the tests read.
type wireAsset struct {
	ID       string  `json:"id"`
	Task     string  `json:"task_id"`
	Group    string  `json:"asset_group_id"`
	Filename string  `json:"filename"`
	URL      string  `json:"url"`
	Share    *string `json:"share_url"`
	Files    []struct {
		Role   string `json:"role"`
		URL    string `json:"url"`
		Type   string `json:"type"`
		Size   int    `json:"size"`
		Width  int    `json:"width"`
		Height int    `json:"height"`
	} `json:"files"`
	Favorite bool `json:"favorite"`
	Private  bool `json:"private"`
}

func (p *process) asset(t *testing.T, method, path, body string) wireAsset {
	t.Helper()
	code, b := p.call(t, method, path, body)
	var a wireAsset
	if err := json.Unmarshal(b, &a); err != nil || code != http.StatusOK {
		t.Fatalf("%s %s: %d %s", method, path, code, b)
	}
	return a
}

// keyless sends a request without a key and returns the answer's status and headers.
func keyless(t *testing.T, method, url, body string) (int, http.Header) {
	t.Helper()
	resp, _ := withoutKey(t, method, url, body)
	return resp.StatusCode, resp.Header
}

// fetch sends a GET without a key.
func fetch(t testing.TB, url string) (*http.Response, []byte) {
	t.Helper()
	return withoutKey(t, http.MethodGet, url, "")
}

func withoutKey(t testing.TB, method, url, body string) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, b
}

// wantStatus sends a GET without a key and checks the answer's status.
func wantStatus(t *testing.T, what, url string, want int) {
	t.Helper()
	if got, _ := keyless(t, http.MethodGet, url, ""); got != want {
		t.Errorf("%s: %d, want %d", what, got, want)
	}
}

// wantCall makes a call and checks that its answer contains a text.
func (p *process) wantCall(t *testing.T, method, path, body string, want int, says string) {
	t.Helper()
	if code, b := p.call(t, method, path, body); code != want || !bytes.Contains(b, []byte(says)) {
		t.Errorf("%s %s: %d %s, want %d with %q", method, path, code, b, want, says)
	}
}

func TestAnAssetsLife(t *testing.T) {
	t.Parallel()
	p := run(t, t.TempDir())
	done := p.until(t, p.createShort(t), hasSucceeded)
	plain := done.Task.Artifacts[0].URL
	var list struct {
		Assets []wireAsset `json:"assets"`
	}
	if code, b := p.call(t, http.MethodGet, "/api/v1/assets?task_id="+done.Task.ID, ""); code != http.StatusOK || json.Unmarshal(b, &list) != nil || len(list.Assets) != 1 {
		t.Fatalf("list: %d %s", code, b)
	}
	path := "/api/v1/assets/" + list.Assets[0].ID

	a := p.asset(t, http.MethodPatch, path, `{"name":"meadow","favorite":true}`)
	if a.Filename != "meadow.mp4" || !a.Favorite || a.URL != plain {
		t.Errorf("changed to %+v", a)
	}
	a = p.asset(t, http.MethodPatch, path, `{"private":true}`)
	bare, _, _ := strings.Cut(a.URL, "?")
	wantStatus(t, "the old link of a sealed file", plain, http.StatusNotFound)
	wantStatus(t, "its new link, bare", bare, http.StatusForbidden)
	wantStatus(t, "its new link, signed", a.URL, http.StatusOK)
	wantStatus(t, "what get_runway links", p.get(t, done.Task.ID).Task.Artifacts[0].URL, http.StatusOK)
	p.asset(t, http.MethodPatch, path, `{"private":false}`)
	wantStatus(t, "opened again", plain, http.StatusOK)

	a = p.asset(t, http.MethodPost, path+"/share", "")
	if a.Share == nil {
		t.Fatal("sharing gave no page")
	}
	wantStatus(t, "its page", *a.Share, http.StatusOK)
	p.wantCall(t, http.MethodGet, "/api/v1/get_runway/"+done.Task.ID, "", http.StatusOK, `"sharedAsset":{"id":`)
	p.asset(t, http.MethodDelete, path+"/share", "")
	wantStatus(t, "a revoked page", *a.Share, http.StatusNotFound)

	p.wantCall(t, http.MethodPatch, "/api/v1/asset_groups/"+a.Group, `{"name":"Meadows"}`, http.StatusOK, "Meadows")
	p.wantCall(t, http.MethodGet, "/api/v1/asset_groups", "", http.StatusOK, `"name":"Meadows"`)

	p.wantCall(t, http.MethodDelete, path, "", http.StatusNoContent, "")
	wantStatus(t, "a deleted file", plain, http.StatusNotFound)
	p.wantCall(t, http.MethodGet, "/api/v1/get_runway/"+done.Task.ID, "", http.StatusOK, `"deleted":true`)
	p.wantCall(t, http.MethodPost, "/api/v1/tasks/"+done.Task.ID+"/retry", "", http.StatusConflict, "SUCCEEDED")
	p.wantCall(t, http.MethodDelete, "/api/v1/tasks/"+done.Task.ID, "", http.StatusNoContent, "")
	p.wantCall(t, http.MethodGet, "/api/v1/tasks", "", http.StatusOK, `{"tasks":[],"next":null}`)
}

func TestAnAssetListsAllItsFiles(t *testing.T) {
	t.Parallel()
	p := run(t, t.TempDir())
	done := p.until(t, p.createOwn(t, `{"prompt":"static shot of a meadow","seconds":1,"resolution":"480p","watermark":true}`).ID, hasSucceeded)
	var list struct {
		Assets []wireAsset `json:"assets"`
	}
	if code, b := p.call(t, http.MethodGet, "/api/v1/assets?task_id="+done.Task.ID, ""); code != http.StatusOK || json.Unmarshal(b, &list) != nil || len(list.Assets) != 1 {
		t.Fatalf("list: %d %s", code, b)
	}
	path := "/api/v1/assets/" + list.Assets[0].ID
	a := p.asset(t, http.MethodGet, path, "")
	many, poster := map[string]int{}, ""
	var video, raw []byte
	for _, f := range a.Files {
		many[f.Role]++
		resp, b := fetch(t, f.URL)
		mediaType := resp.Header.Get("Content-Type")
		if resp.StatusCode != http.StatusOK || mediaType != f.Type || len(b) != f.Size || f.Width == 0 || f.Height == 0 {
			t.Errorf("%s: %s of %d bytes, said to be %s of %d, %dx%d", f.Role, mediaType, len(b), f.Type, f.Size, f.Width, f.Height)
		}
		switch f.Role {
		case "video":
			video = b
		case "raw":
			raw = b
		case "poster":
			poster = f.URL
		}
	}
	want := map[string]int{"video": 1, "raw": 1, "preview": 5, "last_frame": 1, "poster": 1, "sprite": 1, "hover": 1}
	if !maps.Equal(many, want) {
		t.Errorf("files %v, want %v", many, want)
	}
	if bytes.Equal(video, raw) {
		t.Error("the raw video is the one with the watermark")
	}
	shared := p.asset(t, http.MethodPost, path+"/share", "")
	if _, page := fetch(t, *shared.Share); !bytes.Contains(page, []byte(poster)) {
		t.Errorf("the page does not show the poster %s", poster)
	}
	p.wantCall(t, http.MethodDelete, path, "", http.StatusNoContent, "")
	for _, f := range a.Files {
		wantStatus(t, "a deleted "+f.Role, f.URL, http.StatusNotFound)
	}
}

// formOf returns a form with one picture, and its media type.
func formOf(t *testing.T, picture []byte) (kind string, body []byte) {
	t.Helper()
	var form bytes.Buffer
	fields := multipart.NewWriter(&form)
	part, err := fields.CreateFormFile("file", "x.png")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write(picture)
	_ = fields.Close()
	return fields.FormDataContentType(), form.Bytes()
}

func TestUploads(t *testing.T) {
	t.Parallel()
	p := run(t, t.TempDir())
	var pic bytes.Buffer
	if err := png.Encode(&pic, image.NewGray(image.Rect(0, 0, 64, 48))); err != nil {
		t.Fatal(err)
	}
	kind, form := formOf(t, pic.Bytes())
	for _, c := range []struct {
		name, kind, body string
		status           int
		says             string
	}{
		{"a raw body", "image/png", pic.String(), 200, `"width":64`},
		{"a raw body of no said type", "application/octet-stream", pic.String(), 200, `"height":48`},
		{"a form", kind, string(form), 200, `"url":"`},
		{"a form without a file", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--x--\r\n", 400, "no file"},
		{"a form that is none", "multipart/form-data", "x", 400, "no file"},
		{"HTML", "image/png", "<html>", 415, "HTML"},
		{"nothing", "image/png", "", 415, "#/file"},
		{"16 MB", "image/png", string(pngOf(t, 64, 48, 16<<20)), 200, `"size":`},
		{"a byte more", "image/png", string(pngOf(t, 64, 48, 16<<20+1)), 413, "16777217 bytes; a picture may have at most 16777216"},
		{"17 MB", "image/png", strings.Repeat("x", 17<<20), 413, "17825792 bytes; a picture may have at most 16777216"},
		{"more than 64 MB", "image/png", strings.Repeat("x", 64<<20+1), 413, "the file is larger than 67108864 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, b := p.call(t, http.MethodPost, "/api/v1/datasets", c.body, "Content-Type", c.kind)
			if code != c.status || !bytes.Contains(b, []byte(c.says)) {
				t.Errorf("%d %s, want %d with %q", code, b, c.status, c.says)
			}
		})
	}
}

// putPart sends a part to its signed URL, without a key.
func putPart(t *testing.T, url, body string) (code int, etag string) {
	t.Helper()
	code, header := keyless(t, http.MethodPut, url, body)
	return code, header.Get("ETag")
}

func TestAnUploadInPartsSurvivesARestart(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	p := run(t, data)
	var pic bytes.Buffer
	if err := png.Encode(&pic, image.NewGray(image.Rect(0, 0, 64, 48))); err != nil {
		t.Fatal(err)
	}
	code, b := p.call(t, http.MethodPost, "/v1/uploads", `{"filename":"a.png","numberOfParts":2,"type":"DATASET"}`)
	var begun struct {
		ID   string   `json:"id"`
		URLs []string `json:"uploadUrls"`
	}
	if err := json.Unmarshal(b, &begun); err != nil || code != http.StatusOK || len(begun.URLs) != 2 {
		t.Fatalf("begin: %d %s", code, b)
	}
	code, first := putPart(t, begun.URLs[0], pic.String()[:60])
	if code != http.StatusOK || len(first) != 34 {
		t.Fatalf("part 1: %d %s", code, first)
	}
	p.end(syscall.SIGKILL)
	next := run(t, data)
	wantStatus(t, "a part, read", strings.Replace(begun.URLs[0], p.base, next.base, 1), http.StatusMethodNotAllowed)
	_, second := putPart(t, strings.Replace(begun.URLs[1], p.base, next.base, 1), pic.String()[60:])
	parts, err := json.Marshal(map[string]any{"parts": []any{map[string]any{"PartNumber": 1, "ETag": first}, map[string]any{"PartNumber": 2, "ETag": second}}})
	if err != nil {
		t.Fatal(err)
	}
	code, b = next.call(t, http.MethodPost, "/runway/uploads/"+begun.ID+"/complete", string(parts))
	var done struct {
		URL string `json:"url"`
	}
	if err := json.Unmarshal(b, &done); err != nil || code != http.StatusOK {
		t.Fatalf("complete: %d %s", code, b)
	}
	wantStatus(t, "the picture", done.URL, http.StatusOK)
	id := next.create(t, `{"seconds":5,"init_image":"`+done.URL+`"}`)
	if got := next.get(t, id).Task.Options.Image; got != done.URL {
		t.Errorf("the task's picture is %s, want %s", got, done.URL)
	}
}

func TestAnIdempotencyKeyMakesOneTask(t *testing.T) {
	t.Parallel()
	p := run(t, t.TempDir())
	send := func(path, body, key string) (int, string) {
		code, b := p.call(t, http.MethodPost, path, body, "Idempotency-Key", key)
		return code, string(b)
	}
	const path, body = "/api/v1/create_runway", `{"seconds":5,"text_prompt":"static"}`
	code, first := send(path, body, `"abc"`)
	if code != http.StatusOK {
		t.Fatalf("%d %s", code, first)
	}
	if code, again := send(path, body, "abc"); code != http.StatusOK || again != first {
		t.Errorf("the repeat: %d\n%s\nwant\n%s", code, again, first)
	}
	if code, b := send(path, `{"seconds":10,"text_prompt":"static"}`, "abc"); code != http.StatusUnprocessableEntity {
		t.Errorf("another body: %d %s", code, b)
	}
	if code, b := send("/api/v1/create_luma", `{"user_prompt":"static","expand_prompt":false}`, "abc"); code != http.StatusUnprocessableEntity {
		t.Errorf("another call: %d %s", code, b)
	}
	if code, b := send(path, body, strings.Repeat("k", 256)); code != http.StatusBadRequest || !strings.Contains(b, "Idempotency-Key") {
		t.Errorf("a key too long: %d %s", code, b)
	}
}
