package dataset_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

func TestVideoSources(t *testing.T) {
	h := newHarness(t, "127.0.0.0/8")
	video := clip(t)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(video) }))
	t.Cleanup(srv.Close)
	uploaded, inParts := h.uploadedVideos(t, video)
	for name, source := range map[string]string{
		"URL": srv.URL + "/a.mp4", "data URI": dataURI("video/mp4", video), "a dataset": h.signed(uploaded.Key), "an upload in parts": h.signed(inParts.Key),
	} {
		t.Run(name, func(t *testing.T) {
			v, err := h.copyVideo(t, source)
			if err != nil {
				t.Fatal(err)
			}
			if v.Source != "" || v.Type != "video/mp4" || v.Width != 320 || v.Height != 192 || v.FrameRate != 24 || v.Duration != 500*time.Millisecond ||
				v.Size != int64(len(h.stored(t, v.Key))) {
				t.Errorf("copied to %+v", v)
			}
			if own := v.Dataset == uploaded.ID || v.Dataset == inParts.ID; own != strings.HasPrefix(name, "a") {
				t.Errorf("a new dataset: %v", !own)
			}
		})
	}
}

// uploadedVideos uploads a video whole and in parts.
func (h *harness) uploadedVideos(t *testing.T, video []byte) (whole, inParts task.Dataset) {
	t.Helper()
	whole, err := h.Upload(t.Context(), h.who, bytes.NewReader(video))
	if err != nil || !whole.IsVideo() || whole.Type != "video/mp4" || whole.Width != 320 || whole.FrameRate != 24 || whole.Duration != 500*time.Millisecond {
		t.Fatalf("uploaded %+v, %v", whole, err)
	}
	u := h.beginUpload(t, 2)
	first, second := u.mustPut(t, 1, video[:100]), u.mustPut(t, 2, video[100:])
	inParts, err = u.complete(t, first, second)
	if err != nil || inParts.Type != "video/mp4" || inParts.Key != "datasets/"+u.ID+".mp4" {
		t.Fatalf("in parts %+v, %v", inParts, err)
	}
	return whole, inParts
}

func TestBadVideosAreRefused(t *testing.T) {
	h := newHarness(t, "127.0.0.0/8")
	video := clip(t)
	mux := http.NewServeMux()
	mux.HandleFunc("/page", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "video/mp4")
		_, _ = io.WriteString(w, "<!doctype html><p>log in first")
	})
	mux.HandleFunc("/endless", func(w http.ResponseWriter, r *http.Request) {
		for chunk := make([]byte, 1<<20); r.Context().Err() == nil; {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/large", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "67108865")
		_, _ = w.Write(video)
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	picture, err := h.Upload(t.Context(), h.who, bytes.NewReader(pngOf(t, 64, 48)))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, source string
		code         task.Code
		says         string
	}{
		{"cut short", dataURI("video/mp4", video[:len(video)-100]), task.Unreadable, "cut short"},
		{"an HTML page", srv.URL + "/page", task.Unsupported, "an HTML page; allowed: MP4, QuickTime"},
		{"a picture", dataURI("video/mp4", pngOf(t, 64, 48)), task.Unsupported, "a PNG; allowed: MP4, QuickTime"},
		{"nothing", "data:video/mp4;base64,", task.Unsupported, "nothing; allowed"},
		{"not Base64", "data:video/mp4;base64,%%%", task.Invalid, "Base64"},
		{"bare Base64", "AAAA", task.Invalid, "data URI"},
		{"more bytes than there may be", srv.URL + "/large", task.TooLarge, "67108864"},
		{"a body without an end", srv.URL + "/endless", task.TooLarge, "67108864"},
		{"a page that is not there", srv.URL + "/none", task.Unreadable, "404"},
		{"a private network", "http://192.168.0.1/a.mp4", task.Unreadable, "could not be reached"},
		{"a dataset that is a picture", h.signed(picture.Key), task.Unsupported, "the dataset is a picture; a video is needed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := h.copyVideo(t, c.source)
			var e *task.Error
			if !errors.As(err, &e) || e.Code != c.code || len(e.Fields) != 1 || e.Fields[0].Field != "video" || !strings.Contains(e.Fields[0].Detail, c.says) {
				t.Errorf("%v, want %s of video with %q", err, c.code, c.says)
			}
		})
	}
	h.checkTempIsEmpty(t)
}

func TestVideoAsImageIsRefused(t *testing.T) {
	h := newHarness(t)
	video, err := h.Upload(t.Context(), h.who, bytes.NewReader(clip(t)))
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.copyImage(t, h.signed(video.Key), task.ImageLimits{})
	checkRefused(t, "as a first frame", err, task.Unsupported, "init_image: the dataset is a video; a picture is needed")
}

func TestAnotherAccountsVideoIsNotFound(t *testing.T) {
	h := newHarness(t)
	video, err := h.Upload(t.Context(), apikey.Key{Account: 8}, bytes.NewReader(clip(t)))
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.copyVideo(t, h.signed(video.Key))
	checkRefused(t, "asking with it", err, task.NotFound, "there is no such dataset")
}

func TestVideosAreRefusedWhileFFmpegFails(t *testing.T) {
	for name, broken := range map[string]func(*testing.T, *harness){
		"known before": func(_ *testing.T, h *harness) {
			h.config.FFmpeg = brokenFFmpeg{}
		},
		"found out by trying": func(t *testing.T, _ *harness) { t.Setenv("PATH", t.TempDir()) },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			video := clip(t)
			broken(t, h)
			h.restart()
			_, uploading := h.Upload(t.Context(), h.who, bytes.NewReader(video))
			_, asking := h.copyVideo(t, dataURI("video/mp4", video))
			for field, err := range map[string]error{"file": uploading, "video": asking} {
				var e *task.Error
				if !errors.As(err, &e) || e.Code != task.Unavailable || e.RetryAfter <= 0 || !strings.HasPrefix(e.Detail, field+": no video can be read at the moment: ffmpeg ") {
					t.Errorf("%s: %v", field, err)
				}
			}
			if _, err := h.Upload(t.Context(), h.who, bytes.NewReader(pngOf(t, 64, 48))); err != nil {
				t.Errorf("a picture: %v", err)
			}
			h.checkTempIsEmpty(t)
		})
	}
}

// brokenFFmpeg says that ffmpeg is missing.
type brokenFFmpeg struct{}

func (brokenFFmpeg) Err() error { return errors.New("ffmpeg is missing on this server") }

func (b brokenFFmpeg) Check(context.Context) error { return b.Err() }
