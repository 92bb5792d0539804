package aisdk

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

// standing returns the routes on a gateway whose clock stands.
func standing() (*dialecttest.Gateway, http.Handler) {
	gw := &dialecttest.Gateway{Time: time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC)}
	return gw, dialecttest.Mux(Routes(gw, Options{Log: slog.New(slog.DiscardHandler)}))
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
	seed := uint32(7)
	return task.Task{ID: "00000000-0000-4000-8000-000000000001", Account: 7, Version: 4, Engine: "animatic", EngineModel: "animatic", Created: at, Updated: at.Add(20 * time.Second),
		Request: task.Request{Dialect: Dialect, Model: "house-model", Prompt: "a lake", Seconds: 5, Seed: &seed, Format: task.Format{Width: 1280, Height: 720, FrameRate: 24, Frames: 120}},
		Artifacts: []task.Artifact{{ID: "10000000-0000-4000-8000-000000000001", Task: "00000000-0000-4000-8000-000000000001", Account: 7, Width: 1280, Height: 720, FrameRate: 24,
			Duration: 5041667 * time.Microsecond, Files: []task.File{{Role: task.Video, Key: "cdn/20261128/video.mp4", Type: "video/mp4"},
				{Role: task.LastFrame, Key: "cdn/20261128/last.jpg", Type: "image/jpeg"}}}}}
}

func links() dialect.Links {
	gw, _ := standing()
	return dialect.Links{Base: "http://films.example", Token: gw.Token, Now: gw.Time}
}

func TestEveryStateIsAnsweredAsItsFileSays(t *testing.T) {
	dialecttest.States(t, map[string]func(task.State) []byte{
		"status": func(s task.State) []byte { return encodeStatus(dialecttest.InState(finished(), s), links()) },
	})
}

func TestACallbackTellsOfTheEndAlone(t *testing.T) {
	want := map[task.State]string{task.Succeeded: "completed", task.Failed: "failed", task.Cancelled: "cancelled"}
	for _, s := range task.States() {
		body := Callback(dialecttest.InState(finished(), s), links())
		if want[s] == "" {
			if body != nil {
				t.Errorf("%s: %s, want nothing", s, body)
			}
			continue
		}
		var got gatewayEvent
		if err := json.Unmarshal(body, &got); err != nil || got.Type != "video.generation."+want[s] || got.Data.Status != want[s] ||
			got.Data.JobID != finished().ID || (got.Data.Error != "") != (s == task.Failed) || strings.Contains(string(body), "http") {
			t.Errorf("%s: %s", s, body)
		}
	}
}

func TestEveryErrorHasATypeThatTheSDKKnowsAndNoStatusThatItMustNotRepeat(t *testing.T) {
	for _, c := range task.Codes() {
		e := &task.Error{Code: c, Detail: "Why."}
		var got gatewayError
		if err := json.Unmarshal(ErrorForm().Encode(e, "id"), &got); err != nil || got.Error.Message != "Why." || got.Error.Code != string(c) ||
			!slices.Contains(gatewayErrorType("").Words(), string(got.Error.Type)) {
			t.Errorf("%s: %+v, %v", c, got, err)
		}
		if s := ErrorForm().Status(c); s < 400 || s == http.StatusConflict || s == http.StatusRequestTimeout {
			t.Errorf("%s has status %d", c, s)
		}
	}
}

// request is a call with a key and a model.
func request(target, body string, header ...string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "http://films.example"+target, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+dialecttest.Key)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(modelHeader, "house-model")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

func send(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestAStartIsDecoded(t *testing.T) { //nolint:gocyclo // a table of conditions
	bytes := strings.Repeat("A", 128)
	for _, c := range []struct {
		name, body string
		holds      func(task.Request) bool
	}{
		{"a length, a rate and a seed", `{"prompt":"x","duration":60,"fps":30,"seed":4294967295}`, func(r task.Request) bool {
			return r.Seconds == 60 && r.Format.FrameRate == 30 && *r.Seed == 4294967295
		}},
		{"a size in pixels", `{"prompt":"x","resolution":"720x1280"}`, func(r task.Request) bool {
			return r.Format.Width == 720 && r.Format.Height == 1280 && r.AspectRatio == "9:16" && r.Resolution == "720p"
		}},
		{"a named size and a shape", `{"prompt":"x","resolution":"1080p","aspectRatio":"21:9"}`, func(r task.Request) bool {
			return r.Resolution == "1080p" && r.AspectRatio == "21:9" && r.Format.Width == 0
		}},
		{"a picture's bytes", `{"image":{"type":"file","mediaType":"image/png","data":"` + bytes + `"}}`, func(r task.Request) bool {
			return r.First != nil && r.First.Field == "image/data" && r.Seconds == 5
		}},
		{"a first frame that wins over the image", `{"image":{"type":"url","url":"https://a.example/a"},"frameImages":[{"image":{"type":"url","url":"https://a.example/b"},"frameType":"first_frame"}]}`,
			func(r task.Request) bool {
				return r.First != nil && r.First.Field == "frameImages/0/image/url" && r.Last == nil
			}},
		{"a last frame alone", `{"frameImages":[{"image":{"type":"url","url":"https://a.example/b"},"frameType":"last_frame"}]}`,
			func(r task.Request) bool { return r.First == nil && r.Last != nil }},
		{"a video's bytes", `{"prompt":"x","inputReferences":[{"type":"file","mediaType":"video/mp4","data":"` + bytes + `"}]}`,
			func(r task.Request) bool {
				return r.Video != nil && r.Video.Field == "inputReferences/0/data" && r.Seconds == 0
			}},
		{"references by their media types", `{"prompt":"x","generateAudio":true,"inputReferences":[{"type":"url","url":"https://a.example/a"},{"type":"file","mediaType":"audio/mpeg","data":"` + bytes + `"},` +
			`{"type":"url","mediaType":"image/png","url":"https://a.example/b"}]}`, func(r task.Request) bool {
			return len(r.ReferenceImages) == 2 && r.ReferenceImages[1].Field == "inputReferences/2/url" && len(r.ReferenceAudio) == 1 && r.ReferenceAudio[0].Field == "inputReferences/1/data" && *r.Audio
		}},
		{"a callback", `{"prompt":"x","callbackUrl":"HTTPS://a.example/hook"}`, func(r task.Request) bool { return r.CallbackURL == "https://a.example/hook" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			gw, h := standing()
			w := send(h, request("/v4/ai/video-model/start", c.body))
			made, err := gw.Last()
			if w.Code != 200 || err != nil || made.Request.Dialect != Dialect || made.Request.Model != "house-model" || !c.holds(made.Request) {
				t.Errorf("%d %s\n%+v, %v", w.Code, w.Body, made.Request, err)
			}
		})
	}
}

func TestUnknownFieldsAndOtherProvidersOptionsAreIgnoredAndNamed(t *testing.T) {
	_, h := standing()
	w := send(h, request("/v4/ai/video-model/start", `{"prompt":"x","quality":"high","providerOptions":{"klingai":{"mode":"pro"}}}`))
	if got := w.Header().Get("Filmgate-Ignored"); w.Code != 200 || got != "providerOptions/klingai, quality" {
		t.Errorf("%d %q %s", w.Code, got, w.Body)
	}
}

func TestEveryBaseURLOfTheProviderReachesTheSameCalls(t *testing.T) {
	gw, _ := standing()
	o := Options{Log: slog.New(slog.DiscardHandler)}
	h := dialecttest.Mux(append(append(Routes(gw, o), dialect.Under("/gateway", Routes(gw, o))...), dialect.OnlyUnder("/gateway", BareRoutes(gw, o))...))
	for _, base := range []string{"/v4/ai", "/v3/ai", "/gateway/v4/ai", "/gateway/v3/ai", "/gateway"} {
		if w := send(h, request(base+"/video-model/start", `{"prompt":"x"}`)); w.Code != 200 {
			t.Errorf("%s: %d %s", base, w.Code, w.Body)
		}
	}
}

func TestAStartWithAnIdempotencyKeyMakesOneTask(t *testing.T) {
	gw, h := standing()
	first := send(h, request("/v4/ai/video-model/start", `{"prompt":"x","n":2}`, "Idempotency-Key", "aisdk_vid_abc"))
	again := send(h, request("/v4/ai/video-model/start", `{"prompt":"x","n":2}`, "Idempotency-Key", "aisdk_vid_abc"))
	if first.Code != 200 || again.Body.String() != first.Body.String() || again.Header().Get("Idempotent-Replayed") != "true" {
		t.Errorf("%d %s\n%d %s", first.Code, first.Body, again.Code, again.Body)
	}
	if made, _ := gw.Last(); made.ID != "00000000-0000-4000-8000-000000000001" {
		t.Errorf("a second task: %s", made.ID)
	}
}

func TestTheModelsOfTheProviderAndOfTheSettingsAreListed(t *testing.T) {
	_, h := standing()
	r := request("/v4/ai/config", "")
	r.Method = http.MethodGet
	w := send(h, r)
	var got gatewayModels
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	for _, name := range append(Models()[Dialect], "house-model") {
		if !slices.ContainsFunc(got.Models, func(m gatewayModel) bool {
			return m.ID == name && m.ModelType == "video" && m.Specification.SpecificationVersion == "v4" && m.Specification.ModelID == name
		}) {
			t.Errorf("%s is not listed", name)
		}
	}
}

func TestAnInternalErrorIsNotTold(t *testing.T) {
	gw, h := standing()
	gw.Fail = errors.New("disk /secret is full")
	w := send(h, request("/v4/ai/video-model/start", `{"prompt":"x"}`))
	if w.Code != 500 || strings.Contains(w.Body.String(), "secret") || !strings.Contains(w.Body.String(), `"type":"internal_server_error"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestTheGatewaysErrorsNameTheCallersFields(t *testing.T) {
	gw, h := standing()
	gw.Fail = &task.Error{Code: task.Unreadable, Fields: []task.FieldError{{Field: "seconds", Detail: "a"}, {Field: "aspect_ratio", Detail: "b"}}}
	w := send(h, request("/v4/ai/video-model/start", `{"prompt":"x"}`))
	if w.Code != 422 || !strings.Contains(w.Body.String(), `"message":"duration: a; aspectRatio: b"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// Any body is answered with the call's answer or with an error in words.
func FuzzStart(f *testing.F) {
	f.Add([]byte(`{"prompt":"x","image":{"type":"url","url":"https://a.example/a"},"n":1}`))
	f.Add([]byte(`{"frameImages":[{"image":{"type":"file","data":"AAAA"},"frameType":"last_frame"}],"inputReferences":[{}]}`))
	f.Add([]byte(`{"prompt":"x","resolution":"1x1","aspectRatio":"0:0","seed":1e999,"operation":{"jobId":null}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		_, h := standing()
		for _, call := range []string{"start", "status"} {
			w := send(h, request("/v4/ai/video-model/"+call, string(body)))
			var got struct {
				Operation, Error json.RawMessage
			}
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code >= 500 || (w.Code == 200) != (got.Operation != nil) || (w.Code != 200) != (got.Error != nil) {
				t.Errorf("%s: %d %s", call, w.Code, w.Body)
			}
		}
	})
}

func BenchmarkEncodeFinished(b *testing.B) {
	b.ReportAllocs()
	done, l := dialecttest.InState(finished(), task.Succeeded), links()
	for b.Loop() {
		encodeStatus(done, l)
	}
}
