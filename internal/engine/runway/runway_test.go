package runway_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/enginetest"
	"github.com/filmgate/filmgate/internal/engine/runway"
	"github.com/filmgate/filmgate/internal/task"
)

func TestSuite(t *testing.T) {
	enginetest.RunVendor(t, enginetest.Vendor{
		Wire: "runway",
		New: func(base string, hc *http.Client, now func() time.Time) engine.Engine {
			return runway.New(runway.Options{Key: enginetest.Key, BaseURL: base, HTTP: hc, Now: now})
		},
	})
}

// submitted submits a job to a server that accepts every call, and returns the request bodies by path.
func submitted(t *testing.T, j engine.Job) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		out[r.URL.Path] = body
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"id":"i","uploadUrl":"`+server.URL+`/store","fields":{"key":"k"},"runwayUri":"runway://u"}`)
	}))
	t.Cleanup(server.Close)
	e := runway.New(runway.Options{Key: enginetest.Key, BaseURL: server.URL, HTTP: server.Client()})
	if _, err := e.Submit(t.Context(), j); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestLargeFilesAreUploaded(t *testing.T) {
	for size, uploaded := range map[int]bool{3_700_000: false, 3_800_000: true} { // 3.75 MB are 5 MB in Base64
		data := bytes.Repeat([]byte("v"), size)
		video := submitted(t, engine.Job{Model: "aleph2", Request: task.Request{Prompt: "in winter", Video: &task.InputVideo{}}, Video: &engine.InputVideo{InputFile: engine.InputFile{
			Type: "video/quicktime", Size: int64(size), Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil },
		}}})
		image := submitted(t, engine.Job{Model: "gen4_turbo", Request: task.Request{Seconds: 5, First: &task.Image{}}, First: &engine.Picture{Type: "image/png", Bytes: data}})
		var edit struct{ VideoURI string }
		var made struct{ PromptImage []struct{ URI string } }
		if err := json.Unmarshal(video["/v1/video_to_video"], &edit); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(image["/v1/image_to_video"], &made); err != nil || len(made.PromptImage) != 1 {
			t.Fatal(err)
		}
		for _, c := range []struct {
			uri, kind, file string
			store           []byte
		}{{edit.VideoURI, "video/quicktime", "video.mov", video["/store"]}, {made.PromptImage[0].URI, "image/png", "first.png", image["/store"]}} {
			if (c.uri == "runway://u") != uploaded || strings.HasPrefix(c.uri, "data:"+c.kind+";base64,") == uploaded {
				t.Errorf("%s of %d bytes: %.40s", c.kind, size, c.uri)
			}
			if uploaded && (!bytes.Contains(c.store, data) || !bytes.Contains(c.store, []byte(`filename="`+c.file+`"`))) {
				t.Errorf("%s of %d bytes: the store got %d", c.kind, size, len(c.store))
			}
		}
	}
}

func TestLargeReferencesAreUploaded(t *testing.T) {
	for size, uploaded := range map[int]bool{3_700_000: false, 3_800_000: true} {
		data := bytes.Repeat([]byte("a"), size)
		file := engine.InputFile{Type: "audio/mpeg", Size: int64(size), Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }}
		sent := submitted(t, engine.Job{
			Model: "seedance2", Request: task.Request{Prompt: "a cat", Seconds: 4, ReferenceAudio: []task.InputAudio{{}}}, ReferenceAudio: []engine.InputAudio{{InputFile: file}},
		})
		var in struct{ ReferenceAudio []struct{ Type, URI string } }
		if err := json.Unmarshal(sent["/v1/text_to_video"], &in); err != nil || len(in.ReferenceAudio) != 1 || in.ReferenceAudio[0].Type != "audio" {
			t.Fatalf("%+.100v, %v", in, err)
		}
		if uri := in.ReferenceAudio[0].URI; (uri == "runway://u") != uploaded || uploaded != bytes.Contains(sent["/store"], []byte(`filename="reference.mp3"`)) {
			t.Errorf("%d bytes: %.40s", size, uri)
		}
	}
}

func TestAnImageGetsTheNearestRatioOfTheModel(t *testing.T) {
	for _, c := range []struct {
		model         string
		width, height int
		want          string
	}{
		{"gen4_turbo", 1920, 1080, "1280:720"}, {"gen4_turbo", 1000, 1000, "960:960"}, {"gen4_turbo", 4000, 3000, "1104:832"},
		{"gen4_turbo", 700, 1000, "832:1104"}, {"gen4_turbo", 2400, 1000, "1584:672"}, {"gen4.5", 1000, 1000, "960:960"},
		{"veo3.1", 1000, 1001, "720:1280"}, {"veo3.1", 1001, 1000, "1280:720"}, {"seedance2", 1080, 1920, "720:1280"},
		{"hailuo3", 1080, 1920, "adaptive"}, {"wan3", 1080, 1920, "auto_720p"}, {"grok_imagine_1_5", 1080, 1920, ""}, {"gemini_omni_flash_1.1", 1080, 1920, "720:1280"},
	} {
		got := submitted(t, engine.Job{Model: c.model, Request: task.Request{Prompt: "x", Seconds: 4, First: &task.Image{}},
			First: &engine.Picture{Type: "image/png", Width: c.width, Height: c.height}})
		var in struct{ Ratio string }
		if err := json.Unmarshal(got["/v1/image_to_video"], &in); err != nil || in.Ratio != c.want {
			t.Errorf("%s from %dx%d: %q, %v, want %q", c.model, c.width, c.height, in.Ratio, err, c.want)
		}
	}
}

func TestAFinishedTaskIsNotPolledAgainWithinItsInterval(t *testing.T) {
	polls, now := 0, time.Unix(0, 0)
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/video.mp4" {
			w.Header().Set("Content-Type", "video/mp4")
			_, _ = io.WriteString(w, "....ftypisom")
			return
		}
		polls++
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"id":"i","status":"SUCCEEDED","output":["`+server.URL+`/video.mp4"]}`)
	}))
	defer server.Close()
	e := runway.New(runway.Options{BaseURL: server.URL, HTTP: server.Client(), Now: func() time.Time { return now }})
	open := func(when string, want int) {
		t.Helper()
		c, err := e.Open(t.Context(), "i", 0)
		if err != nil {
			t.Fatal(err)
		}
		_ = c.Body.Close()
		if polls != want {
			t.Errorf("%s: polled %d times, want %d", when, polls, want)
		}
	}
	if _, err := e.Poll(t.Context(), "i"); err != nil {
		t.Fatal(err)
	}
	open("right after the poll", 1)
	open("again, because the first download broke off", 2)
	if _, err := e.Poll(t.Context(), "i"); err != nil {
		t.Fatal(err)
	}
	now = now.Add(5 * time.Second)
	open("when the next poll is due", 4)
}

func TestModelLimits(t *testing.T) {
	models := map[string]engine.Model{}
	for _, m := range runway.New(runway.Options{}).Capabilities().Models {
		models[m.Name] = m
	}
	for _, c := range []struct {
		name  string
		model string
		r     task.Request
		field string // the one with an error; "" = none
	}{
		{"gen4.5 from an image, square", "gen4.5", task.Request{Prompt: "x", Seconds: 5, AspectRatio: "1:1", First: &task.Image{}}, ""},
		{"gen4.5 from text, square", "gen4.5", task.Request{Prompt: "x", Seconds: 5, AspectRatio: "1:1"}, "aspect_ratio"},
		{"gen4.5 from an image without a prompt", "gen4.5", task.Request{Seconds: 5, First: &task.Image{}}, "prompt"},
		{"gen4_turbo from an image without a prompt", "gen4_turbo", task.Request{Seconds: 5, First: &task.Image{}}, ""},
		{"1000 UTF-16 units", "gen4_turbo", task.Request{Prompt: strings.Repeat("🎬", 500), Seconds: 5, First: &task.Image{}}, ""},
		{"1002 UTF-16 units", "gen4_turbo", task.Request{Prompt: strings.Repeat("🎬", 501), Seconds: 5, First: &task.Image{}}, "prompt"},
		{"aleph2, a video in another aspect ratio", "aleph2", task.Request{Prompt: "x", AspectRatio: "3:2", Video: &task.InputVideo{Duration: 30 * time.Second, FrameRate: 30}}, ""},
		{"aleph2, a video in a resolution", "aleph2", task.Request{Prompt: "x", Resolution: "1080p", Video: &task.InputVideo{}}, "resolution"},
		{"aleph2, a video of 60 frames a second", "aleph2", task.Request{Prompt: "x", Video: &task.InputVideo{FrameRate: 60000.0 / 1001}}, "video"},
		{"aleph2, a video of 29.97 frames a second", "aleph2", task.Request{Prompt: "x", Video: &task.InputVideo{FrameRate: 30000.0 / 1001}}, ""},
		{"gemini_omni_flash, a video in another aspect ratio", "gemini_omni_flash", task.Request{Prompt: "x", AspectRatio: "9:16", Video: &task.InputVideo{}}, "aspect_ratio"},
		{"seedance2, a longer video than its input", "seedance2", task.Request{Prompt: "x", Seconds: 15, AspectRatio: "1:1", Video: &task.InputVideo{Duration: 5 * time.Second}}, ""},
		{"seedance2_5, a longer video than its input", "seedance2_5", task.Request{Prompt: "x", Seconds: 15, Video: &task.InputVideo{Duration: 5 * time.Second}}, "seconds"},
		{"h3_max, a small picture", "h3_max", task.Request{Prompt: "x", Seconds: 5, First: &task.Image{Width: 255, Height: 900}}, "first_frame"},
		{"gen4_turbo, a video", "gen4_turbo", task.Request{Prompt: "x", Video: &task.InputVideo{}}, "video"},
	} {
		t.Run(c.name, func(t *testing.T) {
			errs := models[c.model].Check(c.r)
			if (len(errs) == 0) != (c.field == "") || len(errs) > 0 && errs[0].Field != c.field {
				t.Errorf("%v, want an error in field %q", errs, c.field)
			}
		})
	}
}

// TestModelsOfNovember2026 holds the video models of npm @runwayml/sdk 4.20.1, the default first.
func TestModelsOfNovember2026(t *testing.T) {
	want := "gen4_turbo gen4.5 veo3.1 veo3.1_fast aleph2 seedance2 seedance2_fast seedance2_mini seedance2_5 hailuo3 wan3 wan3_prime grok_imagine_1_5 " +
		"gemini_omni_flash gemini_omni_flash_1.1 happyhorse_1_0 h3_max"
	var names []string
	for _, m := range runway.New(runway.Options{}).Capabilities().Models {
		if m.Ended(time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)) {
			continue
		}
		names = append(names, m.Name)
		for _, mode := range m.Modes {
			l := m.ForMode(mode)
			for _, aspect := range l.AspectRatios {
				for _, resolution := range l.Resolutions {
					checkShape(t, m, mode, task.Request{Prompt: "x", AspectRatio: aspect, Resolution: resolution})
				}
			}
		}
	}
	if got := strings.Join(names, " "); got != want {
		t.Errorf("models %s\nwant   %s", got, want)
	}
}

// checkShape fails the test if a request's shape is sent neither as a ratio nor as a resolution.
func checkShape(t *testing.T, m engine.Model, mode engine.Mode, r task.Request) {
	t.Helper()
	if mode == engine.FromVideo {
		return // its fields are in the exchange files
	}
	r.Seconds = 8
	j := engine.Job{Model: m.Name, Request: r}
	path := "/v1/text_to_video"
	if mode != engine.FromText {
		path, j.Request.First, j.First = "/v1/image_to_video", &task.Image{}, &engine.Picture{Type: "image/png"}
	}
	var in struct{ Ratio, Resolution string }
	if err := json.Unmarshal(submitted(t, j)[path], &in); err != nil || in.Ratio == "" && in.Resolution == "" {
		t.Errorf("%s from %s, %s at %s: %+v, %v", m.Name, mode, r.AspectRatio, r.Resolution, in, err)
	}
}
