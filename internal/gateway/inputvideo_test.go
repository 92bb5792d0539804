package gateway_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/task"
)

// takesVideos makes the gateway anew with an engine that takes them, up to 20 seconds.
func (h *house) takesVideos() {
	h.fake.Caps.Models[0].Modes = engine.Modes()
	h.fake.Caps.Models[0].Video = task.InputVideoLimits{Types: []string{"video/mp4"}, MaxSeconds: 20}
	h.use(h.fake)
}

func (h *house) submitVideo(t *testing.T, source string) (task.Task, error) {
	t.Helper()
	r := request("the same in winter")
	r.Seconds, r.Format = 0, task.Format{}
	r.Video = &task.InputVideo{Source: source, Field: "video"}
	return h.Submit(t.Context(), h.who, r)
}

// aClip is the tests' own video of half a second.
func aClip(t *testing.T) []byte {
	t.Helper()
	b, err := clip()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestVideosAreCopiedWhateverWayTheyCome(t *testing.T) {
	h := newHouse(t, "127.0.0.0/8")
	h.takesVideos()
	video := aClip(t)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(video) }))
	t.Cleanup(srv.Close)
	uploaded, inParts := h.uploadedVideos(t, video)
	for name, source := range map[string]string{
		"URL": srv.URL + "/a.mp4", "data URI": dataURI("video/mp4", video), "a dataset": h.signed(uploaded.Key), "an upload in parts": h.signed(inParts.Key),
	} {
		t.Run(name, func(t *testing.T) {
			made, err := h.submitVideo(t, source)
			if err != nil {
				t.Fatal(err)
			}
			got := h.read(t, made.ID).Request
			v := got.Video
			if v.Source != "" || v.Type != "video/mp4" || v.Width != 320 || v.Height != 192 || v.FrameRate != 24 || v.Duration != 500*time.Millisecond ||
				v.Size != int64(len(h.stored(t, v.Key))) {
				t.Errorf("kept %+v", v)
			}
			if got.Seconds != 1 || got.Format != (task.Format{Width: 1312, Height: 784, FrameRate: 24, Frames: 24}) {
				t.Errorf("%d seconds, format %+v: not the video's own", got.Seconds, got.Format)
			}
			if own := v.Dataset == uploaded.ID || v.Dataset == inParts.ID; own != strings.HasPrefix(name, "a") {
				t.Errorf("a copy of its own: %v", !own)
			}
		})
	}
}

// uploadedVideos brings a video in whole, and in parts.
func (h *house) uploadedVideos(t *testing.T, video []byte) (whole, inParts task.Dataset) {
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

func TestVideosThatCantBeUsedAreRefusedByField(t *testing.T) {
	h := newHouse(t, "127.0.0.0/8")
	h.takesVideos()
	video := aClip(t)
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
		{"Base64 alone", "AAAA", task.Invalid, "data URI"},
		{"more bytes than there may be", srv.URL + "/large", task.TooLarge, "67108864"},
		{"a body without an end", srv.URL + "/endless", task.TooLarge, "67108864"},
		{"a page that is not there", srv.URL + "/none", task.Unreadable, "404"},
		{"another network", "http://192.168.0.1/a.mp4", task.Unreadable, "could not be reached"},
		{"a dataset that is a picture", h.signed(picture.Key), task.Unsupported, "the dataset is a picture; a video is needed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := h.submitVideo(t, c.source)
			var e *task.Error
			if !errors.As(err, &e) || e.Code != c.code || len(e.Fields) != 1 || e.Fields[0].Field != "video" || !strings.Contains(e.Fields[0].Detail, c.says) {
				t.Errorf("%v, want %s of video with %q", err, c.code, c.says)
			}
		})
	}
	if len(h.wakes) != 0 {
		t.Errorf("%d tasks were made of refused requests", len(h.wakes))
	}
	if left := h.tempFiles(t); len(left) > 0 {
		t.Errorf("left in the temp folder: %q", left)
	}
}

func TestAVideoIsNoPicture(t *testing.T) {
	h := newHouse(t)
	video, err := h.Upload(t.Context(), h.who, bytes.NewReader(aClip(t)))
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.submitPicture(t, h.signed(video.Key), task.ImageLimits{})
	refused(t, "as a first frame", err, task.Unsupported, "init_image: the dataset is a video; a picture is needed")
}

func TestAnotherAccountsVideoIsNotThere(t *testing.T) {
	h := newHouse(t)
	h.takesVideos()
	video, err := h.Upload(t.Context(), apikey.Key{Account: 8}, bytes.NewReader(aClip(t)))
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.submitVideo(t, h.signed(video.Key))
	refused(t, "asking with it", err, task.NotFound, "there is no such dataset")
}

func TestAnUploadThatIsNeitherNamesAllThatIsAllowed(t *testing.T) {
	h := newHouse(t)
	_, err := h.Upload(t.Context(), h.who, strings.NewReader("<html>"))
	refused(t, "HTML", err, task.Unsupported, "file: an HTML page; allowed: JPEG, PNG, WebP, MP4, QuickTime")
	_, err = h.Upload(t.Context(), h.who, io.LimitReader(zeros{}, 64<<20+1))
	refused(t, "too much", err, task.TooLarge, "file: the file is larger than 67108864 bytes")
	_, err = h.Upload(t.Context(), h.who, io.MultiReader(strings.NewReader("x"), errReader{}))
	refused(t, "a body that breaks off", err, task.Invalid, "ended early")
	if left := h.tempFiles(t); len(left) > 0 {
		t.Errorf("left in the temp folder: %q", left)
	}
}

func TestNoVideoIsFetchedThatNoEngineTakes(t *testing.T) {
	h := newHouse(t, "127.0.0.0/8")
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was fetched") }))
	t.Cleanup(srv.Close)
	_, err := h.submitVideo(t, srv.URL+"/a.mp4")
	refused(t, "a video", err, task.Invalid, "video: model fake can't make a video from another video")
}

func TestTheEngineGetsTheVideoAsItWantsIt(t *testing.T) {
	h := newHouse(t)
	h.takesVideos()
	video := aClip(t)
	for _, public := range []string{"", "https://films.example"} {
		h.config.PublicURL = public
		h.use(h.fake)
		made, err := h.submitVideo(t, dataURI("video/mp4", video))
		if err != nil {
			t.Fatal(err)
		}
		h.run(t, made.ID)
		got := h.fake.Job(made.ID).Video
		if got == nil {
			t.Fatal("the engine got no video")
		}
		link, err := got.Link(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if public == "" && !strings.HasPrefix(link, "data:video/mp4;base64,") || public != "" && !strings.HasPrefix(link, public+"/"+made.Request.Video.Key+"?_jwt=") {
			t.Errorf("with the public URL %q the link is %.60s", public, link)
		}
		b, err := got.Bytes(t.Context())
		if err != nil || int64(len(b)) != got.Size || got.Duration != 500*time.Millisecond || !bytes.Equal(b, h.stored(t, made.Request.Video.Key)) {
			t.Errorf("%d bytes of %+v, %v", len(b), got, err)
		}
	}
}

func TestARetryAsksWithTheSameVideo(t *testing.T) {
	h := newHouse(t)
	h.takesVideos()
	r := request("fail:ASSET.INVALID")
	r.Seconds, r.Video = 0, &task.InputVideo{Source: dataURI("video/mp4", aClip(t)), Field: "video"}
	made, err := h.Submit(t.Context(), h.who, r)
	if err != nil {
		t.Fatal(err)
	}
	if got := h.run(t, made.ID); got.State != task.Failed {
		t.Fatalf("%+v", got)
	}
	again, err := h.Retry(t.Context(), h.who, made.ID)
	if err != nil || again.Request.Video.Dataset != made.Request.Video.Dataset {
		t.Errorf("%+v, %v", again.Request.Video, err)
	}
}

func TestAVideoGoesToTheEngineOnTheRouteThatTakesIt(t *testing.T) {
	h := newHouse(t)
	other := h.engine(t)
	other.Caps.Models = []engine.Model{{Name: "modify", Modes: []engine.Mode{engine.FromVideo}, Limits: task.Limits{MaxSeconds: 10}}}
	h.config.Registry = registry.Registry{
		Engines: []registry.ConfiguredEngine{{Name: "fake", Engine: h.fake}, {Name: "other", Engine: other}},
		Routes:  map[string][]registry.Target{"gen3a_turbo": {{Engine: "fake"}, {Engine: "other"}}},
	}
	h.Gateway = h.config.build()
	made, err := h.submitVideo(t, dataURI("video/mp4", aClip(t)))
	if err != nil || made.Engine != "other" || made.EngineModel != "modify" {
		t.Errorf("%s/%s, %v", made.Engine, made.EngineModel, err)
	}
}

// tempFiles are the names of files in the making.
func (h *house) tempFiles(t *testing.T) (out []string) {
	t.Helper()
	entries, err := os.ReadDir(h.config.Temp)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

// zeros never end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// errReader breaks off.
type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, errors.New("connection reset") }
