package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/media"
)

// testVideo makes a video of 160x96 at 24 frames a second.
func testVideo(t *testing.T, frames int) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "film.mp4")
	out, err := media.Command(t.Context(), "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=160x96:rate=24",
		"-frames:v", fmt.Sprint(frames), "-pix_fmt", "yuv420p", "-c:v", "libx264", name).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return name
}

// testStill makes a small picture: each check decodes it five times.
func testStill(t *testing.T) string {
	t.Helper()
	var picture bytes.Buffer
	if err := jpeg.Encode(&picture, image.NewGray(image.Rect(0, 0, 16, 9)), nil); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "still.jpg")
	if err := os.WriteFile(name, picture.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// serveFiles serves a video and a still picture. It returns the artifact that a server would answer for the video.
func serveFiles(t *testing.T, name, still string) (artifact map[string]any) {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/film.mp4", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, name) })
	mux.HandleFunc("/still.jpg", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, still) })
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	url := s.URL + "/still.jpg"
	return map[string]any{
		"url": s.URL + "/film.mp4", "fileSize": fmt.Sprint(info.Size()), "previewUrls": []string{url, url, url, url, url},
		"metadata": map[string]any{"frameRate": 24, "duration": 1.042, "dimensions": []int{160, 96}, "size": map[string]int{"width": 160, "height": 96}},
	}
}

func TestAnAnswerMustMatchTheFile(t *testing.T) {
	name, still := testVideo(t, 25), testStill(t)
	metadata := func(key string, value any) func(map[string]any) {
		return func(a map[string]any) { a["metadata"].(map[string]any)[key] = value }
	}
	tests := []struct {
		name   string
		change func(map[string]any)
		want   string // "" = no error
	}{
		{"the right answer", func(map[string]any) {}, ""},
		{"a duration within a millisecond", metadata("duration", 1.0411), ""},
		{"a wrong duration", metadata("duration", 1.044), "duration"},
		{"another frame rate", metadata("frameRate", 25), "frameRate: the answer says 25/1, ffprobe finds 24/1"},
		{"another width", metadata("size", map[string]int{"width": 161, "height": 96}), "size"},
		{"dimensions swapped", metadata("dimensions", []int{96, 160}), "dimensions"},
		{"another file size", func(a map[string]any) { a["fileSize"] = "1" }, "fileSize: the answer says 1"},
		{"four previews", func(a map[string]any) { a["previewUrls"] = a["previewUrls"].([]string)[1:] }, "4 previews"},
		{"a preview that is no JPEG", func(a map[string]any) { a["previewUrls"].([]string)[2] = a["url"].(string) }, "preview"},
		{"a missing preview", func(a map[string]any) { a["previewUrls"].([]string)[2] += "x" }, "404"},
		{"a missing video", func(a map[string]any) { a["url"] = a["url"].(string) + "x" }, "404"},
		{"a video that is a picture", func(a map[string]any) { a["url"] = a["previewUrls"].([]string)[0] }, "h264"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := serveFiles(t, name, still)
			tt.change(a)
			answer, err := json.Marshal(map[string]any{"task": map[string]any{"artifacts": []any{a}}})
			if err != nil {
				t.Fatal(err)
			}
			expectError(t, demo{}.fetchAndCheck(t.Context(), answer, filepath.Join(t.TempDir(), "out.mp4")), tt.want)
		})
	}
}

// expectError fails the test unless err contains want; "" = there must be no error.
func expectError(t *testing.T, err error, want string) {
	t.Helper()
	if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
		t.Errorf("error %v, want %q in it", err, want)
	}
}

func TestAnAnswerWithoutAVideoIsAnError(t *testing.T) {
	expectError(t, demo{}.fetchAndCheck(t.Context(), []byte(`{"task":{"artifacts":[]}}`), "nowhere"), "0 artifacts")
	expectError(t, demo{}.fetchAndCheck(t.Context(), []byte(`<html>`), "nowhere"), "invalid character")
}

func TestContactSheetShowsNineFrames(t *testing.T) {
	for _, frames := range []int{9, 125} {
		t.Run(fmt.Sprint(frames), func(t *testing.T) {
			sheet := filepath.Join(t.TempDir(), "sheet.jpg")
			if err := contactSheet(t.Context(), testVideo(t, frames), sheet); err != nil {
				t.Fatal(err)
			}
			f, err := os.Open(sheet)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			picture, _, err := image.Decode(f)
			if err != nil || picture.Bounds().Dx() != 3*480+4*6 || picture.Bounds().Dy() != 3*288+4*6 {
				t.Fatalf("%v, error %v", picture.Bounds(), err)
			}
			// A missing frame would be black. testsrc has a bright bar at the right of each frame.
			if r, g, b, _ := picture.At(3*480-60, 3*288-200).RGBA(); r+g+b < 0x6000 {
				t.Errorf("the ninth frame is missing")
			}
		})
	}
}

func TestContactSheetOfAMissingVideoIsAnError(t *testing.T) {
	expectError(t, contactSheet(t.Context(), "nowhere.mp4", "sheet.jpg"), "ffprobe nowhere.mp4")
	if _, err := os.Stat("sheet.jpg"); !errors.Is(err, os.ErrNotExist) {
		t.Error("a sheet was written")
	}
}
