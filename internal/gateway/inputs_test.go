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

// TestReferencesGoToAnEngineThatTakesThem follows references from the create to the engine, over a failover and a retry.
func TestReferencesGoToAnEngineThatTakesThem(t *testing.T) { //nolint:gocyclo // one condition a field
	h := newHarness(t)
	taking := func(errs ...error) *failingEngine {
		e := h.engine(t, errs...)
		e.Caps.Models = []engine.Model{{
			Name: "refs", Modes: []engine.Mode{engine.FromReferences}, Limits: task.Limits{MaxSeconds: 10}, Sound: engine.SoundAlways,
			References: task.ReferenceLimits{Images: 2, Names: true, Roles: []task.ReferenceRole{task.RoleStyle}},
		}}
		return e
	}
	broken, works := taking(always(failing(engine.AuthError))...), taking()
	h.config.Registry = registry.Registry{
		Engines: []registry.ConfiguredEngine{{Name: "fake", Engine: h.fake}, {Name: "broken", Engine: broken}, {Name: "works", Engine: works}},
		Routes:  map[string][]registry.Target{"gen3a_turbo": {{Engine: "fake"}, {Engine: "broken"}, {Engine: "works"}}},
	}
	h.Gateway = h.config.build()
	first, second := pngOf(t, 64, 48), jpegOf(t, 80, 64)
	yes := true
	r := request("@hero in the street fail:ASSET.INVALID")
	r.Format, r.Audio, r.Mode = task.Format{}, &yes, "pro"
	r.ReferenceImages = []task.ReferenceImage{
		{Image: task.Image{Source: dataURI("image/png", first), Field: "reference_images/0"}, Name: "hero"},
		{Image: task.Image{Source: dataURI("image/jpeg", second), Field: "reference_images/1"}, Role: task.RoleStyle},
	}
	made, err := h.Submit(t.Context(), h.who, r)
	if err != nil || made.Engine != "broken" {
		t.Fatalf("%s, %v", made.Engine, err)
	}
	done := h.run(t, made.ID)
	if done.Engine != "works" || done.State != task.Failed {
		t.Fatalf("%s %s %+v", done.Engine, done.State, done.Failure)
	}
	for _, stage := range []task.Task{made, done} { // by the first engine, and by the next
		if len(stage.Ignored) != 1 || stage.Ignored[0].Field != "mode" {
			t.Errorf("at %s it is made without %+v", stage.Engine, stage.Ignored)
		}
	}
	got := works.Job(made.ID)
	if len(got.ReferenceImages) != 2 || got.ReferenceImages[0].Name != "hero" || got.ReferenceImages[1].Role != task.RoleStyle || got.ReferenceImages[1].Width != 80 || got.Request.Audio == nil {
		t.Fatalf("%+v", got)
	}
	if b, err := got.ReferenceImages[0].Bytes(t.Context()); err != nil || !bytes.Equal(b, h.stored(t, made.Request.ReferenceImages[0].Key)) {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	if r.ReferenceImages[0].Source == "" || r.ReferenceImages[0].Key != "" {
		t.Error("the caller's own list was changed")
	}
	again, err := h.Retry(t.Context(), h.who, made.ID)
	if err != nil || len(again.Request.ReferenceImages) != 2 || again.Request.ReferenceImages[0].Dataset != made.Request.ReferenceImages[0].Dataset {
		t.Errorf("%+v, %v", again.Request.ReferenceImages, err)
	}
	if err := h.bucket.Delete(t.Context(), made.Request.ReferenceImages[1].Key); err != nil {
		t.Fatal(err)
	}
	if lost := h.run(t, again.ID); lost.State != task.Failed || !strings.Contains(lost.WhyFailed().Text+lost.Failure.Detail, "reference_images/1") {
		t.Errorf("without its picture: %s %+v", lost.State, lost.Failure)
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
