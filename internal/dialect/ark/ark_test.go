package ark

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
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

// finished returns a task with its video, whose request asked for the last frame.
func finished() task.Task {
	at := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	seed := uint32(7)
	return task.Task{ID: "00000000-0000-4000-8000-000000000001", Account: 7, Version: 4, Engine: "animatic", EngineModel: "animatic", Created: at, Updated: at.Add(20 * time.Second),
		Request: task.Request{Dialect: Dialect, Model: "seedance-1-5-pro-251215", Prompt: "a lake", Seconds: 5, Seed: &seed, Resolution: "720p", AspectRatio: "16:9",
			Format: task.Format{Width: 1280, Height: 720, FrameRate: 24, Frames: 121}, Echo: `{"return_last_frame":true}`},
		Artifacts: []task.Artifact{{ID: "10000000-0000-4000-8000-000000000001", Account: 7, Width: 1280, Height: 720, FrameRate: 24, Duration: 5 * time.Second,
			Files: []task.File{{Role: task.Video, Key: "cdn/20261128/video.mp4", Type: "video/mp4"}, {Role: task.LastFrame, Key: "cdn/20261128/last.jpg", Type: "image/jpeg"}}}}}
}

func links() dialect.Links {
	gw, _ := standing()
	return dialect.Links{Base: "http://films.example", Token: gw.Token, Now: gw.Time}
}

func TestEveryStateIsAnsweredAsItsFileSays(t *testing.T) {
	in := func(encode func(task.Task) []byte) func(task.State) []byte {
		return func(s task.State) []byte { return encode(dialecttest.InState(finished(), s)) }
	}
	dialecttest.States(t, map[string]func(task.State) []byte{
		"get":  in(func(t task.Task) []byte { return encode(t, links()) }),
		"list": in(func(t task.Task) []byte { return dialect.Marshal(listed(t, links())) }),
	})
}

func TestACallbackIsToldWhatAGetAnswersInEveryState(t *testing.T) {
	for _, s := range task.States() {
		one := dialecttest.InState(finished(), s)
		if got, want := string(Callback(one, links())), string(encode(one, links())); got != want {
			t.Errorf("%s: %s, want %s", s, got, want)
		}
	}
}

func TestATaskThatMissedItsDeadlineIsExpired(t *testing.T) {
	late := dialecttest.InState(finished(), task.Failed)
	late.Failure = &task.Failure{Reason: task.Overdue}
	if got := taskOf(late, links()); got.Status != "expired" || got.Error.Code != "TaskExpired" || got.Error.Message != task.Overdue.PublicText() {
		t.Errorf("%+v", got)
	}
}

func TestEveryReasonHasACode(t *testing.T) {
	internal := map[task.Reason]bool{task.PreprocessFailed: true, task.BadOutput: true, task.Internal: true}
	for _, r := range task.Reasons() {
		if code := reasonCode(r); (code == "InternalServiceError") != internal[r] {
			t.Errorf("%s: %s", r, code)
		}
	}
}

func TestTheLastFrameIsToldOnlyIfItWasAskedFor(t *testing.T) {
	for _, told := range []string{"", "{}", "[1]", "not JSON", `{"return_last_frame":"yes"}`} {
		one := dialecttest.InState(finished(), task.Succeeded)
		one.Request.Echo = told
		if got := taskOf(one, links()).Content; got.LastFrame != "" || got.VideoURL == "" {
			t.Errorf("with %q: %+v", told, got)
		}
	}
}

func TestEveryErrorHasACodeATypeAndNoStatusThatClientsMustNotRepeat(t *testing.T) {
	for _, c := range task.Codes() {
		var got arkError
		e := &task.Error{Code: c, Detail: "Why."}
		if err := json.Unmarshal(ErrorForm().Encode(e, "id"), &got); err != nil || got.Error.Code == "" || got.Error.Type == "" || got.Error.Message != "Why." {
			t.Errorf("%s: %+v, %v", c, got, err)
		}
		if s := ErrorForm().Status(c); s < 400 || s == http.StatusConflict || s == http.StatusRequestTimeout {
			t.Errorf("%s has status %d", c, s)
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

func TestACreateIsDecoded(t *testing.T) { //nolint:gocyclo // a table of conditions
	text := func(s string) string { return `"content":[{"type":"text","text":"` + s + `"}]` }
	for _, c := range []struct {
		name, body string
		holds      func(task.Request) bool
	}{
		{"settings in the text", text(`a lake --rs 480p --dur 10 --rt 9:16 --seed 5 --wm true --cf true --fps 30 at dusk`), func(r task.Request) bool {
			return r.Prompt == "a lake at dusk" && r.Resolution == "480p" && r.Seconds == 10 && r.AspectRatio == "9:16" && *r.Seed == 5 && r.Watermark && r.Format.FrameRate == 30
		}},
		{"fields that win over settings in the text", text(`a lake --duration 10 --ratio 9:16 --wm true`) + `,"duration":6,"ratio":"1:1","watermark":false`, func(r task.Request) bool {
			return r.Seconds == 6 && r.AspectRatio == "1:1" && !r.Watermark
		}},
		{"dashes that are no settings", text(`a lake --niji 5 -- dusk --duration`), func(r task.Request) bool { return r.Prompt == "a lake --niji 5 -- dusk --duration" && r.Seconds == 5 }},
		{"frames that decide over the length", text("x") + `,"frames":121,"duration":60`, func(r task.Request) bool {
			return r.Format.Frames == 121 && r.Format.FrameRate == 24 && r.Seconds == 5
		}},
		{"a length and a seed of any kind", text("x") + `,"duration":-1,"seed":-1`, func(r task.Request) bool { return r.Seconds == 5 && *r.Seed == 42 }},
		{"a size in pixels", text("x") + `,"resolution":"720x1280","ratio":"adaptive"`, func(r task.Request) bool {
			return r.Format.Width == 720 && r.Format.Height == 1280 && r.AspectRatio == "9:16"
		}},
		{"a first frame without a role", `"content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}],"ratio":"adaptive"`, func(r task.Request) bool {
			return r.First != nil && r.First.Field == "content/0/image_url/url" && r.Last == nil && r.AspectRatio == ""
		}},
		{"a video to change", `"content":[{"type":"video_url","video_url":{"url":"https://a.example/v.mp4"},"role":"reference_video"}]`, func(r task.Request) bool {
			return r.Video != nil && r.Seconds == 0
		}},
		{"a callback, a tier and a last frame", text("x") + `,"callback_url":"https://a.example/hook","service_tier":"flex","return_last_frame":true`, func(r task.Request) bool {
			return r.CallbackURL == "https://a.example/hook" && r.LowPriority && r.Echo == `{"return_last_frame":true}`
		}},
		{"what means nothing here", text("x") + `,"generate_audio":true,"camera_fixed":true`, func(r task.Request) bool { return r.Echo == "" && r.Audio != nil && *r.Audio }},
		{"references", `"content":[{"type":"text","text":"x"},{"type":"image_url","image_url":{"url":"https://a.example/a.jpg"},"role":"reference_image"},` +
			`{"type":"audio_url","audio_url":{"url":"https://a.example/a.mp3"},"role":"reference_audio"}]`, func(r task.Request) bool {
			return r.First == nil && len(r.ReferenceImages) == 1 && r.ReferenceImages[0].Field == "content/1/image_url/url" && len(r.ReferenceAudio) == 1 && r.Audio == nil
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			gw, h := standing()
			w := send(h, http.MethodPost, base, `{"model":"house-model",`+c.body+`}`)
			made, err := gw.Last()
			if w.Code != http.StatusOK || err != nil || made.Request.Dialect != Dialect || made.Request.Model != "house-model" || !c.holds(made.Request) {
				t.Errorf("%d %s\n%+v, %v", w.Code, w.Body, made.Request, err)
			}
			if got := w.Header().Get("Filmgate-Ignored"); strings.Contains(c.body, "camera_fixed") != (got == "camera_fixed") {
				t.Errorf("ignored %q", got)
			}
		})
	}
}

func TestACreateWithAnIdempotencyKeyMakesOneTask(t *testing.T) {
	_, h := standing()
	const body = `{"model":"house-model","content":[{"type":"text","text":"x"}]}`
	first := send(h, http.MethodPost, base, body, "Idempotency-Key", "a")
	again := send(h, http.MethodPost, base, body, "Idempotency-Key", "a")
	if first.Code != 200 || again.Body.String() != first.Body.String() || again.Header().Get("Idempotent-Replayed") != "true" {
		t.Errorf("%d %s\n%d %s", first.Code, first.Body, again.Code, again.Body)
	}
}

func TestAListHoldsTheTasksOfTheLastDaysAlone(t *testing.T) {
	gw, h := standing()
	for n := range 1203 {
		one := dialecttest.InState(finished(), task.Queued)
		one.ID, one.Created = fmt.Sprintf("00000000-0000-4000-8000-%012d", n), gw.Time.Add(-time.Duration(n)*time.Hour/6) // 1203 are some eight days
		gw.Put(one)
	}
	w := send(h, http.MethodGet, base+"?page_num=101", "")
	var got arkList
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got.Total != 7*24*6+1 || len(got.Items) != 9 || got.Items[0].ID != "cgt-00000000000040008000000000001000" {
		t.Errorf("%d, %d items: %s", got.Total, len(got.Items), w.Body)
	}
}

func TestAnInternalErrorIsNotTold(t *testing.T) {
	gw, h := standing()
	gw.Fail = errors.New("disk /secret is full")
	w := send(h, http.MethodPost, base, `{"model":"house-model","content":[{"type":"text","text":"x"}]}`)
	if w.Code != 500 || strings.Contains(w.Body.String(), "secret") || !strings.HasPrefix(w.Body.String(), `{"error":{"code":"InternalServiceError"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestTheGatewaysErrorsNameTheCallersFields(t *testing.T) {
	gw, h := standing()
	gw.Fail = &task.Error{Code: task.Unreadable, Fields: []task.FieldError{{Field: "seconds", Detail: "a"}, {Field: "aspect_ratio", Detail: "b"}}}
	w := send(h, http.MethodPost, base, `{"model":"house-model","content":[{"type":"text","text":"x"}]}`)
	if w.Code != 422 || !strings.Contains(w.Body.String(), `"message":"duration: a; ratio: b","param":"duration"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// Any body is answered with an id or with an error in words.
func FuzzCreate(f *testing.F) {
	f.Add([]byte(`{"model":"house-model","content":[{"type":"text","text":"x --dur 5 --rs 1x1"}]}`))
	f.Add([]byte(`{"model":"house-model","content":[{"type":"image_url","image_url":{"url":"data:"},"role":"last_frame"},{}],"frames":1e999}`))
	f.Add([]byte(`{"model":"house-model","content":[{"type":"video_url"}],"resolution":"9999x10","framespersecond":1,"duration":0}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		_, h := standing()
		w := send(h, http.MethodPost, base, string(body))
		var got struct {
			ID    string
			Error *arkErrorBody
		}
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code >= 500 || (w.Code == http.StatusOK) != (got.ID != "") || (got.ID == "") != (got.Error != nil) {
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
