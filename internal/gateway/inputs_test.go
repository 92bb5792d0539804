package gateway_test

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/jpeg"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/registry"
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

// takesVideos restarts the gateway with an engine that takes videos, up to 20 seconds.
func (h *harness) takesVideos() {
	h.fake.Caps.Models[0].Modes = engine.Modes()
	h.fake.Caps.Models[0].Video = task.InputVideoLimits{Types: []string{"video/mp4"}, MaxSeconds: 20}
	h.use(h.fake)
}

func (h *harness) submitVideo(t *testing.T, source string) (task.Task, error) {
	t.Helper()
	r := request("the same in winter")
	r.Seconds, r.Format = 0, task.Format{}
	r.Video = &task.InputVideo{Source: source, Field: "video"}
	return h.Submit(t.Context(), h.who, r)
}

// testClip returns the video of half a second.
func testClip(t *testing.T) []byte {
	t.Helper()
	b, err := clip()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRefusedVideoIsNotFetched(t *testing.T) {
	h := newHarness(t, "127.0.0.0/8")
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the video was fetched") }))
	t.Cleanup(srv.Close)
	_, err := h.submitVideo(t, srv.URL+"/a.mp4")
	checkRefused(t, "a video", err, task.Invalid, "video: model fake can't make a video from another video")
}

func TestEngineGetsVideoAsLinkOrBytes(t *testing.T) {
	h := newHarness(t)
	h.takesVideos()
	video := testClip(t)
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

func TestRetryUsesTheSameVideo(t *testing.T) {
	h := newHarness(t)
	h.takesVideos()
	r := request("fail:ASSET.INVALID")
	r.Seconds, r.Video = 0, &task.InputVideo{Source: dataURI("video/mp4", testClip(t)), Field: "video"}
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

func TestVideoGoesToAnEngineThatTakesIt(t *testing.T) {
	h := newHarness(t)
	other := h.engine(t)
	other.Caps.Models = []engine.Model{{Name: "modify", Modes: []engine.Mode{engine.FromVideo}, Limits: task.Limits{MaxSeconds: 10}}}
	h.config.Registry = registry.Registry{
		Engines: []registry.ConfiguredEngine{{Name: "fake", Engine: h.fake}, {Name: "other", Engine: other}},
		Routes:  map[string][]registry.Target{"gen3a_turbo": {{Engine: "fake"}, {Engine: "other"}}},
	}
	h.Gateway = h.config.build()
	made, err := h.submitVideo(t, dataURI("video/mp4", testClip(t)))
	if err != nil || made.Engine != "other" || made.EngineModel != "modify" {
		t.Errorf("%s/%s, %v", made.Engine, made.EngineModel, err)
	}
}

// tempFiles returns the names of the files in the temp folder.
func (h *harness) tempFiles(t *testing.T) (out []string) {
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
