package openrouter

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
	"github.com/filmgate/filmgate/internal/task"
)

const videos = "/openrouter/api/v1/videos"

// standing returns the routes on a gateway whose clock stands. Files are answered with their path.
func standing() (*dialecttest.Gateway, http.Handler) {
	gw := &dialecttest.Gateway{Time: time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC)}
	files := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "gone") {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "video/mp4")
		_, _ = w.Write([]byte(r.URL.Path + " " + r.Header.Get("Range")))
	})
	return gw, dialecttest.Mux(dialect.OnlyUnder(prefix, Routes(gw, Options{Files: files, Log: slog.New(slog.DiscardHandler)})))
}

func TestExchanges(t *testing.T) {
	dialecttest.Run(t, "testdata/*.http", func() http.Handler {
		_, h := standing()
		return h
	})
}

// finished returns a task with its video.
func finished() task.Task {
	at := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	return task.Task{ID: "00000000-0000-4000-8000-000000000001", Account: 7, Version: 4, Engine: "team", EngineModel: "veo", Created: at, Updated: at.Add(20 * time.Second),
		Request:  task.Request{Dialect: Dialect, Model: "google/veo-3.1", Prompt: "a lake", Seconds: 8},
		Attempts: []task.Attempt{{Engine: "team", Cost: 0.4, Currency: "USD"}},
		Artifacts: []task.Artifact{{ID: "10000000-0000-4000-8000-000000000001", Account: 7, Width: 1280, Height: 720, FrameRate: 24, Duration: 8 * time.Second,
			Files: []task.File{{Role: task.Video, Key: "cdn/20261128/video.mp4", Type: "video/mp4"}}}}}
}

func links() dialect.Links {
	gw, _ := standing()
	return dialect.Links{Base: "http://films.example", Token: gw.Token, Now: gw.Time}
}

func TestEveryStateIsAnsweredAsItsFileSays(t *testing.T) {
	dialecttest.States(t, map[string]func(task.State) []byte{
		"video": func(s task.State) []byte { return encode(dialecttest.InState(finished(), s), links()) },
	})
}

func TestATaskThatMissedItsDeadlineIsExpired(t *testing.T) {
	late := dialecttest.InState(finished(), task.Failed)
	late.Failure = &task.Failure{Reason: task.Overdue}
	if got := videoOf(late, links()); got.Status != "expired" || got.Error != task.Overdue.PublicText() {
		t.Errorf("%+v", got)
	}
}

func TestACallbackTellsOfTheEndAlone(t *testing.T) {
	for _, s := range task.States() {
		body := Callback(dialecttest.InState(finished(), s), links())
		if !s.Terminal() {
			if body != nil {
				t.Errorf("%s: %s, want nothing", s, body)
			}
			continue
		}
		var got routerEvent
		if err := json.Unmarshal(body, &got); err != nil || got.Type != "video.generation."+string(got.Data.Status) || got.Data.ID != finished().ID || got.CreatedAt == "" {
			t.Errorf("%s: %s", s, body)
		}
	}
}

func TestEveryErrorHasItsStatusAsCodeAndNoStatusThatClientsMustNotRepeat(t *testing.T) {
	for _, c := range task.Codes() {
		var got routerError
		status := ErrorForm().Status(c)
		if err := json.Unmarshal(ErrorForm().Encode(&task.Error{Code: c, Detail: "Why."}, "id"), &got); err != nil || got.Error.Code != status ||
			got.Error.Message != "Why." || got.Error.Metadata.ErrorType != string(c) || got.Error.Metadata.RequestID != "id" {
			t.Errorf("%s: %+v, %v", c, got, err)
		}
		if status < 400 || status == http.StatusConflict || status == http.StatusRequestTimeout {
			t.Errorf("%s has status %d", c, status)
		}
	}
}

func send(h http.Handler, method, target, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://films.example"+target, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+dialecttest.Key)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestACreateIsDecoded(t *testing.T) { //nolint:gocyclo // one condition a field
	for _, c := range []struct {
		name, body string
		holds      func(task.Request) bool
	}{
		{"a size in pixels", `"size":"720x1280","aspect_ratio":"16:9"`, func(r task.Request) bool {
			return r.Format.Width == 720 && r.Format.Height == 1280 && r.AspectRatio == "9:16"
		}},
		{"a named resolution", `"resolution":"4K","aspect_ratio":"21:9","duration":60,"seed":0`, func(r task.Request) bool {
			return r.Resolution == "4k" && r.AspectRatio == "21:9" && r.Seconds == 60 && *r.Seed == 0
		}},
		{"a picture's bytes", `"frame_images":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"},"frame_type":"first_frame"}]`, func(r task.Request) bool {
			return r.First != nil && r.First.Field == "frame_images/0/image_url/url" && r.Last == nil
		}},
		{"a video to change", `"input_references":[{"type":"video_url","video_url":{"url":"https://a.example/v.mp4"}}]`, func(r task.Request) bool {
			return r.Video != nil && r.Seconds == 0
		}},
		{"a callback", `"callback_url":"https://a.example/hook"`, func(r task.Request) bool { return r.CallbackURL == "https://a.example/hook" }},
		{"what means nothing here", `"provider":{"options":{}}`, func(r task.Request) bool { return r.Seconds == 5 && r.Audio == nil }},
		{"sound", `"generate_audio":true`, func(r task.Request) bool { return r.Audio != nil && *r.Audio }},
		{"references", `"input_references":[{"type":"image_url","image_url":{"url":"https://a.example/a.jpg"}},{"type":"audio_url","audio_url":{"url":"https://a.example/a.mp3"}}]`, func(r task.Request) bool {
			return len(r.ReferenceImages) == 1 && r.ReferenceImages[0].Field == "input_references/0/image_url/url" && len(r.ReferenceAudio) == 1 && r.Video == nil
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			gw, h := standing()
			w := send(h, http.MethodPost, videos, `{"model":"house-model","prompt":"x",`+c.body+`}`)
			made, err := gw.Last()
			if w.Code != http.StatusAccepted || err != nil || made.Request.Dialect != Dialect || made.Request.Model != "house-model" || !c.holds(made.Request) {
				t.Errorf("%d %s\n%+v, %v", w.Code, w.Body, made.Request, err)
			}
			if ignored := w.Header().Get("Filmgate-Ignored"); strings.Contains(c.body, "provider") != (ignored == "provider") {
				t.Errorf("ignored %q", ignored)
			}
		})
	}
}

func TestACreateWithAnIdempotencyKeyMakesOneTask(t *testing.T) {
	_, h := standing()
	first := send(h, http.MethodPost, videos, `{"model":"google/veo-3.1","prompt":"x"}`, "Idempotency-Key", "a")
	again := send(h, http.MethodPost, videos, `{"model":"google/veo-3.1","prompt":"x"}`, "Idempotency-Key", "a")
	if first.Code != http.StatusAccepted || again.Body.String() != first.Body.String() || again.Header().Get("Idempotent-Replayed") != "true" {
		t.Errorf("%d %s\n%d %s", first.Code, first.Body, again.Code, again.Body)
	}
}

func TestTheBytesOfAFinishedVideoAreServed(t *testing.T) {
	gw, h := standing()
	gw.Put(dialecttest.InState(finished(), task.Succeeded))
	for query, want := range map[string]int{"": 200, "?index=0": 200, "?index=1": 404, "?index=-1": 400, "?index=x": 400} {
		w := send(h, http.MethodGet, videos+"/"+finished().ID+"/content"+query, "", "Range", "bytes=0-1")
		if w.Code != want || want == 200 && w.Body.String() != "/cdn/20261128/video.mp4 bytes=0-1" || want != 200 && !strings.HasPrefix(w.Body.String(), `{"error":{"code":`) {
			t.Errorf("%q: %d %s, want %d", query, w.Code, w.Body, want)
		}
	}
	for name, change := range map[string]func(*task.Task){
		"of a failed task":   func(t *task.Task) { *t = dialecttest.InState(*t, task.Failed) },
		"of a deleted video": func(t *task.Task) { t.Artifacts[0].Deleted = true },
		"of a lost file":     func(t *task.Task) { t.Artifacts[0].Files[0].Key = "cdn/gone.mp4" },
	} {
		one := dialecttest.InState(finished(), task.Succeeded)
		change(&one)
		gw.Put(one)
		if w := send(h, http.MethodGet, videos+"/"+one.ID+"/content", ""); w.Code != 404 || !strings.HasPrefix(w.Body.String(), `{"error":{"code":404,`) {
			t.Errorf("the bytes %s: %d %s", name, w.Code, w.Body)
		}
	}
}

func TestTheModelsAreListedWithWhatTheirEngineMakes(t *testing.T) {
	_, h := standing()
	for _, target := range []string{videos + "/models", "/openrouter/api/v1/models"} {
		w := send(h, http.MethodGet, target, "")
		var got routerModels
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != 200 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		for _, name := range append(Models()[Dialect], "house-model") {
			if !slices.ContainsFunc(got.Data, func(m routerModel) bool { return m.ID == name && m.Resolutions == nil && len(m.FrameImages) == 2 }) {
				t.Errorf("%s is not listed", name)
			}
		}
	}
	one := encodeModels([]string{"gen3a_turbo"}, (&dialecttest.Gateway{}).Offers).Data[0]
	if !slices.Equal(*one.Durations, []int{5, 10}) || !slices.Equal(*one.Resolutions, []string{"720p"}) || !slices.Equal(one.FrameImages, []string{"first_frame"}) || !*one.Seed {
		t.Errorf("%+v", one)
	}
}

func TestAnInternalErrorIsNotTold(t *testing.T) {
	gw, h := standing()
	gw.Fail = errors.New("disk /secret is full")
	w := send(h, http.MethodPost, videos, `{"model":"google/veo-3.1","prompt":"x"}`)
	if w.Code != 500 || strings.Contains(w.Body.String(), "secret") || !strings.HasPrefix(w.Body.String(), `{"error":{"code":500,`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestTheGatewaysErrorsNameTheCallersFields(t *testing.T) {
	gw, h := standing()
	gw.Fail = &task.Error{Code: task.Unreadable, Fields: []task.FieldError{{Field: "seconds", Detail: "a"}, {Field: "aspect_ratio", Detail: "b"}}}
	w := send(h, http.MethodPost, videos, `{"model":"google/veo-3.1","prompt":"x"}`)
	if w.Code != 422 || !strings.Contains(w.Body.String(), `"message":"duration: a; aspect_ratio: b"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// Any body is answered with a job or with an error in words.
func FuzzCreate(f *testing.F) {
	f.Add([]byte(`{"model":"google/veo-3.1","prompt":"x","size":"1280x720"}`))
	f.Add([]byte(`{"model":"google/veo-3.1","frame_images":[{"image_url":{"url":"data:,"},"frame_type":"last_frame"}],"input_references":[{}]}`))
	f.Add([]byte(`{"model":5,"duration":1e999,"seed":0.5,"callback_url":"http://"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		_, h := standing()
		w := send(h, http.MethodPost, videos, string(body))
		var got struct {
			ID    string
			Error *routerErrorBody
		}
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code >= 500 || (w.Code == http.StatusAccepted) != (got.ID != "") || (got.ID == "") != (got.Error != nil) {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}

func BenchmarkEncodeFinished(b *testing.B) {
	b.ReportAllocs()
	done, l := dialecttest.InState(finished(), task.Succeeded), links()
	for b.Loop() {
		encode(done, l)
	}
}
